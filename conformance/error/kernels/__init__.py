r"""The error metric compiled: one fused pass over results and exact values, without allocation.

What is counted is defined in `error.metric`, slowly, and a test holds these modules to
it element by element. Here the same is computed in two steps. A *scan* that the compiler turns into
vector instructions takes a block of results and says whether anything in it is worth a look: an
error above the least budget, a zero that should be none or has the wrong sign, a result out of
range, a step in the wrong direction. Only a block in which there is goes through the *examination*,
element by element. Float64, of which nobody sweeps all, is always examined.

The scan scales \|got - exact\| by 1/ulp(exact), a power of two that is made from the exponent bits
of the exact value, so nothing is divided and nothing is rounded. Errors are compared as integers:
the bit patterns of non-negative floats are in the order of the numbers, with inf and then nan above
all of them, so one maximum finds those too, and needs no promise from the compiler about nan.
"""

from .errors import ROUNDING_LEVEL, count, settle
from .pending import Pending
from .steps import note, settle_steps, step_between
from .symmetry import mirror, settle_mirrored

__all__ = [
    "ROUNDING_LEVEL",
    "Pending",
    "count",
    "mirror",
    "note",
    "settle",
    "settle_mirrored",
    "settle_steps",
    "step_between",
]
