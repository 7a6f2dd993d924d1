"""What gradients are asked with, and what is granted to them."""

from __future__ import annotations

import numpy as np
import pytest
from helpers import wrong
from helpers import wrong_rarely as rare

from actinit import reference as ref
from actinit import spec
from actinit.conformance.activations import upstream
from actinit.conformance.formats import ARITHMETIC
from actinit.conformance.plan import activation_checks


def outcome(backend, name, fmt="float32"):
    whole = f"activation/{name}/{fmt}/derivative/upstream"
    (check,) = (c for c in activation_checks(spec.activations[name]) if c.id == whole)
    return check.run(backend), check


@pytest.mark.parametrize("fmt", ARITHMETIC.values(), ids=ARITHMETIC)
def test_all_kinds_of_upstream_gradients_are_asked_with(fmt):
    above = upstream.upstreams(fmt).astype(np.float64)
    assert above[0] == 1  # with which the derivative itself is judged
    for wanted in (0.0, -1.0, 2.0**fmt.emin, 2.0 ** (fmt.emin - fmt.stored)):
        assert wanted in above
    assert np.isnan(above).sum() == 1
    assert np.signbit(above[above == 0]).tolist() == [False, True]
    largest = above[np.isfinite(above)].max()
    bits = np.asarray(largest).astype(fmt.dtype).view(fmt.bits)
    assert np.isinf(fmt.from_bits(bits + 1).astype(np.float64))  # none is larger
    assert -largest in above


@pytest.mark.parametrize("fmt", ARITHMETIC)
@pytest.mark.parametrize("name", ["relu", "selu", "gelu_tanh", "softmax", "log_softmax", "maxout"])
def test_the_right_backend_passes_on_many_points(name, fmt):
    found, _ = outcome(wrong.Right(), name, fmt)
    assert found.conforms, found.message
    assert found.measured["points"] > 2_000


class ReluBySelection(wrong.Right):
    """torch's rule: where the input is positive, the upstream gradient, else 0."""

    def gradient(self, entry, x, upstream, parameters):
        return np.where(x > 0, upstream, x.dtype.type(0))


def test_nan_times_a_derivative_of_zero_may_be_either_and_is_noted():
    selects, _ = outcome(ReluBySelection(), "relu")
    multiplies, _ = outcome(wrong.Right(), "relu")
    assert selects.conforms
    assert multiplies.conforms
    assert "an upstream gradient of nan is dropped" in selects.message
    assert "nan" not in multiplies.message
    assert selects.measured["nan_dropped"] > 100


def test_what_is_wrong_with_the_derivative_is_not_told_again():
    class Off(wrong.Right):
        def gradient(self, entry, x, upstream, parameters):
            return super().gradient(entry, x, upstream, parameters) + upstream.dtype.type(1)

    found, _ = outcome(Off(), "sigmoid")
    assert found.conforms
    assert found.measured["points"] == 0
    assert "conforms nowhere" in found.message


def test_the_error_of_the_derivative_may_come_out_multiplied_and_no_more():
    class Rounds(wrong.Right):
        """Rounds a derivative that is subnormal, and so loses digits, before it multiplies."""

        def gradient(self, entry, x, upstream, parameters):
            slope = ref.activations[entry.name].derivative(x)
            with np.errstate(over="ignore"):
                return slope * upstream

    assert outcome(Rounds(), "sigmoid")[0].conforms

    class Loses(Rounds):
        """Loses them where the derivative is not subnormal too."""

        def gradient(self, entry, x, upstream, parameters):
            right = super().gradient(entry, x, upstream, parameters)
            small = np.abs(upstream) > 1e30
            return np.where(small, right * np.float32(1.0001), right).astype(x.dtype)

    found, _ = outcome(Loses(), "sigmoid")
    assert not found.conforms
    assert found.kind == "accuracy"
    assert found.grade == "D"


def test_the_witness_names_what_came_from_above():
    found, check = outcome(rare.OnlyForNegativeUpstream(), "softmax")
    above = [float(number) for number in found.witness.upstream.strip("[]").split(",")]
    assert sum(number != 0 for number in above) == 1  # of one output alone
    assert len(above) == found.witness.x.count(",") + 1
    assert found.witness.upstream in check.snippet(rare.OnlyForNegativeUpstream(), found)


class DropsInfinity(wrong.Right):
    """Wrong at plus infinity alone."""

    def gradient(self, entry, x, upstream, parameters):
        right = super().gradient(entry, x, upstream, parameters)
        return np.where(np.isposinf(x) & (np.abs(upstream) == 1.5), x.dtype.type(7), right)


def test_a_wrong_result_is_shown_also_where_all_are_at_infinity():
    (found,) = outcome(DropsInfinity(), "exponential")[0].findings
    assert (found.worst.x, found.worst.upstream) == ("inf", "1.5")
    assert (found.worst.got, found.worst.exact) == ("7.0", "inf")
