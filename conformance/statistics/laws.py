"""From an entry to the law it states, as SciPy has it; the reference has no part in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scipy import stats

from actinit.spec import Initializer, evaluate
from actinit.spec.model import Constant, Normal, TruncatedNormal, Uniform

__all__ = ["describe", "law", "uses_fans"]


def law(entry: Initializer, names: Mapping[str, float]) -> Any:
    """Return the law of one weight.

    Parameters
    ----------
    entry : Initializer
        The entry.
    names : mapping of str to float
        A value for each of the entry's parameters, and ``fan_in`` and ``fan_out`` if it uses them.

    Returns
    -------
    scipy.stats frozen distribution
        The law before rounding to a dtype.

    Raises
    ------
    KeyError
        If a name has no value.
    """
    known = dict(names)
    for name, term in entry.terms.items():
        known[name] = evaluate(term.is_, known)
    match entry.law:
        case Constant(value=value):
            return stats.rv_discrete(values=([0], [1.0]))(loc=evaluate(value, known))
        case Uniform(low=low, high=high):
            start, end = evaluate(low, known), evaluate(high, known)
            return stats.uniform(loc=start, scale=end - start)
        case Normal(mean=mean, stddev=stddev):
            return stats.norm(loc=evaluate(mean, known), scale=evaluate(stddev, known))
        case TruncatedNormal(mean=mean, stddev=stddev, low=low, high=high):
            centre, scale = evaluate(mean, known), evaluate(stddev, known)
            start, end = ((evaluate(side, known) - centre) / scale for side in (low, high))
            return stats.truncnorm(start, end, loc=centre, scale=scale)


def uses_fans(entry: Initializer) -> bool:
    """Say whether the law depends on the shape of the weights."""
    texts = [getattr(entry.law, field) for field in entry.law.__struct_fields__]
    texts += [term.is_ for term in entry.terms.values()]
    return any(text.names & {"fan_in", "fan_out"} for text in texts)


def describe(entry: Initializer, frozen: Any) -> str:
    """Put an entry's law into words, with its figures."""
    spread = f"standard deviation {frozen.std():.6g}"
    match entry.law:
        case Constant():
            return f"{frozen.mean():.9g} everywhere"
        case Uniform():
            low, high = frozen.support()
            return f"a uniform law on [{low:.6g}, {high:.6g}) of {spread}"
        case Normal():
            return f"a normal law of mean {frozen.mean():.6g} and {spread}"
        case TruncatedNormal():
            low, high = frozen.support()
            return f"a normal law cut to [{low:.6g}, {high:.6g}], of {spread}"
