"""Turns the spec's entries and the results of runs into pages.

`results` reads what was measured, `view` orders it, `words` writes entries down, `figures` draws,
`api` describes the reference's functions, and `pages` fills the templates in ``_templates/site``.
`mathml` sets formulas without a network or a script, `search` chooses what can be searched for,
`evaluator` hands formulas and answers to the script that evaluates them on the page.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from . import evaluator, mathml, pages, search

__all__ = ["setup"]


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to Sphinx."""
    app.add_config_value("actinit_results", "", "env", types=frozenset({str}))
    app.connect("builder-inited", _write_pages)
    mathml.setup(app)
    search.setup(app)
    evaluator.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _write_pages(app: Sphinx) -> None:
    pages.write(Path(app.srcdir), Path(app.config.actinit_results))
