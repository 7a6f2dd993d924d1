"""What the site's search knows: words, and not the digits of thousands of results."""

from __future__ import annotations

from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

__all__ = ["Words", "setup"]


class Words(SearchEnglish):
    """English without what begins like a number; half of the index would be such."""

    def word_filter(self, word: str) -> bool:
        return not word[:1].isdigit() and super().word_filter(word)


def setup(app: Sphinx) -> None:
    """Connect to Sphinx, in the place of its own English."""
    app.add_search_language(Words)
