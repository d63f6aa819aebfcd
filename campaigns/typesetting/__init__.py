"""Documents and pictures set by typst, from templates of our own and data that never becomes markup."""
