"""Scripts are loaded by the pages that use them, and by no others."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

__all__ = ["setup"]

#: The evaluator's scripts: each needs those before it.
_EVALUATOR = ("real", "formats", "formula", "budget", "recorded", "panel")
#: What the text of a page has if it uses some files: those files, in the order of loading. Scripts
#: are of the plain kind, since browsers load no modules from a folder.
_USED_BY = {
    'class="actinit-filtered"': ("filter.js",),
    'class="actinit-pairs"': ("pairs.js",),
    'id="evaluator-panel"': (
        "evaluator/evaluator.css",
        *(
            f"evaluator/{name}.js"
            for name in ("real", "formats", "formula", "budget", "recorded", "panel")
        ),
    ),
}


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.connect("html-page-context", _add)


def _add(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    for mark, files in _USED_BY.items():
        if mark not in context.get("body", ""):
            continue
        for file in files:
            if file.endswith(".css"):
                app.add_css_file(file)
            else:
                app.add_js_file(file, loading_method="defer")
