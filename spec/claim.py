"""The claims of a text, each with a verdict that a computation must come to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from .loader import HERE, read
from .model import Struct

__all__ = ["MEANS", "Claim", "Topic", "claims", "topics"]

Means = Literal["values", "code", "theory", "draws", "networks", "training", "rules"]
#: What can decide a claim, in words.
MEANS: Mapping[Means, str] = {
    "values": "values of the functions",
    "code": "the line of code, run",
    "theory": "the theory of wide networks",
    "draws": "drawn weights",
    "networks": "networks that are not trained",
    "training": "training on made-up data",
    "rules": "what the spec holds of layers and experiments",
}


class Claim(Struct, frozen=True, kw_only=True):
    """One checkable sentence, in our words."""

    said: str
    verdict: Literal["true", "false", "under conditions"]
    right: str  #: What holds instead, or under which conditions.
    by: Means  #: What decides.
    see: tuple[str, ...] = ()  #: Pages, such as ``activations/relu``.
    plot: str = ""  #: Caption of the picture that shows it, if one does better than a figure.


class Topic(Struct, frozen=True, kw_only=True):
    """Claims on one matter: a file."""

    place: int  #: Among the topics of the text.
    title: str
    claims: dict[str, Claim]


def topics(text: str = "article") -> list[Topic]:
    """Return the topics of a text, in its own order."""
    found = [read(file, Topic) for file in (HERE / "claims" / text).glob("*.toml")]
    return sorted(found, key=lambda topic: topic.place)


def claims(text: str = "article") -> Mapping[str, Claim]:
    """Return the claims of a text, by their ids."""
    return {name: claim for topic in topics(text) for name, claim in topic.claims.items()}
