"""The claims of the article: the verdict on each, and how many have which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from actinit.conformance.results.claims import Decision
from actinit.spec.claim import Claim, topics

from ..results import Results

__all__ = ["counts", "decisions", "verdict"]


def decisions(results: Results) -> dict[str, Decision]:
    """Return what was computed of each claim, by its id."""
    return {one.id: one for one in results.claims.decisions} if results.claims else {}


def verdict(id: str, claim: Claim, decided: Mapping[str, Decision]) -> str:
    """Return what was computed of a claim, or else what the spec says of it."""
    return decided[id].verdict if id in decided else claim.verdict


def counts(decided: Mapping[str, Decision]) -> Counter[str]:
    """Return how many claims have each verdict."""
    return Counter(
        verdict(id, claim, decided) for topic in topics() for id, claim in topic.claims.items()
    )
