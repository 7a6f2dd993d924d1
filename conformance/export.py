"""Portable weights: the same bits on every machine, in a file that every framework reads.

The file is a safetensors file with one tensor, ``weight``, and metadata that say how it was made.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from actinit import reference, spec
from actinit.adapters.base import relaid

from .files import write_atomically

__all__ = ["add_arguments", "export", "load", "run"]

#: The kind of layer that a kernel of so many dimensions belongs to.
_LAYERS = {2: "dense", 3: "conv1d", 4: "conv2d", 5: "conv3d"}
_SUFFIX = ".safetensors"


def export(
    file: Path,
    name: str,
    shape: tuple[int, ...],
    *,
    seed: int,
    dtype: DTypeLike = np.float32,
    layout: str | None = None,
    to: str | None = None,
    **parameters: Any,
) -> str:
    """Draw weights by the reference and write them.

    Parameters
    ----------
    file : Path
        Where, with the ending ``.safetensors``; its folder is made.
    name : str
        Name of an initializer.
    shape : tuple of int
        Shape of the kernel.
    seed : int
        Of NumPy's PCG64: the weights are those of ``ref.NAME(shape, rng=seed)``.
    dtype : dtype, optional
        float16, bfloat16, float32 or float64.
    layout : str, optional
        Order of the dimensions of `shape`; by default the reference's.
    to : str, optional
        Family of backends, such as ``"torch"``, in whose order the file is to hold them; by default
        as they were asked for.
    **parameters : float or str
        The initializer's own.

    Returns
    -------
    str
        SHA-256 of the weights' bytes, as the file holds them.

    Raises
    ------
    TypeError, ValueError, UnknownNameError
        As the initializer does; and if there is no such backend, or no layer has a kernel of so
        many dimensions.
    OSError
        If the file cannot be written; nothing is left behind.
    """
    import safetensors

    if file.suffix != _SUFFIX:
        raise ValueError(f"expected a file name that ends in {_SUFFIX}; got {file}")
    initializer = reference.initializers[name]
    weights = initializer(shape, rng=seed, dtype=dtype, layout=layout, **parameters)
    standing = layout or _usual("numpy", weights)
    if to is not None:
        wanted = _usual(to, weights)
        weights, standing = relaid(weights, standing, wanted), wanted
    weights = np.ascontiguousarray(weights)
    digest = hashlib.sha256(weights.tobytes()).hexdigest()
    metadata = {
        "initializer": initializer.name,
        "edition": spec.initializers[name].since,
        "generator": "PCG64",
        "seed": str(seed),
        "layout": standing,
        "sha256": digest,
        **{f"parameter.{key}": repr(value) for key, value in parameters.items()},
    }
    tensor = safetensors.TensorSpec(
        dtype=weights.dtype.name, shape=list(weights.shape),
        data_ptr=weights.ctypes.data, data_len=weights.nbytes,
    )  # fmt: skip
    write_atomically(file, safetensors.serialize({"weight": tensor}, metadata))
    return digest


def load(file: Path) -> tuple[NDArray[Any], dict[str, str]]:
    """Read exported weights.

    Parameters
    ----------
    file : Path
        Written by `export`.

    Returns
    -------
    weights : ndarray
        In the layout that the metadata name.
    metadata : dict of str to str
        How they were made.

    Raises
    ------
    ValueError
        If the file was not written by `export`, or its weights were altered since.
    """
    import ml_dtypes
    import safetensors

    kinds = {"F16": np.float16, "BF16": ml_dtypes.bfloat16, "F32": np.float32, "F64": np.float64}
    try:
        with safetensors.safe_open(file, framework="numpy") as opened:
            metadata = dict(opened.metadata() or {})
        ((name, tensor),) = safetensors.deserialize(file.read_bytes())  # type: ignore[no-untyped-call]
    except (safetensors.SafetensorError, ValueError) as error:
        raise ValueError(f"{file} holds no exported weights: {error}") from None
    content = bytes(tensor["data"])
    if name != "weight" or metadata.get("sha256") != hashlib.sha256(content).hexdigest():
        raise ValueError(f"{file} is not as it was exported; export it again")
    weights = np.frombuffer(content, kinds[tensor["dtype"]]).reshape(tensor["shape"])
    return weights, metadata


def _usual(family: str, weights: NDArray[Any]) -> str:
    """Return the order in which a family of backends keeps a kernel of so many dimensions."""
    known = spec.backends()
    if family not in known:
        raise spec.UnknownNameError("backend", family, known)
    if weights.ndim not in _LAYERS:
        raise ValueError(
            f"expected the kernel of a layer, of two to five dimensions; got the shape "
            f"{weights.shape}; name its layout, or export it without --to"
        )
    return known[family].layouts[_LAYERS[weights.ndim]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of ``actinit export``."""
    parser.add_argument("initializer", help="such as he_normal")
    parser.add_argument("--shape", required=True, help="such as 784,128")
    parser.add_argument("--seed", required=True, help="0 or more")
    parser.add_argument("--dtype", default="float32", help="by default float32")
    parser.add_argument("--layout", help="order of the dimensions of the shape, such as io or oihw")
    parser.add_argument("--to", metavar="BACKEND", help="hold them in this backend's own order")
    parser.add_argument("--param", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--output", type=Path, metavar="FILE", help="ending in .safetensors")


def run(options: argparse.Namespace) -> int:
    """Run ``actinit export``; returns the exit status."""
    try:
        shape = _integers("--shape", options.shape)
        (seed,) = _integers("--seed", options.seed)
        parameters = dict(_parameter(text) for text in options.param)
        sides = "x".join(str(length) for length in shape)
        file = options.output or Path(f"{options.initializer}-{sides}-seed{seed}{_SUFFIX}")
        digest = export(
            file, options.initializer, shape, seed=seed, dtype=_dtype(options.dtype),
            layout=options.layout, to=options.to, **parameters,
        )  # fmt: skip
    except (TypeError, ValueError, LookupError, OSError) as error:
        print(f"actinit: {error}", file=sys.stderr)
        return 2
    print(f"{file}: {options.initializer} {shape}, {options.dtype}, seed {seed}\nsha256 {digest}")
    return 0


def _integers(option: str, text: str) -> tuple[int, ...]:
    if not re.fullmatch(r"\s*-?\d+\s*(,\s*-?\d+\s*)*,?\s*", text):
        raise ValueError(f"expected integers as {option}, such as 784,128; got {text!r}")
    return tuple(int(part) for part in text.split(",") if part.strip())


def _parameter(text: str) -> tuple[str, float | str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise ValueError(f"expected --param NAME=VALUE, such as gain=2; got {text!r}")
    try:
        return name, float(value)
    except ValueError:
        return name, value


def _dtype(name: str) -> DTypeLike:
    import ml_dtypes

    return ml_dtypes.bfloat16 if name == "bfloat16" else name
