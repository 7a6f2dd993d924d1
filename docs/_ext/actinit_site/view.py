"""What is shown of an entry and of its results: words, formulas, cells, in the order of a page."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from actinit import spec
from actinit.conformance.report import FAILING, STATUSES, Report, Status
from actinit.spec import Activation, AnyEntry, Binding, Divergence, Expression, Initializer
from actinit.spec.expression import FUNCTIONS
from actinit.spec.latex import latex, symbols
from actinit.spec.model import Constant, Normal, TruncatedNormal, Uniform

from .results import Measured, Results

__all__ = [
    "BUDGET_NAMES", "Cell", "Finding", "arguments", "checks", "cited", "code", "decimal", "findings", "law",
    "linked", "literal", "matrix", "number", "of_run", "path", "rest", "stated", "support",
    "ulps", "worst",
]  # fmt: skip

_GRADES = "ABCDF"
#: From what is worth least attention to what is worth most.
_ATTENTION: tuple[Status, ...] = ("not-offered", "pass", "known", "news", "stale", "fail", "error")
#: LaTeX of what a budget may name.
BUDGET_NAMES = {
    **{name: rf"\mathrm{{{name}}}" for name in (*FUNCTIONS, "spread", "width")},
    "kappa": r"\kappa",
}
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_WORDS = {"any": "left open", "any zero": "0, of either sign"}


def path(entry: AnyEntry) -> str:
    """Return an entry's page, without its ending."""
    return f"{entry.family}s/{entry.name}"


def linked(text: str, here: AnyEntry | None = None) -> str:
    """Turn names of other entries in a text into links; plain words that are names stay words."""
    found: dict[str, AnyEntry] = {
        name: entry
        for entries in (spec.activations, spec.initializers)
        for name, entry in entries.items()
        if "_" in name or name in ("sigmoid", "relu", "gelu", "silu", "elu", "selu", "softmax")
    }
    def link(match: re.Match[str]) -> str:
        entry = found[match[0]]
        return match[0] if entry is here else f"[{match[0]}](/{path(entry)}.md)"

    names = sorted(found, key=len, reverse=True)
    text = cited(text)
    return re.sub(rf"(?<![\w./`'\[])(?:{'|'.join(names)})(?![\w/`'(])", link, text.strip())


def cited(text: str) -> str:
    """Turn keys of publications in a text into author and year."""
    keys = spec.references()

    def cite(match: re.Match[str]) -> str:
        if match[0] not in keys:
            return match[0]
        authors = keys[match[0]].authors.split(", ")
        family = authors[0].split()[-1]
        return f"{family}{' et al.' if len(authors) > 2 else ''}, {keys[match[0]].year}"

    return re.sub(r"\b[a-z]+\d{4}[a-z]*\b", cite, text)


def literal(text: str) -> str:
    """Write a text so that Markdown leaves it as it is."""
    return re.sub(r"([\\`*_\[\]<>|$#~^])", r"\\\1", text)


def number(value: float) -> str:
    """Write a number as LaTeX, the sign of zero included."""
    if math.isnan(value):
        return r"\mathrm{nan}"
    text = latex(Expression(f"{abs(value)!r}")) if math.isfinite(value) else r"\infty"
    text = text.removesuffix(".0")
    return f"-{text}" if math.copysign(1, value) < 0 else text


def stated(outcome: object, entry: AnyEntry) -> str:
    """Write what the spec states of a special value."""
    if isinstance(outcome, tuple):
        return ", ".join(stated(item, entry) for item in outcome)
    if isinstance(outcome, str):
        return _WORDS.get(outcome) or f"${latex(Expression(outcome), symbols(entry), inline=True)}$"
    assert isinstance(outcome, float)
    return f"${number(outcome)}$"


def ulps(value: float | None) -> str:
    """Write an error with its unit; None and infinity are errors that no ulp measures."""
    text = decimal(value)
    return f"{text} ulp" if text[0].isdigit() else text


def decimal(value: float | None) -> str:
    """Write an error in ulp with three digits."""
    if value is None or not math.isfinite(value):
        return "not finite"
    if value >= 1e6:
        digits, power = f"{value:.1e}".split("e")
        return f"{digits}×10{str(int(power)).translate(_RAISED)}"
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}"


def law(entry: Initializer) -> str:
    """Write the law of an initializer as LaTeX."""
    names = symbols(entry)

    def tex(expression: Expression) -> str:
        return latex(expression, names)

    match entry.law:
        case Constant(value=value):
            return f"W = {tex(value)}"
        case Uniform(low=low, high=high):
            return rf"W \sim \mathcal{{U}}\left[{tex(low)},\, {tex(high)}\right)"
        case Normal(mean=mean, stddev=stddev):
            return rf"W \sim \mathcal{{N}}\left({tex(mean)},\, {_squared(tex(stddev))}\right)"
        case TruncatedNormal(mean=mean, stddev=stddev, low=low, high=high):
            return (
                rf"W \sim \mathcal{{N}}\left({tex(mean)},\, {_squared(tex(stddev))}\right)"
                rf" \text{{ given }} {tex(low)} \le W \le {tex(high)}"
            )
    raise AssertionError(entry.law)


def support(entry: Initializer) -> str:
    """Write where the weights can lie, as Markdown."""
    names = symbols(entry)
    match entry.law:
        case Constant(value=value):
            return f"the one point ${latex(value, names)}$"
        case Uniform(low=low, high=high):
            return rf"$\left[{latex(low, names, inline=True)},\, {latex(high, names, inline=True)}\right)$"
        case TruncatedNormal(low=low, high=high):
            return rf"$\left[{latex(low, names, inline=True)},\, {latex(high, names, inline=True)}\right]$"
    return "every real number"


def _squared(stddev: str) -> str:
    root = re.fullmatch(r"\\sqrt\{(.*)\}", stddev)
    if root:
        return root[1]
    return f"{stddev}^2" if re.fullmatch(r"\\?\w+", stddev) else rf"\left({stddev}\right)^2"


def arguments(entry: AnyEntry, binding: Binding) -> str:
    """Return the keywords of a call with the spec's defaults, as the backend names them."""
    defaults = {name: parameter.default for name, parameter in entry.parameters.items()}
    passed = {
        **binding.arguments,
        **{word: spec.evaluate(text, defaults) for word, text in binding.parameters.items()},
    }
    return "".join(f", {word}={value!r}" for word, value in passed.items())


def code(entry: AnyEntry) -> Iterable[tuple[str, str, Binding]]:
    """Yield key, title and binding of each backend that offers an entry."""
    titles = spec.backends()
    for key, binding in entry.backends.items():
        yield key, titles[key].title, binding


@dataclass(frozen=True)
class Cell:
    """What a backend's results on one part of an entry come to."""

    grade: str | None
    status: Status | None
    ulp: float | None
    anchor: str


def worst(found: Iterable[Measured]) -> Cell:
    """Sum up several results by the worst of them."""
    found = list(found)
    if not found:
        return Cell(None, None, None, "")
    graded = [m for m in found if m.result.outcome and m.result.outcome.grade]
    errors = [
        m.result.outcome.witness.error  # type: ignore[union-attr]
        for m in graded
        if m.result.id.endswith("/ulp") and m.result.outcome.witness  # type: ignore[union-attr]
    ]
    shown = max(
        graded or found,
        key=lambda m: (
            _GRADES.index(m.result.outcome.grade) if m in graded else 0,  # type: ignore[union-attr, arg-type]
            _ATTENTION.index(m.result.status),
        ),
    )
    return Cell(
        grade=shown.result.outcome.grade if graded else None,  # type: ignore[union-attr]
        status=max((m.result.status for m in found), key=_ATTENTION.index),
        ulp=max((math.inf if error is None else error for error in errors), default=None),
        anchor=shown.result.id,
    )


def matrix(
    results: Results, entries: Iterable[AnyEntry], parts: Iterable[str]
) -> list[tuple[AnyEntry, list[list[Cell]], list[list[Measured]]]]:
    """Return for each entry and backend a cell for each part, and the findings beside the parts."""
    rows = []
    parts = list(parts)
    for entry in entries:
        cells, beside = [], []
        for run in results.reports:
            mine = of_run(results, entry, run)
            cells.append([worst(rest(mine, part)) for part in parts])
            beside.append([
                m for m in mine
                if m.result.status not in ("pass", "not-offered")
                and not set(parts) & set(m.result.id.split("/"))
            ])  # fmt: skip
        rows.append((entry, cells, beside))
    return rows


def of_run(results: Results, entry: AnyEntry, run: Report) -> list[Measured]:
    """Return one backend's results on an entry."""
    return [measured for measured in results.of(entry) if measured.report is run]


def rest(found: Iterable[Measured], *words: str) -> list[Measured]:
    """Return the results whose id has all these words below the entry."""
    return [m for m in found if set(words) <= set(m.result.id.split("/")[2:])]


def checks(results: Results, entry: AnyEntry) -> Mapping[str, list[Measured]]:
    """Return the results on an entry by check."""
    found: dict[str, list[Measured]] = {}
    for measured in results.of(entry):
        found.setdefault(measured.result.id, []).append(measured)
    return found


@dataclass(frozen=True)
class Finding:
    """A departure of one backend, listed or not, with the checks that show it."""

    backend: str
    kind: str
    listed: Divergence | None
    shown: list[Measured]
    measured: bool  #: Whether a run of this backend is at hand.

    @property
    def failing(self) -> bool:
        """Whether it fails the run."""
        return any(m.result.status in FAILING for m in self.shown)

    @property
    def worst(self) -> Measured:
        """The check that shows it most plainly."""
        return max(self.shown, key=_severity)

    @property
    def verdict(self) -> str:
        """In a few words: whether this was seen, and expected."""
        if not self.shown:
            return "not seen in this run" if self.measured else "not measured here"
        return STATUSES[max((m.result.status for m in self.shown), key=_ATTENTION.index)]


def findings(results: Results, entry: AnyEntry) -> list[Finding]:
    """Return what departs from an entry: as the entry lists it, then what it does not list."""
    odd = [m for m in results.of(entry) if m.result.status not in ("pass", "not-offered")]
    found = []
    for index, listed in enumerate(entry.divergence):
        runs = [run for run in results.reports if _concerns(listed, run)]
        for run in runs or [None]:
            shown = [m for m in odd if m.report is run and m.result.divergence == index]
            name = run.backend if run else listed.backend
            found.append(Finding(name, listed.kind, listed, shown, run is not None))
    unlisted: dict[tuple[str, str], list[Measured]] = {}
    for measured in odd:
        if measured.result.divergence is None:
            outcome = measured.result.outcome
            kind = (outcome and outcome.kind) or "error"
            unlisted.setdefault((measured.report.backend, kind), []).append(measured)
    found += [Finding(name, kind, None, shown, True) for (name, kind), shown in unlisted.items()]
    return found


def _severity(measured: Measured) -> tuple[int, float]:
    outcome = measured.result.outcome
    grade = _GRADES.index(outcome.grade) if outcome and outcome.grade else -1
    error = outcome.witness.error if outcome and outcome.witness else 0.0
    return grade, math.inf if error is None else error


def _concerns(listed: Divergence, run: Report) -> bool:
    return listed.backend in (run.backend, run.family)
