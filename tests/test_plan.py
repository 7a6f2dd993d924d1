"""The ids of the checks: distinct, made from the spec, and covering all that the entries state."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from actinit import adapters, spec
from actinit.conformance.formats import ARITHMETIC, formats_of
from actinit.conformance.initializers.plan import THOROUGH
from actinit.conformance.known.causes import causes
from actinit.conformance.plan import plan

IDS = [check.id for check in plan()]


def test_ids_are_distinct_and_begin_with_family_and_entry():
    assert len(IDS) == len(set(IDS))
    for check in plan():
        assert check.id.startswith(f"{check.entry.family}/{check.entry.name}/")


def test_every_activation_is_measured_in_every_format():
    for name in spec.activations:
        for fmt, numbers in formats_of(spec.activations[name]).items():
            for part in ("value", "derivative"):
                assert f"activation/{name}/{fmt}/{part}/ulp" in IDS
                # Where the entry leaves every special value open, none is asked.
                cases = spec.activations[name].special.cases
                asked = f"activation/{name}/{fmt}/{part}/special" in IDS
                if numbers.infinities:  # else zeros alone may be left, and these may be kinks
                    assert asked == any(getattr(case, part) != "any" for case in cases)
                arithmetic = fmt in ARITHMETIC
                assert (f"activation/{name}/{fmt}/{part}/side-effects" in IDS) == arithmetic
                assert (f"activation/{name}/{fmt}/{part}/repeat" in IDS) == arithmetic
                known = f"activation/{name}/{fmt}/{part}/parameters" in IDS
                # The derivative of a step is 0 whatever its parameters.
                constant = name == "heaviside" and part == "derivative"
                assert known == (
                    bool(spec.activations[name].parameters) and arithmetic and not constant
                )


def test_every_property_and_kink_has_a_check():
    for name, entry in spec.activations.items():
        if entry.properties.monotone:
            assert f"activation/{name}/float32/value/monotone" in IDS
        if entry.properties.symmetry:
            assert f"activation/{name}/float32/value/symmetry" in IDS
        if any(kink.when is None for kink in entry.derivative.kinks):
            assert f"activation/{name}/float32/derivative/kink" in IDS
        if entry.parameters:
            assert f"activation/{name}/defaults/function" in IDS


def test_a_thorough_run_makes_every_check_and_counts_rare_events():
    thorough = [check.id for check in plan(size=THOROUGH)]
    assert len(thorough) == len(set(thorough))
    more = [identity for identity in thorough if identity not in set(IDS)]
    assert [identity for identity in thorough if identity in set(IDS)] == IDS
    assert {identity.rpartition("/")[2] for identity in more} == {"stream"}
    assert "initializer/he_normal/float32/stream" in more
    assert "initializer/truncated_normal/wide/float32/stream" in more


def test_every_initializer_has_its_checks():
    for name in spec.initializers:
        assert any(identity.startswith(f"initializer/{name}/") for identity in IDS)


def test_every_layer_has_its_checks():
    for name, entry in spec.layers.items():
        for weight, told in entry.weights.items():
            assert (f"layer/{name}/{weight}/fans" in IDS) == bool(told.fan_in)
        assert any(identity.startswith(f"layer/{name}/") for identity in IDS)


def test_every_training_has_its_check():
    for name in spec.optimizers:
        assert f"training/{name}/float64/parity" in IDS
    for name in spec.networks:
        assert any(identity.startswith(f"training/{name}/") for identity in IDS)


def test_every_pattern_of_a_cause_covers_a_check():
    for slug, cause in causes().items():
        for pattern in cause.checks:
            wholes = [f"{entry}/{pattern}" for entry in cause.entries]
            assert any(
                fnmatchcase(identity, whole) for whole in wholes for identity in IDS
            ), (slug, pattern)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "call"),
    [("elu", "tensorflow.nn.elu(x)"), ("leaky_relu", "tensorflow.nn.leaky_relu(x, alpha=0.01)")],
)
def test_what_is_shown_to_be_pasted_passes_the_backends_own_arguments(name, call):
    pytest.importorskip("tensorflow")
    wanted = f"activation/{name}/float32/derivative/ulp"
    check = next(check for check in plan() if check.id == wanted)
    assert call in check.snippet(adapters.load("tensorflow"), None)
