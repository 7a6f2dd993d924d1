"""Time draws of the reference beside what NumPy does without keeping its bits.

``actinit bench draws`` prints a table and writes ``bench-draws.json``.

Each figure is a quotient of two times that were taken in turn; of several rounds the median counts.
What is timed is the processor's work, of all threads: a machine that does other things too lets
each wait for a while, and a thread of a BLAS that waits for another works.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console

from actinit import reference as ref

from ..results.bench import DrawsBench
from ..results.machine import this_machine
from ..results.ratio import Ratio, table
from ..results.store import save

__all__ = ["COMPARED", "Compared", "measure"]

_SEED = 2026


class Compared(NamedTuple):
    """A draw, and what NumPy offers instead."""

    initializer: str
    shape: tuple[int, int]
    beside: str  #: What of NumPy.
    bound: float  #: How many times its time a draw may take.

    def prepare(self) -> tuple[Callable[[], Any], Callable[[], Any]]:
        """Return calls of both, on arguments that are there already."""
        rng = np.random.default_rng(_SEED)
        matrix = rng.standard_normal(self.shape)
        plain: dict[str, Callable[[], Any]] = {
            "numpy.linalg.qr": lambda: np.linalg.qr(matrix),
            "Generator.standard_normal": lambda: rng.standard_normal(self.shape),
            "Generator.random": lambda: rng.random(self.shape),
        }
        draw = ref.initializers[self.initializer]
        return lambda: draw(self.shape, rng=rng), plain[self.beside]


COMPARED = (
    Compared("orthogonal", (2000, 2000), "numpy.linalg.qr", 3.0),
    Compared("he_normal", (10_000, 1000), "Generator.standard_normal", 4.0),
    Compared("he_truncated_normal", (10_000, 1000), "Generator.standard_normal", 4.0),
    Compared("he_uniform", (10_000, 1000), "Generator.random", 4.0),
)


def measure(
    rounds: int = 5,
    say: Callable[[str], None] = lambda text: None,
    compared: tuple[Compared, ...] = COMPARED,
) -> list[Ratio]:
    """Measure all figures.

    Parameters
    ----------
    rounds : int, optional
        How often each quotient is taken.
    say : callable, optional
        Told what is being measured.
    compared : tuple of Compared, optional
        What is compared.

    Returns
    -------
    list of Ratio
        Each draw's time over NumPy's.
    """
    ratios = []
    for pair in compared:
        say(f"{pair.initializer} of {pair.shape}")
        draw, plain = pair.prepare()
        plain()  # memory that is there, a library that is loaded
        draw()
        quotients = [_seconds(draw) / _seconds(plain) for _ in range(rounds)]
        ratios.append(
            Ratio(
                what=f"{pair.initializer} of {pair.shape} against NumPy",
                of=pair.beside,
                ratio=median(quotients),
                bound=pair.bound,
                at_least=False,
            )
        )
    return ratios


def _seconds(work: Callable[[], Any]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def run(rounds: int, output: Path) -> int:
    """Measure, print the ratios and write them to a file."""
    console = Console(highlight=False)
    bench = DrawsBench(
        versions={"numpy": version("numpy")},
        machine=this_machine(),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        ratios=measure(rounds, lambda what: console.print(f"measuring {what} ...")),
    )
    save(bench, output)
    console.print(table(bench.ratios))
    console.print(f"written to {output}")
    return 0
