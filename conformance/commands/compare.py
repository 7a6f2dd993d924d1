"""``actinit compare``: what is otherwise in another release of a backend.

Each of the two is a file of ``actinit history``, or a release that was measured: ``jax==0.10.2``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import told
from .options import results_option

if TYPE_CHECKING:
    from ..history.compare import Change
    from ..results.history import Snapshot

__all__ = ["KEPT", "add_arguments", "run"]

#: Where the project keeps the releases that it has measured.
KEPT = Path("docs/measured/history")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of ``actinit compare``."""
    parser.add_argument("before", metavar="A", help="such as jax==0.10.2, or a file")
    parser.add_argument("after", metavar="B", help="such as jax==0.12.0.1, or a file")
    parser.add_argument("--json", action="store_true", help="write what was found as JSON")
    results_option(parser)


def run(options: argparse.Namespace) -> int:
    """Print what changed.

    Returns
    -------
    int
        0 if nothing did, 1 if something did, 2 for a wrong call.
    """
    from actinit.spec import UnknownNameError

    from ..history.compare import ComparedApartError, changes
    from ..history.snapshots import NoSnapshotError, find

    folders = (options.results, KEPT)
    try:
        before, after = find(options.before, folders), find(options.after, folders)
        found = changes(before, after)
    except (NoSnapshotError, ComparedApartError, UnknownNameError, ValueError, OSError) as error:
        print(f"actinit compare: {told(error)}", file=sys.stderr)
        return 2
    if before.suite != after.suite:
        print(
            f"actinit compare: the two were judged by other versions, {before.suite} and "
            f"{after.suite}; measure both again to compare every cell",
            file=sys.stderr,
        )
    if options.json:
        print(json.dumps(_plain(before, after, found), indent=1, ensure_ascii=False))
    else:
        print("\n".join(_lines(before, after, found)))
    return int(bool(found))


def _plain(before: Snapshot, after: Snapshot, found: Sequence[Change]) -> dict[str, object]:
    return {
        "schema": "actinit-compare-1",
        "before": {"backend": before.backend, "release": before.release},
        "after": {"backend": after.backend, "release": after.release},
        "changes": [one._asdict() for one in found],
    }


def _lines(before: Snapshot, after: Snapshot, found: Sequence[Change]) -> Iterator[str]:
    from ..history.compare import WHAT

    yield f"{_title(before)} -> {_title(after)}"
    if not found:
        yield "nothing changed"
    for kind, words in WHAT.items():
        of_kind = [one for one in found if one.kind == kind]
        if of_kind:
            yield f"\n{words}: {len(of_kind)}"
        for one in of_kind:
            yield f"  {one.id}: {_sentence(one)}"


def _sentence(one: Change) -> str:
    if one.kind == "bits":
        return one.why or "other bits"
    if one.kind == "weights" and one.before == one.after:
        return f"begin as before with {one.before}, and go on otherwise"
    mended = {True: "mended: ", False: "broken: ", None: ""}[one.mended]
    change = one.before if one.before == one.after else f"{one.before} -> {one.after}"
    return f"{mended}{change}" + (f"; {one.why}" if one.why else "")


def _title(one: Snapshot) -> str:
    python = one.machine.python.rpartition(".")[0]
    return f"{one.backend} {one.release} (Python {python}, {one.date[:10]})"
