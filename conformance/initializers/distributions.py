"""From an entry to the distribution it states, as SciPy has it; the reference has no part in it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from scipy import stats

from actinit.spec import Function, Initializer, UnknownNameError, evaluate
from actinit.spec.distributions import (
    Chosen,
    Constant,
    Distribution,
    Normal,
    Structured,
    TruncatedNormal,
    Uniform,
    expressions,
)

__all__ = ["defaults", "describe", "distribution_of", "known", "named", "stated", "uses_fans"]


def defaults(entry: Function) -> dict[str, float | str]:
    """Return the default of each parameter and choice."""
    found: dict[str, float | str] = {
        name: parameter.default for name, parameter in entry.parameters.items()
    }
    if isinstance(entry, Initializer):
        found |= {name: choice.default for name, choice in entry.choices.items()}
    return found


def stated(
    entry: Initializer, parameters: Mapping[str, float | str] | None = None
) -> dict[str, float | str]:
    """Return a value for each parameter and choice: those that a person states, else the defaults.

    Raises
    ------
    UnknownNameError
        If the entry has no such parameter or option; it names the nearest.
    TypeError
        If a parameter is stated as a word.
    """
    known = {**entry.parameters, **entry.choices}
    for name, value in (parameters or {}).items():
        if name not in known:
            raise UnknownNameError(f"parameter of {entry.name}", name, known)
        if name in entry.choices and value not in entry.options(name):
            raise UnknownNameError(f"{name} of {entry.name}", value, entry.options(name))
        if name in entry.parameters and isinstance(value, str):
            raise TypeError(f"{entry.name}: expected a number as {name}, got {value!r}")
    return {**defaults(entry), **(parameters or {})}


def named(entry: Initializer, names: Mapping[str, float | str]) -> Distribution:
    """Return the distribution that is meant, of those that an entry may have."""
    if isinstance(entry.distribution, Chosen):
        return entry.distribution.among[str(names[entry.distribution.by])]
    return entry.distribution


def known(entry: Initializer, names: Mapping[str, float | str]) -> dict[str, float]:
    """Return the value of every name in an entry's formulas: parameters, choices, terms, sizes."""
    found = {name: value for name, value in names.items() if not isinstance(value, str)}
    for name, choice in entry.choices.items():
        if choice.options:
            found[name] = evaluate(choice.options[str(names[name])], found)
    for name, term in entry.terms.items():
        found[name] = evaluate(term.is_, found)
    return found


def distribution_of(entry: Initializer, names: Mapping[str, float | str]) -> Any:
    """Return the distribution of one weight.

    Parameters
    ----------
    entry : Initializer
        The entry, whose weights are independent.
    names : mapping of str to float or str
        A value for each of the entry's parameters and choices, and ``fan_in`` and ``fan_out`` if it
        uses them.

    Returns
    -------
    scipy.stats frozen distribution
        The distribution before rounding to a dtype.

    Raises
    ------
    KeyError
        If a name has no value.
    TypeError
        If the weights are no independent draws from a distribution of numbers.
    """
    values = known(entry, names)
    match named(entry, names):
        case Constant(value=value):
            return _point()(loc=evaluate(value, values))
        case Uniform(low=low, high=high):
            start, end = evaluate(low, values), evaluate(high, values)
            return _frozen("uniform", loc=start, scale=end - start)
        case Normal(mean=mean, stddev=stddev):
            return _frozen("norm", loc=evaluate(mean, values), scale=evaluate(stddev, values))
        case TruncatedNormal(mean=mean, stddev=stddev, low=low, high=high):
            centre, scale = evaluate(mean, values), evaluate(stddev, values)
            start, end = ((evaluate(side, values) - centre) / scale for side in (low, high))
            return _frozen("truncnorm", start, end, loc=centre, scale=scale)
    raise TypeError(f"the weights of {entry.name} are no independent draws from one distribution")


# SciPy takes milliseconds to make a distribution, most of them for its docstring, and many checks
# ask for the same one.
@lru_cache(maxsize=1024)
def _frozen(family: str, *shape: float, loc: float, scale: float) -> Any:
    return getattr(stats, family)(*shape, loc=loc, scale=scale)


@lru_cache(maxsize=1)
def _point() -> Any:
    return stats.rv_discrete(values=([0], [1.0]))


def uses_fans(entry: Initializer) -> bool:
    """Say whether the distribution depends on the shape of the weights through its fans."""
    if isinstance(entry.distribution, Structured):
        return False
    texts = [text for _, text in expressions(entry.distribution)]
    texts += [term.is_ for term in entry.terms.values()]
    texts += [text for choice in entry.choices.values() for text in choice.options.values()]
    return any(text.names & {"fan_in", "fan_out"} for text in texts)


def describe(entry: Initializer, names: Mapping[str, float | str]) -> str:
    """Put an entry's distribution into words, with its figures; see `distribution_of`."""
    frozen = distribution_of(entry, names)
    spread = f"standard deviation {frozen.std():.6g}"
    low, high = frozen.support()
    match named(entry, names):
        case Constant():
            return f"{frozen.mean():.9g} everywhere"
        case Uniform():
            return f"a uniform distribution on [{low:.6g}, {high:.6g}) of {spread}"
        case TruncatedNormal():
            return f"a normal distribution cut to [{low:.6g}, {high:.6g}], of {spread}"
    return f"a normal distribution of mean {frozen.mean():.6g} and {spread}"
