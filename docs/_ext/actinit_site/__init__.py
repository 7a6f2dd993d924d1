"""Turns the spec's entries and the results of runs into pages.

`results` reads what was measured, `view` orders it, `words` writes entries down, `figures` draws,
`api` describes the reference's functions, and `pages` fills the templates in ``_templates/site``.
`departures`, `defaults` and `conventions` collect what pages of their own show of all entries,
`data` writes the same for machines, with `schemas` and `badges`; `labels` gives entries and checks
names to link to.
`mathml` sets formulas without a network or a script, `search` chooses what can be searched for,
`scripts` which pages load a script, and `evaluator` hands formulas and answers to the script that
evaluates them on the page.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from . import data, labels, mathml, pages, scripts, search
from .results import of_build

__all__ = ["setup"]


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to Sphinx."""
    app.add_config_value("actinit_results", "", "env", types=frozenset({str}))
    app.connect("builder-inited", _write_pages)
    for part in (mathml, search, labels, scripts, data):
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _write_pages(app: Sphinx) -> None:
    pages.write(Path(app.srcdir), of_build(app))
