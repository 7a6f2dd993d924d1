"""Asking one release one question: a check, with the bits of all that came back, or weights."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from actinit import spec
from actinit.adapters import Adapter, NotOffered
from actinit.adapters.lookup import binding_in
from actinit.spec import Activation, Part

from ..backend.guard import Guarded, message_of
from ..check import Check, Outcome
from ..expected import inputs
from ..expected.batches import sample_inputs
from ..expected.defaults import defaults
from ..formats import FORMATS, Format
from ..published import every
from ..results.baseline import KnownFinding
from ..results.history import Cell, Weights
from ..undiagnosed import undiagnosed
from .questions import SEED, SHAPE, Drawn, recorded_inputs, sample_of

__all__ = ["BANDS", "DIGITS", "Asked", "asked_digest"]

Array = NDArray[Any]
_ENDS = [2.0**k for k in (-16, -8, -4, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 10, 20)]
#: Where the bands of a sample begin for which `Cell.bands` has digests; the first one has no other
#: end than the least number.
BANDS = (*(-end for end in reversed(_ENDS)), 0.0, *_ENDS)
#: Hexadecimal digits of the digest of a band. What is told of a cell is told by its own digest.
DIGITS = 4
# Weights that are shown.
_FIRST = 4
# As in `published.answers`: whole vectors of any register of today.
_VECTOR = 64
_LONGEST = 300  # characters of what was raised


class Asked:
    """A release under watch, with all that it returns.

    Parameters
    ----------
    limit : float
        Seconds that a call may take.
    """

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._digest = 0
        self._last: Array | None = None
        self._adapter: Guarded | None = None

    def watch(self, adapter: Adapter) -> None:
        """Take the adapter that is asked; its arrays come to `note`."""
        self._adapter = Guarded(adapter, self._limit)

    @property
    def adapter(self) -> Guarded:
        """The adapter that is asked."""
        assert self._adapter is not None
        return self._adapter

    def note(self, array: Array) -> None:
        """Add an array to the digest of what the question at hand got."""
        plain = _with_one_nan(array)
        self._digest = zlib.crc32(plain.tobytes(), self._digest)
        self._last = plain

    def check(self, check: Check) -> Cell | None:
        """Return what a check came to; None if the release does not offer what it asks for."""
        self._digest, self._last = 0, None
        self.adapter.forget()  # what an earlier check got must come back once more
        sample = sample_of(check)
        try:
            with undiagnosed():
                outcome = check.run(self.adapter)
            cell = _cell(outcome, f"{self._digest:08x}")
            return self._with_sample(cell, *sample) if sample else cell
        except NotOffered:
            return None
        except Exception as error:  # of any kind: it is the release's
            return Cell(
                state="raises", says=f"{type(error).__name__}: {message_of(error)}"[:_LONGEST]
            )

    def weights(self, drawn: Drawn) -> Weights | None:
        """Return what the seed draws; None if the release does not offer it."""
        self._digest = 0
        try:
            tensor = self._drawn(drawn)
        except Exception:  # of any kind: the checks of the initializer or layer say what
            return None
        first = [float(weight).hex() for weight in tensor.reshape(-1)[:_FIRST].astype(np.float64)]
        return Weights(bits=f"{self._digest:08x}", first=first)

    def _drawn(self, drawn: Drawn) -> Array:
        dtype = FORMATS[drawn.format].dtype
        if drawn.family == "layers":
            built = self.adapter.builder(spec.layers[drawn.name], dtype, SEED)()
            return built[sorted(built)[0]]
        entry = spec.initializers[drawn.name]
        shape = tuple(SHAPE[letter] for letter in self.adapter.layouts["dense"])
        binding = binding_in(self.adapter.family, entry)
        required = binding.required if binding else ()
        told = {name: entry.parameters[name].default for name in required}
        return self.adapter.draw(entry, shape, dtype, SEED, told)

    def _with_sample(self, cell: Cell, entry: Activation, fmt: Format, part: Part) -> Cell:
        """Return a cell with what is kept of the sample that its check has just asked for."""
        assert self._last is not None
        return replace(
            cell,
            asked=asked_digest(entry, fmt, part),
            bands=_bands(sample_inputs(entry, fmt, part), self._last),
            results=self._recorded(entry, fmt, part),
        )

    def _recorded(self, entry: Activation, fmt: Format, part: Part) -> str:
        """Return the results at the recorded inputs, as `Cell.results` has them."""
        x = recorded_inputs(fmt)
        array = np.resize(x, -(-len(x) // _VECTOR) * _VECTOR)
        if part == "value":
            got = self.adapter.value(entry, array, defaults(entry))
        else:
            got = self.adapter.gradient(entry, array, np.ones_like(array), defaults(entry))
        patterns = got[: len(x)].view(fmt.bits)
        return every.pack(patterns, every.right(entry, fmt, part, x), fmt)


def asked_digest(entry: Activation, fmt: Format, part: Part) -> str:
    """Return `Cell.asked` as it is of this spec."""
    x = sample_inputs(entry, fmt, part)
    right = every.right(entry, fmt, part, recorded_inputs(fmt))
    return f"{zlib.crc32(right.tobytes(), zlib.crc32(x.tobytes())):08x}"


def _with_one_nan(array: Array) -> Array:
    """Return an array whose nans have one bit pattern: their sign and payload mean nothing."""
    plain = np.ascontiguousarray(array)
    if plain.dtype.kind in "fV":
        with np.errstate(invalid="ignore"):
            missing = np.isnan(plain)
        if missing.any():
            plain = np.where(missing, np.asarray(np.nan).astype(plain.dtype), plain)
    return plain


def _bands(x: Array, scrambled: Array) -> str:
    """Return digests of the bands of results that were asked as `activations.sample` asks."""
    results = np.empty_like(scrambled)
    results[inputs.scrambled(len(scrambled))] = scrambled
    cut = np.split(results, np.searchsorted(x.astype(np.float64), BANDS))
    low = (1 << (4 * DIGITS)) - 1
    return "".join(f"{zlib.crc32(one.tobytes()) & low:0{DIGITS}x}" for one in cut)


def _cell(outcome: Outcome, bits: str) -> Cell:
    ulp = outcome.measured.get("graded_ulp") if outcome.grade else None
    notes = [one for one in outcome.findings if one.kind is None and one.data]
    return Cell(
        state="conforms" if outcome.conforms else "diverges",
        grade=outcome.grade,
        ulp=None if ulp is None else float(f"{ulp:.3g}"),
        bits=bits,
        findings=[KnownFinding.of(one) for one in outcome.findings if one.kind],
        facts={f"{one.key}: {name}": fact for one in notes for name, fact in one.data.items()},
    )
