"""Tensors in files: .safetensors, .npz and .npy."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["SUFFIXES", "TensorFileError", "tensors_in"]

#: Endings of files that can be read.
SUFFIXES = (".safetensors", ".npz", ".npy")


class TensorFileError(ValueError):
    """A file that holds no tensors that can be read; says which, and why."""


def tensors_in(file: Path) -> Iterator[tuple[str, Any]]:
    """Yield the tensors of a file by name, one at a time; none of its code is run.

    Parameters
    ----------
    file : Path
        Ending in .safetensors, .npz or .npy.

    Raises
    ------
    TensorFileError
        If it has another ending, is damaged, or holds Python objects.
    ImportError
        If the package safetensors is needed and not installed; says how to install it.
    OSError
        If it cannot be read.
    """
    if file.suffix not in SUFFIXES:
        raise TensorFileError(
            f"{file}: expected a file that ends in {', '.join(SUFFIXES)}; "
            f"got {file.suffix or 'no ending'!r}"
        )
    with file.open("rb") as opened:  # a file that is not there is told as such
        opened.read(1)
    yield from (_safetensors if file.suffix == ".safetensors" else _numpy)(file)


def _safetensors(file: Path) -> Iterator[tuple[str, Any]]:
    try:
        from safetensors import SafetensorError, safe_open
    except ImportError as error:
        raise ImportError(
            f"to read {file} the package safetensors is needed, which is not installed; "
            "run: pip install safetensors",
            name="safetensors",
        ) from error
    try:
        with safe_open(file, framework="numpy") as opened:
            for name in opened.keys():  # noqa: SIM118 - it is no mapping
                kind = opened.get_slice(name).get_dtype()
                yield name, _tensor(opened, name, kind)
    except SafetensorError as error:
        raise TensorFileError(f"{file} is no safetensors file, or is damaged: {error}") from error


def _tensor(opened: Any, name: str, kind: str) -> Any:
    """Return a tensor, or the name of its format where NumPy has none such."""
    try:
        return opened.get_tensor(name)
    except (TypeError, AttributeError, KeyError):
        return kind


def _numpy(file: Path) -> Iterator[tuple[str, Any]]:
    try:
        with file.open("rb") as opened:  # ours, so that it is closed whatever is in it
            loaded = np.load(opened, allow_pickle=False)
            if isinstance(loaded, np.ndarray):
                yield "array", loaded
                return
            with loaded as archive:
                for name in archive.files:
                    yield name, archive[name]
    except (ValueError, EOFError, zipfile.BadZipFile, KeyError) as error:
        raise TensorFileError(f"{file} is no NumPy file, or is damaged: {error}") from error
