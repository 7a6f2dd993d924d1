"""What backends returned at all inputs of up to 16 bits: a script for each function.

The evaluator loads it once somebody chooses such a format. It is a script and not JSON, since a
page that is opened from a folder may load nothing else.
"""

from __future__ import annotations

import json
from pathlib import Path

from sphinx.application import Sphinx

from actinit import spec
from actinit.spec import Activation

from ..results import Results, of_build

__all__ = ["Columns", "columns", "place", "setup"]

#: By format and part: the backends that answered alike, and what they returned, as it is stored.
Columns = dict[str, list[tuple[list[str], str]]]


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.connect("build-finished", _write)


def place(entry: Activation) -> str:
    """Return the path of an entry's script below the site."""
    return f"data/every/{entry.name}.js"


def columns(results: Results, entry: Activation) -> Columns:
    """Return what was recorded of an entry at all inputs of a format."""
    found: dict[str, dict[str, list[str]]] = {}
    for run in results.answers:
        for one in run.every:
            if one.entry == entry.name:
                alike = found.setdefault(f"{one.dtype}/{one.part}", {})
                alike.setdefault(one.minus_right, []).append(run.backend)
    return {
        key: [(backends, text) for text, backends in alike.items()] for key, alike in found.items()
    }


def _write(app: Sphinx, error: Exception | None) -> None:
    if error is not None or app.builder.format != "html":
        return
    for entry in spec.activations.values():
        if found := columns(of_build(app), entry):
            file = Path(app.outdir) / place(entry)
            file.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps(found, separators=(",", ":"))
            file.write_text(f"(globalThis.actinit ??= {{}}).every = {text};\n", encoding="utf-8")
