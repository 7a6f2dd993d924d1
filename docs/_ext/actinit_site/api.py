"""The reference's functions are objects that autodoc takes for data; here they are functions."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from numpydoc.docscrape_sphinx import SphinxDocString

__all__ = ["described"]


def described(functions: Mapping[str, Any], *methods: str) -> Iterator[tuple[str, str, str]]:
    """Yield name, signature and documentation of functions and of methods of theirs.

    Parameters
    ----------
    functions : mapping of str to callable
        By name.
    *methods : str
        Methods to describe below each function.

    Yields
    ------
    tuple of str
        The documentation is reStructuredText.
    """
    for name, function in functions.items():
        yield name, _signature(function), _documentation(function)
        for method in methods:
            found = getattr(function, method)
            yield f"{name}.{method}", _signature(found, like=function), _documentation(found)


def _signature(function: Callable[..., Any], like: Callable[..., Any] | None = None) -> str:
    """Write a signature; where it only says ``**parameters``, those of `like` are meant."""
    parameters = list(inspect.signature(function).parameters.values())
    if like and parameters[-1].kind is parameters[-1].VAR_KEYWORD:
        named = {parameter.name for parameter in parameters}
        own = [
            parameter.replace(kind=parameter.KEYWORD_ONLY)
            for parameter in inspect.signature(like).parameters.values()
            if parameter.name not in named and parameter.kind is not parameter.VAR_KEYWORD
        ]
        parameters[-1:] = own
    bare = [parameter.replace(annotation=parameter.empty) for parameter in parameters]
    return str(inspect.Signature(bare))


def _documentation(function: object) -> str:
    text = str(SphinxDocString(inspect.getdoc(function) or "", config={}))
    # Names such as xavier_normal_ would be taken for links.
    return re.sub(r"(?<=\w)_(?![\w`])", r"\_", text)
