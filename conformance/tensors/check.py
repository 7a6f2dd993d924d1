"""``check_tensor``: whether a tensor that somebody has is a plausible draw of an initializer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from actinit.spec import Initializer, initializers
from actinit.spec.distributions import (
    Constant,
    DeltaOrthogonal,
    Dirac,
    Fourier,
    Identity,
    Orthogonal,
    Sparse,
    Structured,
)
from actinit.spec.floats import holds

from ..formats import FORMATS
from ..initializers import fourier, judges, whole_kernels
from ..initializers.complaint import Complaint
from ..initializers.distributions import describe, stated, uses_fans
from ..initializers.draws import Draw
from .battery import RISK, SURE, Battery, scale_seen, tells
from .weights import Weights, weights_of

__all__ = ["TensorReport", "Told", "check_tensor", "draw_of", "power"]

Told = Literal["plausible", "implausible", "cannot be told"]
_KERNELS: Mapping[type[Structured], Callable[[Draw, Any], Complaint | None]] = {
    Orthogonal: whole_kernels.orthogonality,
    DeltaOrthogonal: whole_kernels.delta,
    Identity: whole_kernels.identity,
    Dirac: whole_kernels.dirac,
    Fourier: fourier.complain,
    Sparse: whole_kernels.zeros,
}


@dataclass(frozen=True)
class TensorReport:
    """Whether a tensor is a plausible draw of an initializer; it prints.

    Attributes
    ----------
    name : str
        The entry.
    shape : tuple of int
        Of the tensor.
    format : str
        Of its numbers.
    verdict : {"plausible", "implausible", "cannot be told"}
        ``cannot be told``: nothing speaks against it, but of so few weights not even a variance of
        twice, or half, the right one would be sure to have been seen.
    expected : str
        What was expected, in words.
    reasons : tuple of str
        What speaks against it.
    power : str
        What would have been found, with what probability.
    """

    name: str
    shape: tuple[int, ...]
    format: str
    verdict: Told
    expected: str
    reasons: tuple[str, ...]
    power: str

    @property
    def plausible(self) -> bool:
        """Whether it is a plausible draw; False where that cannot be told."""
        return self.verdict == "plausible"

    def assert_plausible(self) -> None:
        """Raise AssertionError, with what is printed, unless it is a plausible draw."""
        if not self.plausible:
            raise AssertionError(str(self))

    def __str__(self) -> str:
        said = {
            "plausible": f"a plausible draw of {self.name}",
            "implausible": f"no draw of {self.name}",
            "cannot be told": f"too small to tell whether it is a draw of {self.name}",
        }[self.verdict]
        lines = [f"the tensor of shape {self.shape} in {self.format} is {said}: {self.expected}"]
        lines += [f"  {reason}" for reason in self.reasons]
        return "\n".join([*lines, *([self.power] if self.power else [])])

    __repr__ = __str__  # what an interactive prompt shows


def check_tensor(
    tensor: Any,
    name: str,
    *,
    parameters: Mapping[str, float | str] | None = None,
    layout: str = "io",
    fans: Sequence[int] | None = None,
) -> TensorReport:
    """Say whether a tensor is a plausible draw of an initializer, such as that of a fresh layer.

    Its bounds, distribution, moments, tails and the independence of its weights are tested. A right
    draw is called implausible with a probability of 1e-6 at most; the report states how large an
    error of the scale so many weights show.

    Parameters
    ----------
    tensor : array
        Of NumPy, PyTorch, JAX, TensorFlow, Keras or MLX, in float16, bfloat16, float32 or float64.
    name : str
        The entry's, such as ``"he_normal"``.
    parameters : mapping of str to float or str, optional
        Values of the entry's parameters and choices; by default the entry's own.
    layout : str, optional
        ``"io"`` where the shape begins with the inputs and the places of a convolution come first,
        as in Keras and JAX, ``"oi"`` where it begins with the outputs, as in PyTorch; or a letter
        for each dimension, as in `actinit.reference.fans`.
    fans : tuple of int, optional
        ``(fan_in, fan_out)``, where the shape does not tell them.

    Returns
    -------
    TensorReport
        The verdict with its reasons; it prints.

    Raises
    ------
    UnknownNameError
        If there is no such initializer, parameter or layout; it names the nearest.
    TypeError
        If it is no tensor of floating-point numbers.
    ValueError
        If it is empty, or its fans are needed and not known, or a parameter is outside its domain.

    Examples
    --------
    >>> from actinit import reference as ref
    >>> w = ref.he_normal((512, 128), rng=1)
    >>> check_tensor(w, "he_normal").verdict
    'plausible'
    >>> check_tensor(w, "lecun_normal").verdict
    'implausible'
    """
    entry = initializers[name]
    told = stated(entry, parameters)
    weights, bad = weights_of(tensor, layout, fans)
    if bad:
        reason = f"{bad:,} of {weights.size:,} weights are infinite or nan"
        return _report(entry, weights, "implausible", "", [reason])
    if isinstance(entry.distribution, Structured) and len(weights.layout) < 2:
        raise ValueError(
            f"{entry.name} is a kernel of two dimensions or more; got the shape "
            f"{weights.array.shape}"
        )
    if uses_fans(entry) and weights.fans is None:
        raise ValueError(
            f"{entry.name} depends on the fans, which the shape {weights.array.shape} does not "
            "tell; give fans=(fan_in, fan_out)"
        )
    _domains(entry, told)
    return verdict_on(weights, entry, told)


def verdict_on(
    weights: Weights, entry: Initializer, told: Mapping[str, float | str]
) -> TensorReport:
    """Return the report on finite weights, held to an entry at these parameters."""
    draw = draw_of(weights, entry, told)
    if isinstance(entry.distribution, Constant):
        outcome = judges.constant(draw, weights.array)
        reasons = [finding.sentence for finding in outcome.findings]
        return _report(entry, weights, _either(reasons), str(draw), reasons)
    if isinstance(entry.distribution, Structured):
        complain = _KERNELS[type(entry.distribution)]
        complaint = complain(draw, weights.ordered())
        reasons = [complaint.text] if complaint else []
        text = "one kernel does not tell whether its direction, or its places, are random"
        return _report(entry, weights, _either(reasons), entry.summary, reasons, text)
    battery = Battery(weights, draw.distribution)
    reasons = list(_reasons(battery, draw))
    kurtosis = battery.standard.moments[4]
    verdict: Told = "implausible"
    if not reasons:
        verdict = "plausible" if tells(kurtosis, weights.size) else "cannot be told"
    return _report(
        entry, weights, verdict, describe(entry, draw.names), reasons, power(kurtosis, weights.size)
    )


def draw_of(weights: Weights, entry: Initializer, told: Mapping[str, float | str]) -> Draw:
    """Return the call that is meant to have made weights."""
    sizes: dict[str, int] = {}
    for letter, length in zip(weights.layout, weights.array.shape, strict=False):
        sizes[letter] = sizes.get(letter, 1) * length
    return Draw(entry, "", weights.format, sizes, told, told_fans=weights.fans)


def _domains(entry: Initializer, told: Mapping[str, float | str]) -> None:
    """Raise ValueError if a parameter is outside its domain."""
    numbers = {name: value for name, value in told.items() if not isinstance(value, str)}
    for name, parameter in entry.parameters.items():
        if not holds(parameter.domain, numbers):
            raise ValueError(
                f"{entry.name}: expected {parameter.domain.text}; got {name} = {told[name]!r}"
            )


def _reasons(battery: Battery, draw: Draw) -> Iterator[str]:
    """Yield what speaks against weights, the plainest first."""
    low, high = battery.standard.rounded_bounds(FORMATS[battery.weights.format])
    if outside := battery.outside:
        yield (
            f"{outside:,} of {battery.weights.size:,} weights are outside [{low:.6g}, {high:.6g}]"
        )
    for name, count in battery.repeated().items():
        yield f"{count:,} {name} are another one again, bit for bit"
    told = ""
    for about, tests in battery.failing().items():
        finding = judges.findings_of(draw, battery.sample, about, tests)[0]
        # What was expected stands above, and what it looks like is told once.
        sentence = finding.sentence.rpartition(" [")[0].removeprefix(f"expected {draw}; ")
        if finding.looks_like == told:
            sentence = sentence.partition("; this looks like: ")[0]
        told = finding.looks_like
        yield sentence


def _either(reasons: Sequence[str]) -> Told:
    return "implausible" if reasons else "plausible"


def power(kurtosis: float, size: int) -> str:
    """State how large an error of the scale so many weights show."""
    seen = scale_seen(kurtosis, size)
    if not tells(kurtosis, size):
        return f"{size:,} weights are too few: a variance of twice the right one might not be seen"
    return (
        f"of {size:,} weights, found with a probability of {SURE:.1%}: a scale that is off by "
        f"{seen - 1:.2%}; a right draw is called implausible with one of {RISK:.0e} at most"
    )


def _report(
    entry: Initializer,
    weights: Weights,
    verdict: Told,
    expected: str,
    reasons: Sequence[str],
    power: str = "",
) -> TensorReport:
    return TensorReport(
        entry.name, weights.array.shape, weights.format, verdict, expected or entry.summary,
        tuple(reasons), power,
    )  # fmt: skip
