"""What a backend returns at inputs that people ask about, bit for bit.

``actinit check`` writes them beside its report: zeros, ends of the format, places where functions
saturate or implementations lose their digits, and the worst inputs of the run's own findings. The
site shows them, and looks up there what somebody types. ``actinit compute answers
torch`` asks again for those of a report that is there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit import reference
from actinit.adapters import Adapter
from actinit.adapters import load as load_adapter
from actinit.spec import Activation, Part, activations

from ..activations.naming import PARTS
from ..backend.guard import Guarded
from ..expected.defaults import defaults
from ..expected.hard_cases import file_of, hard_cases
from ..expected.roots import roots
from ..formats import Format, formats_of
from ..oracle import enclose
from ..results.answers import Answer, Answers, Every
from ..results.conformance import ConformanceReport, Result
from ..results.store import read, save
from . import every

__all__ = [
    "inputs",
    "patterns",
    "record",
]

# Where activations are used, and where in a tail one framework or another goes wrong.
_PLACES = (1e-3, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 6.52, 8.0, 10.0, 14.0, 20.0, 37.5)
# All inputs lie in one array, in whole vectors of any register of today, as most numbers of a
# large array do. What a backend returns for a single number may be another result.
_VECTOR = 64
_SECONDS = 120.0

Array = NDArray[Any]


def inputs(entry: Activation, fmt: Format, more: Iterable[float] = ()) -> Array:
    """Return the inputs that are recorded, in order; infinities and nan come last.

    Parameters
    ----------
    entry : Activation
        An elementwise entry; its roots are among them.
    fmt : Format
        The format.
    more : iterable of float, optional
        Further ones, such as those of findings.

    Returns
    -------
    ndarray
        Of the format; each bit pattern once.
    """
    tiny = math.ldexp(1.0, fmt.emin - fmt.stored)
    largest = fmt.row.largest
    log2 = math.log(2)
    # exp overflows, is subnormal, and is gone; so are the Gaussian and its tail.
    edges = [(fmt.emax + 1) * log2, -fmt.emin * log2, (fmt.stored - fmt.emin) * log2]
    edges += [math.sqrt(2 * edge) for edge in edges[1:]]
    positive = [0.0, tiny, math.ldexp(1.0, fmt.emin), *_PLACES, *edges, largest]
    with np.errstate(over="ignore"):  # what a narrow format does not hold is its infinity
        numbers = [*positive, *(-x for x in positive), *roots(entry), *more]
        found = np.array(numbers, dtype=np.float64).astype(fmt.dtype)
    finite = found[np.isfinite(found.astype(np.float64))]
    _, first = np.unique(finite.view(fmt.bits), return_index=True)
    finite = finite[first]
    finite = finite[np.lexsort((~np.signbit(finite), finite.astype(np.float64)))]
    others = [x for x in (math.inf, -math.inf, math.nan) if fmt.holds(x)]
    return np.concatenate([finite, np.array(others, dtype=fmt.dtype)])


def patterns(numbers: Array, fmt: Format) -> list[str]:
    """Write numbers of a format as their bit patterns, in hexadecimal digits."""
    width = fmt.width // 4
    return [f"{pattern:0{width}x}" for pattern in numbers.view(fmt.bits).tolist()]


def record(adapter: Adapter, report: ConformanceReport) -> Answers:
    """Ask a backend, after a run, for every elementwise activation that the run was about.

    Parameters
    ----------
    adapter : Adapter
        The backend. What it does not offer, or raises for, is left out: the report says so.
    report : ConformanceReport
        What the run found.

    Returns
    -------
    Answers
        In the order of the spec.
    """
    asked = {result.entry for result in report.results if result.family == "activation"}
    questions = [
        (entry, fmt, part)
        for name, entry in activations.items()
        if name in asked and entry.shape == "elementwise"
        for fmt in formats_of(entry).values()
        for part in PARTS
    ]
    found = [_answer(adapter, *question, report.results) for question in questions]
    all_ = [_every(adapter, *question) for question in questions if question[1].width <= 16]
    return Answers(
        backend=report.backend,
        family=report.family,
        device=report.device,
        versions=report.versions,
        machine=report.machine,
        date=report.date,
        complete=report.complete,
        answers=[answer for answer in found if answer],
        every=[answer for answer in all_ if answer],
    )


def _answer(
    adapter: Adapter, entry: Activation, fmt: Format, part: Part, results: Iterable[Result]
) -> Answer | None:
    found = _found(results, f"activation/{entry.name}/{fmt.name}/{part}/")
    x = inputs(entry, fmt, [*found, *_hard(entry, fmt, part)])
    try:
        got = _ask(adapter, entry, part, x)
    except Exception:  # of whatever kind: a check of this run met it and has reported it
        return None
    return Answer(
        entry=entry.name,
        dtype=fmt.name,
        part=part,
        x=patterns(x, fmt),
        got=patterns(got, fmt),
        exact=_right(entry, fmt, part, x),
    )


def _every(adapter: Adapter, entry: Activation, fmt: Format, part: Part) -> Every | None:
    """Ask for all numbers of a format; None where the backend does not answer, as in `_answer`."""
    try:
        got = _ask(adapter, entry, part, every.numbers(fmt))
    except Exception:
        return None
    right = every.right(entry, fmt, part)
    packed = every.pack(got.view(fmt.bits), right, fmt)
    return Every(entry=entry.name, dtype=fmt.name, part=part, minus_right=packed)


def _found(results: Iterable[Result], prefix: str) -> list[float]:
    """Return the worst inputs of the checks whose ids begin so, and the ends of their findings."""
    found: list[str] = []
    for result in results:
        if result.outcome and result.id.startswith(prefix):
            findings = result.outcome.findings
            worst = [result.outcome.witness, *(one.worst for one in findings)]
            found += [one.x_hex for one in worst if one]
            found += [end for one in findings for end in (one.first_hex, one.last_hex) if end]
    return [float.fromhex(text) for text in found if "[" not in text]


def _hard(entry: Activation, fmt: Format, part: Part) -> list[float]:
    """Return the inputs of float32 whose results are the hardest to round.

    Of narrower formats all are recorded, and float64 would make a page half as large again.
    """
    if fmt.name != "float32" or not file_of(entry.name).exists():
        return []
    return [float.fromhex(x) for x, _, _ in hard_cases(entry.name).cases[part].get(fmt.name, [])]


def _ask(adapter: Adapter, entry: Activation, part: Part, x: Array) -> Array:
    array = np.resize(x, -(-len(x) // _VECTOR) * _VECTOR)
    if part == "value":
        return adapter.value(entry, array, defaults(entry))[: len(x)]
    upstream = np.ones_like(array)
    return adapter.gradient(entry, array, upstream, defaults(entry))[: len(x)]


def _right(entry: Activation, fmt: Format, part: Part, x: Array) -> list[str]:
    """Return the exact results, rounded; to a zero, the oracle knows no sign, but the reference."""
    points = x.astype(np.float64)
    exact = enclose(entry, part, points.tolist(), defaults(entry), 0, [fmt.name])
    rounded = exact.rounded_to(fmt)
    function = reference.activations[entry.name]
    signed = function(points) if part == "value" else function.derivative(points)
    zero = rounded == 0
    rounded[zero] = np.copysign(0.0, signed[zero]).astype(fmt.dtype)
    open_ = [repr(case.x) for case in entry.special.cases if getattr(case, part) == "any"]
    stated = patterns(rounded, fmt)
    return [
        "" if repr(point) in open_ else text
        for point, text in zip(points.tolist(), stated, strict=True)
    ]


class StaleReportError(Exception):
    """There is no report of a backend, or it is of other versions than are installed."""


def ask_again(backend: str, results: Path) -> Path:
    """Ask a backend again for the answers that belong to its report.

    Parameters
    ----------
    backend : str
        Its name, or where it is loaded from.
    results : Path
        Folder of the report; the answers are written beside it.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    StaleReportError
        If there is no report, or it is of other versions.
    """
    adapter = Guarded(load_adapter(backend), _SECONDS)
    file = results / f"conformance-{adapter.name}.json"
    remedy = f"run: actinit check {adapter.name}"
    if not file.exists():
        raise StaleReportError(f"there is no {file}; {remedy}")
    report = read(file, ConformanceReport)
    if report.versions != adapter.versions():
        raise StaleReportError(
            f"{file} is of {report.versions}, here is {adapter.versions()}; {remedy}"
        )
    answers = results / f"answers-{adapter.name}.json"
    save(record(adapter, report), answers)
    return answers
