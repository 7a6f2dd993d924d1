"""The chunks are all of float32, each input once."""

import numpy as np
import pytest

from actinit.conformance.exhaustive.chunks import BLOCK, CHUNK_INPUTS, CHUNKS, INPUTS, blocks


def patterns(chunk):
    return np.concatenate([side.view(np.uint32) for pair in blocks(chunk) for side in pair])


def test_they_are_as_many_as_there_are_floats():
    assert CHUNKS * CHUNK_INPUTS == INPUTS == 2**32


def test_first_and_last_pattern_of_each_chunk_follow_on_those_of_its_neighbours():
    ends = []
    for chunk in range(CHUNKS):
        pairs = list(blocks(chunk))
        assert len(pairs) * BLOCK * 2 == CHUNK_INPUTS
        ends += [pairs[0][0][:1].view(np.uint32)[0], pairs[-1][0][-1:].view(np.uint32)[0]]
    steps = np.diff(np.array(ends, dtype=np.int64))
    assert ends[0] == 0
    assert ends[-1] == 2**31 - 1
    assert (steps[1::2] == 1).all()


@pytest.mark.parametrize("chunk", [0, 127, 255])
def test_a_chunk_has_every_pattern_of_its_binade_once(chunk):
    found = np.sort(patterns(chunk))
    positive = np.arange(chunk << 23, (chunk + 1) << 23, dtype=np.uint32)
    assert np.array_equal(found, np.concatenate([positive, positive | np.uint32(1 << 31)]))


def test_the_two_sides_are_negatives_of_each_other():
    positive, negative = next(iter(blocks(130)))
    assert np.array_equal(-positive, negative)


@pytest.mark.parametrize("chunk", [-1, 256])
def test_a_chunk_that_is_none_is_refused(chunk):
    with pytest.raises(ValueError, match=f"no chunk {chunk}; expected 0 to 255"):
        next(blocks(chunk))
