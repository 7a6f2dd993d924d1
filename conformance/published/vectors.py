"""Vectors: inputs of an entry with their exact results, for tests in any language.

Of formats of up to 16 bits every number is there. Of wider ones a few thousand are chosen out of
the sample that backends are asked for, beside the inputs that matter: special values, kinks and
their neighbours, roots, ends of the format, and the inputs whose results are the hardest to round.
"""

from __future__ import annotations

import gzip
import io
import math
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from actinit import reference
from actinit.spec import Activation, Part, SpecialCase, UnknownNameError, activations, budget_of
from actinit.spec import evaluate as number_of

from ..expected import inputs
from ..expected.batches import scalars_of
from ..expected.defaults import defaults, kinks_of
from ..expected.hard_cases import file_of, hard_cases
from ..expected.roots import roots
from ..formats import FORMATS, Format
from ..oracle import exact
from ..results.files import write_atomically
from ..results.store import content
from ..results.vectors import VectorCase, VectorGroup, Vectors, digest
from .answers import inputs as edges
from .answers import patterns

__all__ = ["KINDS", "encoded", "vectors", "write"]

Array = NDArray[Any]

#: Endings of the files that can be written.
KINDS = ("json", "csv", "npz")
# Of a sample of more than a million.
_CHOSEN = 4_000
_PARTS: tuple[Part, ...] = ("value", "derivative")
_NOTES = {
    "special": "A special value that the spec states: a zero of either sign, an infinity, nan.",
    "open": "The spec leaves the result open; the one given is that of the formula, or its limit.",
    "open-sign": "The result is a zero of either sign.",
    "kink": "There is no derivative here. The spec takes one side; all of `accept` conforms.",
    "hard": "The exact result lies very close to the middle of two neighbouring numbers, or on it.",
    "root": "The value or the derivative is zero nearby, where relative accuracy is lost.",
    "edge": "The smallest or the largest number of a kind: subnormal, normal, finite.",
}


def vectors(name: str, format_name: str) -> Vectors:
    """Return the vectors of an elementwise entry, at the defaults of its parameters.

    Parameters
    ----------
    name : str
        Of an entry, such as ``"gelu"``.
    format_name : str
        Of the inputs and the results.

    Raises
    ------
    UnknownNameError
        If there is no such activation or format; it names the nearest.
    ValueError
        If the entry is a function of a row.
    """
    entry = activations[name]
    if format_name not in FORMATS:
        raise UnknownNameError("format", format_name, FORMATS)
    if entry.shape != "elementwise":
        raise ValueError(f"{entry.name} is a function of a row; vectors are of single numbers")
    fmt = FORMATS[format_name]
    groups = [_group(entry, fmt, part) for part in _PARTS]
    flags = {flag for group in groups for case in group.cases for flag in case.flags}
    return Vectors(
        version=version("actinit"),
        entry=entry.name,
        format=fmt.name,
        width=fmt.width,
        parameters=defaults(entry),
        number_of_tests=sum(group.count for group in groups),
        sha256=digest(groups),
        notes={flag: text for flag, text in _NOTES.items() if flag in flags},
        groups=groups,
    )


def write(found: Vectors, folder: Path, kinds: tuple[str, ...] = KINDS) -> list[Path]:
    """Write vectors, each file whole or not at all.

    Parameters
    ----------
    found : Vectors
        What to write.
    folder : Path
        Where; it is made.
    kinds : tuple of str, optional
        Some of `KINDS`.

    Returns
    -------
    list of Path
        The files, such as ``vectors-gelu-bfloat16.json``.

    Raises
    ------
    OSError
        If one cannot be written.
    """
    files = []
    for kind in kinds:
        file = folder / f"vectors-{found.entry}-{found.format}.{kind}"
        write_atomically(file, encoded(found, kind))
        files.append(file)
    return files


def encoded(found: Vectors, kind: str) -> bytes:
    """Return vectors as the content of a file of a kind; ``json.gz`` and ``csv.gz`` are packed."""
    if kind.endswith(".gz"):
        return gzip.compress(encoded(found, kind.removesuffix(".gz")), mtime=0)
    if kind == "json":
        return content(found)
    return _csv(found) if kind == "csv" else _npz(found)


def _group(entry: Activation, fmt: Format, part: Part) -> VectorGroup:
    x = fmt.every() if fmt.exhaustive else _sample(entry, fmt, part)
    results = _right(entry, fmt, part, x)
    told = patterns(x, fmt)
    where = {pattern: index for index, pattern in enumerate(told)}
    texts = patterns(results, fmt)
    cases: dict[int, VectorCase] = {}
    for point, flag, comment, accept in _reasons(entry, fmt, part):
        (pattern,) = patterns(np.array([point], dtype=fmt.dtype), fmt)
        index = where.get(pattern)
        if index is None:  # a number that the format does not have
            continue
        known = cases.get(index)
        cases[index] = VectorCase(
            index=index,
            x=pattern,
            result=texts[index],
            flags=[*(known.flags if known else []), flag],
            comment="; ".join([*([known.comment] if known else []), comment]),
            accept=accept or (known.accept if known else []),
        )
    return VectorGroup(
        part=part,
        inputs="every" if fmt.exhaustive else "listed",
        count=len(x),
        x="" if fmt.exhaustive else "".join(told),
        results="".join(texts),
        budget=budget_of(entry, part).budget.text,
        cases=[cases[index] for index in sorted(cases)],
    )


def _sample(entry: Activation, fmt: Format, part: Part) -> Array:
    """Return inputs of a wide format in order, each bit pattern once; infinities and nan last."""
    wanted = [point for point, _, _, _ in _reasons(entry, fmt, part)]
    spread = inputs.every_nth(scalars_of(entry, fmt, part), _CHOSEN)
    return edges(entry, fmt, [*spread.astype(np.float64).tolist(), *wanted])


def _right(entry: Activation, fmt: Format, part: Part, x: Array) -> Array:
    """Return the exact results, rounded; to a zero the oracle knows no sign, but the reference."""
    with np.errstate(invalid="ignore"):  # of a nan that signals
        points = x.astype(np.float64)
    found = exact(entry, part, points, defaults(entry), formats=(fmt.name,)).rounded_to(fmt)
    function = reference.activations[entry.name]
    with np.errstate(all="ignore"):
        signed = function(points) if part == "value" else function.derivative(points)
    zero = found == 0
    found[zero] = np.copysign(0.0, signed[zero]).astype(fmt.dtype)
    found[np.isnan(found.astype(np.float64))] = np.array(np.nan, dtype=fmt.dtype)  # one for all
    return found


Reason = tuple[float, str, str, list[str]]


def _reasons(entry: Activation, fmt: Format, part: Part) -> Iterator[Reason]:
    """Yield inputs that matter, each with a flag, a comment and the ends of what conforms too."""
    kinks = {number_of(kink.at, defaults(entry)) for kink in kinks_of(entry)}
    for case in entry.special.cases:
        if isinstance(case.x, tuple) or not fmt.holds(case.x):
            continue
        if part == "value" or case.x not in kinks:
            yield (case.x, *_of_special(case, part), [])
    if part == "derivative":
        for kink in kinks_of(entry):
            at = number_of(kink.at, defaults(entry))
            ends = np.array([number_of(end, defaults(entry)) for end in kink.accept], fmt.dtype)
            for zero in (at, -at) if at == 0 else (at,):
                yield zero, "kink", kink.why, patterns(ends, fmt)
    if file_of(entry.name).exists():
        for x, _, apart in hard_cases(entry.name).cases.get(part, {}).get(fmt.name, []):
            yield float.fromhex(x), "hard", _how_hard(apart), []
    for root in roots(entry):
        near = float(np.array(root).astype(fmt.dtype).astype(np.float64))
        yield near, "root", f"beside a root of the value or the derivative, at {root!r}", []
    tiny, normal = math.ldexp(1.0, fmt.emin - fmt.stored), math.ldexp(1.0, fmt.emin)
    ends_of = {
        tiny: "the smallest subnormal number",
        normal - tiny: "the largest subnormal number",
        normal: "the smallest normal number",
        float(fmt.row.largest): "the largest finite number",
    }
    for end, text in ends_of.items():
        yield end, "edge", text, []
        yield -end, "edge", f"{text}, negative", []


def _of_special(case: SpecialCase, part: Part) -> tuple[str, str]:
    """Return the flag and the comment of a special value."""
    stated = getattr(case, part)
    flag = {"any": "open", "any zero": "open-sign"}.get(str(stated), "special")
    return flag, case.why or f"the {part} at {case.x!r}"


def _how_hard(apart: float) -> str:
    if apart == 0:
        return "a tie: the exact result is the middle of two numbers, and the even one is right"
    side = "above" if apart > 0 else "below"
    return f"in magnitude {abs(apart):.3g} ulp {side} the middle of two numbers"


def _split(text: str, digits: int) -> list[str]:
    return [text[at : at + digits] for at in range(0, len(text), digits)]


def _columns(found: Vectors) -> Iterator[tuple[VectorGroup, list[str], list[str]]]:
    """Yield each group with its inputs and results, pattern by pattern."""
    digits = found.width // 4
    for group in found.groups:
        every = [f"{pattern:0{digits}x}" for pattern in range(group.count)]
        x = _split(group.x, digits) if group.inputs == "listed" else every
        yield group, x, _split(group.results, digits)


def _csv(found: Vectors) -> bytes:
    """Return the vectors as lines of equal columns: ``3f80,3f57,value,``, and flags if any."""
    lines = [
        f"# {found.schema} {found.entry} {found.format} actinit {found.version}",
        f"# sha256 {found.sha256}",
        "# x,result,part,flags",
    ]
    for group, x, results in _columns(found):
        flags = {case.index: " ".join(case.flags) for case in group.cases}
        lines += [
            f"{a},{b},{group.part},{flags.get(index, '')}"
            for index, (a, b) in enumerate(zip(x, results, strict=True))
        ]
    return ("\n".join(lines) + "\n").encode("ascii")


def _npz(found: Vectors) -> bytes:
    """Return the vectors as arrays of NumPy: unsigned integers, and the rest as JSON text."""
    bits = FORMATS[found.format].bits
    arrays: dict[str, Any] = {}
    for group, x, results in _columns(found):
        arrays[f"{group.part}_x"] = np.array([int(one, 16) for one in x], dtype=bits)
        arrays[f"{group.part}_result"] = np.array([int(one, 16) for one in results], dtype=bits)
    slim = [msgspec.structs.replace(group, x="", results="") for group in found.groups]
    text = msgspec.json.encode(msgspec.structs.replace(found, groups=slim)).decode()
    stream = io.BytesIO()
    np.savez_compressed(stream, about=np.array(text), **arrays)
    return stream.getvalue()
