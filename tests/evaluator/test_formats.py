"""Numbers read and written by the page, against NumPy, ml_dtypes and Python."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from actinit.conformance.expected.inputs import every_nth, scalars
from actinit.conformance.formats import FORMATS
from actinit.conformance.published.answers import patterns


def sample(fmt, about=3000):
    """Return finite numbers of every stratum; all of a 16-bit format."""
    if fmt.exhaustive:
        return fmt.finite()
    return every_nth(scalars(fmt), about)


def test_the_page_has_the_formats_of_the_spec(ask):
    rows = {name: fmt.row for name, fmt in FORMATS.items()}
    assert ask("formats") == {
        name: [row.width, row.precision, row.emin, row.emax, row.infinities]
        for name, row in rows.items()
    }
    assert list(ask("formats")) == list(rows)


@pytest.mark.parametrize("dtype", FORMATS)
def test_decimals_are_the_shortest_that_read_back(ask, dtype):
    fmt = FORMATS[dtype]
    numbers = sample(fmt)
    for number, (decimal, hexadecimal) in zip(
        numbers, ask("written", format=dtype, inputs=patterns(numbers, fmt)), strict=True
    ):
        assert hexadecimal == float(number).hex()
        if not hasattr(np, dtype):
            # ml_dtypes writes more digits than it takes; none shorter reads back.
            assert _nearest(decimal, fmt) == number
            count = len(decimal.split("e")[0].strip("-0.").replace(".", "").rstrip("0"))
            shorter = f"{float(number):.{max(count - 2, 0)}e}"
            assert count < 2 or _nearest(shorter, fmt) != number
        elif dtype == "float64":
            assert decimal == repr(float(number))
        else:
            # NumPy changes to exponents elsewhere; the digits and the power are the same.
            shortest = np.format_float_scientific(number, unique=True, trim="0", exp_digits=2)
            assert Fraction(decimal) == Fraction(shortest)
            assert math.copysign(1, float(decimal)) == math.copysign(1, float(number))


def _nearest(text, fmt):
    """Round a decimal to a narrow format; by way of float64, never a middle of two here."""
    return np.float64(text).astype(fmt.dtype)


@pytest.mark.parametrize("dtype", FORMATS)
def test_numbers_read_back(ask, dtype):
    fmt = FORMATS[dtype]
    numbers = every_nth(sample(fmt), 2000)
    bits = patterns(numbers, fmt)
    decimals = ask("parsed", format=dtype, texts=[repr(float(number)) for number in numbers])
    assert [pattern for pattern, _ in decimals] == bits
    exact = [Fraction(repr(float(number))) == Fraction(float(number)) for number in numbers]
    assert [said for _, said in decimals] == exact
    for texts in (
        [float(number).hex() for number in numbers],
        [f"bits 0x{pattern}" for pattern in bits],
        [f"bits {pattern.upper()}" for pattern in bits],
    ):
        assert ask("parsed", format=dtype, texts=texts) == [[pattern, True] for pattern in bits]


@pytest.mark.parametrize("dtype", FORMATS)
def test_what_lies_between_is_rounded_once_and_ties_go_to_even(ask, dtype):
    fmt = FORMATS[dtype]
    bits = fmt.bits.type
    overflow = int(np.array(np.inf).astype(fmt.dtype).view(bits))
    numbers = every_nth(sample(fmt), 400)
    numbers = numbers[np.signbit(numbers) == 0]
    below = numbers.view(bits).astype(object)
    texts, right = [], []
    for pattern in (int(p) for p in below):
        # Beyond the largest number lies the first that the format does not have.
        high = pattern + 1
        a = Fraction(float(fmt.from_bits(np.array([pattern]))[0]))
        b = (
            fmt.row.beyond * Fraction(2) ** (fmt.emax - fmt.stored)
            if high == overflow
            else Fraction(float(fmt.from_bits(np.array([high]))[0]))
        )
        middle = (a + b) / 2
        even = pattern if pattern % 2 == 0 else high
        tiny = (b - a) * Fraction(1, 10**40)
        for value, expected in ((middle, even), (middle - tiny, pattern), (middle + tiny, high)):
            for sign in (1, -1):
                texts.append(_decimal(sign * value))
                negative = 1 << (fmt.width - 1) if sign < 0 else 0
                right.append(f"{expected | negative:0{fmt.width // 4}x}")
    texts = [text for text in texts if len(text) <= 2000]
    found = ask("parsed", format=dtype, texts=texts)
    assert [pattern for pattern, _ in found] == right[: len(texts)]
    assert not any(exact for _, exact in found)


def _decimal(value):
    """Write a fraction whose denominator is a product of twos and fives, all digits."""
    places = 0
    denominator = value.denominator
    twos = (denominator & -denominator).bit_length() - 1
    rest, fives = denominator >> twos, 0
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    assert rest == 1
    places = max(twos, fives)
    return f"{value.numerator * 10**places // denominator}e-{places}"


@pytest.mark.parametrize("dtype", FORMATS)
def test_neighbours_are_numpy_s(ask, dtype):
    fmt = FORMATS[dtype]
    numbers = every_nth(sample(fmt), 1500)
    end = np.inf if fmt.infinities else fmt.row.largest
    numbers = np.concatenate([numbers, np.array([end, -end], dtype=fmt.dtype)])
    found = ask("neighbours", format=dtype, inputs=patterns(numbers, fmt))
    with np.errstate(over="ignore"):  # from the largest number to infinity
        down, up = (np.nextafter(numbers, np.array(side, dtype=fmt.dtype)) for side in (-end, end))
    for number, pair, right in zip(
        numbers, found, zip(patterns(down, fmt), patterns(up, fmt), strict=True), strict=True
    ):
        assert tuple(pair) == right, number


@pytest.mark.parametrize(
    ("text", "pattern", "exact"),
    [
        ("0", "00000000", True),
        ("-0", "80000000", True),
        (" +1.5 ", "3fc00000", True),
        (".5", "3f000000", True),
        ("5.", "40a00000", True),
        ("1E3", "447a0000", True),
        ("−2", "c0000000", True),  # noqa: RUF001 - a true minus, as pages write it
        ("0x10", "41800000", True),
        ("0x.8p1", "3f800000", True),
        ("0x1.000001p0", "3f800000", False),
        ("inf", "7f800000", True),
        ("-Infinity", "ff800000", True),
        ("nan", "7fc00000", True),
        ("1e999999999", "7f800000", False),
        ("-1e-999999999", "80000000", False),
        ("0e999999999", "00000000", True),
        ("340282366920938463463374607431768211456", "7f800000", False),
        ("bits:7f800001", "7f800001", True),
        ("3f800000", "3f800000", True),  # it has an f, so that it is no decimal
        ("C0B00000", "c0b00000", True),
        ("3e800000", "7f800000", False),  # a decimal, and so taken as one
        ("1/3", "3eaaaaab", False),
        ("-3 / 4", "bf400000", True),
        ("1e-3/1e3", "358637bd", False),
        ("0/7", "00000000", True),
    ],
)
def test_texts_that_are_numbers(ask, text, pattern, exact):
    assert ask("parsed", format="float32", texts=[text]) == [[pattern, exact]]


@pytest.mark.parametrize(
    "text",
    ["", ".", "-", "e5", "1e", "1.2.3", "0x", "0x.p1", "--1", "1,5", "bits 123456789", "bits", "x",
     "1/0", "0/0", "1/", "/2", "1/2/3", "1/x", "c0b0"],
)  # fmt: skip
def test_texts_that_are_none(ask, text):
    assert ask("parsed", format="float32", texts=[text]) == [None]
