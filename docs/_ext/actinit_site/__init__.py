"""Turns the spec's entries and the results of runs into pages.

`results` reads what was measured; `content` works out what pages say of it and of the entries;
`figures` draws; `api` describes the reference's functions; `pages` fills the templates in
``_templates/site``. `machines` writes the same for machines, and `html` makes formulas, scripts,
the search and the evaluator work in a browser.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from . import pages
from .html import description, every, mathml, scripts, search, terms
from .machines import data, labels
from .results import of_build

__all__ = ["setup"]


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to Sphinx."""
    app.add_config_value("actinit_results", "", "env", types=frozenset({str}))
    app.add_config_value("actinit_known", "", "env", types=frozenset({str}))
    app.connect("builder-inited", _write_pages)
    for part in (mathml, search, labels, scripts, data, every, description, terms):
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _write_pages(app: Sphinx) -> None:
    pages.write(Path(app.srcdir), of_build(app))
