"""The checks, as data: each with an id made from the spec."""
