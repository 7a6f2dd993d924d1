"""One binade of float32, of one sign: 2**23 results of the reference held to models and balls."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from actinit.spec import Activation, Part

from ..formats import FORMATS
from .exactly import Nearest, nearest
from .kernel import ends, warm
from .models import Model, Modeller, Run
from .piece import KEPT, Ask, Case, Piece, Wrong, digest, kept
from .specials import fits

__all__ = ["CHUNKS", "FORMAT", "INPUTS", "Open", "held", "prove", "runs"]

FORMAT = FORMATS["float32"]
CHUNKS = 512
INPUTS = 2**23
#: Numbers that are asked for at a time: their arrays stay in the cache.
_BLOCK = 2**16
# The longest run with a polynomial of its own, and the longest for which none is looked for.
_LONGEST, _SHORTEST = 2**16, 2**4
# What is wrong by so much is a fault of the reference that needs no closer look.
_MOST_OPEN = 2**16
_ZERO = np.float32(0.0)


def runs(modeller: Modeller, chunk: int) -> Iterator[tuple[Run, Model | None]]:
    """Cut a binade into runs with a model each, in the order of their magnitudes.

    Parameters
    ----------
    modeller : Modeller
        Of the entry's part.
    chunk : int
        From 0 to 511, the sign and the exponent field; not that of infinities and nan.

    Yields
    ------
    run, model
        A run of a few numbers may have none.
    """
    field = chunk % 256
    hidden = 2**23 if field else 0
    whole = Run(-1 if chunk >= 256 else 1, hidden, 2**23, max(field, 1) - 150)
    yield from _cut(modeller, whole)


def _cut(modeller: Modeller, run: Run) -> Iterator[tuple[Run, Model | None]]:
    model = None
    if run.first:  # with 0 in it, no relative bound holds
        # Among subnormal numbers half of x is a tie, which only a line can decide for many.
        if run.size >= _LONGEST or run.first < INPUTS:
            model = modeller.line(run)
        # The polynomial of a whole binade is good enough where the function is nearly a cubic.
        if model is None and (run.size <= _LONGEST or run.size == INPUTS):
            model = modeller.polynomial(run)
    if model is not None or run.size <= _SHORTEST:
        yield run, model
        return
    for half in run.halves():
        yield from _cut(modeller, half)


class Open:
    """Inputs that models leave open, and what balls make of them."""

    def __init__(self, entry: Activation, part: Part, parameters: dict[str, float]) -> None:
        self._asked = (entry, part)
        self._parameters = parameters
        self.cases: list[Case] = []
        self.wrong: list[Wrong] = []
        self.wrong_count = self.count = 0

    def decide(self, xs: NDArray[np.float32], results: NDArray[np.float32]) -> None:
        """Decide inputs one by one."""
        self.count += xs.size
        for x, got in zip(xs.tolist(), results.tolist(), strict=True):
            if x == 0:
                if not fits(*self._asked, x, got, self._parameters, FORMAT):
                    self._add_wrong(x, got, float("nan"))
                continue
            right = self.nearest(x)
            self.cases.append(Case(x, right.value, right.distance))
            same_zero = got != 0 or right.any_zero or np.signbit(got) == np.signbit(right.value)
            if got != right.value or not same_zero:
                self._add_wrong(x, got, right.value)

    def nearest(self, x: float) -> Nearest:
        """Return what is right at an input."""
        return nearest(*self._asked, x, self._parameters, FORMAT)

    def _add_wrong(self, x: float, got: float, right: float) -> None:
        self.wrong_count += 1
        if len(self.wrong) < KEPT:
            self.wrong.append(Wrong(x, got, right))


def prove(
    entry: Activation, part: Part, parameters: dict[str, float], chunk: int, ask: Ask
) -> Piece:
    """Hold all results of a chunk to the entry's formula.

    Parameters
    ----------
    entry : Activation
        An elementwise entry.
    part : {"value", "derivative"}
        Which formula.
    parameters : dict of str to float
        A value for each parameter.
    chunk : int
        From 0 to 511: the sign and the exponent field of its inputs.
    ask : callable
        What is proven, on arrays of float32.

    Returns
    -------
    Piece
        The same on every machine, but for seconds.
    """
    warm()
    start, took = time.process_time(), 0.0
    patterns = np.arange(chunk << 23, (chunk + 1) << 23, dtype=np.uint32)
    x = patterns.view(np.float32)
    results = np.empty_like(x)
    for at in range(0, INPUTS, 2**20):
        begin = time.process_time()
        results[at : at + 2**20] = ask(x[at : at + 2**20])
        took += time.process_time() - begin
    found, zeros = Open(entry, part, parameters), 0
    if chunk % 256 == 255:
        _specials(found, entry, part, parameters, x, results)
    else:
        modeller = Modeller(entry, part, parameters)
        for run, model in runs(modeller, chunk):
            first = run.first % INPUTS
            place = slice(first, first + run.size)
            zeros += held(model, x[place], results[place], found)
    return Piece(
        part=chunk,
        inputs=INPUTS,
        digest=digest(results, FORMAT),
        wrong_count=found.wrong_count,
        wrong=found.wrong,
        balls=found.count,
        nearest=kept(found.cases, FORMAT),
        open_zeros=zeros,
        seconds=time.process_time() - start,
        reference_seconds=took,
    )


def held(
    model: Model | None, x: NDArray[np.float32], results: NDArray[np.float32], found: Open
) -> int:
    """Hold the results of a run to its model; what that leaves open is decided by balls.

    Parameters
    ----------
    model : Model or None
        Of the run; with none everything is open.
    x, results : ndarray of float32
        The run's numbers, and what is proven of them.
    found : Open
        Where the outcome goes.

    Returns
    -------
    int
        Zeros of results that are not 0, and of a sign that no enclosure tells.
    """
    if model is None:
        found.decide(x, results)
        return 0
    if model.any_zero:
        other = results != _ZERO
        found.decide(x[other][:_MOST_OPEN], results[other][:_MOST_OPEN])
        return int(x.size - np.count_nonzero(other)) if model.slack else 0
    lower, upper = np.empty((2, min(_BLOCK, x.size)), np.float32)
    for start in range(0, x.size, _BLOCK):
        place = slice(start, start + _BLOCK)
        ends(model, x.size, start, lower, upper)
        got = results[place].view(np.uint32)
        open_ = (lower.view(np.uint32) != got) | (upper.view(np.uint32) != got)
        if open_.any():
            (at,) = np.nonzero(open_)
            at = at[:_MOST_OPEN] + start
            found.decide(x[at], results[at])
    return 0


def _specials(
    found: Open, entry: Activation, part: Part, parameters: dict[str, float],
    x: NDArray[np.float32], results: NDArray[np.float32],
) -> None:  # fmt: skip
    """Hold an infinity and nan to what the entry states."""
    if not fits(entry, part, float(x[0]), float(results[0]), parameters, FORMAT):
        found.wrong.append(Wrong(float(x[0]), float(results[0]), float("nan")))
        found.wrong_count += 1
    if fits(entry, part, float("nan"), 1.0, parameters, FORMAT):
        return
    for at in np.nonzero(~np.isnan(results[1:]))[0]:
        found.wrong_count += 1
        if len(found.wrong) < KEPT:
            found.wrong.append(Wrong(float("nan"), float(results[at + 1]), float("nan")))
