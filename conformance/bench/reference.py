"""Time the functions of the reference beside the plain formulas of NumPy and SciPy.

``actinit bench reference`` prints a table and writes ``bench-reference.json``; with ``--against
CHECKOUT`` also beside the reference of another commit.

Every one of them is timed in a process of its own, on one thread, on a million elements: the
reference compiled and by NumPy alone, the other commit's, the plain formulas. What is timed is the
processor's work, and of several rounds the fastest counts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rich.console import Console

from ..results.bench import ReferenceBench
from ..results.machine import this_machine
from ..results.ratio import Ratio, table
from ..results.store import save
from .plain import PLAIN

__all__ = ["of_checkout", "run", "timed"]

#: From "gelu.value.float32" to nanoseconds an element.
Costs = dict[str, float]

_FORMATS = ("float32", "float64")
# What a child process runs: it prints the costs of what its path has as `actinit`.
_REFERENCE = """
import json, sys, time, warnings
import numpy as np
from actinit import reference as ref

def functions():
    for name in {names!r}:
        function = ref.activations[name] if hasattr(ref, "activations") else getattr(ref, name)
        yield name, "value", function
        if name not in {rows!r}:
            yield name, "derivative", function.derivative
"""
# Of one row of 10**5, for which the other commit may form a Jacobian of 10**10 numbers.
_LONG_ROWS = """
        else:
            yield name, "row", function
            yield name, "row_vjp", lambda x, vjp=function.vjp: vjp(x, x)
"""
_PLAIN = """
import json, sys, time, warnings
import numpy as np
from actinit.conformance.bench.plain import PLAIN

def functions():
    for name, (value, derivative) in PLAIN.items():
        yield name, "value", value
        if derivative is not None:
            yield name, "derivative", derivative
"""
_TIMES = """
warnings.simplefilter("ignore")
costs, rng = {{}}, np.random.default_rng(2026)
for format in {formats!r}:
    x = rng.normal(0, 3, 10**6).astype(format)
    for name, part, function in functions():
        given = x.reshape(1000, 1000) if name in {rows!r} else x
        if part.startswith("row"):
            given = x[:10**5]
        function(given)
        times = []
        for _ in range({rounds}):
            start = time.process_time()
            function(given)
            times.append(time.process_time() - start)
        costs[f"{{name}}.{{part}}.{{format}}"] = min(times) * 1e9 / given.size
print(json.dumps(costs))
"""


def of_checkout(folder: Path) -> str:
    """Return lines after which `actinit` is what another checkout has, also if that is no package.

    Its folder may lack an ``__init__``, as it did before 2026.1: a folder on the path would come
    after every installation that has one.
    """
    return (
        "import sys, types\n"
        "sys.modules['actinit'] = types.ModuleType('actinit')\n"
        f"sys.modules['actinit'].__path__ = [{str(folder.resolve() / '.dev' / 'actinit')!r}]\n"
    )


def timed(code: str, rounds: int, **environment: str) -> Costs:
    """Return the costs that a child process finds.

    Parameters
    ----------
    code : str
        What defines ``functions()``.
    rounds : int
        How often each is called.
    **environment : str
        Variables beside the present ones.

    Returns
    -------
    dict of str to float
        Nanoseconds an element.
    """
    rows = tuple(name for name, (_, derivative) in PLAIN.items() if derivative is None)
    names = {"names": tuple(PLAIN), "rows": rows, "formats": _FORMATS, "rounds": rounds}
    script = code.replace("{names!r}", repr(names["names"])).replace("{rows!r}", repr(rows))
    told = subprocess.run(  # noqa: S603 - our own lines
        [sys.executable, "-c", script + _TIMES.format(**names)],
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", **environment},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    costs: Costs = json.loads(told.stdout)
    return costs


def ratios(compiled: Costs, arrays: Costs, plain: Costs, before: Costs | None) -> Iterator[Ratio]:
    """Yield what the costs come to, each beside what it is to be."""
    for key, cost in compiled.items():
        if ".row." in key:
            vjp = compiled[key.replace(".row.", ".row_vjp.")]
            yield _ratio(f"{key}, vjp", "its value", vjp / cost, 10.0, least=False)
        if ".row" in key:
            continue
        narrow, rows = key.endswith("float32"), "softmax" in key
        times = (4.0 if narrow else 10.0) if rows else (3.0 if narrow else 5.0)
        yield _ratio(f"{key}, compiled", "the plain formula", cost / plain[key], times, least=False)
        if before and key in before:
            faster = 20.0 if rows and narrow else (5.0 if narrow else 3.0)
            yield _ratio(f"{key}, before", "compiled", before[key] / cost, faster, least=True)
            slower = 1.0 if narrow else 2.5
            yield _ratio(f"{key}, arrays", "before", arrays[key] / before[key], slower, least=False)


def _ratio(what: str, of: str, ratio: float, bound: float, *, least: bool) -> Ratio:
    return Ratio(what=what, of=of, ratio=ratio, bound=bound, at_least=least)


def run(rounds: int, output: Path, against: Path | None = None) -> int:
    """Measure, print the ratios and write them to a file."""
    console = Console(highlight=False)
    measure: dict[str, Callable[[], Costs]] = {
        "compiled": lambda: timed(_REFERENCE + _LONG_ROWS, rounds),
        "arrays": lambda: timed(_REFERENCE + _LONG_ROWS, rounds, ACTINIT_COMPILED="0"),
        "plain": lambda: timed(_PLAIN, rounds),
    }
    if against:
        measure["before"] = lambda: timed(of_checkout(against) + _REFERENCE, rounds)
    costs: dict[str, Costs] = {}
    for name, find in measure.items():
        console.print(f"measuring {name} ...")
        costs[name] = find()
    bench = ReferenceBench(
        versions={name: version(name) for name in ("numpy", "scipy", "numba")},
        machine=this_machine(),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        nanoseconds=costs,
        ratios=list(
            ratios(costs["compiled"], costs["arrays"], costs["plain"], costs.get("before"))
        ),
    )
    save(bench, output)
    console.print(table(bench.ratios))
    console.print(f"written to {output}")
    return 0
