"""Portable weights: the same bits on every machine, in a file that every framework reads.

The file is a safetensors file with one tensor, ``weight``, and metadata that say how it was made.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from actinit import reference, spec
from actinit.adapters import frameworks
from actinit.adapters.layouts import relaid

from ..results.files import write_atomically

__all__ = ["SUFFIX", "export", "file_name", "load"]

#: The kind of layer that a kernel of so many dimensions belongs to.
_LAYERS = {2: "dense", 3: "conv1d", 4: "conv2d", 5: "conv3d"}
SUFFIX = ".safetensors"


def file_name(
    name: str,
    shape: tuple[int, ...],
    *,
    seed: int,
    dtype: DTypeLike = np.float32,
    layout: str | None = None,
    to: str | None = None,
    **parameters: Any,
) -> str:
    """Return the name of a file that no other weights have: every setting of `export` is in it.

    Parameters
    ----------
    name, shape, seed, dtype, layout, to, **parameters
        As `export` takes them.

    Returns
    -------
    str
        Such as ``he_normal-784x128-io-to-torch-float32-mode=fan_out-seed7.safetensors``.

    Raises
    ------
    TypeError
        If there is no such dtype.
    """
    # One number, one text: 2 and 2.0 are told alike, and no two numbers are.
    stated = [
        f"{key}={value if isinstance(value, str) else repr(float(value)).removesuffix('.0')}"
        for key, value in sorted(parameters.items())
    ]
    parts = [
        name,
        "x".join(str(length) for length in shape),
        # No layer has a kernel of other dimensions, which is for `export` to say.
        *([layout or _usual("numpy", shape)] if layout or len(shape) in _LAYERS else []),
        *([f"to-{to}"] if to else []),
        np.dtype(dtype).name,
        *stated,
        f"seed{seed}",
    ]
    return "-".join(parts) + SUFFIX


def export(
    file: Path,
    name: str,
    shape: tuple[int, ...],
    *,
    seed: int,
    dtype: DTypeLike = np.float32,
    layout: str | None = None,
    to: str | None = None,
    force: bool = False,
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
    force : bool, optional
        Overwrite a file that is there already.
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
    FileExistsError
        If the file is there already; it stays as it is.
    OSError
        If the file cannot be written; nothing is left behind.
    """
    import safetensors

    if file.suffix != SUFFIX:
        raise ValueError(f"expected a file name that ends in {SUFFIX}; got {file}")
    if file.exists() and not force:
        raise FileExistsError(
            f"{file} is there already, and may hold other weights: it stays as it is; "
            "overwrite it with --force (force=True), or write to another file"
        )
    initializer = reference.initializers[name]
    weights = initializer(shape, rng=seed, dtype=dtype, layout=layout, **parameters)
    standing = layout or _usual("numpy", weights.shape)
    if to is not None:
        wanted = _usual(to, weights.shape)
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


def _usual(family: str, shape: tuple[int, ...]) -> str:
    """Return the order in which a family of backends keeps a kernel of so many dimensions."""
    known = frameworks()
    if family not in known:
        raise spec.UnknownNameError("backend", family, known)
    if not known[family].layouts:
        raise ValueError(f"{family} has no layers, so that no order of dimensions is usual there")
    if len(shape) not in _LAYERS:
        raise ValueError(
            f"expected the kernel of a layer, of two to five dimensions; got the shape "
            f"{shape}; name its layout, or export it without --to"
        )
    return known[family].layouts[_LAYERS[len(shape)]]
