"""The checks of what a seed means: what is drawn again, and what is not.

The rule of the spec: a tensor is a function of seed, shape and dtype, and whatever is not asked for
by the same seed is independent of it. So a seed given twice gives the same bits, in any thread; the
next seed gives unrelated ones; and so does the next tensor from one initializer object, or from one
generator that was seeded once.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter

from ..check import Check, Finding, Outcome, Witness
from ..formats import FORMATS
from . import diagnosis, judges, order
from .draws import Draw
from .figures import coefficient
from .goodness import Verdict, correlation
from .plan import LARGER, settled, stage_of

__all__ = ["checks"]

Array = NDArray[Any]
Pair = tuple[Array, Array]
# Threads that draw at once: enough for two of them to meet in a generator that they share.
_THREADS = 4
# Tensors that each of them draws: one is done before the next thread has begun.
_ROUNDS = 8
# Seconds after which Python lets another thread go on, instead of 5 ms: longer than that takes no
# small tensor, so that threads would draw one after the other.
_SWITCHED = 1e-6
# Bits of a seed that count: backends take seeds below 2**31.
_BITS = 31
# The two tensors that are compared, as a person asks for them.
_PAIRS = {
    "again": "w = np.stack([source(seed)(shape) for seed in ({seed}, {end}, {seed})])[::2]",
    "next": "w = np.stack([source(seed)(shape) for seed in ({seed}, {end})])",
    "successive": "draw = source({seed})\nw = np.stack([draw(shape), draw(shape)])",
    "bits": (
        f"seeds = [{{seed}}, *({{seed}} ^ 1 << bit for bit in range({_BITS}))]\n"
        "w = np.stack([source(seed)(shape) for seed in seeds])"
    ),
    "interleaved": """\
alone = [(draw(shape), draw(shape)) for draw in (source({seed}), source({end}))]
first, second = source({seed}), source({end})
turns = [first(shape), second(shape), first(shape), second(shape)]
w = np.stack([np.stack(alone), np.stack([turns[::2], turns[1::2]])])""",
    "threads": f"""\
import sys
from concurrent.futures import ThreadPoolExecutor
sys.setswitchinterval({_SWITCHED})
seeds = range({{seed}}, {{seed}} + {_THREADS})
draw = lambda seed: source(seed)(shape)
alone = np.stack(list(map(draw, seeds)))
with ThreadPoolExecutor({_THREADS}) as pool:
    rounds = [np.stack(list(pool.map(draw, seeds))) for _ in range({_ROUNDS})]
w = np.stack([alone, max(rounds, key=lambda drawn: (drawn != alone).sum())])""",
}
_EQUAL = "(w[0] == w[1]).sum()"
_CORRELATED = "np.corrcoef(w[0].ravel(), w[1].ravel())[0, 1]"
# Rows and columns that tell whether two tensors are the same.
_FEW = 16


def checks(draw: Draw) -> Iterator[Check]:
    """Yield the checks of seeds: ``initializer/he_normal/seed/again`` and its kin.

    Parameters
    ----------
    draw : Draw
        What to draw; its path is replaced. Of 256 x 256 weights, a correlation of 3 % is 7.7
        standard errors.

    Yields
    ------
    Check
        One for each promise.
    """
    for name, run in (
        ("again", _again),
        ("next", partial(_unrelated, _next, "the next seed")),
        ("successive", partial(_unrelated, _successive, "the next tensor from one object")),
        ("threads", _threads),
        ("interleaved", _interleaved),
        ("bits", _every_bit),
    ):
        told = replace(draw, path=f"seed/{name}")
        if name == "bits":
            told = replace(told, sizes={**draw.sizes, "i": _FEW, "o": _FEW})
        lines = partial(told.lines, statement=_PAIRS[name])
        yield told.check("seed", partial(_offered, run, told), lines)


def _offered(run: Callable[[Draw, Adapter], Outcome], draw: Draw, adapter: Adapter) -> Outcome:
    return run(draw.offered(adapter), adapter)


def _again(draw: Draw, adapter: Adapter) -> Outcome:
    # Another seed in between, so that a seed that counts only the first time shows.
    first, _, again = draw.run(adapter), draw.run(adapter, later=1), draw.run(adapter)
    return _same(first, [again], "again", "the same seed gave other weights the second time")


def _threads(draw: Draw, adapter: Adapter) -> Outcome:
    """Draw in several threads at once what was drawn alone."""
    alone = [draw.run(adapter, later=place) for place in range(_THREADS)]
    drawn: dict[int, list[Array]] = {}
    together = threading.Barrier(_THREADS)

    def one(place: int) -> None:
        together.wait()
        drawn[place] = [draw.run(adapter, later=place) for _ in range(_ROUNDS)]

    threads = [threading.Thread(target=one, args=(place,)) for place in range(_THREADS)]
    with _switching():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if len(drawn) < _THREADS:
        raise RuntimeError(f"{_THREADS - len(drawn)} of {_THREADS} threads could not draw")
    return _same(
        np.stack(alone),
        [np.stack([drawn[place][again] for place in range(_THREADS)]) for again in range(_ROUNDS)],
        "threads",
        f"{_THREADS} threads that drew at once got other weights than one alone",
    )


@contextmanager
def _switching() -> Iterator[None]:
    """Have Python change from thread to thread as often as it can meanwhile."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCHED)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def _interleaved(draw: Draw, adapter: Adapter) -> Outcome:
    """Draw from two initializer objects by turns, what each has drawn alone."""

    def source(later: int) -> Callable[[tuple[int, ...]], Array]:
        dtype = FORMATS[draw.dtype].dtype
        return adapter.source(draw.entry, dtype, draw.seed + later, draw.parameters)

    shape = draw.shape(adapter)
    alone, again = (
        [np.stack([held(shape), held(shape)]) for held in (source(0), source(1))] for _ in range(2)
    )
    cause = "the generator is shared: what one object draws changes what the other does"
    if any(
        not np.array_equal(_bits(one), _bits(other))
        for one, other in zip(alone, again, strict=True)
    ):
        cause = "the seed is ignored"
    first, second = source(0), source(1)
    turns = [first(shape), second(shape), first(shape), second(shape)]
    return _same(
        np.stack(alone),
        [np.stack([np.stack(turns[::2]), np.stack(turns[1::2])])],
        "interleaved",
        "two initializer objects that draw by turns get other weights than each alone",
        cause,
    )


def _every_bit(draw: Draw, adapter: Adapter) -> Outcome:
    """Hold tensors of seeds that differ in one bit to be different."""
    seeds = [draw.seed, *(draw.seed ^ (1 << bit) for bit in range(_BITS))]
    drawn = [draw.run(adapter, later=seed - draw.seed) for seed in seeds]
    equal = [
        bit for bit, other in enumerate(drawn[1:]) if np.array_equal(_bits(drawn[0]), _bits(other))
    ]
    measured: dict[str, float] = {"seeds": len(seeds), "equal": len(equal)}
    if not equal:
        return Outcome(conforms=True, message="each bit of a seed counts", measured=measured)
    first = equal[0]
    cause = "the seed is ignored"
    if len(equal) < _BITS:
        cause = "some bits of the seed are ignored"
        if equal == list(range(first, _BITS)):
            cause = f"only the lowest {first} bits of the seed count"
    finding = Finding(
        key="seed/bits",
        kind="independence",
        defect="seed",
        sentence=f"seeds that differ in one bit only give the same tensor, for {len(equal)} of "
        f"{_BITS} bits, such as {seeds[0]} and {seeds[first + 1]}: {cause}",
        count=len(equal),
        points=_BITS,
        worst=Witness.figure(
            "seeds that give the same tensor",
            len(equal),
            0,
            measure="sum((one == w[0]).all() for one in w[1:])",
        ),
        looks_like=cause,
    )
    return Outcome.diverging([finding], measured=measured)


def _same(first: Array, others: list[Array], name: str, complaint: str, cause: str = "") -> Outcome:
    """Hold draws to be the same, bit for bit; what is told is the one that differs most."""
    changed = max(int(np.count_nonzero(_bits(first) != _bits(other))) for other in others)
    measured: dict[str, float] = {"n": first.size, "changed": changed}
    if not changed:
        return Outcome(
            conforms=True, message="the same seed gives the same bits", measured=measured
        )
    finding = Finding(
        key=f"seed/{name}",
        kind="independence",
        defect="seed",
        sentence=f"{complaint}: {changed:,} of {first.size:,} differ",
        count=changed,
        points=first.size,
        worst=Witness.figure(
            "weights that differ", changed, 0, error=changed, measure="(w[0] != w[1]).sum()"
        ),
        looks_like=cause or _cause_of_change(changed, first.size, name),
    )
    return Outcome.diverging([finding], measured=measured)


def _cause_of_change(changed: int, size: int, name: str) -> str:
    if name == "threads":
        return "the generator is shared between threads"
    return "the seed is ignored" if changed > size // 2 else ""


def _bits(drawn: Array) -> Array:
    return np.ascontiguousarray(drawn).view(f"u{drawn.dtype.itemsize}")


def _standard(drawn: Array) -> NDArray[np.float64]:
    return order.clipped(drawn, float(drawn.mean()), float(drawn.std()) or 1.0)


def _next(draw: Draw, adapter: Adapter, stage: int) -> Pair:
    return draw.run(adapter, later=10 * stage), draw.run(adapter, later=10 * stage + 1)


def _successive(draw: Draw, adapter: Adapter, stage: int) -> Pair:
    source = adapter.source(
        draw.entry, FORMATS[draw.dtype].dtype, draw.seed + 10 * stage, draw.parameters
    )
    return source(draw.shape(adapter)), source(draw.shape(adapter))


def _unrelated(
    pair: Callable[[Draw, Adapter, int], Pair], what: str, draw: Draw, adapter: Adapter
) -> Outcome:
    """Hold two tensors to have nothing to do with each other."""
    one, other = pair(draw, adapter, 0)
    if bad := judges.nonfinite(one, other):
        return bad
    # By chance, two floating-point numbers of a distribution agree once in a million; 16 bits do
    # more often.
    if np.array_equal(one, other):
        equal = Finding(
            key="seed/equal",
            kind="independence",
            defect="seed",
            sentence=f"{what} is the same tensor again, bit for bit",
            count=one.size,
            points=one.size,
            worst=Witness.figure(
                "weights that are equal", one.size, 0, error=one.size, measure=_EQUAL
            ),
            looks_like="the same tensor again",
        )
        return Outcome.diverging([equal], measured={"n": one.size, "equal": one.size})

    def tests(stage: int) -> dict[str, Verdict]:
        larger = replace(draw, sizes={**draw.sizes, "o": draw.sizes["o"] * LARGER**stage})
        first, second = (part.astype(np.float64) for part in pair(larger, adapter, stage))
        shift = order.shifts(_standard(first), _standard(second))
        streams[:] = [shift]
        return {"correlation": correlation(first, second), "shift": shift.test}

    streams: list[order.Extreme] = []
    found, failing = settled(tests)
    correlated = found["correlation"].statistic / np.sqrt(one.size)
    measured = {"n": one.size, **judges.figures(found)}
    if not failing:
        return Outcome(conforms=True, message=f"{what} is unrelated", measured=measured)
    message, cause = f"{what} is correlated by {correlated:+.3g}", ""
    size = one.size * LARGER ** stage_of(found, failing)
    worst = {name: coefficient(test.statistic, size, _CORRELATED) for name, test in failing.items()}
    if "shift" in failing:
        cause = diagnosis.repeated_stream(streams[0], what)
        message = cause if "correlation" not in failing else f"{message}; {cause}"
        worst["shift"] = coefficient(
            failing["shift"].statistic,
            size,
            f"np.corrcoef(w[0].ravel(), np.roll(w[1].ravel(), {streams[0].at}))[0, 1]",
        )
    findings = judges.by_test(failing, "independence", "seed", message, worst, cause)
    return Outcome.diverging(findings, message, measured=measured)
