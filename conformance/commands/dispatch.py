"""``actinit dispatch``: which results change with the processor's code that is chosen, or threads.

A framework has several kinds of machine code for one function, and takes one by the processor, by
environment variables and by the number of threads. Each setting that the framework's
``settings.toml`` lists is given to a process of its own, which is asked the same as one without.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from actinit.adapters import AdapterError, frameworks, names
from actinit.adapters.settings import Setting
from actinit.spec import SpecError, UnknownNameError

from .options import results_option
from .progress import Progress

if TYPE_CHECKING:
    from ..dispatch.questions import Question
    from ..results.dispatch import Dispatch

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of ``actinit dispatch``."""
    parser.add_argument("backend", help="such as torch or tensorflow")
    parser.add_argument(
        "-k", dest="select", metavar="TEXT", help="only questions such as gelu/float32/value"
    )
    parser.add_argument(
        "--time-limit", type=float, default=120.0, metavar="SECONDS",
        help="for one call of the backend (default: %(default)g)",
    )  # fmt: skip
    results_option(parser)


def run(options: argparse.Namespace) -> int:
    """Measure, write ``dispatch-<backend>.json``, and say what changed.

    Returns
    -------
    int
        0 if it was measured, 2 for a wrong call.
    """
    from ..dispatch.measure import measure
    from ..results.store import save
    from ..run.collector import file_name

    try:
        settings = _settings(options.backend)
        asked = _questions(options.select)
        with Progress(len(asked), "questions") as progress:
            found = measure(
                options.backend, settings, asked, options.time_limit, options.select or "",
                progress.show,
            )  # fmt: skip
    except (UnknownNameError, SpecError, AdapterError, ValueError) as error:
        print(f"actinit dispatch: {error}", file=sys.stderr)
        return 2
    file = options.results / f"dispatch-{file_name(found.backend)}.json"
    save(found, file)
    print("\n".join(_told(found)))
    print(f"results: {file}")
    return 0


def _settings(backend: str) -> Sequence[Setting]:
    """Return the settings of a backend's framework, and of the one that it runs over."""
    known = frameworks()
    own = next((one for one in known.values() if backend in one.backends), None)
    if own is None:
        raise UnknownNameError("backend", backend, names())
    over = known.get(own.over.get(backend, ""))
    found = (*own.settings, *(over.settings if over else ()))
    if not found:
        there = [name for name, one in known.items() if one.settings]
        raise ValueError(
            f"{backend} has no settings.toml beside its adapter, which lists what can be set; "
            f"there is one for {', '.join(there)}"
        )
    return found


def _questions(select: str | None) -> list[Question]:
    from ..dispatch.questions import questions
    from ..run.selection import chosen

    every = {one.id: one for one in questions()}
    if select is None:
        return list(every.values())
    found, notes = chosen(select, every)
    print("".join(f"actinit: {note}\n" for note in notes), end="", file=sys.stderr)
    return found


def _told(found: Dispatch) -> list[str]:
    """Return a line for each setting: how many of what was asked it changes, and the worst."""
    from ..results.dispatch import decimal, most

    lines = [f"{found.backend}: {len(found.asked)} asked, {len(found.not_offered)} not offered"]
    lines += [f"  not compared: {id}: {reason}" for id, reason in found.raised.items()]
    rows = [("again, without any setting", found.again)]
    rows += [(one.name, one.changed) for one in found.settings]
    for name, changed in rows:
        if not (worst := most(changed)):
            lines.append(f"  {name}: the same bits")
            continue
        id, one = worst
        lines.append(
            f"  {name}: {len(changed)} change; most {id}, at {decimal(one.x)} it is "
            f"{decimal(one.here)} and usually {decimal(one.usual)} (right: {decimal(one.exact)})"
        )
    return lines
