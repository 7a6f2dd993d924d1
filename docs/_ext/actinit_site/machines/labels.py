"""Names under which entries and checks are found: from other projects, in the index, by the search.

Each entry and each check that was asked is a label of Sphinx's own, and so stands in
``objects.inv``: who links there needs no extension of ours. The names that an entry has elsewhere
are in the index, where the search looks too.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from actinit.spec import AnyEntry

from ..content import links, names
from ..results import Results, of_build

__all__ = ["Names", "checks_of", "setup"]


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.add_transform(Names)


class Names(SphinxTransform):
    """Notes the names of a page's entry, before Sphinx collects those of the page."""

    default_priority = 500

    def apply(self, **_: Any) -> None:
        page = self.env.current_document.docname
        standard = self.env.domains.standard_domain
        for entry in links.entries():
            if links.checks(entry) == page:
                for id in checks_of(of_build(self.app), entry):
                    standard.note_hyperlink_target(id, page, id, id)
            if links.path(entry) != page:
                continue
            section = next(iter(self.document.findall(nodes.section)))
            anchor = section["ids"][0]
            standard.note_hyperlink_target(f"{entry.family}/{entry.name}", page, anchor, entry.name)
            # What is main comes first among results.
            entries = [("single", term, anchor, "main", None) for term in names.words(entry)]
            section.insert(1, addnodes.index(entries=entries))  # a section begins with its title


def checks_of(results: Results, entry: AnyEntry) -> list[str]:
    """Return the checks of an entry that any backend was asked, each once."""
    return list(dict.fromkeys(measured.result.id for measured in results.of(entry)))
