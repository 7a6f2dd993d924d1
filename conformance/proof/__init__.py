"""Whether the reference is correctly rounded, proven at every input: ``actinit compute proof``.

What the reference returns is held against an evaluation that shares nothing with it: the entry's
formula, in Arb. In formats of up to 16 bits that is done input by input (`narrow`). The float32
line is cut into runs of consecutive numbers (`chunk`), and a run has one `Model`: a polynomial
around its middle with a bound of everything that it leaves out (`models`), or a line where the
formula is nearly one (`hulls`). A compiled kernel evaluates it at each number in float64 with its
rounding errors bounded (`kernel`). Both ends of the enclosure round to what the reference returned,
or the input goes to balls of rising precision (`exactly`).

The inputs whose results lie nearest to a rounding boundary are kept beside (`cases`); those of
float64 are searched for (`search`).
"""
