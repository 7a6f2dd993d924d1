"""Which operators each function becomes on a backend that runs files or graphs."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from actinit.adapters import Adapter, AdapterError, NotOffered, bindings, frameworks, load
from actinit.spec import Activation, activations

from ..backend.guard import Guarded, message_of
from ..expected.defaults import defaults
from ..formats import Format, formats_of
from ..results.exports import Exported, Exports
from ..results.machine import this_machine

__all__ = ["exports"]

_LONGEST = 200  # characters of what an exporter says


def exports(backend: str, limit: float = 120.0) -> Exports:
    """Ask a backend what each function is in its files, and what is run.

    Parameters
    ----------
    backend : str
        Its name, such as ``torch-onnx-onnxruntime``.
    limit : float, optional
        Seconds that one function may take.

    Returns
    -------
    Exports
        Every activation that its framework has a name for, in every format.

    Raises
    ------
    AdapterError
        If the backend cannot be loaded, or runs its functions under names of its own, so that there
        is nothing to tell.
    UnknownNameError
        If there is no such backend.
    """
    adapter = Guarded(load(backend), limit)
    functions = {
        name: {fmt.name: _exported(adapter, entry, fmt) for fmt in formats_of(entry).values()}
        for name, entry in activations.items()
        if adapter.family not in frameworks() or adapter.family in bindings(entry)
    }
    if not any(one.operators for several in functions.values() for one in several.values()):
        raise AdapterError(
            f"{backend} runs its functions itself: it writes no files and names no operators; "
            "expected an exporter or a runtime, such as torch-onnx-onnxruntime"
        )
    return Exports(
        backend=adapter.name,
        family=adapter.family,
        device=adapter.device,
        versions=adapter.versions(),
        machine=this_machine(),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        functions=functions,
    )


def _exported(adapter: Adapter, entry: Activation, fmt: Format) -> Exported:
    try:
        stages = adapter.operators(entry, np.dtype(fmt.dtype), defaults(entry))
    except NotOffered as error:
        return Exported(refused=str(error)[:_LONGEST])
    except Exception as error:  # of any kind: it is the exporter's
        return Exported(refused=f"{type(error).__name__}: {message_of(error)}"[:_LONGEST])
    return Exported(operators={stage: list(names) for stage, names in stages.items()})
