"""How a framework is called for an entry: arguments, shapes, code to copy."""

from __future__ import annotations

from collections.abc import Iterable

from actinit.adapters import Binding, bindings, frameworks
from actinit.adapters.calls import keywords
from actinit.conformance.initializers.distributions import defaults
from actinit.spec import Function, Initializer

__all__ = ["SEED", "arguments", "code", "literally", "shape"]

SEED = {
    "decides": "the same seed, shape and dtype give the same bits; "
    "another seed gives an independent tensor",
    "ignored": "nothing is drawn",
}


def arguments(entry: Function, binding: Binding, number: str = "{!r}") -> str:
    """Return the keywords of a call with the spec's defaults, as the backend names them.

    Parameters
    ----------
    entry : Activation or Initializer
        The function.
    binding : Binding
        What it is called there.
    number : str, optional
        How a number is written, such as ``np.float32({!r})`` where a call takes no other type.
    """
    passed = keywords(entry, binding, defaults(entry))
    return "".join(
        f", {word}={number.format(value) if isinstance(value, float) else repr(value)}"
        for word, value in passed.items()
    )


def shape(entry: Initializer, family: str) -> tuple[str, tuple[int, ...]]:
    """Return the layout and the shape of a kernel to show an initializer on."""
    layer, sizes = entry.example
    layout = frameworks()[family].layouts[layer]
    return layout, tuple(sizes[letter] for letter in layout)


def literally(word: bool | str) -> str:
    """Write a word of a backend as its own code does."""
    return str(word) if isinstance(word, bool) else f'"{word}"'


def code(entry: Function) -> Iterable[tuple[str, str, Binding]]:
    """Yield key, title and binding of each backend that offers an entry."""
    titles = frameworks()
    for key, binding in bindings(entry).items():
        yield key, titles[key].title, binding
