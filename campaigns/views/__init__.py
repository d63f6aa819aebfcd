"""What everybody may read. One module for each kind of page; all are public and cacheable."""
