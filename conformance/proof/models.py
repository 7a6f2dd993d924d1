"""A formula on a run of consecutive numbers, as what float64 can evaluate with a known error.

A run is n numbers ``x = sign * (first + i) * 2**exponent``. With ``x = m + h t``, m in their middle
and t in (-1, 1), Taylor's formula says that

    f(m + h t) = c[0] + c[1] h t + ... + c[d] (h t)**d + c* (h t)**(d + 1)

for some c* in the ball of that coefficient around *all* numbers of the run (Lagrange). Arb has the
coefficients at m to 300 bits and the last one as a ball. Float64 gets ``a[j]``, the nearest number
to ``c[j] h**j``, and computes, by Horner's rule, a sum p that departs from f by at most
``2**-53 |p| + slack``:

- The last addition rounds to within 2**-53 |p|.
- In ``a[0] + t q`` the product rounds to within u |t q|, with u = 2**-53; and q, a polynomial of
  degree d - 1, has an error of at most ((1 + u)**(2 d - 2) - 1) times the sum of |a[j]|, j > 0
  (N. Higham, 2002, section 5.1). With d < 64 both are below (2 d + 1) u times that sum.
- t is exact: its numerator and denominator are below 2**25, the latter a power of 2.
- ``|c[j] h**j - a[j]|`` summed, and ``|c*| h**(d + 1)``, are computed in Arb, rounded up.
- Underflow in Horner's rule is below 2**-1000, and so far below everything that is compared.
"""

from __future__ import annotations

from typing import NamedTuple

from flint import arb, arb_series, ctx

from actinit.spec import Activation, Part

from ..oracle.formula import UncertainError, compile_series
from .hulls import Interval, hull

__all__ = ["DEGREE", "Model", "Modeller", "Run"]

#: Degrees that are tried, and the highest of them.
_DEGREES = (2, 5, 9, 13)
DEGREE = _DEGREES[-1]
#: A model's slack, relative to its size: from here on about one input in 2**25 is left open.
_TIGHT = 2.0**-50
# What is below, of either sign, is 0 in float32.
_NOTHING = 2.0**-151
# What is beyond, of either sign, is infinite in float32, and a float64 has it still.
_BEYOND = 2.0**129
_FINE, _COARSE = 300, 96
# Bits of a result that models are made with at least.
_DIGITS = 48
_UNIT = 2.0**-53


class Run(NamedTuple):
    """Consecutive numbers ``sign * (first + i) * 2**exponent``, for i from 0 to size - 1."""

    sign: int
    first: int
    size: int  #: A power of 2.
    exponent: int

    def halves(self) -> tuple[Run, Run]:
        """Cut it into two."""
        half = self.size // 2
        return self._replace(size=half), self._replace(first=self.first + half, size=half)

    @property
    def middle(self) -> arb:
        """The middle of the run: of its two middle numbers."""
        return arb((self.sign * (2 * self.first + self.size - 1), self.exponent - 1))

    @property
    def half(self) -> arb:
        """What t is multiplied by: a little more than from the middle to either end."""
        return arb((self.sign * self.size, self.exponent - 1))

    @property
    def interval(self) -> Interval:
        """From the least number to the greatest."""
        ends = (self.first, self.first + self.size - 1)
        low, high = (arb((self.sign * i, self.exponent)) for i in ends[:: self.sign])
        return Interval(low, high)

    @property
    def ball(self) -> arb:
        """A ball that holds the run."""
        low, high = self.interval
        return low.union(high)


class Model(NamedTuple):
    """What float64 evaluates on a run.

    Attributes
    ----------
    coefficients : tuple of float
        Of powers of t, from 0 on.
    slack : float
        Bound of the error beside the last rounding.
    sign : int
        1 or -1 if all results are known to have that sign, however small; else 0.
    nudge : int
        Where the coefficients are those of a line without an error: 0 if the results are its very
        numbers, 1 if they are beyond these, seen from 0, by something that is not 0 but nothing
        beside a rounding, -1 if they are so on the side of 0. Elsewhere 2.
    any_zero : bool
        Whether all results round to 0, and of a sign that is not known; with no slack they are 0.
    """

    coefficients: tuple[float, ...]
    slack: float
    sign: int = 0
    nudge: int = 2
    any_zero: bool = False


class Modeller:
    """Makes the models of an entry's part.

    Parameters
    ----------
    entry : Activation
        An elementwise entry.
    part : {"value", "derivative"}
        Which formula.
    parameters : dict of str to float
        A value for each parameter.
    """

    def __init__(self, entry: Activation, part: Part, parameters: dict[str, float]) -> None:
        self._asked = (entry, part)
        self._parameters = parameters
        before = ctx.prec
        ctx.prec = _FINE
        self._at = compile_series(entry, part, parameters)
        ctx.prec = _COARSE
        self._around = compile_series(entry, part, parameters)
        ctx.prec = before

    def line(self, run: Run) -> Model | None:
        """Return a model of a run on which the formula is nearly a line or 0; None if it is not."""
        before, ctx.prec = ctx.prec, _FINE
        try:
            return self._line(run)
        finally:
            ctx.prec = before

    def _line(self, run: Run) -> Model | None:
        entry, part = self._asked
        found = hull(entry, part, run.interval, self._parameters)
        if found is None:
            return None
        (factor, rest), whole = found
        sign = 1 if whole.low > 0 else -1 if whole.high < 0 else 0
        # A zero to the sign of which the enclosure is open at one end has that sign too, unless
        # it is an exact one.
        if not sign and (whole.low == 0) != (whole.high == 0):
            sign = 1 if whole.low == 0 else -1
        if abs(whole.low) < _NOTHING and abs(whole.high) < _NOTHING:
            slack = 0.0 if whole.zero else _NOTHING
            return Model((0.0,), slack, sign, any_zero=not sign)
        if whole.low > _BEYOND or whole.high < -_BEYOND:
            return Model((sign * _BEYOND,), 0.0, sign)
        if (nudge := _nudge(factor, rest)) is not None:
            power = _power_of_2(factor)
            return Model((float(run.middle * power), float(run.half * power)), 0.0, sign, nudge)
        slope, height = (arb((end.low + end.high).mid()) / 2 for end in (factor, rest))
        spread, gap = ((end.high - end.low).upper() for end in (factor, rest))
        farthest = max(map(abs, run.interval))
        model = _rounded([height + slope * run.middle, slope * run.half], spread * farthest + gap)
        smallest = min(abs(whole.low), abs(whole.high))
        return model._replace(sign=sign) if model.slack <= _TIGHT * smallest else None

    def polynomial(self, run: Run) -> Model | None:
        """Return a polynomial model of a run that is good enough; None if there is none."""
        before = ctx.prec, ctx.cap
        try:
            return self._polynomial(run)
        except (UncertainError, ValueError):  # a border of pieces, a divisor that may be 0
            return None
        finally:
            ctx.prec, ctx.cap = before

    def _polynomial(self, run: Run) -> Model | None:
        model = self._of_degrees(run, _COARSE)
        if model is None and self._cancels(run):
            model = self._of_degrees(run, _FINE)
        return model

    def _cancels(self, run: Run) -> bool:
        """Say whether terms take each other's digits away, so that few are left of the result."""
        ctx.cap, ctx.prec = 1, _COARSE
        (middle,) = _coefficients(self._around(arb_series([run.middle])), 0)
        return middle.rel_accuracy_bits() < _DIGITS

    def _of_degrees(self, run: Run, coarse: int) -> Model | None:
        for degree in _DEGREES:
            ctx.cap = degree + 2
            ctx.prec = coarse
            around = _coefficients(self._around(arb_series([run.ball, 1])), degree + 1)
            remainder = abs(around[degree + 1]) * abs(run.half) ** (degree + 1)
            # The middle tells the size that the remainder is small beside.
            if not remainder < 4 * _TIGHT * _size(around, run):
                continue
            ctx.cap, ctx.prec = degree + 1, _FINE
            series = _coefficients(self._at(arb_series([run.middle, 1])), degree)
            terms = [c * run.half**j for j, c in enumerate(series)]
            spread = sum(map(abs, terms[1:]), remainder)
            low, high = terms[0] - spread, terms[0] + spread
            if abs(low) < _NOTHING and abs(high) < _NOTHING:
                sign = 1 if low > 0 else -1 if high < 0 else 0
                return Model((0.0,), _NOTHING, sign, any_zero=not sign)
            model = _rounded(terms, remainder)
            if model.slack <= 8 * _TIGHT * sum(map(abs, model.coefficients[:2])):
                return model
        return None


def _coefficients(found: arb_series | arb, count: int) -> list[arb]:
    if not isinstance(found, arb_series):
        return [arb(found)] + [arb(0)] * count
    return [found[j] for j in range(count + 1)]


def _size(around: list[arb], run: Run) -> arb:
    """Return roughly the size of results, or of how they vary."""
    return abs(arb(around[0].mid())) + abs(arb(around[1].mid()) * run.half)


def _rounded(terms: list[arb], beyond: arb) -> Model:
    """Return the model of coefficients of powers of t, with a bound of what they leave out."""
    coefficients = tuple(float(term.mid()) for term in terms)
    slack = abs(beyond) + arb(2.0) ** -1000
    for term, nearest in zip(terms, coefficients, strict=True):
        slack += abs(term - nearest)
    slack += (2 * len(terms) - 1) * _UNIT * sum(map(abs, coefficients[1:]))
    # The sum of floats, the conversion and the kernel's own use of it round a few times.
    return Model(coefficients, float((slack * (1 + 2.0**-40)).upper()))


def _power_of_2(factor: Interval) -> float:
    """Return the power of 2 next to a factor."""
    return float(round(float(factor.low.mid() + factor.high.mid()) * 2.0**59)) * 2.0**-60


def _nudge(factor: Interval, rest: Interval) -> int | None:
    """Say on which side of a power of 2 times x the results are, if they are hardly beyond it.

    The power times x is then a float32, or a middle of two where it is subnormal, so that nothing
    rounds to another number within 2**-54 of it.
    """
    slope = _power_of_2(factor)
    if slope not in (1.0, 0.5, 0.25):
        return None
    below, above = factor.low - slope, factor.high - slope
    if max(abs(below), abs(above)) > 2.0**-55 * slope or not rest.zero:
        return None
    if below == 0 and above == 0:
        return 0
    if below > 0:
        return 1
    return -1 if above < 0 else None
