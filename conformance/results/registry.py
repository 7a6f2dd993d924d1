"""Every kind of results file, by how the names of its files begin.

The JSON Schemas are committed in ``conformance/schemas/`` and published on the site; ``actinit
compute schemas`` writes them from the classes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from .accuracy import Accuracies
from .answers import Answers
from .audit import AuditReport
from .baseline import Baseline
from .bench import DrawsBench, ReferenceBench, SweepBench, TrainingBench
from .claims import Claims
from .conformance import ConformanceReport
from .curves import Curves
from .depth import DepthReport
from .differences import Differences
from .dispatch import Dispatch
from .exhaustive import ExhaustiveReport
from .exports import Exports
from .files import write_atomically
from .history import Snapshot
from .layers import Layers
from .parity import ParityReport
from .power import Power
from .propagation import Propagation
from .rounding import CorrectRounding, HardCases
from .signals import Signals
from .store import Record, schema
from .study import Study
from .training import TrainingReport
from .vectors import VectorFiles, Vectors

__all__ = ["RECORDS", "SCHEMAS", "kind_of", "write_schemas"]

#: The class of each kind: ``parity-torch.json`` holds a `ParityReport`.
RECORDS: Mapping[str, type[Record]] = {
    "answers": Answers,
    "audit": AuditReport,
    "baseline": Baseline,
    "bench-draws": DrawsBench,
    "bench-reference": ReferenceBench,
    "bench-sweep": SweepBench,
    "bench-training": TrainingBench,
    "claims": Claims,
    "conformance": ConformanceReport,
    "correct-rounding": CorrectRounding,
    "curves": Curves,
    "depth": DepthReport,
    "differences": Differences,
    "dispatch": Dispatch,
    "exhaustive": ExhaustiveReport,
    "exports": Exports,
    "hard-cases": HardCases,
    "history": Snapshot,
    "layers": Layers,
    "parity": ParityReport,
    "propagation": Propagation,
    "reference-accuracy": Accuracies,
    "signals": Signals,
    "statistics-power": Power,
    "study": Study,
    "training": TrainingReport,
    "vector-files": VectorFiles,
    "vectors": Vectors,
}
#: The committed JSON Schemas, a file for each kind.
SCHEMAS = Path(__file__).parents[1] / "schemas"


def kind_of(file: Path) -> str | None:
    """Return the kind that a results file is of by its name; None if it is of none."""
    names = (name for name in RECORDS if file.stem == name or file.stem.startswith(f"{name}-"))
    return max(names, key=len, default=None)


def write_schemas(folder: Path = SCHEMAS) -> list[Path]:
    """Write the JSON Schema of every kind.

    Parameters
    ----------
    folder : Path, optional
        By default that of the committed ones.

    Returns
    -------
    list of Path
        The files, such as ``parity.schema.json``.

    Raises
    ------
    OSError
        If one cannot be written.
    """
    files = {folder / f"{name}.schema.json": schema(kind) for name, kind in RECORDS.items()}
    for file, content in files.items():
        text = msgspec.json.format(msgspec.json.encode(content))
        write_atomically(file, text + b"\n")
    return list(files)
