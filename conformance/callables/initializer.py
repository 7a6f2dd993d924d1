"""``check_initializer``: an initializer of one's own, held to one of the spec by its statistics."""

from __future__ import annotations

import inspect
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, get_args

import numpy as np

from actinit.adapters import Adapter, NotOffered, frameworks
from actinit.adapters.base import Array, Source
from actinit.adapters.calls import Parameters
from actinit.spec import Activation, Function, Initializer, initializers
from actinit.spec.distributions import Constant, Structured

from ..backend.guard import BadResultError, Guarded, HungError, message_of
from ..check import Check
from ..formats import ARITHMETIC
from ..initializers import checks
from ..initializers.distributions import distribution_of, stated
from ..initializers.plan import DEFAULT, DOUBT, Size
from ..run.session import Session
from .arrays import Arrays, CallableError, ForeignResultError, candidates, name_of
from .asking import chosen_formats, run_checks
from .report import Report

__all__ = ["Layout", "adapter_of", "check_initializer", "named_arguments"]

#: 2**20 weights, an eighth of what ``actinit check`` draws.
_QUICK = Size("quick", side=512, tensors=4, matrices=128, divisor=2)
# Chance with which what the notes state is found.
_SURE = 0.999
_SHAPE = (64, 32)
#: Order of the dimensions of a dense kernel: inputs first, or outputs first.
Layout = Literal["io", "oi"]


class OneInitializer(Adapter):
    """A backend that has one initializer.

    Parameters
    ----------
    name : str
        What a person calls it.
    function : callable
        Takes a shape. Those of ``seed``, ``rng``, ``dtype`` and the entry's parameters that it
        names are passed by keyword.
    arrays : Arrays
        What it returns.
    layout : {"io", "oi"}
        Order of the dimensions of a dense kernel.
    stated : mapping of str to float or str
        The values of the entry's parameters and choices that it has if it does not name them.
    """

    def __init__(
        self,
        name: str,
        function: Callable[..., Any],
        arrays: Arrays,
        layout: Layout,
        stated: Mapping[str, float | str],
    ) -> None:
        self.name, self._function, self._arrays = name, function, arrays
        self._layout, self._stated = layout, stated
        self._accepted = named_arguments(function)

    def versions(self) -> dict[str, str]:
        engine = self._arrays.engine
        return {self._arrays.name: engine.version() if engine else np.__version__}

    @property
    def layouts(self) -> Mapping[str, str]:
        return _layouts_of(self._layout)

    def held(self, entry: Function, name: str) -> float | str | None:
        return None if name in self._accepted else self._stated[name]

    def value(self, entry: Activation, x: Array, parameters: Parameters) -> Array:
        raise NotOffered(f"{self.name} is an initializer")

    def source(
        self, entry: Initializer, dtype: np.dtype[Any], seed: int, parameters: Parameters
    ) -> Source:
        for name, value in parameters.items():
            if name not in self._accepted and value != self._stated[name]:
                raise NotOffered(f"{self.name} has no argument for {name} of {entry.name}")
        options = {name: one for name, one in parameters.items() if name in self._accepted}
        if "dtype" in self._accepted:
            options["dtype"] = dtype  # type: ignore[assignment]  # passed on, whatever it is
        if "rng" in self._accepted:
            options["rng"] = np.random.default_rng(seed)  # type: ignore[assignment]
        if "seed" in self._accepted:
            options["seed"] = seed

        def draw(shape: tuple[int, ...]) -> Array:
            return self._arrays.taken(self._function(shape, **options))

        return draw


def _layouts_of(dense: Layout) -> Mapping[str, str]:
    """Return the layouts of all kernels in the first framework whose dense ones are laid out so."""
    every = (one.layouts for one in frameworks().values())
    return next(layouts for layouts in every if layouts.get("dense") == dense)


def named_arguments(function: Callable[..., Any]) -> frozenset[str]:
    """Return the arguments that a callable names; none if it does not tell."""
    try:
        return frozenset(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return frozenset()


def check_initializer(
    function: Callable[..., Any],
    name: str,
    *,
    formats: str | Iterable[str] = "float32",
    parameters: Mapping[str, float | str] | None = None,
    layout: Layout = "io",
    thorough: bool = False,
    time_limit: float = 30.0,
) -> Report:
    """Hold an initializer of one's own to one of the spec, by the tests of ``actinit check``.

    Its distribution, moments, tails, bounds, fans and independence are tested on a sample, and if
    it takes a seed, what a seed means. The notes of the report state how small an error is found.

    Parameters
    ----------
    function : callable
        Takes a shape and returns that many weights, as an array of NumPy, PyTorch, JAX, TensorFlow
        or MLX. It is passed ``seed``, an integer; ``rng``, a `numpy.random.Generator` with a seed
        of its own; ``dtype``, NumPy's; and parameters of the entry, if it names them as arguments.
    name : str
        The entry's, such as ``"he_normal"``.
    formats : str or iterable of str, optional
        Formats of the spec. What takes no ``dtype`` must return the one that is asked.
    parameters : mapping of str to float or str, optional
        Values of the entry's parameters and choices that the function is meant to have, where it
        does not name them. By default the entry's own.
    layout : {"io", "oi"}, optional
        Whether a kernel's shape begins with its inputs, as in Keras and JAX, or with its outputs,
        as in PyTorch.
    thorough : bool, optional
        Draw 2**23 weights, as ``actinit check`` does, in place of 2**20.
    time_limit : float, optional
        Seconds that one call may take.

    Returns
    -------
    Report
        What was found; it prints.

    Raises
    ------
    UnknownNameError
        If there is no such initializer, format or parameter; it names the nearest.
    CallableError
        If it cannot be called, or returns no array; it says why.
    """
    start = time.perf_counter()
    entry = initializers[name]
    values = stated(entry, parameters)
    chosen = chosen_formats(formats, ARITHMETIC, "format of weights")
    if layout not in get_args(Layout):
        raise ValueError(f"layout={layout!r} is none; expected one of {list(get_args(Layout))}")
    if not callable(function):
        raise CallableError(f"expected a callable, got a {type(function).__name__}")
    label, size = name_of(function), DEFAULT if thorough else _QUICK
    adapter = adapter_of(function, label, entry, chosen[0], layout, values, time_limit)
    session = Session(adapter, time_limit)
    takes = named_arguments(function)
    notes = [*initializers.notes(name), *_power(entry, values, size)]
    if not takes & {"seed", "rng"}:
        notes.append("what a seed means was not asked: it has no argument seed, nor rng")
    report, unasked = run_checks(session, _checks(entry, chosen, size, takes), complete=thorough)
    notes += unasked
    told = {key: value for key, value in (parameters or {}).items() if not isinstance(value, str)}
    return Report(
        label,
        entry,
        told,
        next(iter(adapter.versions())),
        chosen,
        report,
        tuple(notes),
        time.perf_counter() - start,
    )


def _checks(
    entry: Initializer, formats: tuple[str, ...], size: Size, takes: frozenset[str]
) -> Iterator[Check]:
    """Yield the checks that concern one callable; those that name no format ask for float32.

    What takes a seed makes the same tensor of it each time: only what takes a generator has a next
    one, which must differ.
    """
    for one in checks(entry, size):
        words = set(one.id.split("/")[2:])
        dtypes = words & ARITHMETIC.keys() or {"float32"}
        if "seed" in words:
            one_object = words & {"successive", "interleaved"}
            possible = "rng" in takes or ("seed" in takes and not one_object)
        else:
            possible = "defaults" not in words or not entry.parameters
        if possible and dtypes <= set(formats):
            yield one


def adapter_of(
    function: Callable[..., Any],
    label: str,
    entry: Initializer,
    format_name: str,
    layout: Layout,
    stated: Mapping[str, float | str],
    limit: float,
) -> OneInitializer:
    """Return the callable as a backend, whose arrays are those that it returns."""
    dtype, reasons = ARITHMETIC[format_name].dtype, []
    for arrays in candidates(function):
        adapter = OneInitializer(label, function, arrays, layout, stated)
        try:
            Guarded(adapter, limit).draw(entry, _SHAPE, dtype, 0, {})
        except BadResultError:  # of another shape or dtype, which is a finding
            return adapter
        except ForeignResultError as error:
            reasons.append(message_of(error))
            continue
        except HungError as error:
            raise CallableError(
                f"{label} did not return within {limit:g} s, asked for the shape {_SHAPE}; "
                "if it is only slow, raise time_limit="
            ) from error
        except Exception as error:
            raise CallableError(
                f"{label}, asked for the shape {_SHAPE}, raised {type(error).__name__}: "
                f"{message_of(error)[:300]}"
            ) from error
        return adapter
    raise CallableError(f"{label} returned no array: {'; '.join(reasons)}")


def _power(entry: Initializer, stated: Mapping[str, float | str], size: Size) -> Iterator[str]:
    """Yield how small an error is found, with what probability.

    The variance of n weights has the relative standard error sqrt((k - 1) / n), k being the
    kurtosis, and that of a scale is half of it. A test fails at once or is made again with four
    times as many draws, where the same error is twice as many standard errors: so the first stage
    decides. One weight of m is met by n with the probability 1 - (1 - 1/m)**n.
    """
    if isinstance(entry.distribution, Structured | Constant):
        yield f"of small matrices {size.matrices} were drawn"
        return
    fans = {"fan_in": float(size.side), "fan_out": float(size.side)}
    excess = float(distribution_of(entry, {**stated, **fans}).stats(moments="k"))
    from scipy.special import ndtri

    errors = -float(ndtri(DOUBT / 2)) + float(ndtri(_SURE))
    scale = errors * math.sqrt((excess + 2) / size.weights) / 2
    rare = size.weights / -math.log(1 - _SURE)
    yield (
        f"of {size.weights:,} weights, found with a probability of {_SURE:.1%}: a scale that is "
        f"off by {scale:.2%}, a weight out of place once in {rare:,.0f}"
    )
