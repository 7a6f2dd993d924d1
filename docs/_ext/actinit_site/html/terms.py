"""Terms of the glossary are links where a page first uses them.

They are found in running text, so that nobody has to mark them. Words that are verbs too, such as
"check", count where a word before them says that a thing is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

__all__ = ["Terms", "setup"]

#: A page, and an anchor on it.
Place = tuple[str, str]
#: Pages that explain the terms, or whose text is not prose.
_LEFT_OUT = ("glossary", "changelog", "genindex", "search")
#: Terms that are also words of every day.
_OF_EVERY_DAY = ("cause", "check", "control", "entry", "environment", "finding", "grade", "witness")
_BEFORE = r"(?<=\ba )|(?<=\ban )|(?<=\b(?:the|its|one|two|any|all|per) )|(?<=\b(?:each|this) )"
_BEFORE += r"|(?<=\bevery )"
# In these a link would be in the way, as in the title of a publication, or is one.
_NOT_IN = (nodes.reference, nodes.literal, nodes.math, nodes.emphasis, addnodes.pending_xref)


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.add_post_transform(Terms)


class Terms(SphinxPostTransform):
    """Links the first use of each term on a page to the glossary."""

    default_priority = 200
    formats = ("html",)

    def run(self, **_: Any) -> None:
        page = self.env.current_document.docname
        if page in _LEFT_OUT or page.startswith("api/"):
            return
        objects = self.env.domains.standard_domain.objects
        left = {name: place for (kind, name), place in objects.items() if kind == "term"}
        found = _pattern(tuple(left))
        for paragraph in list(self.document.findall(nodes.paragraph)):
            for text in list(paragraph.findall(nodes.Text)):
                if left and not _inside(text, paragraph):
                    self._link(text, found, left, page)

    def _link(
        self, text: nodes.Text, found: re.Pattern[str], left: dict[str, Place], page: str
    ) -> None:
        """Link the terms in a text that are still left; they are none of it then."""
        whole, end = str(text), 0
        parts: list[nodes.Node] = []
        for match in found.finditer(whole):
            term = _term(match[0], left)
            if term is None:
                continue
            document, anchor = left.pop(term)
            uri = f"{self.app.builder.get_relative_uri(page, document)}#{anchor}"
            link = nodes.reference(
                "", match[0], internal=True, refuri=uri, classes=["actinit-term"]
            )
            parts += [nodes.Text(whole[end : match.start()]), link]
            end = match.end()
        if parts:
            text.parent.replace(text, [*parts, nodes.Text(whole[end:])])


def _inside(text: nodes.Text, paragraph: nodes.paragraph) -> bool:
    """Say whether a text lies in what is to be left alone."""
    return any(isinstance(one, _NOT_IN) for one in _parents(text, paragraph))


def _parents(node: nodes.Node, end: nodes.Node) -> Iterator[nodes.Node]:
    while node is not end and node.parent is not None:
        node = node.parent
        yield node


def _term(word: str, terms: Iterable[str]) -> str | None:
    """Return the term that a word is, itself or its singular; None if it is none of these."""
    plain = word.lower()
    return next((one for one in terms if plain in (one, f"{one}s", f"{one[:-1]}ies")), None)


@cache
def _pattern(terms: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds any of some terms, in the singular or the plural."""
    each = [
        (rf"(?:{_BEFORE})" if one in _OF_EVERY_DAY else "")
        + rf"\b(?:{re.escape(one)}s?"
        + (rf"|{re.escape(one[:-1])}ies" if one.endswith("y") else "")
        + r")\b"
        for one in sorted(terms, key=len, reverse=True)
    ]
    return re.compile("|".join(each), re.IGNORECASE)
