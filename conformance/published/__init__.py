"""What the site draws and others load: points, vectors, tables, portable weights."""
