"""``check``: a function of one's own, held to an activation of the spec."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from msgspec.structs import replace

from actinit import reference
from actinit.spec import Activation, SpecialCase, UnknownNameError, activations
from actinit.spec.model import Properties

from ..backend.guard import BadResultError, Guarded, HungError, message_of
from ..check import Check
from ..expected.defaults import defaults
from ..expected.inputs import thinned
from ..formats import FORMATS, formats_of
from ..plan import activation_checks
from ..run.session import Session
from .adapter import Derivative, OneFunction
from .arrays import Arrays, CallableError, candidates, name_of
from .asking import chosen_formats, run_checks
from .report import Report

__all__ = ["arrays_of", "check"]

# One of so many of the suite's inputs, but for the neighbourhoods of hard places, which are whole:
# a tenth of all. Every binade of float32 has some 78 of either sign, of float64 some 10.
_THIN = 16
# A callable has neither compiled modes nor a layer.
_NEVER = {"mode", "layer"}
# Hundreds of calls with the same numbers; and integers, of which few kernels are made.
_THOROUGH = {"repeat", "integers"}
# What a kind of array is tried with: a vector's worth, so that a guard against small arrays passes.
_TRIED = 64


def check(
    function: Callable[..., Any],
    name: str,
    *,
    derivative: Callable[..., Any] | bool | None = None,
    formats: str | Iterable[str] = "float32",
    parameters: Mapping[str, float] | None = None,
    arrays: str | None = None,
    thorough: bool = False,
    time_limit: float = 10.0,
) -> Report:
    """Hold a function of one's own to an activation of the spec.

    It runs the checks that ``actinit check`` runs on a framework: accuracy in ulp, special values,
    kinks, bounds and symmetry, gradients, and that a result does not depend on the place of its
    input.

    Parameters
    ----------
    function : callable
        Takes an array and returns one of its shape and dtype; of NumPy, or of PyTorch, JAX,
        TensorFlow or MLX. Parameters of the entry that it has as arguments are passed by keyword.
    name : str
        The entry's, such as ``"gelu"``.
    derivative : callable or bool, optional
        A function of an array, or of an array and the upstream gradient. By default the framework's
        own autograd is asked where there is one; with False only the value is checked.
    formats : str or iterable of str, optional
        Formats of the spec.
    parameters : mapping of str to float, optional
        Values of the entry's parameters that the function is meant to have. By default the entry's
        own defaults.
    arrays : str, optional
        What it takes, such as ``"torch"``, or ``"torch@cuda"`` for tensors on a device. By default
        that is found by calling it: of NumPy's arrays and those of frameworks that are imported,
        the first that it makes its own kind of.
    thorough : bool, optional
        Ask for all inputs of the suite, ten times as many in formats of more than 16 bits, repeat
        calls, and try integers. By default some 107,000 inputs are asked, and it takes seconds.
    time_limit : float, optional
        Seconds that one call may take.

    Returns
    -------
    Report
        What was found; it prints.

    Raises
    ------
    UnknownNameError
        If there is no such activation, format or parameter; it names the nearest.
    ValueError
        If a parameter is outside its domain.
    CallableError
        If it cannot be called, or makes an array of no kind; it says what was tried.

    Examples
    --------
    >>> import numpy as np
    >>> from actinit import check
    >>> report = check(np.tanh, "tanh", formats="float64")  # doctest: +SKIP
    """
    start = time.perf_counter()
    entry = _at(activations[name].name, tuple(sorted((parameters or {}).items())))
    chosen = chosen_formats(formats, formats_of(entry))
    if not callable(function):
        raise CallableError(f"expected a callable, got a {type(function).__name__}")
    if not (callable(derivative) or derivative in (None, True, False)):
        raise CallableError(f"expected a callable as derivative, got a {type(derivative).__name__}")
    label = name_of(function)
    found = arrays_of(function, label, entry, chosen, arrays, time_limit)
    told: Derivative = derivative if callable(derivative) else None
    notes = activations.notes(name)
    if not callable(derivative) and derivative is not False:
        told, reason = _autograd(function, label, entry, chosen, found, time_limit)
        if reason:
            notes.append(f"the derivative was not asked: {reason}")
    session = Session(OneFunction(label, function, found, told), time_limit)
    with thinned(1 if thorough else _THIN):
        checks = _checks(entry, chosen, told=bool(parameters), thorough=thorough)
        report, unasked = run_checks(session, checks, complete=thorough)
    notes += unasked
    if not thorough:
        notes.append("thorough=True asks for ten times as many inputs, and repeats calls")
    return Report(
        label,
        entry,
        {key: value for key, value in defaults(entry).items() if key in (parameters or {})},
        found.name,
        chosen,
        report,
        tuple(notes),
        time.perf_counter() - start,
    )


@lru_cache(maxsize=16)
def _at(name: str, parameters: tuple[tuple[str, float], ...]) -> Activation:
    """Return a copy of an entry with other defaults, which every check then asks for.

    Exact values of what is no entry of the spec are computed in this process alone: a script that
    calls `check` would else be run again by each process that is started for it.

    Properties are stated of the defaults: a leaky ReLU of a negative slope does not increase. So
    are the numbers of special values, which then are those of the reference.
    """
    entry = activations[name]
    for given, _ in parameters:
        if given not in entry.parameters:
            raise UnknownNameError(f"parameter of {name}", given, entry.parameters)
    if not parameters:
        return replace(entry)
    chosen = {given: float(value) for given, value in parameters}
    reference.activations[name](np.zeros((2, 2)), **chosen)  # holds them to their domains
    changed = {
        key: replace(one, default=chosen.get(key, one.default))
        for key, one in entry.parameters.items()
    }
    cases = tuple(_case(name, case, chosen) for case in entry.special.cases)
    return replace(
        entry,
        parameters=changed,
        properties=Properties(),
        special=replace(entry.special, cases=cases),
    )


def _case(name: str, case: SpecialCase, parameters: Mapping[str, float]) -> SpecialCase:
    """Return a special case at other parameters; what the entry leaves open stays so."""
    function, x = reference.activations[name], np.array(case.x, dtype=np.float64)
    stated = {
        "value": function(x, **parameters),
        "derivative": function.derivative(x, **parameters),
    }
    numbers = {
        part: float(number)
        for part, number in stated.items()
        if x.ndim == 0 and getattr(case, part) not in ("any", "any zero")
    }
    return replace(case, **numbers)


def _checks(
    entry: Activation, formats: Iterable[str], *, told: bool, thorough: bool
) -> Iterator[Check]:
    """Yield the checks of an entry that concern one callable in some formats.

    Whether it has the entry's parameters when nobody says anything is not asked where it was told
    which ones it has.
    """
    left_out = _NEVER | (set() if thorough else _THOROUGH) | ({"defaults"} if told else set())
    for one in activation_checks(entry):
        words = one.id.split("/")[2:]
        stranger = words[0] in FORMATS and words[0] not in formats
        if not stranger and not left_out.intersection(words):
            yield one


def _input(entry: Activation, format_name: str) -> Any:
    """Return what a callable is tried with: numbers between -1 and 1, in rows if it takes rows."""
    x = np.linspace(-1, 1, _TRIED).astype(FORMATS[format_name].dtype)
    return x if entry.shape == "elementwise" else x.reshape(-1, 4)


def arrays_of(
    function: Callable[..., Any],
    label: str,
    entry: Activation,
    formats: tuple[str, ...],
    wanted: str | None,
    limit: float,
) -> Arrays:
    """Return the first kind of arrays of which the callable makes its own kind."""
    reasons = []
    for arrays in candidates(function, wanted):
        adapter = Guarded(OneFunction(label, function, arrays), limit)
        try:
            adapter.value(entry, _input(entry, formats[0]), defaults(entry))
        except BadResultError:  # of another shape or dtype, which is a finding
            return arrays
        except HungError as error:
            raise CallableError(
                f"{label} did not return within {limit:g} s, given {_TRIED} numbers of "
                f"{arrays.name}; if it is only slow, raise time_limit="
            ) from error
        except Exception as error:  # of any kind: the callable is not ours
            reasons.append(
                f"given {arrays.name}: {type(error).__name__}: {message_of(error)[:200]}"
            )
            continue
        return arrays
    tried = "\n  ".join(reasons)
    raise CallableError(
        f"{label} makes an array of no kind that was tried, in {formats[0]}:\n  {tried}\n"
        "a framework that is not imported was not tried; arrays= names one"
    )


def _autograd(
    function: Callable[..., Any],
    label: str,
    entry: Activation,
    formats: tuple[str, ...],
    arrays: Arrays,
    limit: float,
) -> tuple[Derivative, str]:
    """Return whether autograd can be asked for the derivative; if not, also why."""
    if arrays.engine is None:
        return None, "arrays of NumPy have no gradients; derivative= takes a function"
    x = _input(entry, formats[0])
    upstream = np.ones(x.shape if entry.shape != "reduction" else x.shape[:-1], x.dtype)
    try:
        Guarded(OneFunction(label, function, arrays, "autograd"), limit).gradient(
            entry, x, upstream, defaults(entry)
        )
    except BadResultError:
        return "autograd", ""
    except Exception as error:  # of any kind: the framework's or the callable's
        reason = f"the autograd of {arrays.name} raised {type(error).__name__}: "
        return None, reason + message_of(error)[:200]
    return "autograd", ""
