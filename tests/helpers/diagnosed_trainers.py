"""Trainers with one thing changed, and what the diagnosis of parity makes of them."""

from __future__ import annotations

from actinit.conformance.parity import checks, findings, reasons
from actinit.conformance.parity.reference import Reference


def found(train, optimizer, problem_of=checks.near):
    """Return the findings of a trainer."""
    problem = problem_of(optimizer)
    return findings.findings(train, problem, list(reasons.explained(train, problem)))


def with_update(update):
    """Return a trainer with an update of its own."""

    class Update(Reference):
        def __init__(self, problem):
            super().__init__(problem)
            self.update = update

    return Update


def with_learn(change):
    """Return a trainer that changes what a batch teaches: (trainer, x, y) to (loss, gradient)."""

    class Learn(Reference):
        def learn(self, x, y):
            return change(self, lambda *batch: Reference.learn(self, *batch), x, y)

    return Learn
