"""What is slow to make is made once: models, sessions, or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from .errors import NotOffered

__all__ = ["Kept"]

Made = TypeVar("Made")


class Kept(Generic[Made]):
    """Things by key, each made when it is first asked for; one that is not offered stays so."""

    def __init__(self) -> None:
        self._made: dict[Hashable, Made | NotOffered] = {}

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what was made for a key.

        Parameters
        ----------
        key : hashable
            What it is made of.
        make : callable
            Makes it, if that was not done.

        Raises
        ------
        NotOffered
            As `make` did, without asking it again.
        """
        if key not in self._made:
            try:
                self._made[key] = make()
            except NotOffered as reason:
                self._made[key] = reason
        made = self._made[key]
        if isinstance(made, NotOffered):
            raise made
        return made
