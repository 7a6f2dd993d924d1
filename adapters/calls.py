"""How an entry's name and parameters become a call of a backend, as its binding has them."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from actinit.spec import Function, Initializer, evaluate

from .binding import Binding
from .errors import NotOffered

__all__ = ["AXIS", "Parameters", "accepts", "holds", "keywords", "resolve", "takes"]

#: Stands beside the parameters of a function of rows where these lie along another axis.
AXIS = "axis"
#: Numbers, and for choices one of their options.
Parameters = Mapping[str, float | str]


def takes(binding: Binding, name: str) -> bool:
    """Say whether a backend has an argument for a parameter or choice of the entry."""
    used = {known for text in binding.parameters.values() for known in text.names}
    return name in binding.choices or name in used


def holds(entry: Function, binding: Binding, name: str) -> float | str:
    """Return the value that a parameter or choice has where the backend does not take it."""
    if name in entry.parameters:
        return binding.fixed.get(name, entry.parameters[name].default)
    assert isinstance(entry, Initializer)
    return entry.choices[name].default


def resolve(path: str) -> Callable[..., Any]:
    """Import what a dotted path names, such as ``torch.nn.functional.gelu``.

    Raises
    ------
    NotOffered
        If the framework has no such name.
    ModuleNotFoundError
        If the framework itself is not installed.
    """
    module = _module_of(path)
    try:
        found: Any = importlib.import_module(module)
        for name in path.removeprefix(module).split(".")[1:]:
            found = getattr(found, name)
    except AttributeError as error:
        raise NotOffered(f"this release has no {path}") from error
    called: Callable[..., Any] = found
    return called


@cache
def _module_of(path: str) -> str:
    """Return the module, or package, in which a dotted path has to be followed.

    Which it is takes a search, and is asked for with every call of a function.
    """
    module, _, rest = path.partition(".")
    importlib.import_module(module)
    while rest:
        name, _, rest = rest.partition(".")
        try:
            importlib.import_module(f"{module}.{name}")
        except ImportError:
            break
        module = f"{module}.{name}"
    return module


def accepts(function: Callable[..., Any], keyword: str) -> bool:
    """Say whether a function or class names a keyword: what draws nothing takes no seed."""
    return keyword in inspect.signature(function).parameters


def keywords(entry: Function, binding: Binding, parameters: Parameters) -> dict[str, Any]:
    """Return the keyword arguments of a call: the fixed ones, then the translated parameters.

    A keyword whose expression needs a parameter that was not given is left to the backend.
    """
    passed: dict[str, Any] = dict(binding.arguments)
    numbers = {name: value for name, value in parameters.items() if not isinstance(value, str)}
    for keyword, expression in binding.parameters.items():
        if expression.names <= numbers.keys():
            value = evaluate(expression, numbers)
            whole = all(entry.parameters[name].integer for name in expression.names)
            passed[keyword] = int(value) if whole and expression.names else value
    for choice, words in binding.choices.items():
        if (option := parameters.get(choice)) in words:
            passed[choice] = words[str(option)]
    return passed
