"""Two functions beside each other, or two backends: what the page of comparisons draws from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from actinit import spec
from actinit.adapters import bindings, frameworks
from actinit.conformance.results.curves import Curve
from actinit.conformance.results.differences import Apart, Pair
from actinit.spec import Activation

from ..results import Measured, Results
from . import links, names, properties, view
from .numbers import ulps

__all__ = ["Nearest", "Rivals", "data", "nearest", "partner", "rivals", "told"]

_PARTS = ("value", "derivative", "second")
# Of a table that somebody reads: grades, which mean the same whatever the digits.
_UNGRADED = ("special", "layout")


@dataclass(frozen=True)
class Nearest:
    """The function that comes closest to another."""

    entry: Activation
    other: Activation
    apart: Apart


@dataclass(frozen=True)
class Rivals:
    """How many cells of two backends have other grades, of those that both have."""

    left: str
    right: str
    differing: int
    both: int


def told(apart: Apart) -> str:
    """Write a difference in words: ``0.000473 at x = 2.699``."""
    side = {"-inf": "−∞", "inf": "∞"}.get(apart.x, apart.x.replace("-", "−"))  # noqa: RUF001
    if apart.how == "grows":
        return f"grows without bound towards {side}"
    if apart.largest == 0:
        return "none: the same at the defaults of their parameters"
    if apart.how == "limit":
        return f"{apart.largest:.4g}, as a limit towards {side}"
    return f"{apart.largest:.4g} at x = {side}"


def _elementwise() -> list[Activation]:
    return [entry for entry in spec.activations.values() if entry.shape == "elementwise"]


def nearest(results: Results) -> list[Nearest]:
    """Return for each function the one whose values come closest, unless all of them drift away."""
    found = []
    for entry in _elementwise():
        pairs = [one for one in results.differences if entry.name in (one.a, one.b)]
        bounded = [one for one in pairs if one.value.largest is not None]
        if bounded:
            best = min(bounded, key=lambda one: one.value.largest or 0.0)
            other = best.b if best.a == entry.name else best.a
            found.append(Nearest(entry, spec.activations[other], best.value))
    return found


def partner(results: Results, entry: Activation) -> str:
    """Return the name of the function that an entry is compared with first."""
    found = {one.entry.name: one.other.name for one in nearest(results)}
    return found.get(entry.name, "relu" if entry.name != "relu" else "gelu")


def data(results: Results) -> str:
    """Return all that the page's script needs, as JSON for a script element."""
    curves = {one.entry: one for one in results.curves.activations} if results.curves else {}
    functions = [entry for entry in _elementwise() if entry.name in curves]
    found = {
        "x": curves[functions[0].name].value.x if functions else [],
        "functions": {entry.name: _function(entry, curves[entry.name]) for entry in functions},
        "names": _names(functions),
        "pairs": {f"{one.a} {one.b}": _pair(one) for one in results.differences},
        "backends": {run.backend: _about(run) for run in results.reports},
        "cells": list(_cells(results)),
    }
    # In HTML, "</script" would end the element wherever it stands.
    return json.dumps(found, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")


def _function(entry: Activation, curve: Curve) -> dict[str, Any]:
    return {
        "href": f"{links.path(entry)}.html",
        "y": curve.value.y,
        "facts": dict(_facts(entry)),
    }


def _facts(entry: Activation) -> Iterator[tuple[str, str]]:
    """Yield what is compared, each a label with a text; an empty text where there is nothing."""
    yield "what it is", entry.summary
    yield "shape", "; ".join(properties.told(entry))
    cases = {repr(case.x): case for case in entry.special.cases}
    for part in ("value", "derivative"):
        for x in ("-inf", "0.0", "inf"):
            yield f"{part} at {_plain(float(x))}", _plain(getattr(cases[x], part))
    for part in _PARTS:
        name = "second derivative" if part == "second" else part
        yield f"ulp granted, {name}", spec.budget_of(entry, part).budget.text  # type: ignore[arg-type]
    yield "also called", ", ".join(entry.aliases)
    called = {key: one.function or one.layer or "" for key, one in bindings(entry).items()}
    for key, framework in frameworks().items():
        yield framework.title.partition(" (")[0], called.get(key, "")


def _plain(stated: object) -> str:
    words = {"any": "left open", "any zero": "0, of either sign"}
    text = f"{stated:g}" if isinstance(stated, float) else words.get(str(stated), str(stated))
    return text.replace("-", "−").replace("inf", "∞")  # noqa: RUF001


def _names(functions: list[Activation]) -> dict[str, str]:
    """Return what each name means, as names are compared.

    An entry's own name is that entry; what the spec says that libraries call it goes before what
    they were found to call it by.
    """
    found: dict[str, str] = {}
    for words in (names.words, lambda one: (*one.aliases, *one.called), lambda one: (one.name,)):
        found |= {names.normal(word): entry.name for entry in functions for word in words(entry)}
    return found


def _pair(one: Pair) -> list[str]:
    return [told(one.value), told(one.derivative)]


# -- Backends --------------------------------------------------------------------------------


def _about(run: Any) -> str:
    return ", ".join(f"{name} {version}" for name, version in run.versions.items())


def _graded(results: Results, entry: Activation) -> dict[tuple[str, str], dict[str, Measured]]:
    """Return by part and format, and by backend, the worst result at finite inputs."""
    found: dict[tuple[str, str], dict[str, list[Measured]]] = {}
    for one in results.of(entry):
        words = one.result.id.split("/")[2:]
        dtype, part = words[0], next((word for word in words if word in _PARTS), "")
        if part and dtype in spec.formats() and not set(words) & set(_UNGRADED):
            by_backend = found.setdefault((part, dtype), {})
            by_backend.setdefault(one.report.backend, []).append(one)
    return {
        key: {name: max(several, key=view.severity) for name, several in by_backend.items()}
        for key, by_backend in found.items()
    }


def _cells(results: Results) -> Iterator[dict[str, Any]]:
    """Yield what each backend came to in each part and format of a function."""
    classes = _alike(results)
    for entry in spec.activations.values():
        for (part, dtype), by_backend in _graded(results, entry).items():
            cells = {}
            for backend, one in by_backend.items():
                if one.grade is None:
                    continue
                alike = classes.get((entry.name, dtype, part), {}).get(backend)
                size = None if one.error is None else float(f"{one.error:.3g}")
                told = "" if size is None else ulps(size)
                cells[backend] = [one.grade, size, told, alike]
            if cells:
                place = f"{links.checks(entry)}.html#{next(iter(by_backend.values())).result.id}"
                yield {"of": [entry.name, part, dtype], "href": place, "cells": cells}


def _alike(results: Results) -> dict[tuple[str, str, str], dict[str, int]]:
    """Return by function, format and part which backends answer with the same bits at all inputs.

    Of formats of up to 16 bits, of which every input was asked.
    """
    texts: dict[tuple[str, str, str], dict[str, str]] = {}
    for run in results.answers:
        for one in run.every:
            texts.setdefault((one.entry, one.dtype, one.part), {})[run.backend] = one.minus_right
    return {
        key: {backend: list(dict.fromkeys(by.values())).index(text) for backend, text in by.items()}
        for key, by in texts.items()
    }


def rivals(results: Results) -> list[list[Rivals | None]]:
    """Return a row for each backend: in how many cells each other one has another grade."""
    backends = [run.backend for run in results.reports]
    cells = [
        {name: one.grade for name, one in by_backend.items() if one.grade}
        for entry in spec.activations.values()
        for by_backend in _graded(results, entry).values()
    ]

    def between(left: str, right: str) -> Rivals:
        both = [one for one in cells if left in one and right in one]
        return Rivals(left, right, sum(one[left] != one[right] for one in both), len(both))

    return [[None if a == b else between(a, b) for b in backends] for a in backends]
