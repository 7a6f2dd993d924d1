"""``actinit history``: measure several releases of a backend, each in an environment of its own.

An environment is made once and kept. A cell is kept as soon as it is finished: the same command
goes on where an earlier one was stopped. A release that cannot be installed is told and skipped.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from actinit.adapters import AdapterError, Framework, frameworks, names
from actinit.adapters.releases import Recipe, Releases
from actinit.spec import SpecError, UnknownNameError

from .options import results_option
from .progress import Progress

if TYPE_CHECKING:
    from ..check import Check
    from ..history.environments import Environment, Installer
    from ..history.measure import Release
    from ..history.questions import Drawn

__all__ = ["add_arguments", "run", "run_with"]

_INTERRUPTED = 130  # as shells know a command that Ctrl-C ended
# Parts of the disk that are left alone.
_SPARE = 1.2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of ``actinit history``."""
    parser.add_argument("backend", help="such as torch or keras-jax")
    parser.add_argument(
        "--releases", metavar="LIST",
        help="such as 2.9.1,2.11.0 (default: those of the framework's releases.toml)",
    )  # fmt: skip
    parser.add_argument(
        "-k", dest="select", metavar="TEXT",
        help="only cells whose id matches, of all checks (default: a fast selection)",
    )  # fmt: skip
    parser.add_argument(
        "--environments", type=Path, metavar="DIR",
        help="where environments are kept (default: the folder of the cache)",
    )  # fmt: skip
    parser.add_argument(
        "--discard", action="store_true", help="delete the environments when all is measured"
    )
    parser.add_argument("--fresh", action="store_true", help="forget what an earlier run has done")
    parser.add_argument(
        "--time-limit", type=float, default=120.0, metavar="SECONDS",
        help="for one call of the backend (default: %(default)g)",
    )  # fmt: skip
    results_option(parser)


def run(options: argparse.Namespace) -> int:
    """Measure, write ``history-<backend>-<release>.json`` for each release, and say what came out.

    Returns
    -------
    int
        0 if every release was measured, 1 if one was skipped, 2 for a wrong call, 130 if it was
        interrupted.
    """
    from ..history.environments import Pip

    return run_with(options, Pip())


def run_with(options: argparse.Namespace, installer: Installer) -> int:
    """Do what `run` does, with another installer."""
    from ..oracle.store import folder

    try:
        known = _releases(options.backend)
        releases = _listed(options.releases) or list(known.measured)
        questions = _questions(options.select)
    except (UnknownNameError, SpecError, ValueError) as error:
        print(f"actinit history: {error}", file=sys.stderr)
        return 2
    root = options.environments or folder() / "environments"
    recipes = [known.recipe(options.backend, release) for release in releases]
    if reason := _disk(recipes, root, options.results):
        print(f"actinit history: {reason}", file=sys.stderr)
        return 2
    try:
        with ExitStack() as stack:
            made = _made(recipes, root, installer)
            if options.discard:
                stack.callback(_discard, list(made), root)
            return _measured(made, len(recipes), root, questions, options)
    except KeyboardInterrupt:
        print("interrupted; run the same command to go on")
        return _INTERRUPTED


def _releases(backend: str) -> Releases:
    """Return which releases of a backend's framework are measured, and how."""
    known: list[Framework] = list(frameworks().values())
    found = next((one for one in known if backend in one.modes), None)
    if found is None:
        raise UnknownNameError("backend", backend, names())
    if found.releases is None:
        there = [name for one in known if one.releases for name in one.modes]
        raise ValueError(
            f"{backend} has no releases.toml beside its adapter, which says what a release needs; "
            f"there is one for {', '.join(there)}"
        )
    return found.releases


def _listed(text: str | None) -> list[str]:
    """Return releases as somebody typed them, each once."""
    words = [word.strip() for word in (text or "").split(",")]
    if text is not None and not all(words):
        raise ValueError(f"--releases {text!r}: expected, say, 2.9.1,2.11.0")
    return list(dict.fromkeys(word for word in words if word))


def _questions(select: str | None) -> list[Check | Drawn]:
    from ..history.questions import checks, drawn
    from ..run.selection import chosen

    if select is None:
        return [*checks(), *drawn()]
    asked: list[Check | Drawn] = [*checks(every=True), *drawn()]
    every = {one.id: one for one in asked}
    found, notes = chosen(select, every)
    print("".join(f"actinit: {note}\n" for note in notes), end="", file=sys.stderr)
    return found


def _disk(recipes: Sequence[Recipe], root: Path, results: Path) -> str:
    """Say what the environments take; return why they cannot be made, or nothing."""
    from ..history.environments import folder_of
    from ..history.snapshots import snapshots

    measured = {(one.backend, one.release): one.megabytes for one in snapshots([results])}
    wanted = [one for one in recipes if not folder_of(one, root).exists()]
    sizes = [measured.get((one.backend, one.release)) or one.megabytes for one in wanted]
    there = next(one for one in (root, *root.absolute().parents) if one.exists())
    free = shutil.disk_usage(there).free / 1e6
    print(
        f"environments in {root}: {len(recipes) - len(wanted)} there already, {len(wanted)} to be "
        f"made of about {sum(sizes):,} MB; {free:,.0f} MB are free"
    )
    if sum(sizes) * _SPARE > free:
        return "the disk has too little room for that; name fewer --releases, or a folder elsewhere"
    return ""


def _made(recipes: Sequence[Recipe], root: Path, installer: Installer) -> dict[Recipe, Environment]:
    """Return the environments that could be made; tell the others."""
    from ..history.environments import NotInstalledError, prepare

    found = {}
    for recipe in recipes:
        try:
            found[recipe] = prepare(recipe, root, installer)
            print(f"{recipe.package} {recipe.release}: {found[recipe].megabytes:,} MB", flush=True)
        except NotInstalledError as reason:
            print(f"{recipe.package} {recipe.release}: skipped, {reason}", flush=True)
    return found


def _measured(
    made: dict[Recipe, Environment],
    asked: int,
    root: Path,
    questions: Sequence[Check | Drawn],
    options: argparse.Namespace,
) -> int:
    """Measure what could be installed, and write what is done whatever comes between."""
    from ..history.journal import MixedHistoryError
    from ..history.measure import Release, measure
    from ..history.snapshots import save

    folder = options.results / "history"
    releases: list[Release] = []
    for recipe, environment in made.items():
        if options.fresh:
            (folder / f"{recipe.backend}-{recipe.release}.jsonl").unlink(missing_ok=True)
        try:
            releases.append(Release(recipe, environment, root, folder, options.time_limit))
        except AdapterError as reason:
            print(f"{recipe.package} {recipe.release}: skipped, it cannot be loaded: {reason}")
        except MixedHistoryError as error:
            print(f"actinit history: {error}", file=sys.stderr)
            return 2
    interrupted = False
    try:
        with Progress(len(releases) * len(questions), "cells") as progress:
            measure(releases, questions, progress.show)
    except KeyboardInterrupt:
        interrupted = True
        print("interrupted; run the same command to go on")
    for release in releases:
        snapshot = release.snapshot(questions, options.select or "")
        if not snapshot.cells and not snapshot.weights and not snapshot.not_offered:
            continue
        place = options.results if snapshot.complete else folder
        file = save(snapshot, place)
        diverge = sum(cell.state != "conforms" for cell in snapshot.cells.values())
        state = "" if snapshot.complete else ", unfinished"
        print(
            f"{release.recipe.package} {snapshot.release}: {len(snapshot.cells):,} cells, of which "
            f"{diverge:,} diverge, in {snapshot.seconds:,.0f} s{state}: {file}"
        )
    if interrupted:
        return _INTERRUPTED
    return int(len(releases) < asked)


def _discard(recipes: Sequence[Recipe], root: Path) -> None:
    from ..history.environments import folder_of

    for recipe in recipes:
        shutil.rmtree(folder_of(recipe, root), ignore_errors=True)
