"""Every tensor of a file, and what it may be a draw of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np

from actinit.spec import UnknownNameError

from .battery import RISK
from .check import TensorReport, check_tensor
from .files import tensors_in
from .identify import TensorIdentity, identify_tensor

__all__ = ["Inspected", "Inspection", "inspect_file"]


@dataclass(frozen=True)
class Inspected:
    """One tensor of a file.

    Attributes
    ----------
    name : str
        In the file.
    shape : tuple of int
        Of the tensor.
    dtype : str
        Of its numbers.
    found : TensorIdentity, TensorReport or str
        What it may be, or whether it is what was asked; in words why that cannot be asked.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    found: TensorIdentity | TensorReport | str

    @property
    def verdict(self) -> str:
        """The verdict; ``not asked`` of what are no weights."""
        return "not asked" if isinstance(self.found, str) else self.found.verdict

    def __str__(self) -> str:
        head = f"{self.name} {self.shape} {self.dtype}"
        if isinstance(self.found, TensorReport):
            said = {
                "plausible": f"a plausible draw of {self.found.name}",
                "implausible": f"no draw of {self.found.name}",
            }.get(self.verdict, self.verdict)
            lines = [f"{head}: {said}", *(f"    {reason}" for reason in self.found.reasons)]
            return "\n".join(lines)
        return f"{head}: {self.found}"


@dataclass(frozen=True)
class Inspection:
    """The tensors of a file; it prints.

    Attributes
    ----------
    file : Path
        The file.
    layout : str
        In which the shapes were read.
    tensors : tuple of Inspected
        In the order of the file.
    """

    file: Path
    layout: str
    tensors: tuple[Inspected, ...]

    def __str__(self) -> str:
        order = {"io": "inputs before outputs", "oi": "outputs before inputs"}.get(
            self.layout, self.layout
        )
        counts: dict[str, int] = {}
        for one in self.tensors:
            counts[one.verdict] = counts.get(one.verdict, 0) + 1
        told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
        lines = [f"{self.file}: {len(self.tensors)} tensors, shapes read as {order}"]
        lines += [f"  {one}" for one in self.tensors]
        note = f"a right draw is called implausible with a probability of {RISK:.0e} at most"
        return "\n".join([*lines, f"{told}; {note}" if told else "it holds no tensor"])


def inspect_file(
    file: str | Path,
    *,
    layout: str | None = None,
    initializer: str | None = None,
    parameters: Mapping[str, float | str] | None = None,
    tensors: str = "*",
) -> Inspection:
    """Say of every tensor of a file what it may be a draw of, or whether it is one of this kind.

    Parameters
    ----------
    file : str or Path
        Ending in .safetensors, .npz or .npy.
    layout : str, optional
        As in `check_tensor`; by default outputs before inputs in a safetensors file, as PyTorch has
        them, and inputs before outputs in the others.
    initializer : str, optional
        The entry that the tensors are held to; by default it is looked for.
    parameters : mapping of str to float or str, optional
        Of that entry.
    tensors : str, optional
        Pattern of the names of the tensors that are asked, such as ``"*.weight"``.

    Returns
    -------
    Inspection
        The tensors; it prints.

    Raises
    ------
    TensorFileError
        If the file cannot be read as what its ending says.
    UnknownNameError
        If there is no such initializer, parameter or layout, or no tensor of such a name.
    ImportError, OSError
        If the package safetensors is needed and missing; if the file cannot be read.
    """
    path = Path(file)
    order = layout or ("oi" if path.suffix == ".safetensors" else "io")
    names, found = [], []
    for name, tensor in tensors_in(path):
        names.append(name)
        if fnmatchcase(name, tensors):
            found.append(_inspected(name, tensor, order, initializer, parameters))
    if names and not found:
        raise UnknownNameError(f"tensor of {path}", tensors, names)
    return Inspection(path, order, tuple(found))


def _inspected(
    name: str,
    tensor: Any,
    layout: str,
    initializer: str | None,
    parameters: Mapping[str, float | str] | None,
) -> Inspected:
    if isinstance(tensor, str):
        return Inspected(name, (), tensor, "not asked: NumPy has no such format")
    array = np.asarray(tensor)
    try:
        found: TensorIdentity | TensorReport | str
        if initializer is None:
            found = identify_tensor(array, layout=layout)
        else:
            found = check_tensor(array, initializer, parameters=parameters, layout=layout)
    except (TypeError, ValueError) as error:  # this tensor alone cannot be asked
        found = f"not asked: {error}"
    return Inspected(name, array.shape, array.dtype.name, found)
