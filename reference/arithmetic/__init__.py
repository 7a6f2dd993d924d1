"""Three arithmetics that read one formula: floats, pairs of floats, and balls.

An activation is written once, with ``+ - * /``, the functions of `elementary` and `where`. What it
is computed in depends on the numbers that it is given:

- **floats**: arrays of float64. Good to some 2**-50: enough to round to float32 and below, but for
  a few results in a hundred million.
- **pairs** (`Pair`): unevaluated sums of two float64, good to some 2**-69: enough to round to
  float64, but for a few results in a hundred thousand.
- **balls** (`Ball`): integers with a bound of their error, as many bits as it takes: enough for the
  rest.

`settle` decides which of them a result needs: it rounds the ends of the interval that the bound of
an arithmetic leaves, and takes the result where both come out the same (A. Ziv, 1991). Only sums,
differences, products and quotients of float64 are used, rounded to nearest as IEEE 754 prescribes;
so a result depends neither on the machine nor on its place in an array. Where numba is installed,
`compiled` makes machine code of the same formulas, with the same bits.
"""
