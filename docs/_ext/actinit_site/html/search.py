"""What the site's search knows: words, not the digits of thousands of results, and names."""

from __future__ import annotations

import json
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

from ..content import names

__all__ = ["Words", "setup"]


# Words have fewer digits than that, and fewer letters; results in hexadecimal notation have more,
# and so have the cells of a table that a screen reader would read apart.
_DIGITS, _LETTERS = 4, 30


class Words(SearchEnglish):
    """English without numbers, of which most of the index would be."""

    def word_filter(self, word: str) -> bool:
        digits = sum(letter.isdigit() for letter in word)
        return (
            not word[:1].isdigit()
            and digits <= _DIGITS
            and len(word) <= _LETTERS
            and super().word_filter(word)
        )


def setup(app: Sphinx) -> None:
    """Connect to Sphinx, in the place of its own English."""
    app.add_search_language(Words)
    app.connect("html-page-context", _add_names)


def _add_names(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Give the page of results the names of the entries; in HTML "</script" would end them."""
    if page == "search":
        text = json.dumps(names.for_search(), separators=(",", ":"))
        context["names"] = text.replace("<", "\\u003c")
