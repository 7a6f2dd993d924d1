"""Scripts are loaded by the pages that use them, and by no others."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

__all__ = ["setup"]

#: Script: what the text of a page has if it uses it.
_USED_BY = {"filter.js": 'class="actinit-filtered"'}


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.connect("html-page-context", _add)


def _add(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    for script, mark in _USED_BY.items():
        if mark in context.get("body", ""):
            app.add_js_file(script, loading_method="defer")
