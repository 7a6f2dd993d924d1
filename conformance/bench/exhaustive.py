"""What a sweep costs, as ratios measured in one run.

``actinit bench sweep`` prints a table and writes ``bench-sweep.json``.

Each figure is a quotient of two times that were taken in turn, so that whatever else the machine
does falls on both; of several rounds the median counts.
"""

from __future__ import annotations

import csv
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console

from actinit import adapters, spec

from ..exhaustive.chunks import CHUNK_INPUTS, blocks
from ..exhaustive.work import Task, ask, right, survey
from ..parallel import Executor, ThisMachine
from ..results.bench import SweepBench
from ..results.machine import this_machine
from ..results.ratio import Ratio, table
from ..results.store import save
from .kernels import compare as compare_kernels

__all__ = ["measure"]

BACKEND = "torch"
CURVED = ("sigmoid", "tanh", "elu", "gelu", "softplus", "silu")
PIECEWISE_LINEAR = ("relu", "leaky_relu")
# Chunks spread over all binades, with those where functions bend.
CHUNKS = (0, 40, 80, 110, 120, 124, 126, 127, 128, 129, 130, 132, 136, 160, 200, 254)


def measure(rounds: int = 3, say: Callable[[str], None] = lambda text: None) -> list[Ratio]:
    """Measure all figures.

    Parameters
    ----------
    rounds : int, optional
        How often each quotient is taken.
    say : callable, optional
        Told what is being measured.

    Returns
    -------
    list of Ratio
        The tool that others are compared with is left out if it is not installed.
    """
    found = []
    for names, bound in ((CURVED, 1.5), (PIECEWISE_LINEAR, 3.0)):
        for name in names:
            say(f"the cost of {name}")
            found.append(_overhead(name, rounds, bound))
    say("the comparison")
    found.append(
        Ratio(
            what="the comparison against NumPy's frexp, ldexp, divide, max",
            of="float32, in a new process",
            ratio=compare_kernels(rounds=rounds),
            bound=20,
            at_least=True,
        )
    )
    say("one worker and two")
    rates, peak = _rates("tanh", rounds)
    found += [
        Ratio(
            what="two workers against one", of="tanh", ratio=rates[2] / rates[1], bound=1.7,
            at_least=True,
        ),
        Ratio(
            what="the largest memory of a worker", of="tanh", ratio=peak, bound=1.0,
            at_least=False, unit="GiB",
        ),
    ]  # fmt: skip
    if tool := shutil.which(
        "ulpwise",
        path=os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", ""))),
    ):
        say("ulpwise survey")
        found.append(
            Ratio(
                what="inputs a second against ulpwise survey", of="tanh",
                ratio=rates[2] / _ulpwise(tool, "tanh"), bound=1000, at_least=True,
            )
        )  # fmt: skip
    return found


def _overhead(name: str, rounds: int, bound: float) -> Ratio:
    """Return the cost of a survey over that of backend and reference alone."""
    entry, quotients = spec.activations[name], []
    survey((Task(BACKEND, name, "value", CHUNKS[0]),))  # compiled, loaded
    for _ in range(rounds):
        bare = whole = 0.0
        for chunk in CHUNKS:
            task = Task(BACKEND, name, "value", chunk)
            bare += _timed(partial(_bare, task, entry))
            whole += _timed(partial(survey, (task,)))
        quotients.append(whole / bare)
    return Ratio(
        what="a sweep against backend and reference alone",
        of=name, ratio=median(quotients), bound=bound, at_least=False,
    )  # fmt: skip


def _bare(task: Task, entry: spec.Activation) -> None:
    for pair in blocks(task.chunk):
        for x in pair:
            ask(task, x)
            right(entry, task.part, x)


def _timed(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _rates(name: str, rounds: int) -> tuple[dict[int, float], float]:
    """Return inputs a second of one worker and of two, and a worker's largest memory in GiB."""
    tasks = [(Task(BACKEND, name, "value", chunk),) for chunk in CHUNKS]
    found: dict[int, list[float]] = {1: [], 2: []}
    peak = 0.0
    with ThisMachine(1) as one, ThisMachine(2) as two:
        machines = {1: one, 2: two}
        for executor in machines.values():
            list(executor.each(survey, tasks[:4]))  # loaded
        for _ in range(rounds):
            for workers, executor in machines.items():
                seconds = _timed(partial(_drain, executor, tasks))
                found[workers].append(len(tasks) * CHUNK_INPUTS / seconds)
        peak = max(one.each(_peak, tasks[:1]))
    return {workers: median(rates) for workers, rates in found.items()}, peak


def _drain(executor: Executor, tasks: Iterable[tuple[Task, ...]]) -> None:
    for _ in executor.each(survey, tasks):
        pass


def _peak(task: tuple[Task, ...]) -> float:
    """Return the largest memory that this process has held, in GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def _ulpwise(tool: str, name: str) -> float:
    """Return the points a second of ``ulpwise survey``, by its own clock."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(  # noqa: S603 - our own words
            [tool, "survey", "--backends", BACKEND, "--dtypes", "f32", "--functions", name,
             "--points", "100000", "--out", folder],
            check=True, capture_output=True,
        )  # fmt: skip
        with (Path(folder) / "results.csv").open() as file:
            (row,) = csv.DictReader(file)
    return float(row["n"]) / float(row["seconds"])


def _versions() -> dict[str, str]:
    """Return the versions of the backend and of what the reference is computed with."""
    return adapters.load(BACKEND).versions() | {name: version(name) for name in ("numpy", "scipy")}


def run(rounds: int, output: Path) -> int:
    """Measure, print the ratios and write them to a file."""
    console = Console(highlight=False)
    ratios = measure(rounds, lambda what: console.print(f"measuring {what} ..."))
    bench = SweepBench(
        backend=BACKEND,
        versions=_versions(),
        machine=this_machine(),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        ratios=ratios,
    )
    save(bench, output)
    console.print(table(bench.ratios))
    console.print(f"written to {output}")
    return 0
