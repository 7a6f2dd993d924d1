"""The checks of what a seed means: what is drawn again, and what is not.

The rule of the spec: a tensor is a function of seed, shape and dtype, and whatever is not asked for
by the same seed is independent of it. So a seed given twice gives the same bits, in any thread; the
next seed gives unrelated ones; and so does the next tensor from one initializer object, or from one
generator that was seeded once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter

from ..checks.base import Check, Finding, Outcome, Witness
from ..formats import FORMATS
from . import judges
from .draws import Draw
from .figures import coefficient
from .goodness import Verdict, correlation
from .plan import LARGER, settled, stage_of

__all__ = ["checks"]

Array = NDArray[Any]
Pair = tuple[Array, Array]
# Threads that draw at once: enough for two of them to meet in a generator that they share.
_THREADS = 4
# The two tensors that are compared, as a person asks for them.
_PAIRS = {
    "again": "w = np.stack([source(seed)(shape) for seed in ({seed}, {end}, {seed})])[::2]",
    "next": "w = np.stack([source(seed)(shape) for seed in ({seed}, {end})])",
    "successive": "draw = source({seed})\nw = np.stack([draw(shape), draw(shape)])",
    "threads": f"""\
from concurrent.futures import ThreadPoolExecutor
seeds = range({{seed}}, {{seed}} + {_THREADS})
draw = lambda seed: source(seed)(shape)
alone = np.stack(list(map(draw, seeds)))
with ThreadPoolExecutor({_THREADS}) as pool:
    w = np.stack([alone, list(pool.map(draw, seeds))])""",
}
_EQUAL = "(w[0] == w[1]).sum()"
_CORRELATED = "np.corrcoef(w[0].ravel(), w[1].ravel())[0, 1]"


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
    ):
        told = replace(draw, path=f"seed/{name}")
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
    drawn: dict[int, Array] = {}
    together = threading.Barrier(_THREADS)

    def one(place: int) -> None:
        together.wait()
        drawn[place] = draw.run(adapter, later=place)

    threads = [threading.Thread(target=one, args=(place,)) for place in range(_THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(drawn) < _THREADS:
        raise RuntimeError(f"{_THREADS - len(drawn)} of {_THREADS} threads could not draw")
    return _same(
        np.stack(alone),
        [np.stack([drawn[place] for place in range(_THREADS)])],
        "threads",
        f"{_THREADS} threads that drew at once got other weights than one alone",
    )


def _same(first: Array, others: list[Array], name: str, complaint: str) -> Outcome:
    """Hold draws to be the same, bit for bit."""
    changed = sum(int(np.count_nonzero(_bits(first) != _bits(other))) for other in others)
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
        looks_like="the seed is ignored" if changed > first.size // 2 else "",
    )
    return Outcome.diverging([finding], measured=measured)


def _bits(drawn: Array) -> Array:
    return np.ascontiguousarray(drawn).view(f"u{drawn.dtype.itemsize}")


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
    # By chance, two floating-point numbers of a law agree once in a million; 16 bits do more often.
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
        return {"correlation": correlation(first, second)}

    found, failing = settled(tests)
    correlated = found["correlation"].statistic / np.sqrt(one.size)
    measured = {"n": one.size, **judges.figures(found)}
    if not failing:
        return Outcome(conforms=True, message=f"{what} is unrelated", measured=measured)
    message = f"{what} is correlated by {correlated:+.3g}"
    size = one.size * LARGER ** stage_of(found, failing)
    worst = {name: coefficient(test.statistic, size, _CORRELATED) for name, test in failing.items()}
    findings = judges.by_test(failing, "independence", "seed", message, worst)
    return Outcome.diverging(findings, message, measured=measured)
