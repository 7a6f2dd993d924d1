"""What is kept bin by bin: nothing is lost, counted twice, or depends on the order of merging."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actinit.conformance.error.ordinals import number, ordinals
from actinit.conformance.error.question import Question
from actinit.conformance.error.rows import DEFECTS
from actinit.conformance.error.tally import Tally
from actinit.conformance.formats import FORMATS

F32, F16 = FORMATS["float32"], FORMATS["float16"]
QUESTION = Question(F32, 1.0, range=(-1.0, 1.0), monotone="increasing", at_zero=(0.0, 0.0))
BIN = 2**20


def every(first, size, step=1, fmt=F32):
    return fmt.from_bits(first + step * np.arange(size))


def noisy(x, seed=0):
    """Return tanh with errors of every kind strewn in."""
    right = np.tanh(x.astype(np.float64))
    rng = np.random.default_rng(seed)
    got = right.astype(np.float32)
    for value in (np.nan, 0.0, -0.0, 1.5, np.inf):
        got[rng.integers(x.size, size=3)] = value
    chosen = rng.integers(x.size, size=20)
    got[chosen] *= np.float32(1 + 2**-20)
    return right, got


def tally_of(x, seed=0, question=QUESTION):
    right, got = noisy(x, seed)
    found = Tally(F32)
    found.add(x, got, right, question)
    return found


def same(one, other):
    assert one.to_array().tobytes() == other.to_array().tobytes()


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_ordinals_are_in_the_order_of_numbers_and_lead_back(fmt):
    least, end = 2.0 ** (fmt.emin - fmt.stored), np.inf if fmt.infinities else fmt.row.largest
    x = np.array([-end, -1.5, -0.0, 0.0, least, 1.5, end]).astype(fmt.dtype)
    places = ordinals(x, fmt)
    assert (np.diff(places) > 0).all()
    assert places[2] == -1
    assert places[3] == 0
    back = np.array([number(int(place), fmt) for place in places])
    np.testing.assert_array_equal(back.view(fmt.bits), x.view(fmt.bits))
    assert np.isnan(float(number(int(places[-1]) + 1, fmt)))


@settings(deadline=None)  # the first call compiles
@given(cuts=st.lists(st.integers(1, 29_999), max_size=6))
def test_in_parts_it_is_the_same_as_at_once(cuts):
    # Over the edge of a bin, which lies at 0x3F800000.
    x = every(0x3F800000 - 10_000, 30_000)
    right, got = noisy(x)
    whole, parts = tally_of(x), Tally(F32)
    for low, high in itertools.pairwise([0, *sorted(set(cuts)), x.size]):
        parts.add(x[low:high], got[low:high], right[low:high], QUESTION)
    same(whole, parts)


def test_merging_is_associative_and_commutative():
    pieces = [every(first, 5_000) for first in (0x3F000000, 0x3F800000, 0xBF800000, 0x40000000)]
    results = []
    for order in itertools.permutations(range(4)):
        found = Tally(F32)
        for i in order:
            found.merge(tally_of(pieces[i], seed=i))
        results.append(found)
    left, right = tally_of(pieces[0], 0), tally_of(pieces[2], 2)
    left.merge(tally_of(pieces[1], 1))
    right.merge(tally_of(pieces[3], 3))
    left.merge(right)
    for found in (*results[1:], left):
        same(results[0], found)
    whole = Tally(F32)
    for i, x in enumerate(pieces):
        right, got = noisy(x, seed=i)
        whole.add(x, got, right, QUESTION)
    same(results[0], whole)


def test_many_bins_are_merged_one_by_one_and_at_once():
    pieces = [every(BIN * which, 3) for which in range(100)]
    whole, one_by_one = Tally(F32), Tally(F32)
    for x in pieces:
        piece = Tally(F32)
        for tally in (piece, whole):
            tally.add(x, x, x.astype(np.float64), QUESTION)
        one_by_one.merge(piece)
    at_once = Tally(F32)
    at_once.merge(whole)
    same(whole, one_by_one)
    same(whole, at_once)
    assert whole.count == 300
    sample = Tally(F32)
    x = np.concatenate(pieces)
    sample.add(x, x, x.astype(np.float64), QUESTION)
    same(whole, sample)


def test_a_bin_is_not_counted_twice():
    x = every(0x3F800000, 5_000)
    found = tally_of(x)
    right, got = noisy(x)
    for again in (slice(None), slice(0, 1), slice(4_999, None)):
        with pytest.raises(ValueError, match="counted already"):
            found.add(x[again], got[again], right[again], QUESTION)
    both = tally_of(every(0x3F000000, 7))
    both.merge(tally_of(x))
    with pytest.raises(ValueError, match="would be counted twice"):
        found.merge(both)
    assert found.count == 5_000  # nothing of it was taken over


def test_both_signs_at_once_are_refused():
    x = np.array([1.0, -1.0], dtype=np.float32)
    with pytest.raises(ValueError, match="one sign"):
        Tally(F32).add(x, x, x.astype(float), QUESTION)


def test_other_types_are_refused():
    x = np.ones(2)
    with pytest.raises(ValueError, match="expected inputs of type float32"):
        Tally(F32).add(x, x, x, QUESTION)
    with pytest.raises(ValueError, match="expected results of type float32"):
        Tally(F32).add(x.astype("f4"), x, x, QUESTION)
    with pytest.raises(ValueError, match="does not go into"):
        Tally(F32).merge(Tally(F16))
    with pytest.raises(ValueError, match="no rows of a tally"):
        Tally.from_array(np.zeros(3), F32)
    with pytest.raises(ValueError, match="no symmetry"):
        Tally(F32).add_symmetry(x.astype("f4"), x.astype("f4"), x.astype("f4"), QUESTION)
    odd = Question(F32, 1.0, symmetry="odd")
    with pytest.raises(ValueError, match="positive inputs"):
        Tally(F32).add_symmetry(-x.astype("f4"), x.astype("f4"), x.astype("f4"), odd)


def test_symmetry_may_be_counted_in_a_tally_of_its_own():
    x = every(0x3F800000, 100)
    question = Question(F32, 1.0, symmetry="odd")
    apart, one = Tally(F32), Tally(F32)
    got = x.copy()
    other = -got
    other[5] = 0
    apart.add_symmetry(x, got, other, question)
    counted = Tally(F32)
    counted.add(x, got, x.astype(float), question)
    apart.merge(counted)
    one.add(x, got, x.astype(float), question)
    one.add_symmetry(x, got, other, question)
    same(apart, one)
    assert one.number("symmetry") == 1


def test_of_equally_bad_inputs_the_smaller_then_the_positive_is_the_worst():
    def off_by_one(x):
        found = Tally(F32)
        right = np.ones(x.shape)
        found.add(x, np.full(x.shape, 1 + 2**-23, "f4"), right, Question(F32, 2.0))
        return found

    places = [(0x3F800000, 0xC0000000), (0x40000000, 0xBF800000), (0xBF800000, 0x3F800000)]
    for pair, at in zip(places, (0x3F800000, -1 - 0x3F800000, 0x3F800000), strict=True):
        for order in (pair, pair[::-1]):
            found = Tally(F32)
            for first in order:
                found.merge(off_by_one(every(first, 3)))
            assert found.worst()["worst_at"] == at


def test_what_is_stored_comes_back():
    found = tally_of(every(0x3F800000 - 10_000, 30_000))
    back = Tally.from_array(found.to_array(), F32)
    same(found, back)
    back.merge(tally_of(every(0x41000000, 10)))
    assert back.count == found.count + 10


# A result that is too high, on the lower side of a border between bins, and where the border is.
SEAMS = {
    "between positive bins": (0x3F800000 - 1, 0x3F800000),
    "between negative bins": (0xBF800000, 0xBF800000 - 1),
    "at zero": (0x80000000, 0),
}


@pytest.mark.parametrize(("below", "above"), SEAMS.values(), ids=SEAMS)
def test_a_step_back_from_bin_to_bin_is_seen_at_the_seam(below, above):
    low, high = every(below, 1), every(above, 1)
    places = [int(ordinals(x, F32)[0]) for x in (low, high)]
    assert places[0] + 1 == places[1]
    pieces = []
    for x, got in ((low, 0.75), (high, 0.5)):
        piece = Tally(F32)
        piece.add(x, np.full(1, got, "f4"), np.full(1, got), QUESTION)
        pieces.append(piece)
    found = Tally(F32)
    for piece in reversed(pieces):
        found.merge(piece)
    assert found.number("order") == 0
    for _ in range(2):  # again is no harm
        found.seams(QUESTION)
        assert found.number("order") == 1
        assert found.number("order_beyond") == 1
    assert found.worst("order")["order_at"] == places[1]
    assert found.worst("order")["order"] == 0.25 * 2**24
    with pytest.raises(ValueError, match="merge first"):
        found.merge(Tally(F32))
    again = Tally.from_array(found.to_array(), F32)
    again.seams(QUESTION)
    assert again.number("order") == 1


def test_seams_of_what_rises_are_clean():
    found = Tally(F32)
    for sign in (0, 0x80000000):
        for first in range(0, 0x7F800000, BIN):
            x = every(sign + first, 3, BIN // 3)
            found.add(
                x, np.tanh(x), np.tanh(x.astype(float)), Question(F32, 5.0, monotone="increasing")
            )
    found.seams(QUESTION)
    assert found.number("order") == 0


def test_what_the_spec_leaves_open_is_no_defect():
    infinity = int(ordinals(np.array(np.inf), F32))
    x = np.array([1.0, np.inf, np.nan], dtype=np.float32)
    got = np.array([1.0, -0.0, 7.0], dtype=np.float32)
    right = np.array([1.0, 0.0, np.nan])
    for question, expected in (
        (Question(F32, 1.0), {"nonfinite": 1, "zero_sign": 1}),
        (Question(F32, 1.0, any_zero=(infinity,)), {"nonfinite": 1}),
        (Question(F32, 1.0, open=((infinity + 1, 2**31 - 1),)), {"zero_sign": 1}),
        (Question(F32, 1.0, open=((infinity, 2**31 - 1),)), {}),
    ):
        found = Tally(F32)
        found.add(x, got, right, question)
        assert {d: found.number(d) for d in DEFECTS if found.number(d)} == expected
    # A zero of either sign is no other number.
    found = Tally(F32)
    wrong = np.array([1.0, 1.0, np.nan], dtype=np.float32)
    found.add(x, wrong, right, Question(F32, 1.0, any_zero=(infinity,)))
    assert found.number("beyond") == 1


def test_readonly_and_strided_arrays_will_do():
    x = every(0x3F800000, 1_000)
    right, got = noisy(x)
    strided = np.repeat(got, 2)[::2]
    x.flags.writeable = right.flags.writeable = False
    found = Tally(F32)
    found.add(x, strided, right, QUESTION)
    same(found, tally_of(x))
