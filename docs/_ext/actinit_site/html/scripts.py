"""Scripts are loaded by the pages that use them, and by no others."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

__all__ = ["setup"]

#: What the text of a page has if it uses some files: those files, in the order of loading. Scripts
#: are of the plain kind, since browsers load no modules from a folder.
_USED_BY = {
    'class="actinit-filtered"': ("make.js", "filter.js"),
    'class="actinit-pairs"': ("make.js", "pairs.js"),
    'id="compare-data"': ("make.js", "compare.js"),
    'id="evaluator-panel"': (
        "evaluator/evaluator.css",
        *(
            f"evaluator/{name}.js"
            for name in ("real", "formats", "slopes", "formula", "budget", "recorded", "panel")
        ),
    ),
}


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.connect("html-page-context", _add)


def _add(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    body = context.get("body", "")
    used = [file for mark, files in _USED_BY.items() if mark in body for file in files]
    for file in dict.fromkeys(used):  # what two of them need is loaded once
        if file.endswith(".css"):
            app.add_css_file(file)
        else:
            app.add_js_file(file, loading_method="defer")
