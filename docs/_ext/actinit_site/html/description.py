"""What a page is about, for search engines and for links that are shared: its lead."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

__all__ = ["described", "setup"]

# What search engines show of it.
_MOST = 200


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.connect("html-page-context", _add)


def described(doctree: nodes.document) -> str:
    """Return the lead of a page in one line, cut at a word; empty if it has none."""
    for paragraph in doctree.findall(nodes.paragraph):
        if "lead" in paragraph["classes"]:
            text = " ".join(paragraph.astext().split())
            return text if len(text) <= _MOST else f"{text[:_MOST].rpartition(' ')[0]} …"
    return ""


def _add(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    context["description"] = described(doctree) if doctree is not None else ""
