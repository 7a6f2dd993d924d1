"""An environment for each release: a folder with an interpreter and the release's packages.

It is made once and kept in the cache; one that was not finished is made anew. The suite is not
installed there: the process that answers reads its adapters from where they are.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.metadata import distribution
from pathlib import Path
from typing import Protocol

import msgspec

import actinit
from actinit.adapters.releases import Recipe

from ..results.files import write_atomically

__all__ = [
    "Environment",
    "Installer",
    "NotInstalledError",
    "Pip",
    "code",
    "folder_of",
    "prepare",
    "variables",
]

#: What a process needs that loads an adapter, beside the framework.
_NEEDED = ("numpy", "ml_dtypes", "msgspec")
_MARK = "installed.json"
# Lines of pip's output that say what went wrong.
_SAID = 3


class NotInstalledError(RuntimeError):
    """A release cannot be installed; says why."""


class Environment(msgspec.Struct, frozen=True):
    """A finished environment."""

    python: str  #: Its interpreter.
    megabytes: int


class Installer(Protocol):
    """What makes environments; tests have one that needs no network."""

    def interpreter(self, version: str) -> str | None:
        """Return an interpreter of a version such as ``3.13``, or of any; None if there is none."""

    def create(self, python: str, folder: Path) -> str:
        """Make an empty environment, and return its interpreter."""

    def install(self, python: str, requirements: tuple[str, ...]) -> None:
        """Install into it; raise NotInstalledError with a reason."""


class Pip:
    """Environments by venv and pip, as the machine has them configured."""

    def interpreter(self, version: str) -> str | None:
        """Look among this one, those on the path, and those of pyenv."""
        if not version or version == f"{sys.version_info.major}.{sys.version_info.minor}":
            return sys.executable
        root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
        known = sorted(root.glob(f"versions/{version}.*/bin/python"))
        found = [str(one) for one in known] + [shutil.which(f"python{version}") or ""]
        return next((one for one in found if one and _is(one, version)), None)

    def create(self, python: str, folder: Path) -> str:
        _run([python, "-m", "venv", "--clear", str(folder)])
        windows = folder / "Scripts" / "python.exe"
        return str(windows if windows.exists() else folder / "bin" / "python")

    def install(self, python: str, requirements: tuple[str, ...]) -> None:
        quiet = ("--quiet", "--disable-pip-version-check", "--no-input")
        _run([python, "-m", "pip", "install", *quiet, *requirements])


def folder_of(recipe: Recipe, root: Path) -> Path:
    """Return the folder of an environment: another one for other requirements."""
    digest = hashlib.sha256(msgspec.json.encode(recipe[:-1])).hexdigest()[:8]
    return root / f"{recipe.backend}-{recipe.release}-{digest}"


def prepare(recipe: Recipe, root: Path, installer: Installer) -> Environment:
    """Return the environment of a release, made if it is not there.

    Parameters
    ----------
    recipe : Recipe
        What it is made of.
    root : Path
        Folder of all environments.
    installer : Installer
        What makes it.

    Raises
    ------
    NotInstalledError
        If there is no such interpreter or release, or it cannot be installed; nothing is left.
    """
    folder = folder_of(recipe, root)
    mark = folder / _MARK
    if mark.exists():
        with suppress(msgspec.MsgspecError):
            return msgspec.json.decode(mark.read_bytes(), type=Environment)
    python = installer.interpreter(recipe.python)
    if python is None:
        raise NotInstalledError(f"there is no Python {recipe.python} here, which it needs")
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        own = installer.create(python, folder)
        installer.install(own, (*recipe.requirements, *_NEEDED))
        made = Environment(own, _megabytes(folder))
        write_atomically(mark, msgspec.json.encode(made) + b"\n")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return made


def code(root: Path) -> Path:
    """Return a folder that has the installed actinit and nothing else, to be put on a path.

    The folder that it is installed in would bring all that lies beside it.
    """
    own = distribution("actinit")
    package = Path(next(iter(actinit.__path__))).resolve()
    place = root / "code" / hashlib.sha256(str(package).encode()).hexdigest()[:8]
    facts = place / f"actinit-{own.version}.dist-info"
    for name in ("METADATA", "entry_points.txt"):
        text = (own.read_text(name) or "").encode()
        if not (facts / name).exists() or (facts / name).read_bytes() != text:
            write_atomically(facts / name, text)
    link = place / "actinit"
    if not link.exists():
        link.unlink(missing_ok=True)
        link.symlink_to(package, target_is_directory=True)
    return place


def variables(root: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the variables of a process in an environment, which sees no other packages."""
    left_out = ("PYTHONHOME", "VIRTUAL_ENV", "PYTHONPATH")
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return {**kept, "PYTHONPATH": str(code(root)), "PYTHONNOUSERSITE": "1", **(more or {})}


def _is(python: str, version: str) -> bool:
    """Say whether an interpreter starts and is of a version; a shim may be of none."""
    line = "import sys; print('%d.%d' % sys.version_info[:2])"
    with suppress(OSError, subprocess.TimeoutExpired):
        ended = subprocess.run(  # noqa: S603 - an interpreter of this machine
            [python, "-c", line], capture_output=True, text=True, timeout=30
        )
        return ended.stdout.strip() == version
    return False


def _run(words: list[str]) -> None:
    """Run a command to its end; raise NotInstalledError with what it said."""
    ended = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603
    if ended.returncode:
        raise NotInstalledError(_reason(f"{ended.stderr}\n{ended.stdout}"))


def _reason(said: str) -> str:
    """Return what of pip's words tells why; of a release that does not exist, those that do."""
    if found := re.search(r"requirement (\S+?)==(\S+) \(from versions: (.*)\)", said):
        package, release, known = found.groups()
        near = difflib.get_close_matches(release, known.split(", "), 3)
        hint = f"; near it are {', '.join(near)}" if near else ""
        return f"{package} has no release {release} that installs here{hint}"
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    wrong = [line for line in lines if line.lower().startswith("error")] or lines
    return "; ".join(wrong[:_SAID]) or "it failed without a word"


def _megabytes(folder: Path) -> int:
    return round(sum(_sizes(folder)) / 1e6)


def _sizes(folder: Path) -> Iterator[int]:
    for place, _, files in os.walk(folder):
        yield from (Path(place, name).lstat().st_size for name in files)
