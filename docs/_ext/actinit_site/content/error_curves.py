"""Error curves: the largest error of each binade on several backends, for a plot and a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from actinit import spec
from actinit.conformance.check import Outcome, Witness
from actinit.conformance.error.curve import ROUNDED
from actinit.conformance.formats import FORMATS, Format
from actinit.spec import Activation

from ..results import Exhaustive, Measured, Results
from .numbers import power

__all__ = [
    "PARTS",
    "ErrorCurve",
    "FormatCurves",
    "Place",
    "asked",
    "binade",
    "by_format",
    "curve",
    "numbers",
    "recorded",
    "swept",
]

#: The parts of a function that are drawn, with their titles.
PARTS = {"value": "Value", "derivative": "Derivative", "second": "Second derivative"}
#: A sign and an exponent.
Place = tuple[int, int]


@dataclass(frozen=True)
class ErrorCurve:
    """How far one backend is off, over the numbers of a format.

    Attributes
    ----------
    errors : mapping of (sign, exponent) to float
        The largest finite error of each binade, in ulp; zero and the subnormals have the exponent
        below that of the smallest normal number. A binade that is missing is at most `ROUNDED` ulp
        off.
    worst : Witness
        The worst input.
    nonfinite : list of tuple of float
        From where to where results are nan or infinite and should not be, or the other way round.
    """

    backend: str
    errors: Mapping[Place, float]
    worst: Witness
    nonfinite: list[tuple[float, float]]

    @property
    def exact(self) -> bool:
        """Whether there is nothing to draw: at most 1 ulp everywhere."""
        return not self.nonfinite and max(self.errors.values(), default=0.0) <= 1


def asked(results: Results, entry: Activation, dtype: str, part: str) -> list[Measured]:
    """Return what was measured of a part in a format, on each backend that has a worst input."""
    wanted = f"activation/{entry.name}/{dtype}/{part}/ulp"
    return [
        one
        for one in results.of(entry)
        if one.result.id == wanted and one.result.outcome and one.result.outcome.witness
    ]


def recorded(one: Measured) -> bool:
    """Say whether the result holds a curve: files of older runs do not.

    An empty curve means that nothing is above `ROUNDED` ulp. Where the worst input is above it, no
    curve was kept.
    """
    outcome = one.result.outcome
    assert outcome is not None
    assert outcome.witness is not None
    return bool(outcome.curve) or not (outcome.witness.error or 0) > ROUNDED


def curve(one: Measured) -> ErrorCurve:
    """Return the curve of a check of accuracy."""
    outcome = one.result.outcome
    assert outcome is not None
    assert outcome.witness is not None
    fmt = FORMATS[one.result.id.split("/")[2]]
    return ErrorCurve(
        backend=one.report.backend,
        errors=_places(outcome.curve, fmt),
        worst=outcome.witness,
        nonfinite=_nonfinite(outcome),
    )


def swept(one: Exhaustive) -> ErrorCurve:
    """Return the curve of a sweep."""
    return ErrorCurve(
        backend=one.report.backend,
        errors=_places(one.swept.curve, FORMATS["float32"]),
        worst=one.swept.worst,
        nonfinite=_nonfinite(one.swept.outcome),
    )


@dataclass(frozen=True)
class FormatCurves:
    """What was measured of a function in a format, part by part."""

    dtype: str
    parts: list[tuple[str, list[Measured]]]

    @property
    def drawn(self) -> list[tuple[str, list[ErrorCurve]]]:
        """Each part with its curves, unless there is nothing to draw."""
        return [
            (part, curves)
            for part, curves, _ in self._curves()
            if not all(one.exact for one in curves)
        ]

    @property
    def level(self) -> list[str]:
        """The parts, in words, of which nothing is above 1 ulp on any backend."""
        return [
            PARTS[part].lower()
            for part, curves, found in self._curves()
            if all(one.exact for one in curves) and len(curves) == len(found)
        ]

    @property
    def older(self) -> list[str]:
        """The backends with a result that kept no curve."""
        found = (one for _, found in self.parts for one in found if not recorded(one))
        return list(dict.fromkeys(one.report.backend for one in found))

    def _curves(self) -> Iterator[tuple[str, list[ErrorCurve], list[Measured]]]:
        for part, found in self.parts:
            yield part, [curve(one) for one in found if recorded(one)], found


def by_format(results: Results, entry: Activation) -> list[FormatCurves]:
    """Return what was measured of a function, by format: the widest first."""
    found = []
    for dtype in reversed(spec.formats()):
        parts = [(part, asked(results, entry, dtype, part)) for part in PARTS]
        if measured := [(part, several) for part, several in parts if several]:
            found.append(FormatCurves(dtype, measured))
    return found


def numbers(curves: Sequence[ErrorCurve], fmt: Format) -> Iterator[tuple[str, list[str]]]:
    """Yield the numbers of a plot: an interval, and the largest error of each backend in it.

    Binades in which no error is above 1 ulp are left out. Neighbours of which a table would say the
    same are one interval.
    """
    places = {place for one in curves for place, ulp in one.errors.items() if ulp > 1}
    runs: list[tuple[int, int, int, list[str]]] = []
    for sign, exponent in sorted(places, key=lambda place: (place[0], place[0] * place[1])):
        told = [_told(one.errors.get((sign, exponent), 0.0)) for one in curves]
        if runs and runs[-1][0] == sign and runs[-1][3] == told:
            _, low, high, _ = runs[-1]
            if exponent in (low - 1, high + 1):
                runs[-1] = sign, min(low, exponent), max(high, exponent), told
                continue
        runs.append((sign, exponent, exponent, told))
    for sign, low, high, told in runs:
        near, far = binade(sign, low, fmt), binade(sign, high + 1, fmt)
        yield f"{far} to {near}" if sign < 0 else f"{near} to {far}", told


def binade(sign: int, exponent: int, fmt: Format) -> str:
    """Write the lower end of a binade."""
    end = "0" if exponent < fmt.emin else power(2, exponent)
    return f"\N{MINUS SIGN}{end}" if sign < 0 else end


def _told(ulp: float) -> str:
    if ulp <= ROUNDED:
        return f"\N{LESS-THAN OR EQUAL TO} {ROUNDED:g}"
    if ulp < 1000:
        return f"{ulp:.2g}" if ulp < 100 else f"{ulp:.0f}"
    digit, exponent = f"{ulp:.0e}".split("e")
    return f"{digit}\N{MULTIPLICATION SIGN}{power(10, int(exponent))}"


def _places(curve: Mapping[str, float], fmt: Format) -> dict[Place, float]:
    """Return the errors by sign and exponent, of binades that are named as in results files."""
    found = {}
    for name, ulp in curve.items():
        exponent = int(name.partition("^")[2] or fmt.emin - 1)
        found[-1 if name.startswith("-") else 1, exponent] = ulp
    return found


def _nonfinite(outcome: Outcome) -> list[tuple[float, float]]:
    found: Iterable[tuple[float, float]] = (
        (float(one.first), float(one.last)) for one in outcome.findings if one.defect == "nonfinite"
    )
    return list(found)
