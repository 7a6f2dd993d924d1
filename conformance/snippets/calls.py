"""The lines that define ``ask``: from NumPy arrays to the results of a backend, as float64."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from actinit.adapters import Adapter, Binding, bindings, frameworks
from actinit.adapters.calls import keywords

from ..backend.eager import eager_name
from ..check import LOAD
from .question import Question, keyword_list, mapping
from .weights import imports_first, is_ours

__all__ = ["Calls", "calls"]


class Calls(NamedTuple):
    """Lines of Python.

    Attributes
    ----------
    ask : str
        They define ``ask``, of the eager mode if there is one.
    compiled : str
        They make it ask the compiled mode; empty if there is none.
    in_place : str
        They leave in ``y`` the tensor of ``array`` after the function was applied in place, and
        its numbers in ``found``; empty if the backend has no such form.
    copies : bool
        Whether an array that runs backwards must be copied for the framework.
    """

    ask: str
    compiled: str = ""
    in_place: str = ""
    copies: bool = False


def calls(adapter: Adapter, question: Question) -> Calls:
    """Return the lines that ask a backend.

    Parameters
    ----------
    adapter : Adapter
        The backend.
    question : Question
        What is asked.
    """
    binding = bindings(question.entry).get(adapter.family)
    # An adapter of one's own may compute anything; and the reference is part of actinit.
    if not is_ours(adapter) or binding is None or adapter.family == "numpy":
        return _through_actinit(adapter, question)
    if question.form == "layer" and binding.layer is None:  # its adapter says that it has none
        return _through_actinit(adapter, question)
    return _framework(adapter, question, binding)


def _through_actinit(adapter: Adapter, question: Question) -> Calls:
    method, names = {
        "value": ("layer" if question.form == "layer" else "value", "x"),
        "derivative": ("gradient", "x, upstream"),
        "forward": ("forward", "x, upstream"),
        "second": ("second", "x, upstream"),
    }[question.part]

    if question.axis is not None:
        method, names = "along", "x"
    told = names if question.axis is None else f"x, {question.axis}"

    def ask(backend: str) -> str:
        return f"""\
backend, entry = adapters.load("{backend}"), spec.activations["{question.entry.name}"]

def ask({names}):
    found = backend.{method}(entry, {told}, {mapping(question.parameters)})
    return found.astype(np.float64)
"""

    imports = "import ml_dtypes, numpy as np\nfrom actinit import adapters, spec\n"
    eager = eager_name(adapter)
    if eager:
        return Calls(imports + ask(eager), compiled=ask(LOAD))
    return Calls(imports + ask(LOAD))


def _framework(adapter: Adapter, question: Question, binding: Binding) -> Calls:
    own = frameworks()[adapter.family]
    over = own.over.get(adapter.name)
    templates = frameworks()[over].snippet if over else own.snippet
    if question.part not in templates:  # a framework that has no gradient
        return _through_actinit(adapter, question)
    compiled = templates[adapter.name] if eager_name(adapter) else ""
    if exported := own.exported.get(adapter.name):
        compiled = templates.get(exported.runtime, "") + "\n\n" + compiled.strip()
    # What is compiled may need other lines, where it cannot be differentiated again.
    part = f"{question.part}-compiled" if compiled else question.part
    names = "x" if question.part == "value" else "x, upstream"
    tensor = templates.get(f"tensor-{question.dtype}", templates["tensor"])
    tensors = ", ".join(tensor.format(x=name) for name in names.split(", "))
    imports = templates["imports"].strip()
    if over:
        imports = f"{imports_first(adapter)}{imports}\n{own.snippet['imports']}"
    ask = f"""\
{imports}

def function(x):
    return {_call(question, binding, own.snippet)}

{templates.get(part, templates[question.part]).strip()}

def ask({names}):
    return {templates["array"].format(y=f"results({tensors})")}
"""
    in_place = ""
    if binding.in_place and question.part == "value":
        passed = keywords(question.entry, binding, question.parameters)
        arguments = ["y", *keyword_list(passed | binding.in_place_arguments)]
        in_place = f"""\
y = {tensor.format(x="array.copy()")}
{binding.in_place}({", ".join(arguments)})
found = {templates["array"].format(y="y")}"""
    return Calls(ask, compiled.strip(), in_place, copies="backwards" in templates)


def _call(question: Question, binding: Binding, templates: Mapping[str, str]) -> str:
    """Return the framework's call of ``x``: of its function, or of its layer.

    Some layers compute in float32 unless they are told a dtype, in the argument of that name; and
    where a function is no function of Python, the framework has its own way to call it.
    """
    passed = keywords(question.entry, binding, question.parameters)
    if question.axis is not None and binding.axis:
        passed[binding.axis] = question.axis
    if binding.function and question.form == "function":
        arguments = ", ".join(["x", *keyword_list(passed)])
        name = binding.function.rpartition(".")[2]
        call = templates.get("call", "{function}({arguments})")
        return call.format(function=binding.function, name=name, arguments=arguments)
    if dtype := templates.get("call-dtype"):
        passed[dtype] = question.dtype
    return f"{binding.layer}({', '.join(keyword_list(passed))})(x)"
