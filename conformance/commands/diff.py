"""``actinit diff``: what somebody has to change who ports a model to another framework.

Names are layers, functions, initializers and optimizers, as the spec or a library calls them.
Without names everything that both frameworks have is compared, and what differs is told.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from actinit.spec import CATALOGUES, UnknownNameError

if TYPE_CHECKING:
    from ..porting import Comparison

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of ``actinit diff``."""
    parser.add_argument("source", help="the framework that is ported from, such as keras")
    parser.add_argument("target", help="the one that is ported to, such as torch")
    parser.add_argument("names", nargs="*", metavar="NAME", help="such as dense, gelu, BatchNorm")
    parser.add_argument("--json", action="store_true", help="write what was found as JSON")


def run(options: argparse.Namespace) -> int:
    """Run ``actinit diff``.

    Returns
    -------
    int
        0 if nothing is otherwise, 1 if something is, 2 for a wrong call.
    """
    from ..porting import compare, framework_of, named

    try:
        source, target = framework_of(options.source), framework_of(options.target)
        entries = named(options.names) if options.names else None
    except UnknownNameError as error:
        print(f"actinit: {error}", file=sys.stderr)
        return 2
    for word in options.names:
        for catalogue in CATALOGUES:
            for note in catalogue.notes(word) if word in catalogue else ():
                print(f"actinit: {note}", file=sys.stderr)
    found = compare(source, target, entries)
    if options.json:
        print(json.dumps(_plain(source, target, found), indent=1, ensure_ascii=False))
    else:
        print("\n".join(_lines(source, target, found)))
    return int(any(one.differs for one in found))


def _plain(source: str, target: str, found: list[Comparison]) -> dict[str, object]:
    entries = [{**one._asdict(), "rows": [row._asdict() for row in one.rows]} for one in found]
    return {"schema": "actinit-diff-1", "source": source, "target": target, "entries": entries}


def _lines(source: str, target: str, found: list[Comparison]) -> Iterator[str]:
    """Yield a table: what is otherwise, below each entry with what both call it."""
    if not found:
        yield f"nothing is known to be otherwise in {target} than in {source}"
        return
    rows = [("", source, target)]
    for one in found:
        rows.append((one.entry, one.before, one.after))
        rows += [(f"  {what}", before, after) for what, before, after in one.rows]
        if not one.differs:
            rows.append(("  (nothing is known to be otherwise)", "", ""))
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for what, before, after in rows:
        yield f"{what:{widths[0]}}  {before:{widths[1]}}  {after}".rstrip()
