"""Checks in several processes, by pytest-xdist: which go together."""

from __future__ import annotations

from typing import Any

from xdist.scheduler import LoadScopeScheduling

__all__ = ["ByEntry", "check_id"]


def check_id(nodeid: str) -> str:
    """Return the id of the check that a test is made of."""
    return nodeid.partition("[")[2].removesuffix("]")


class ByEntry(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist has no types
    """Gives a process all checks that look at one sample, so that it is made once.

    The checks of an activation share the inputs and what is right for them, those of an initializer
    what was drawn in a format.
    """

    def remove_node(self, node: Any) -> str | None:
        # The check that ended its process is over. It would be given to another process, which it
        # would end too; and a unit of which nothing is left would be waited for forever.
        left = self.assigned_work[node]
        crashed: str | None = None
        for unit in left.values():
            for nodeid, done in unit.items():
                if not done and crashed is None:
                    crashed, unit[nodeid] = nodeid, True
        self.assigned_work[node] = {
            scope: unit for scope, unit in left.items() if not all(unit.values())
        }
        super().remove_node(node)
        return crashed

    def _split_scope(self, nodeid: str) -> str:
        check = check_id(nodeid)
        if check.startswith("activation/"):
            return "/".join(check.split("/")[:2])
        return check.rpartition("/")[0]
