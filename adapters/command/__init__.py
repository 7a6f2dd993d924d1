"""A program of any language as a backend: a process that answers over its standard streams."""
