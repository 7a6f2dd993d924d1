"""Distributions of initializers as formulas: density, support, what is independent."""

from __future__ import annotations

import re

from actinit.conformance.initializers.distributions import uses_fans
from actinit.spec import Expression, Initializer
from actinit.spec.distributions import (
    Chosen,
    Constant,
    DeltaOrthogonal,
    Dirac,
    Distribution,
    Fourier,
    Identity,
    Normal,
    Orthogonal,
    Sparse,
    TruncatedNormal,
    Uniform,
)
from actinit.spec.latex import latex, symbols

__all__ = ["INDEPENDENT", "formulas", "support", "uses_fans"]

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


def formulas(entry: Initializer) -> list[tuple[str, str]]:
    """Write the distributions of an initializer as LaTeX, each with its option, if any."""
    if isinstance(entry.distribution, Chosen):
        return [(option, _formula(one, entry)) for option, one in entry.distribution.among.items()]
    return [("", _formula(entry.distribution, entry))]


def _formula(distribution: Distribution, entry: Initializer) -> str:
    names = symbols(entry)

    def tex(expression: Expression) -> str:
        return latex(expression, names)

    match distribution:
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
    raise AssertionError(distribution)


def support(entry: Initializer) -> str:
    """Write where the weights can lie, as Markdown."""
    names = symbols(entry)
    found = [] if isinstance(entry.distribution, Chosen) else [entry.support]
    if isinstance(entry.distribution, Chosen):
        found = [
            (one.low, one.high)
            for one in entry.distribution.among.values()
            if isinstance(one, Uniform | TruncatedNormal)
        ]
    written = [
        [latex(end, names, inline=True) for end in ends]
        for ends in found
        if ends and ends[0] != ends[1]
    ]
    texts = [rf"$\left[{low},\, {high}\right]$" for low, high in written]
    if isinstance(entry.distribution, Constant):
        return f"the one point ${latex(entry.distribution.value, names, inline=True)}$"
    if not texts:
        return "as the definition says"
    return " or ".join(texts)


def _squared(stddev: str) -> str:
    root = re.fullmatch(r"\\sqrt\{(.*)\}", stddev)
    if root:
        return root[1]
    return f"{stddev}^2" if re.fullmatch(r"\\?\w+", stddev) else rf"\left({stddev}\right)^2"
