"""A data set of a few small pictures, whole and on disk, described as the spec describes MNIST."""

from __future__ import annotations

import gzip
import hashlib
import struct
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from actinit.adapters.training import Data, Split
from actinit.spec import experiment as spec
from actinit.spec.experiment import DataFile, DataFiles, DataSet, NpmPackage

Contents = dict[str, bytes]


def _idx(array: np.ndarray) -> bytes:
    header = struct.pack(f">BBBB{array.ndim}i", 0, 0, 8, array.ndim, *array.shape)
    return header + array.tobytes()


@pytest.fixture(scope="session")
def contents() -> Contents:
    """The four files: 60 and 20 pictures of 4 x 4 pixels in 10 classes."""
    rng = np.random.default_rng(1)
    return {
        f"{part}-{kind}": _idx(rng.integers(0, top, shape, np.uint8))
        for part, n in (("train", 60), ("t10k", 20))
        for kind, shape, top in (("images", (n, 4, 4), 256), ("labels", (n,), 10))
    }


@pytest.fixture(scope="session")
def small(contents: Contents) -> DataSet:
    """What the spec would say of them."""

    def file(name: str, *shape: int) -> DataFile:
        content = contents[name]
        sha256 = hashlib.sha256(content).hexdigest()
        return DataFile(name=name, shape=shape, bytes=len(content), sha256=sha256)

    return DataSet(
        name="small",
        since="2026.1",
        title="Small pictures",
        summary="For tests.",
        classes=10,
        mirrors=("https://one.invalid/", "https://two.invalid/"),
        npm=NpmPackage(package="small-data", version="1.0.0", folder="package/data"),
        files=DataFiles(
            train_images=file("train-images", 60, 4, 4),
            train_labels=file("train-labels", 60),
            test_images=file("t10k-images", 20, 4, 4),
            test_labels=file("t10k-labels", 20),
        ),
        references=(),
    )


@pytest.fixture
def folder(tmp_path: Path, contents: Contents) -> Path:
    """A folder with the four files."""
    place = tmp_path / "data"
    place.mkdir()
    for name, content in contents.items():
        (place / name).write_bytes(content)
    return place


@pytest.fixture
def gzipped(folder: Path) -> Path:
    """A folder with the four files, gzipped."""
    for file in list(folder.iterdir()):
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes()))
        file.unlink()
    return folder


@pytest.fixture(scope="session")
def pictures() -> Data:
    """Pictures of 784 pixels that a network can learn: each class has a stripe of its own."""
    rng = np.random.default_rng(2)

    def split(n: int) -> Split:
        y = rng.integers(0, 10, n)
        x = rng.random((n, 784), np.float32) * np.float32(0.3)
        for row, label in zip(x, y, strict=True):
            row[70 * label : 70 * label + 20] = 1
        return Split(x, y)

    return Data(split(400), split(100))


@pytest.fixture(scope="session")
def shortened() -> Callable[..., spec.Experiment]:
    """Return the experiment with some of its training changed."""

    def change(**changes: object) -> spec.Experiment:
        whole = spec.experiment("mnist_mlp")
        training = msgspec.structs.replace(whole.training, **changes)
        return msgspec.structs.replace(whole, training=training)

    return change
