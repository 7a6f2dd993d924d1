"""Exact values of a whole sample: computed on every core, kept in the cache folder.

The key is made of everything that the values depend on, so that a changed formula, parameter,
input or release of Arb asks for new ones.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import flint
import msgspec
import numpy as np
import platformdirs
from numpy.typing import NDArray

from actinit.spec import Activation, Part, activations

from ..parallel import pool
from ..results.files import write_atomically
from .enclose import ALL, enclose_orders, enclose_rows
from .result import Exact

__all__ = ["exact", "exact_orders", "folder"]

_VERSION = 2  # of the algorithm; raise it when results could change
_CHUNK = 20_000
# Up to so many points are not worth other processes, of which each takes half a second to begin.
_ALONE = 50_000


def folder() -> Path:
    """Return the folder of the cache: ``ACTINIT_CACHE``, or the platform's own."""
    named = os.environ.get("ACTINIT_CACHE")
    return Path(named) if named else Path(platformdirs.user_cache_dir("actinit"))


def exact(
    entry: Activation,
    part: Part,
    points: NDArray[np.float64],
    parameters: Mapping[str, float],
    outputs: NDArray[np.int64] | None = None,
    order: int = 0,
    formats: Sequence[str] = ALL,
) -> Exact:
    """Return the exact values of an entry at all points, from the cache if they are there.

    Parameters
    ----------
    entry : Activation
        The entry.
    part : {"value", "derivative"}
        Which formula.
    points : ndarray of float64
        Shape (n,) for elementwise entries, (rows, n) for the others.
    parameters : mapping of str to float
        A value for each parameter.
    outputs : ndarray of int64, optional
        As in `enclose_rows`.
    order : int, optional
        As in `enclose`.
    formats : sequence of str, optional
        As in `enclose`.

    Returns
    -------
    Exact
        Of the shape of the entry's results.
    """
    return _found(entry, part, points, parameters, outputs, (order,), formats)[0]


def exact_orders(
    entry: Activation,
    part: Part,
    points: NDArray[np.float64],
    parameters: Mapping[str, float],
    orders: Sequence[int],
) -> list[Exact]:
    """Return the exact derivatives of several orders; what is not in the cache is made together.

    Parameters
    ----------
    entry, part, points, parameters
        As in `exact`; of an elementwise entry.
    orders : sequence of int
        How many times the formula is to be differentiated, for each result.
    """
    return _found(entry, part, points, parameters, None, tuple(orders), ALL)


def _found(
    entry: Activation,
    part: Part,
    points: NDArray[np.float64],
    parameters: Mapping[str, float],
    outputs: NDArray[np.int64] | None,
    orders: tuple[int, ...],
    formats: Sequence[str],
) -> list[Exact]:
    """Return the exact values of each order, those that are not kept computed and kept."""
    files = {
        order: folder()
        / "oracle"
        / f"{_key(entry, part, points, parameters, outputs, order, formats)}.npz"
        for order in orders
    }
    found = {order: kept for order, file in files.items() if (kept := _kept(file))}
    lacking = tuple(order for order in files if order not in found)
    if lacking:
        computed = _compute(entry, part, points, parameters, outputs, lacking, formats)
        for order, one in zip(lacking, computed, strict=True):
            found[order] = one
            _keep(files[order], one)
    return [found[order] for order in orders]


def _kept(file: Path) -> Exact | None:
    """Return what a file of the cache holds, if it is there and whole."""
    if not file.exists():
        return None
    try:
        with file.open("rb") as stream, np.load(stream) as stored:
            return Exact(stored["rounded"], stored["residual"].astype(np.float64))
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        file.unlink(missing_ok=True)  # cut short or altered: compute anew
        return None


def _key(
    entry: Activation,
    part: Part,
    points: NDArray[np.float64],
    parameters: Mapping[str, float],
    outputs: NDArray[np.int64] | None,
    order: int,
    formats: Sequence[str],
) -> str:
    pieces = [(str(piece.if_), str(piece.then)) for piece in getattr(entry, part).pieces]
    terms = {name: str(term.is_) for name, term in entry.terms.items()}
    facts = [_VERSION, flint.__version__, entry.shape, part, order, pieces, terms]
    facts += [dict(parameters), points.shape]
    if not np.isfinite(points).all():
        facts.append([(repr(case.x), case.value, case.derivative) for case in entry.special.cases])
    if tuple(formats) != ALL:
        facts.append(list(formats))
    digest = hashlib.sha256(msgspec.json.encode(facts))
    digest.update(points.tobytes())
    digest.update(b"" if outputs is None else outputs.tobytes())
    return f"{entry.name}-{part}{order or ''}-{digest.hexdigest()[:24]}"


def _compute(
    entry: Activation,
    part: Part,
    points: NDArray[np.float64],
    parameters: Mapping[str, float],
    outputs: NDArray[np.int64] | None,
    orders: Sequence[int],
    formats: Sequence[str],
) -> list[Exact]:
    known = entry.name in activations and activations[entry.name] == entry
    if len(points) <= _ALONE or not known:  # an altered entry is not there for other processes
        named = entry if not known else entry.name
        return _task((named, part, points, parameters, outputs, orders, formats))
    with pool() as processes:
        tasks = _tasks(entry.name, part, points, parameters, outputs, orders, formats)
        found = list(processes.map(_task, tasks))
    return [
        Exact(*(np.concatenate(arrays) for arrays in zip(*of_order, strict=True)))
        for of_order in zip(*found, strict=True)
    ]


Task = tuple[Activation | str, Part, Any, Mapping[str, float], Any, Sequence[int], Sequence[str]]


def _tasks(
    name: str,
    part: Part,
    points: Any,
    parameters: Mapping[str, float],
    outputs: Any,
    orders: Sequence[int],
    formats: Sequence[str],
) -> Iterator[Task]:
    for start in range(0, len(points), _CHUNK):
        cut = slice(start, start + _CHUNK)
        chosen = None if outputs is None else outputs[cut]
        yield name, part, points[cut], dict(parameters), chosen, orders, formats


def _task(task: Task) -> list[Exact]:
    named, part, points, parameters, outputs, orders, formats = task
    entry = activations[named] if isinstance(named, str) else named
    if entry.shape == "elementwise":
        return enclose_orders(entry, part, points.tolist(), parameters, orders, formats)
    wanted = None if outputs is None else outputs.tolist()
    return [enclose_rows(entry, part, points.tolist(), parameters, wanted, formats)]


def _keep(file: Path, found: Exact) -> None:
    """Write to the cache, whole or not at all; a cache that cannot be written costs time only."""
    packed = io.BytesIO()
    np.savez(packed, rounded=found.rounded, residual=found.residual.astype(np.float32))
    with contextlib.suppress(OSError):
        write_atomically(file, packed.getvalue())
