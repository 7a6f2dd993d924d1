"""Fans: what each layout makes of a shape, and what is no shape or layout."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actinit import reference as ref
from actinit import spec
from actinit.adapters import frameworks

EXAMPLES = [
    ((784, 128), None, (784, 128)),
    ((784, 128), "io", (784, 128)),
    ((128, 784), "oi", (784, 128)),
    ((5, 16, 32), None, (80, 160)),
    ((32, 16, 5), "oiw", (80, 160)),
    ((3, 5, 16, 32), None, (240, 480)),
    ((32, 16, 3, 5), "oihw", (240, 480)),
    ((2, 3, 5, 7, 11), None, (210, 330)),
    ((11, 7, 2, 3, 5), "oidhw", (210, 330)),
    ((32, 3, 5, 16), "ohwi", (240, 480)),
    ((2, 3, 4, 5, 6, 7), "abcdio", (720, 840)),
    ((0, 5), None, (0, 5)),
    ((3, 0, 4), None, (0, 12)),
    ([np.int64(784), np.int32(128)], None, (784, 128)),
]


@pytest.mark.parametrize(("shape", "layout", "right"), EXAMPLES)
def test_examples(shape, layout, right):
    found = ref.fans(shape, layout)
    assert found == right
    assert (found.fan_in, found.fan_out) == right
    assert [type(size) for size in found] == [int, int]


@given(data=st.data())
def test_only_the_letters_count_not_their_order(data):
    letters = data.draw(st.sampled_from(["io", "wio", "hwio", "dhwio"]))
    size = {letter: data.draw(st.integers(0, 9)) for letter in letters}
    other = "".join(data.draw(st.permutations(letters)))
    assert ref.fans([size[a] for a in letters], letters) == ref.fans(
        [size[a] for a in other], other
    )


@pytest.mark.parametrize("backend", frameworks())
def test_every_layout_of_the_spec_is_one(backend):
    for layer, layout in frameworks()[backend].layouts.items():
        field = 7 ** (len(layout) - 2)
        shape = [{"i": 3, "o": 5}.get(letter, 7) for letter in layout]
        assert ref.fans(shape, layout) == (3 * field, 5 * field), layer


@pytest.mark.parametrize(
    ("shape", "layout", "error", "words"),
    [
        ((), None, ValueError, "the shape () has no fans"),
        ((10,), None, ValueError, "the shape (10,) has no fans: expected the kernel of a layer"),
        (10, None, ValueError, "the shape (10,) has no fans"),
        ((3, 4, 5), "io", ValueError, "'io' has 2 dimensions, the shape (3, 4, 5) has 3"),
        ((3, 4), "oihw", ValueError, "'oihw' has 4 dimensions, the shape (3, 4) has 2"),
        ((2,) * 6, None, ValueError, "no layout is usual for 6 dimensions; name one"),
        ((3, -4), None, ValueError, "expected sizes of 0 or more; got the shape (3, -4)"),
        ((3.0, 4), None, TypeError, "expected a shape: integers of 0 or more"),
        ("34", None, TypeError, "expected a shape"),
        (None, None, TypeError, "expected a shape"),
        (
            (3, 4),
            "nchw",
            spec.UnknownNameError,
            "no layout is named 'nchw'; expected one of: dhwio",
        ),
        ((3, 4), "HWIO", spec.UnknownNameError, "no layout is named 'HWIO'; did you mean 'hwio'?"),
        ((3, 4), "ii", spec.UnknownNameError, "no layout is named 'ii'"),
        ((3, 4, 5, 6), "hhio", spec.UnknownNameError, "no layout is named 'hhio'; did you mean"),
        ((3, 4), 7, spec.UnknownNameError, "no layout is named 7; expected one of"),
    ],
)
def test_says_what_is_wrong(shape, layout, error, words):
    with pytest.raises(error) as caught:
        ref.fans(shape, layout)
    assert words in str(caught.value)
