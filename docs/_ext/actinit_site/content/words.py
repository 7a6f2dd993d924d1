"""Entries in words and formulas: what a page says of numbers, laws, texts and calls."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable

import numpy as np

from actinit import spec
from actinit.adapters.base import keywords
from actinit.conformance.initializers.distributions import defaults, uses_fans
from actinit.spec import AnyEntry, Binding, Expression, Initializer
from actinit.spec.architecture import Architecture, Conv2D, Dense, Flatten, Reshape
from actinit.spec.expression import FUNCTIONS
from actinit.spec.latex import latex, symbols
from actinit.spec.laws import (
    Chosen,
    Constant,
    DeltaOrthogonal,
    Dirac,
    Fourier,
    Identity,
    Law,
    Normal,
    Orthogonal,
    Sparse,
    TruncatedNormal,
    Uniform,
)

__all__ = [
    "BUDGET_NAMES",
    "INDEPENDENT",
    "SEED",
    "arguments",
    "brief",
    "cited",
    "code",
    "decimal",
    "entries",
    "error",
    "figure",
    "laws",
    "linked",
    "literal",
    "literally",
    "network",
    "number",
    "path",
    "power",
    "raised",
    "scientific",
    "shape",
    "stated",
    "support",
    "symbols_of",
    "told",
    "ulps",
    "uses_fans",
    "with_uncertainty",
]

#: LaTeX of what a budget may name.
BUDGET_NAMES = {
    **{name: rf"\,\mathrm{{{name}}}" for name in (*FUNCTIONS, "spread", "width")},
    "kappa": r"\kappa",
}
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_ORTHONORMAL = (
    r"\begin{cases} Q^T Q = 1 & \text{if rows} \ge \text{columns} \\ Q Q^T = 1 &"
    r" \text{otherwise} \end{cases}"
)
#: What a person reads of what is independent, and of what a seed means.
INDEPENDENT = {
    "weights": "each weight of every other",
    "inputs": "the weights of one input of those of another",
    "tensors": "one tensor of another; the weights of one depend on each other",
    "none": "nothing: all is fixed",
}
SEED = {
    "decides": "the same seed, shape and dtype give the same bits; "
    "another seed gives an independent tensor",
    "ignored": "nothing is drawn",
}
_OPEN = {"any": "left open", "any zero": "0, of either sign"}


def entries() -> list[AnyEntry]:
    """Return every entry that has a page, family by family."""
    return [
        *spec.activations.values(),
        *spec.initializers.values(),
        *spec.layers.values(),
        *spec.optimizers.values(),
        *spec.networks.values(),
    ]


def path(entry: AnyEntry) -> str:
    """Return an entry's page, without its ending."""
    folder = entry.family if entry.family == "training" else f"{entry.family}s"
    return f"{folder}/{entry.name}"


def linked(text: str, here: AnyEntry | None = None) -> str:
    """Turn names of other entries in a text into links; plain words that are names stay words."""
    found: dict[str, AnyEntry] = {
        name: entry
        for entries in (spec.activations, spec.initializers, spec.layers, spec.optimizers)
        for name, entry in entries.items()
        if "_" in name or name in ("sigmoid", "relu", "gelu", "silu", "elu", "selu", "softmax")
    }

    def link(match: re.Match[str]) -> str:
        entry = found[match[0]]
        return match[0] if entry is here else f"[{match[0]}](/{path(entry)}.md)"

    names = sorted(found, key=len, reverse=True)
    text = cited(text)
    return re.sub(rf"(?<![\w./`'\[])(?:{'|'.join(names)})(?![\w/`'(])", link, text.strip())


def network(made: Architecture) -> str:
    """Say of what layers a network is made; of equal ones in a row, how many there are."""
    parts = [f"{made.inputs} inputs"]
    for layer, equal in itertools.groupby(made.layers):
        count = len(list(equal))
        match layer:
            case Reshape():
                parts.append(f"made a picture of {layer.height} × {layer.width}")  # noqa: RUF001
            case Flatten():
                parts.append("made flat")
            case Dense():
                parts.append(f"{layer.units} units with {layer.activation}")
            case Conv2D():
                size = f"{layer.kernel} × {layer.kernel}"  # noqa: RUF001
                parts.append(
                    f"{count} convolution{'s' * (count > 1)} of {layer.filters} filters of {size} "
                    f"with {layer.activation}, stride {layer.stride}, padding {layer.padding}"
                )
    return "; ".join(parts)


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


def told(text: str, here: AnyEntry) -> str:
    """Turn keys of publications in a text that tells of them into their authors, with the year.

    As `cited`, but for sentences with publications as their subjects.
    """
    keys = spec.references()

    def name(match: re.Match[str]) -> str:
        families = [author.split()[-1] for author in keys[match[1]].authors.split(", ")]
        who = f"{families[0]} et al." if len(families) > 2 else " and ".join(families)
        return f"{who}{match[2] or ''} ({keys[match[1]].year})"

    return linked(re.sub(rf"\b({'|'.join(keys)})\b('s)?", name, text), here)


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
        return _OPEN.get(outcome) or f"${latex(Expression(outcome), symbols(entry), inline=True)}$"
    assert isinstance(outcome, float)
    return f"${number(outcome)}$"


def ulps(value: float | None) -> str:
    """Write an error with its unit; None and infinity are errors that no ulp measures."""
    text = decimal(value)
    return f"{text} ulp" if text[0].isdigit() else text


def error(value: float, entry: AnyEntry) -> str:
    """Write the error of a witness: in ulp, but of weights that were drawn relative."""
    return scientific(value) if entry.family in ("initializer", "layer") else ulps(value)


def decimal(value: float | None) -> str:
    """Write an error in ulp with three digits."""
    if value is None or not math.isfinite(value):
        return "not finite"
    if value >= 1e6:
        digits, exponent = f"{value:.1e}".split("e")
        return f"{digits}\N{MULTIPLICATION SIGN}{power(10, int(exponent))}"
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}"


def power(base: int, exponent: int) -> str:
    """Write a power without markup."""
    return f"{base}{str(exponent).translate(_RAISED)}"


def scientific(value: float) -> str:
    """Write a number that may be very large or small in a few digits, without markup."""
    if value == 0 or 1e-3 <= abs(value) < 1e3:
        return f"{value:.3g}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa} · {power(10, int(exponent))}"


def figure(value: float) -> str:
    """Write a loss or an accuracy to four decimals, as Keras prints them, unless it is huge."""
    return f"{value:.4f}" if value < 1e4 else scientific(value)


def with_uncertainty(mean: float, high: float | None) -> str:
    """Write a mean and, in brackets, its distance to the end of its interval in the last digit.

    >>> with_uncertainty(0.05561, 0.05733)
    '0.0556(17)'
    """
    if high is None:
        return figure(mean)
    if max(mean, high) < 1e4:
        return f"{mean:.4f}({round((high - mean) * 1e4)})"
    return f"{scientific(mean)} ± {scientific(high - mean)}"


def raised(text: str) -> str:
    """Write powers of ten in a text as people do."""
    return re.sub(
        r"\b(\d(?:\.\d+)?)e([+-]\d+)\b",
        lambda m: f"{m[1]}\N{MULTIPLICATION SIGN}{power(10, int(m[2]))}".removeprefix(
            "1\N{MULTIPLICATION SIGN}"
        ),
        text,
    )


def brief(number: str) -> str:
    """Write a float32 number with as few digits as it takes to tell it from the next."""
    return str(np.float32(number))


def laws(entry: Initializer) -> list[tuple[str, str]]:
    """Write the laws of an initializer as LaTeX, each with the option that means it, if any."""
    if isinstance(entry.law, Chosen):
        return [(option, _law(one, entry)) for option, one in entry.law.among.items()]
    return [("", _law(entry.law, entry))]


def _law(law: Law, entry: Initializer) -> str:
    names = symbols(entry)

    def tex(expression: Expression) -> str:
        return latex(expression, names)

    match law:
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
        case Orthogonal(gain=gain):
            return rf"W = {tex(gain)}\, Q, \quad Q \sim \text{{Haar}}, \quad {_ORTHONORMAL}"
        case DeltaOrthogonal(gain=gain):
            return (
                rf"W_{{p,\cdot,\cdot}} = \begin{{cases}} {tex(gain)}\, Q & \text{{if }} p = c \\"
                rf" 0 & \text{{otherwise}} \end{{cases}} \quad Q \sim \text{{Haar}}, \quad"
                r" Q Q^T = 1, \quad c = \lfloor (k - 1) / 2 \rfloor"
            )
        case Identity(value=value):
            return rf"W_{{ij}} = {tex(value)}\, \delta_{{ij}}"
        case Dirac(groups=groups):
            return (
                r"W_{p,i,o} = \begin{cases} 1 & \text{if } p = c \text{ and } i = o \bmod"
                rf" (n_o / {tex(groups)}) \\ 0 & \text{{otherwise}} \end{{cases}} \quad"
                r" c = \lfloor (k - 1) / 2 \rfloor"
            )
        case Fourier(phase=phase, alpha=alpha, periodic=periodic, norm=norm):
            return (
                rf"W_{{t,f}} = \frac{{w_t}}{{s}} \cos\left(2 \pi \left(\frac{{t f}}{{2 n - 2}} +"
                rf" \frac{{{tex(phase)}}}{{4}}\right)\right), \quad w_t = {tex(alpha)} - (1 -"
                rf" {tex(alpha)}) \cos \frac{{2 \pi t}}{{T - 1 + {tex(periodic)}}}, \quad s ="
                rf" \lVert w \rVert_{{{tex(norm)}}}"
            )
        case Sparse(zeros=zeros, stddev=stddev):
            return (
                rf"W_{{io}} = 0 \text{{ for }} {tex(zeros)} \text{{ outputs of each input, }}"
                rf" W_{{io}} \sim \mathcal{{N}}\left(0,\, {_squared(tex(stddev))}\right)"
                r" \text{ for the others}"
            )
    raise AssertionError(law)


def support(entry: Initializer) -> str:
    """Write where the weights can lie, as Markdown."""
    names = symbols(entry)
    found = [] if isinstance(entry.law, Chosen) else [entry.support]
    if isinstance(entry.law, Chosen):
        found = [
            (one.low, one.high)
            for one in entry.law.among.values()
            if isinstance(one, Uniform | TruncatedNormal)
        ]
    written = [
        [latex(end, names, inline=True) for end in ends]
        for ends in found
        if ends and ends[0] != ends[1]
    ]
    texts = [rf"$\left[{low},\, {high}\right]$" for low, high in written]
    if isinstance(entry.law, Constant):
        return f"the one point ${latex(entry.law.value, names, inline=True)}$"
    if not texts:
        return "as the definition says"
    return " or ".join(texts)


def _squared(stddev: str) -> str:
    root = re.fullmatch(r"\\sqrt\{(.*)\}", stddev)
    if root:
        return root[1]
    return f"{stddev}^2" if re.fullmatch(r"\\?\w+", stddev) else rf"\left({stddev}\right)^2"


def arguments(entry: AnyEntry, binding: Binding) -> str:
    """Return the keywords of a call with the spec's defaults, as the backend names them."""
    passed = keywords(entry, binding, defaults(entry))
    return "".join(f", {word}={value!r}" for word, value in passed.items())


def shape(entry: Initializer, family: str) -> tuple[str, tuple[int, ...]]:
    """Return the layout and the shape of a kernel to show an initializer on."""
    layer, sizes = entry.example
    layout = spec.backends()[family].layouts[layer]
    return layout, tuple(sizes[letter] for letter in layout)


def literally(word: bool | str) -> str:
    """Write a word of a backend as its own code does."""
    return str(word) if isinstance(word, bool) else f'"{word}"'


def code(entry: AnyEntry) -> Iterable[tuple[str, str, Binding]]:
    """Yield key, title and binding of each backend that offers an entry."""
    titles = spec.backends()
    for key, binding in entry.backends.items():
        yield key, titles[key].title, binding


def symbols_of(entry: spec.Network | spec.Optimizer) -> dict[str, str]:
    """Return the LaTeX of every name in the formulas of a training."""
    if isinstance(entry, spec.Network):
        return {name: one.symbol for name, one in entry.symbols.items()}
    states = {"mean": "m", "square": "v", "velocity": "u"}
    return {name: parameter.symbol for name, parameter in entry.parameters.items()} | states
