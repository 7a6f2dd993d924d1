"""Reasons to part: each is found where it shows, the least that helps, one after the other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from helpers.wrong_trainers import FixedBias, HeldInFloat32

from actinit.adapters.training import Step
from actinit.conformance.parity import checks
from actinit.conformance.parity.reasons import explained, held, kind
from actinit.conformance.parity.reference import Reference


class Odd(Reference):
    """Doubles its loss unless told not to, and from the third step on turns a gradient round."""

    remedies = {"no doubling": "accuracy", "no turning": "definition", "no use": "range"}

    def __init__(self, told, matched=()):
        super().__init__(told)
        self.matched = matched

    def learn(self, x, y):
        loss, gradient = super().learn(x, y)
        if "no turning" not in self.matched and self.steps >= 2:
            gradient = [*gradient[:-1], -gradient[-1]]
        return (loss if "no doubling" in self.matched else 2 * loss), gradient


class Both(Odd):
    """Is odd, and holds its rates in float32."""

    def __init__(self, told, matched=()):
        super().__init__(told, matched)
        self.rates = told.in_float32(*told.rates).rates


def told(one):
    at = one.parity.divergence
    return one.matched, at and (at.step, at.operation)


def test_what_agrees_needs_no_reason():
    (only,) = explained(Reference, checks.near("adam"))
    assert told(only) == ([], None)
    assert kind(Reference, only) is None


def test_each_reason_is_found_where_it_shows():
    found = list(explained(Odd, checks.near("sgd")))
    assert [told(one) for one in found] == [
        ([], (1, "forward pass")),
        (["no doubling"], (3, "backward pass")),
        (["no doubling", "no turning"], None),
    ]
    assert [one.parity.steps for one in found] == [64, 3, 64]
    assert kind(Odd, found[-1]) == "definition"


def test_rates_are_left_as_they_are_where_that_makes_no_difference():
    # 2**-3 is a number of float32; the others are not.
    posed = checks.near("momentum")
    posed = replace(posed, rates={**posed.rates, "momentum": 0.125})
    found = list(explained(HeldInFloat32, posed))
    assert told(found[-1]) == ([held("learning_rate")], None)


def test_epsilon_is_no_reason_where_it_is_below_what_shows():
    *_, last = explained(HeldInFloat32, checks.near("adam"))
    assert last.parity.agrees
    assert held("beta_2") in last.matched
    assert held("epsilon") not in last.matched


def test_reasons_of_two_sorts_are_found_together():
    found = list(explained(Both, checks.near("sgd")))
    assert [told(one) for one in found] == [
        ([], (1, "forward pass")),
        (["no doubling"], (1, "optimizer")),
        (["no doubling", held("learning_rate")], (3, "backward pass")),
        (["no doubling", held("learning_rate"), "no turning"], None),
    ]


def test_what_hides_behind_one_place_is_found_at_once():
    class Twice(Odd):
        """Doubles its loss unless told two things."""

        def learn(self, x, y):
            loss, gradient = Reference.learn(self, x, y)
            right = {"no doubling", "no turning"} <= set(self.matched)
            return (loss if right else 2 * loss), gradient

    found = list(explained(Twice, checks.near("sgd")))
    assert [one.matched for one in found] == [[], ["no doubling", "no turning"]]
    assert found[-1].parity.agrees


def test_where_nothing_helps_the_way_as_far_as_it_was_found_is_told():
    (only,) = explained(FixedBias, checks.near("sgd"))
    assert told(only) == ([], (1, "optimizer"))
    assert kind(FixedBias, only) == "definition"


def test_a_reason_that_helps_in_part_does_not_count_as_all():
    class Still(Odd):
        """Is odd, and leaves a bias as it was from the fifth step on."""

        def step(self, x, y):
            before = self.parameters[-1].copy()
            found = super().step(x, y)
            if self.steps > 4:
                self.parameters[-1][:] = before
            return Step(found.loss, found.gradient, [part.copy() for part in self.parameters])

    *_, last = explained(Still, checks.near("sgd"))
    assert told(last) == (["no doubling", "no turning"], (5, "optimizer"))
    assert kind(Still, last) == "definition"
    assert np.isfinite(last.parity.greatest)
