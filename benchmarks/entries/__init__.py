"""WSGI entries of web processes that a benchmark compares with the product's own."""
