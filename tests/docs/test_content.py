"""What pages compute before they are drawn: which rows, which networks, which figures."""

from __future__ import annotations

from types import SimpleNamespace as Record

import msgspec
import pytest
from actinit_site.content import claims, deep, defaults, error_curves, kinds, studies, sweeps

from actinit import spec
from actinit.adapters import frameworks
from actinit.conformance.check import Outcome, Witness
from actinit.conformance.results.depth import Agreement, DepthReport, Pair, Theory
from actinit.conformance.results.machine import Machine
from actinit.spec.claim import topics

MACHINE = Machine(
    platform="linux-x86_64", cpu="Maker", model="Model 1", simd="avx2", cores=2, python="3.11.0"
)


def agreement(backend, largest, *, agrees=True, listed=None):
    return Agreement(
        backend=backend, part="sums", layer=3, difference=largest, allowed=1e-12, largest=largest,
        agrees=agrees, listed=listed,
    )  # fmt: skip


def pair(activation, start, *agreements, dead=(0.0, 0.0), strays=None, leaves=None):
    theory = None if strays is None else Theory(outputs=[], gradients=[], strays=strays)
    return Pair(
        activation=activation, start=start, gain=1.0, sums=[], outputs=[], gradients=[],
        dead=list(dead), alike=[], signal="vanishes", signal_factor=3e-7, gradient="kept",
        gradient_factor=1.0, signal_leaves_float32=leaves, gradient_leaves_float32=None,
        theory=theory, agreements=list(agreements),
    )  # fmt: skip


RUN = DepthReport(
    versions={}, machine=MACHINE, date="", width=4, batch=2, seed=0, factor=10.0, depths=[1, 2],
    pairs=[
        pair("relu", "zeros", agreement("torch", 0.0), dead=(0.0, 1.0)),
        pair("relu", "he", agreement("torch", 1e-15), dead=(0.0, 0.5), strays=0.25),
        pair("tanh", "zeros", agreement("torch", 0.5, agrees=False, listed="why"), leaves=7),
        pair("tanh", "he", agreement("torch", 1e-13), strays=0.75),
    ],
)  # fmt: skip


def test_networks_are_grouped_in_their_own_order():
    assert deep.activations(RUN) == ["relu", "tanh"]
    assert deep.starts(RUN) == ["zeros", "he"]
    assert [one.start for one in deep.pairs_of(RUN, "tanh")] == ["zeros", "he"]
    assert [(one.activation, one.start) for one in deep.outside_float32(RUN)] == [("tanh", "zeros")]
    assert deep.strays(RUN) == 0.75


def test_units_die_where_theory_describes_a_network():
    ((name, pairs, described),) = deep.dying(RUN)
    assert name == "relu"
    assert [one.start for one in pairs] == ["zeros", "he"]
    assert [one.start for one in described] == ["he"]  # of zeros all are dead from the beginning
    alive = msgspec.structs.replace(RUN, pairs=RUN.pairs[2:])
    assert list(deep.dying(alive)) == []


def test_what_does_not_agree_is_told_apart():
    (torch,) = deep.compared(RUN)
    assert (torch.networks, torch.within) == (4, 1e-13)
    assert [(one.activation, found.difference) for one, found in torch.apart] == [("tanh", 0.5)]
    assert deep.listed(RUN) == [("tanh", "torch", "why")]


@pytest.mark.parametrize(
    ("fate", "factor", "told"),
    [("kept", 3.0, "kept"), ("cut off", 0.0, "cut off"), ("explodes", 9.6e5, "10⁶")],
)
def test_a_change_is_a_power_of_ten(fate, factor, told):
    assert deep.change(fate, factor) == told


def swept(part, inputs, *, backend="torch", error=1.0, run=None):
    outcome = Outcome(conforms=True, message="", measured={"max_ulp": error})
    worst = Witness.of(1.0, 1.0, 1.0, error=error, budget=4.0)
    one = Record(part=part, inputs=inputs, curve={}, worst=worst, outcome=outcome)
    return Record(report=run or Record(backend=backend), swept=one, error=error, findings=[],
                  notes=[])  # fmt: skip


def test_sweeps_are_drawn_unless_all_are_without_error():
    both = [swept("value", 10), swept("value", 10, error=0.0), swept("derivative", 10, error=0.0)]
    ((part, curves),) = sweeps.drawn(both)
    assert part == "value"
    assert len(curves) == 2
    assert sweeps.drawn(both[1:]) == []


def test_a_source_tells_the_most_inputs_first():
    run = Record(backend="torch")
    found = [swept("value", 5, run=run), swept("derivative", 9, run=run), swept("value", 9)]
    first, second = sweeps.sources(found)
    assert first.by_inputs == [(9, [found[1]]), (5, [found[0]])]
    assert second.sweeps == [found[2]]


def measured(backend, curve, error):
    outcome = Outcome(conforms=True, message="", curve=curve,
                      witness=Witness.of(1.0, 1.0, 1.0, error=error, budget=4.0))  # fmt: skip
    result = Record(id="activation/gelu/float32/value/ulp", outcome=outcome)
    return Record(report=Record(backend=backend), result=result)


def test_curves_are_drawn_level_or_older():
    exact, wrong = measured("a", {}, 0.5), measured("b", {"2^0": 3.0}, 3.0)
    older = measured("c", {}, 3.0)
    drawn = error_curves.FormatCurves("float32", [("value", [exact, wrong, older])])
    ((part, curves),) = drawn.drawn
    assert (part, [one.backend for one in curves]) == ("value", ["a", "b"])
    assert (drawn.level, drawn.older) == ([], ["c"])
    level = error_curves.FormatCurves("float32", [("second", [exact])])
    assert (level.drawn, level.level, level.older) == ([], ["second derivative"], [])
    # What was not recorded may be anything: that is not level.
    assert error_curves.FormatCurves("float32", [("value", [exact, older])]).level == []


def test_a_study_is_looked_up_by_what_a_cell_is_of():
    cells = [
        Record(start="he", backend="torch", figure="loss", epoch=epoch, mean=1.0 / epoch)
        for epoch in (1, 2)
    ]
    study = Record(
        cells=cells,
        sources=[Record(epochs=1), Record(epochs=2)],
        contrasts=[Record(one="he", other="glorot"), Record(one="he", other="zeros")],
    )
    assert studies.final_epoch(study) == 2
    assert studies.course(study, "he", "loss") == cells
    assert studies.cell(study, "he", "torch", "loss", 2) is cells[1]
    assert studies.cell(study, "he", "jax", "loss", 2) is None
    assert studies.between(study, ["glorot"], ["he"]) == study.contrasts[:1]


def test_what_was_computed_goes_before_what_the_spec_says():
    every = {id: claim for topic in topics() for id, claim in topic.claims.items()}
    id, claim = next((id, one) for id, one in every.items() if one.verdict != "false")
    assert claims.verdict(id, claim, {}) == claim.verdict
    decided = {id: Record(verdict="false")}
    assert claims.counts(decided).total() == len(every)
    assert claims.counts(decided)["false"] == claims.counts({})["false"] + 1


def test_every_framework_that_starts_a_layer_has_a_column():
    found = defaults.starting()
    assert found == [key for key in frameworks() if key in found]
    assert {key for one in defaults.layer_starts() for key in one.by_framework} == set(found)


def test_fans_that_are_read_otherwise_are_of_weights_with_a_rule():
    for layer, weight, title, reads, rule in kinds.read_otherwise():
        assert layer.weights[weight] is rule
        assert title
        assert (reads.fan_in, reads.fan_out) != (rule.fan_in, rule.fan_out)
    assert spec.layers
