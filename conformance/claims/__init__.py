"""The article's claims, put to the test: a function for each computes the figure that decides it.

A function has the id of its claim in ``spec/claims/article/``; it knows neither sentence nor
verdict there, and a test of the suite holds the one against the other. `values`, `code`, `signals`,
`distributions`, `units` and `trained` hold the functions, by what they ask; `register` runs all.
"""

from .register import compute, deciders

__all__ = ["compute", "deciders"]
