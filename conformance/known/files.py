"""Baselines on disk: a folder for each environment and backend, in it a file for each format."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from ..formats import FORMATS
from ..results.baseline import Baseline, KnownFinding
from ..results.files import write_atomically
from ..results.store import read

__all__ = ["BASELINES", "known_baselines", "load_baseline", "place_of", "save_baseline"]

#: The project's own.
BASELINES = Path(__file__).parent / "baselines"
# The file of what is asked in no format, such as the fans of a layer. There always is one.
_NO_FORMAT = "no-format"
# Fields that a list may leave out if they are those of the list before it.
_REPEATED = ("first", "last", "x", "got", "exact", "error")


def save_baseline(baseline: Baseline, folder: Path = BASELINES, file: Path | None = None) -> Path:
    """Write a baseline, a finding a line.

    Parameters
    ----------
    baseline : Baseline
        What to write.
    folder : Path, optional
        Where baselines are kept; the files are ``<environment>/<backend>/<format>.json`` there.
    file : Path, optional
        One file for all of it instead.

    Returns
    -------
    Path
        The file, or the folder of the files.
    """
    if file is not None:
        write_atomically(file, _text(baseline).encode())
        return file
    place = place_of(baseline, folder)
    by_format: dict[str, dict[str, list[KnownFinding]]] = {_NO_FORMAT: {}}
    for check, known in baseline.checks.items():
        by_format.setdefault(_format_of(check), {})[check] = known
    for name, checks in by_format.items():
        write_atomically(place / f"{name}.json", _text(replace(baseline, checks=checks)).encode())
    for left in place.glob("*.json"):  # of a format that has no findings any more
        if left.stem not in by_format:
            left.unlink()
    return place


def place_of(baseline: Baseline, folder: Path = BASELINES) -> Path:
    """Return the folder in which a baseline is kept, ``<environment>/<backend>``."""
    return folder / baseline.environment / re.sub(r"[^\w.-]+", "-", baseline.backend)


def load_baseline(place: Path) -> Baseline:
    """Read a baseline from one file, or from a folder that has a file for each format.

    Parameters
    ----------
    place : Path
        The file or the folder.

    Returns
    -------
    Baseline
        With the findings of all files.

    Raises
    ------
    ValueError
        If a file is no baseline, or the files of the folder are not of one measurement.
    OSError
        If there is no such file, or it cannot be read.
    """
    if not place.is_dir():
        return _load(place)
    # That of no format is always there, so that its absence is told by its name.
    files = {place / f"{_NO_FORMAT}.json", *place.glob("*.json")}
    first, *others = ((file, _load(file)) for file in sorted(files))
    checks = dict(first[1].checks)
    for file, baseline in others:
        if replace(baseline, checks={}) != replace(first[1], checks={}):
            raise ValueError(
                f"{file} and {first[0].name} are not of one measurement: backend, header and what "
                f"was asked must be the same; take the folder as it was committed, or write it "
                f"anew: actinit baseline write {first[1].backend}"
            )
        checks |= baseline.checks
    return replace(first[1], checks=checks)


def known_baselines(folder: Path = BASELINES) -> list[Baseline]:
    """Read all baselines of a folder.

    Raises
    ------
    ValueError
        If a file is no baseline, stands where its own header does not put it, or there are two of
        one backend and environment.
    """
    found: dict[tuple[str, str], Path] = {}
    baselines = []
    for place in sorted(folder.glob("*/*")):
        if not place.is_dir() and place.suffix != ".json":
            continue
        baseline = load_baseline(place)
        key = (baseline.backend, baseline.environment)
        if key in found:
            raise ValueError(
                f"{place} and {found[key]} are both baselines of {key[0]} on {key[1]}; keep one, "
                "the one that its newest run wrote"
            )
        if place.parent.name != baseline.environment:
            raise ValueError(
                f"{place} was measured on {baseline.environment}, so it belongs in "
                f"{folder / baseline.environment}; move it there, or write it anew"
            )
        found[key] = place
        baselines.append(baseline)
    return baselines


def _format_of(check: str) -> str:
    """Return the format in which a check, given by its id, asks."""
    part = check.split("/")[2:3]
    return part[0] if part and part[0] in FORMATS else _NO_FORMAT


def _load(file: Path) -> Baseline:
    baseline = read(file, Baseline)
    checks = {check: list(_filled(known)) for check, known in baseline.checks.items()}
    return replace(baseline, checks=checks)


def _filled(known: Iterable[KnownFinding]) -> Iterator[KnownFinding]:
    """Yield findings with what their lists left out."""
    before: KnownFinding | None = None
    for one in known:
        if one.first is None:
            repeated = {name: getattr(before, name, "") for name in _REPEATED}
            one = replace(one, **repeated)
        yield one
        before = one


def _text(baseline: Baseline) -> str:
    """Write a baseline as JSON with a line for each finding, so that a difference reads well."""
    encode = msgspec.json.Encoder().encode
    head = {
        "schema": baseline.schema,
        "backend": baseline.backend,
        "family": baseline.family,
        "header": baseline.header,
        "asked": baseline.asked,
        "columns": baseline.columns,
    }
    lines = [f' "{name}": {encode(value).decode()},' for name, value in head.items()]
    checks = [_lines(name, known) for name, known in sorted(baseline.checks.items())]
    body = ",\n".join(checks)
    return "{\n" + "\n".join(lines) + '\n "checks": {' + (f"\n{body}\n " if body else "") + "}\n}\n"


def _lines(check: str, known: Sequence[KnownFinding]) -> str:
    lists = []
    for place, one in enumerate(known):
        values = msgspec.to_builtins(one)
        if place and all(
            getattr(one, name) == getattr(known[place - 1], name) for name in _REPEATED
        ):
            values = values[: -len(_REPEATED)]
        lists.append(f" {msgspec.json.encode(values).decode()}")
    found = ",\n".join(lists)
    return f'  "{check}": [\n{found}]'
