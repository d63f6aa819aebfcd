"""What a signer does on the own page. The mailed link shows and hides; whatever goes further needs a fresh mail (product.md, rule 9)."""
