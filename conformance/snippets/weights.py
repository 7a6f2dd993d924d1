"""Lines to paste that draw the weights of a check, and print its figure beside what is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from actinit.adapters import Adapter, bindings, frameworks
from actinit.adapters.calls import accepts, keywords, resolve
from actinit.spec import Initializer

from ..check import LOAD, Finding
from .question import keyword_list, literal

__all__ = [
    "ALONE",
    "STACKED",
    "Drawn",
    "draw_lines",
    "figure_lines",
    "imports_first",
    "is_ours",
    "parted",
    "weights",
]

#: One tensor.
ALONE = "w = source({seed})(shape)"
#: As many as the sample of a check has.
STACKED = "w = np.stack([source(seed)(shape) for seed in range({seed}, {end})])"

# For backends that have no lines of their own; they work for any adapter.
_GENERIC = """\
import ml_dtypes, numpy as np
from actinit import adapters, spec
backend, entry = adapters.load("{loaded}"), spec.initializers["{entry}"]

def source(seed):
    draw = backend.source(entry, np.dtype("{dtype}"), seed, {parameters})
    return lambda shape: draw(shape).astype(np.float64)"""


class Drawn(NamedTuple):
    """What a check draws.

    Attributes
    ----------
    entry : Initializer
        The entry.
    parameters : mapping of str to float or str
        What the backend is told.
    shape : tuple of int
        In the backend's own layout.
    dtype : str
        Name of the format.
    seed : int
        Of the first tensor.
    """

    entry: Initializer
    parameters: Mapping[str, float | str]
    shape: tuple[int, ...]
    dtype: str
    seed: int


def is_ours(adapter: Adapter) -> bool:
    """Say whether an adapter is one of actinit's own, so that it does what its framework does.

    One that was told a device does so on that device, which the lines of a framework do not name.
    """
    inner = getattr(adapter, "backend", adapter)
    return type(inner).__module__.startswith("actinit.adapters.") and "@" not in adapter.name


def imports_first(adapter: Adapter) -> str:
    """Return the lines that must stand before the framework is imported."""
    framework = frameworks().get(adapter.family)
    over = framework.over.get(adapter.name) if framework else None
    if framework is None or over is None:
        return ""
    return framework.snippet["first"].lstrip().format(over=over)


def draw_lines(adapter: Adapter, drawn: Drawn) -> str:
    """Return lines that define ``source``: from a seed to what draws one tensor after the other.

    Parameters
    ----------
    adapter : Adapter
        The backend.
    drawn : Drawn
        What is drawn; its shape and seed do not matter here.
    """
    entry, binding = drawn.entry, bindings(drawn.entry).get(adapter.family)
    known = frameworks().get(adapter.family)
    template = known.snippet.get("draw") if known else None
    if template is None or binding is None or binding.function is None or not is_ours(adapter):
        return _GENERIC.format(
            loaded=LOAD, entry=entry.name, dtype=drawn.dtype, parameters=dict(drawn.parameters)
        )
    assert known is not None
    function = resolve(binding.function)
    passed, later = parted(function, keywords(entry, binding, drawn.parameters), template)
    seeded, typed = known.snippet.get("seeded", ""), known.snippet.get("typed", "")
    if seeded and accepts(function, seeded.partition("=")[0]):
        passed.append(seeded)
    if typed:
        passed.append(typed.format(dtype=drawn.dtype))
    arguments = ", ".join(passed)
    by = known.snippet.get("drawn-by", "")
    made = f"{binding.function}({arguments})"
    if by and accepts(function, by):
        made = binding.function
    text = template.strip().format(
        function=binding.function, arguments=arguments, made=made, dtype=drawn.dtype, later=later
    )
    return imports_first(adapter) + text.replace("(w, )", "(w)").replace("(shape, )", "(shape)")


def parted(
    function: Callable[..., Any], told: Mapping[str, Any], template: str
) -> tuple[list[str], str]:
    """Part the arguments of an initializer: those of the function, and those of what it makes.

    Some functions draw, others make what does; a template with ``{later}`` is for a framework in
    which these take some of the arguments.

    Returns
    -------
    tuple of list of str and str
        The first as they are written, the second ready to follow other arguments.
    """
    left = {
        name: value
        for name, value in told.items()
        if "{later}" in template and not accepts(function, name)
    }
    own = {name: value for name, value in told.items() if name not in left}
    return keyword_list(own), "".join(f", {argument}" for argument in keyword_list(left))


def weights(adapter: Adapter, drawn: Drawn, finding: Finding | None, statement: str = ALONE) -> str:
    """Return lines that leave the weights in ``w``, and print what the finding says of them.

    Parameters
    ----------
    adapter : Adapter
        The backend.
    drawn : Drawn
        What is drawn.
    finding : Finding or None
        What was found.
    statement : str, optional
        The lines that call ``source``; where the finding says of how many tensors it is, these are
        stacked instead.
    """
    seed, end = drawn.seed, drawn.seed + 1
    if finding and "tensors" in finding.data:
        seed += int(finding.data["later"])
        end, statement = seed + int(finding.data["tensors"]), STACKED
    taken = statement.format(seed=seed, end=end)
    return (
        f"{draw_lines(adapter, drawn)}\n\nshape = {drawn.shape}\n{taken}\n{figure_lines(finding)}"
    )


def figure_lines(finding: Finding | None) -> str:
    """Return lines that print the figure of ``w`` that was found, and what is right."""
    worst = finding.worst if finding else None
    if worst is None or not worst.measure:
        return "print(w.mean(), w.std(), w.min(), w.max())"
    what = f"  # {worst.x}" if worst.x else ""
    right = literal(worst.exact) if worst.exact_hex else repr(worst.exact)  # in words
    return f'print("got  ", {worst.measure}){what}\nprint("right", {right})'
