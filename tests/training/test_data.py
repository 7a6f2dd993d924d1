"""Data comes whole and right from wherever it is, or one clear error says why not."""

from __future__ import annotations

import gzip
import io
import logging
import shutil
import socket
import subprocess
import tarfile
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import IncompleteRead
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.patience import PATIENCE

from actinit.conformance.results.files import write_atomically
from actinit.conformance.training import data, sources
from actinit.conformance.training.errors import DataError
from actinit.spec.experiment import DataSet, data_set, experiment

Contents = dict[str, bytes]


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No network, no npm, no folder in the environment: a test that wants one brings it."""

    def unreachable(*args: Any, **kwargs: Any) -> Any:
        raise urllib.error.URLError("the network is down")

    monkeypatch.setattr(urllib.request, "urlopen", unreachable)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.delenv("ACTINIT_SMALL_DIR", raising=False)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, contents: Contents) -> dict[str, bytes | Exception]:
    """A mirror's answers by URL; a test may change them. The first mirror stays unreachable."""
    answers: dict[str, bytes | Exception] = {
        f"https://two.invalid/{name}.gz": gzip.compress(content)
        for name, content in contents.items()
    }

    def urlopen(request: Any, timeout: float) -> io.BytesIO:
        asked_for = request if isinstance(request, str) else request.full_url
        answer = answers.get(asked_for, urllib.error.URLError("no such host"))
        if isinstance(answer, Exception):
            raise answer
        return io.BytesIO(answer)

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    return answers


@pytest.fixture
def npm(monkeypatch: pytest.MonkeyPatch, contents: Contents) -> Contents:
    """An npm client that packs these files; a test may change them."""
    packed = dict(contents)

    def run(command: list[str], *, cwd: str, **kwargs: Any) -> None:
        assert command[1:3] == ["pack", "small-data@1.0.0"]
        with tarfile.open(Path(cwd) / "small-data-1.0.0.tgz", "w:gz") as tar:
            for name, content in packed.items():
                member = tarfile.TarInfo(f"package/data/{name}")
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))

    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(subprocess, "run", run)
    return packed


def _refused(act: Callable[[], object], *words: str) -> None:
    with pytest.raises(DataError) as caught:
        act()
    message = str(caught.value)
    assert all(word in message for word in (*words, "expected: ", "to go on: ")), message


# The folder that the user names


def test_pictures_and_labels_are_those_of_the_files(
    small: DataSet, folder: Path, contents: Contents
) -> None:
    loaded = data.load(small, 255.0, folder)
    assert (loaded.train.x.dtype, loaded.train.y.dtype) == (np.float32, np.int64)
    assert (loaded.train.x.shape, loaded.test.x.shape) == ((60, 16), (20, 16))
    pixels = list(contents["t10k-images"][16:])
    assert np.array_equal(loaded.test.x.ravel() * np.float32(255), np.float32(pixels))
    assert loaded.train.y.tolist() == list(contents["train-labels"][8:])


def test_the_first_pictures_may_be_enough(small: DataSet, folder: Path) -> None:
    whole, part = (data.load(small, 1.0, folder, pictures=n) for n in (None, 7))
    assert np.array_equal(part.train.x, whole.train.x[:7])
    assert np.array_equal(part.train.y, whole.train.y[:7])
    assert len(part.test.x) == len(whole.test.x) == 20


def test_gzipped_files_give_the_same(small: DataSet, gzipped: Path, contents: Contents) -> None:
    loaded = data.load(small, 1.0, gzipped)
    assert loaded.test.x.ravel().tolist() == list(contents["t10k-images"][16:])


def test_the_environment_may_name_the_folder(
    small: DataSet, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACTINIT_SMALL_DIR", str(folder))
    assert len(data.load(small, 1.0).test.x) == 20


def _cut(content: bytes) -> bytes:
    return content[:-1]


def _emptied(content: bytes) -> bytes:
    return b""


def _lengthened(content: bytes) -> bytes:
    return content + b"\0"


def _altered(content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1])


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (_cut, "truncated: 67 of 68 bytes"),
        (_emptied, "truncated: 0 of 68 bytes"),
        (_lengthened, "too long"),
        (_altered, "altered"),
    ],
)
def test_a_damaged_file_is_refused(
    small: DataSet, folder: Path, damage: Callable[[bytes], bytes], reason: str
) -> None:
    file = folder / "train-labels"
    file.write_bytes(damage(file.read_bytes()))
    _refused(lambda: data.load(small, 1.0, folder), str(folder), "train-labels", reason)


@pytest.mark.parametrize("damage", [_cut, _altered])
def test_a_damaged_archive_is_refused(
    small: DataSet, gzipped: Path, damage: Callable[[bytes], bytes]
) -> None:
    file = gzipped / "train-images.gz"
    file.write_bytes(damage(file.read_bytes()))
    _refused(lambda: data.load(small, 1.0, gzipped), "train-images.gz", "truncated or no gzip")


def test_an_archive_is_not_unpacked_without_end(small: DataSet, gzipped: Path) -> None:
    (gzipped / "train-labels.gz").write_bytes(gzip.compress(bytes(10_000_000)))
    _refused(lambda: data.load(small, 1.0, gzipped), "train-labels", "too long")


def test_a_folder_that_is_none_is_refused(small: DataSet, folder: Path) -> None:
    _refused(lambda: data.load(small, 1.0, folder / "train-labels"), "train-images")


def test_a_missing_file_is_named(small: DataSet, folder: Path) -> None:
    (folder / "t10k-labels").unlink()
    _refused(lambda: data.load(small, 1.0, folder), "t10k-labels", str(folder), "--data")


def test_a_named_folder_is_the_only_place(
    small: DataSet, tmp_path: Path, folder: Path, npm: Contents
) -> None:
    (tmp_path / "empty").mkdir()
    _refused(lambda: data.load(small, 1.0, tmp_path / "empty", cache=folder), "empty")


# The cache, the mirrors, npm


def test_what_is_cached_is_not_fetched(small: DataSet, folder: Path) -> None:
    assert len(data.load(small, 1.0, cache=folder).train.x) == 60


def test_a_mirror_fills_the_cache(
    small: DataSet,
    tmp_path: Path,
    contents: Contents,
    served: dict[str, bytes | Exception],
) -> None:
    cache = tmp_path / "new" / "cache"
    data.load(small, 1.0, cache=cache)
    assert {file.name: file.read_bytes() for file in cache.iterdir()} == contents
    served.clear()
    assert len(data.load(small, 1.0, cache=cache).train.x) == 60


def test_npm_fills_the_cache(
    small: DataSet, tmp_path: Path, contents: Contents, npm: Contents
) -> None:
    data.load(small, 1.0, cache=tmp_path / "cache")
    assert {f.name: f.read_bytes() for f in (tmp_path / "cache").iterdir()} == contents


def test_only_what_is_missing_is_fetched(
    small: DataSet, folder: Path, served: dict[str, bytes | Exception]
) -> None:
    (folder / "t10k-labels").unlink()
    for url in list(served):
        if "t10k-labels" not in url:
            del served[url]
    assert len(data.load(small, 1.0, cache=folder).test.y) == 20


@pytest.mark.parametrize("damage", [_cut, _lengthened, _altered])
def test_a_damaged_cache_is_filled_anew(
    small: DataSet,
    folder: Path,
    contents: Contents,
    npm: Contents,
    damage: Callable[[bytes], bytes],
) -> None:
    file = folder / "train-labels"
    file.write_bytes(damage(file.read_bytes()))
    data.load(small, 1.0, cache=folder)
    assert file.read_bytes() == contents["train-labels"]


@pytest.mark.parametrize("damage", [_cut, _altered])
def test_a_damaged_download_is_never_kept(
    small: DataSet,
    tmp_path: Path,
    contents: Contents,
    served: dict[str, bytes | Exception],
    damage: Callable[[bytes], bytes],
) -> None:
    packed = gzip.compress(damage(contents["train-images"]))
    served["https://two.invalid/train-images.gz"] = packed
    cache = tmp_path / "cache"
    _refused(lambda: data.load(small, 1.0, cache=cache), "two.invalid", "train-images")
    assert not cache.exists()


@pytest.mark.parametrize(
    "answer", [IncompleteRead(b""), TimeoutError("timed out"), b"<html>", b""], ids=repr
)
def test_a_mirror_that_fails_half_way_leaves_nothing(
    small: DataSet,
    tmp_path: Path,
    served: dict[str, bytes | Exception],
    answer: bytes | Exception,
) -> None:
    served["https://two.invalid/t10k-labels.gz"] = answer
    cache = tmp_path / "cache"
    _refused(lambda: data.load(small, 1.0, cache=cache), "t10k-labels")
    assert not cache.exists()


def test_a_package_without_a_file_is_refused(small: DataSet, tmp_path: Path, npm: Contents) -> None:
    del npm["t10k-labels"]
    _refused(lambda: data.load(small, 1.0, cache=tmp_path), "npm brought a broken small-data@1.0.0")


def test_what_npm_says_is_passed_on(
    small: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(command: list[str], **kwargs: Any) -> None:
        raise subprocess.CalledProcessError(1, command, stderr=b"npm error code E404\nmore\n")

    monkeypatch.setattr(shutil, "which", lambda name: name)
    monkeypatch.setattr(subprocess, "run", fail)
    _refused(lambda: data.load(small, 1.0, cache=tmp_path), "npm could not bring", "code E404")


def test_no_network_and_no_npm_is_one_clear_error(small: DataSet, tmp_path: Path) -> None:
    _refused(
        lambda: data.load(small, 1.0, cache=tmp_path),
        *("https://one.invalid/: the network is down", "https://two.invalid/"),
        *("npm client is not installed", "ACTINIT_SMALL_DIR", str(tmp_path)),
    )


def test_a_mirror_that_never_answers_costs_little(
    small: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that accepts and keeps silent, as a firewall in between does."""
    monkeypatch.undo()
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(sources, "ANSWER", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        mirror = f"http://127.0.0.1:{server.getsockname()[1]}/"
        server.settimeout(PATIENCE)
        with pytest.raises(sources.UnavailableError, match=r"no answer within 0\.2 s|timed out"):
            sources.from_mirror(mirror, [small.files.train_labels])
        # It was asked once, and nothing after that.
        server.accept()[0].close()
        server.settimeout(0.0)
        with pytest.raises(BlockingIOError):
            server.accept()


# A cache that cannot be written


@pytest.fixture
def read_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests, root too, cannot write."""

    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise PermissionError(30, "Read-only file system")

    monkeypatch.setattr("tempfile.mkstemp", refuse)


@pytest.mark.usefixtures("read_only")
def test_a_read_only_cache_costs_one_warning(
    small: DataSet,
    tmp_path: Path,
    served: dict[str, bytes | Exception],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        loaded = data.load(small, 1.0, cache=tmp_path / "cache")
    assert len(loaded.train.x) == 60
    (record,) = caplog.records
    assert "not kept" in record.message
    assert str(tmp_path / "cache") in record.message


def test_a_cache_whose_place_is_taken_costs_one_warning(
    small: DataSet, folder: Path, npm: Contents, caplog: pytest.LogCaptureFixture
) -> None:
    assert len(data.load(small, 1.0, cache=folder / "train-labels" / "cache").train.x) == 60
    assert len(caplog.records) == 1


# Writing


def test_a_write_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    write_atomically(file, b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(file, b"new")
    assert [(f.name, f.read_bytes()) for f in tmp_path.iterdir()] == [("file", b"old")]


# The real thing


def test_the_network_takes_what_the_data_set_has() -> None:
    mnist = experiment("mnist_mlp")
    files = data_set(mnist.data_set).files
    assert files.train_images.shape[1:] == (28, 28)
    assert mnist.network.inputs == 28 * 28
    assert mnist.network.layers[-1].units == data_set(mnist.data_set).classes
