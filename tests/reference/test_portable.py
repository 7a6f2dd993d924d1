"""Draws are the same bits everywhere: golden digests, and how exact the normal numbers are."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
from functools import cache
from pathlib import Path

import mpmath
import numpy as np
import pytest
from scipy import stats

from actinit import reference as ref
from actinit import spec
from actinit.reference.initializers import _portable

GOLDEN = Path(__file__).with_name("golden_draws.json")
GENERATORS = (np.random.PCG64, np.random.Philox, np.random.MT19937)


def digests():
    """Return the digest of a draw of each initializer, in each dtype, from each generator."""
    found = {}
    for name, entry in spec.initializers.items():
        shape = {"dense": (24, 16), "conv1d": (25, 1, 33), "conv2d": (4, 8, 12)}[entry.example[0]]
        for dtype in ("float16", "bfloat16", "float32", "float64"):
            for generator in GENERATORS:
                rng = np.random.Generator(generator(2026))
                weights = ref.initializers[name](shape, rng=rng, dtype=np.dtype(dtype))
                key = f"{name}/{dtype}/{generator.__name__}"
                found[key] = hashlib.sha256(weights.tobytes()).hexdigest()[:16]
    # More columns than one panel of reflections has.
    for shape in ((300, 200), (200, 300)):
        weights = ref.orthogonal(shape, rng=2026, dtype=np.float64)
        key = f"orthogonal {shape[0]} x {shape[1]}/float64/PCG64"
        found[key] = hashlib.sha256(weights.tobytes()).hexdigest()[:16]
    return found


def test_every_bit_is_as_it_was():
    # To change a bit is to change everybody's weights: it is for a new edition of the spec.
    assert digests() == json.loads(GOLDEN.read_text())


def without_vectors():
    """Return the names of all vector instructions that NumPy uses here and can do without."""
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    return " ".join(name for name in __cpu_dispatch__ if __cpu_features__.get(name))


#: What may change the bits of NumPy's own functions: its vector code; OpenBLAS's kernels, with FMA,
#: without, and of two numbers at once; its threads.
ENVIRONMENTS = {
    "no vector code": {"NPY_DISABLE_CPU_FEATURES": without_vectors()},
    "haswell": {"OPENBLAS_CORETYPE": "Haswell"},
    "sandybridge": {"OPENBLAS_CORETYPE": "Sandybridge"},
    "prescott": {"OPENBLAS_CORETYPE": "Prescott"},
    "one thread": {"OPENBLAS_NUM_THREADS": "1"},
    "two threads": {"OPENBLAS_NUM_THREADS": "2"},
}
DIGESTS = """
import hashlib
import numpy as np
from actinit import reference as ref

def digest(array):
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()

for name, shape in {
    "orthogonal": (700, 300), "he_normal": (500, 101), "he_truncated_normal": (500, 101),
    "he_uniform": (500, 101), "stft": (25, 1, 33),
}.items():
    print(digest(ref.initializers[name](shape, rng=1, dtype=np.float64)))
numbers = ref.random_normal((300, 300), rng=1, dtype=np.float64, stddev=1.0)
# Of float64 exp has vector code for AVX-512 alone, of float32 for AVX2 as well.
exponentials = [digest(np.exp(numbers.astype(dtype))) for dtype in ("f4", "f8")]
print(digest(numbers @ numbers), "".join(exponentials))
"""
PRODUCT = "import numpy as np; a = np.ones((700, 700)); a @ a"


@cache
def printed(where, first=""):
    """Return digests of draws, and those of what is NumPy's own, from a new process.

    Nothing where a product of NumPy alone ends the process: some releases have such kernels.
    """
    environment = {key: text for key, text in os.environ.items() if not key.startswith("OPENBLAS")}
    environment |= ENVIRONMENTS.get(where, {})

    def run(code):
        words = [sys.executable, "-c", code]
        return subprocess.run(words, env=environment, capture_output=True, text=True)

    if run(PRODUCT).returncode:
        return None
    done = run(first + DIGESTS)
    assert done.returncode == 0, done.stderr
    *draws, others = done.stdout.splitlines()
    return draws, others


@pytest.mark.parametrize("where", ENVIRONMENTS)
def test_no_vector_code_blas_or_thread_changes_a_bit(where):
    if (found := printed(where)) is None:
        pytest.skip("NumPy's own product ends its process here")
    draws, _ = found
    assert draws == printed("here")[0]
    assert len(draws) == 5


def test_flushing_subnormal_numbers_changes_no_bit_of_normal_ones():
    pytest.importorskip("torch")
    flushing = (
        "import torch, numpy as np; torch.set_flush_denormal(True);"
        "assert np.array([2.0**-1060]) * 1.0 == 0"
    )
    assert printed("flushing", flushing)[0] == printed("here")[0]


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the names are those of x86-64's")
def test_they_change_bits_of_what_is_not_ours():
    # Or the test before could not fail.
    found = filter(None, map(printed, ENVIRONMENTS))
    products, exponentials = zip(*(others.split() for _, others in found), strict=True)
    assert len(set(products)) > 1
    assert len(set(exponentials)) > 1


@pytest.mark.parametrize("generator", [*GENERATORS, np.random.SFC64, np.random.PCG64DXSM])
def test_any_bit_generator_makes_both_kinds_of_number(generator):
    rng = np.random.Generator(generator(1))
    assert stats.kstest(_portable.uniforms(rng, 20_000), "uniform").pvalue > 1e-4
    assert stats.kstest(_portable.normals(rng, 20_000), "norm").pvalue > 1e-4


def test_a_draw_goes_on_where_the_last_one_ended():
    # Longer than several blocks, so that blocks do not begin again either.
    rng = np.random.default_rng(5)
    parts = np.concatenate([_portable.normals(rng, 3 * 2**14), _portable.normals(rng, 5)])
    whole = _portable.normals(np.random.default_rng(5), 3 * 2**14 + 5)
    assert np.array_equal(parts, whole)


@pytest.mark.parametrize(
    "tail", [0.4999, 0.4, 0.25, 0.0751, 0.0749, 0.01, 1e-5, 1.4e-11, 1.3e-11, 1e-15, 2.0**-65]
)
def test_quantiles_are_good_to_four_ulp(tail):
    centred = 0.5 - tail
    found = float(_portable.quantiles(np.array([centred]), np.array([tail]))[0])
    with mpmath.workprec(200):
        # In the middle the distance from it is what counts, further out that from the end.
        exact_tail = 0.5 - mpmath.mpf(centred) if centred <= 0.425 else mpmath.mpf(tail)
        exact = mpmath.findroot(
            lambda z: mpmath.erfc(z / mpmath.sqrt(2)) / 2 - exact_tail, mpmath.mpf(found)
        )
        assert abs(exact - found) <= 4 * np.spacing(found)


@pytest.mark.parametrize("period", [1, 2, 3, 8, 64, 1000, 12345])
def test_cosines_are_good_to_four_ulp(period):
    turns = np.arange(-5, 3 * period + 7)
    with mpmath.workprec(100):
        exact = [mpmath.cospi(mpmath.mpf(2 * int(turn)) / period) for turn in turns]
        for found, right in zip(_portable.cosine(turns, period), exact, strict=True):
            assert abs(found - right) <= max(2.0**-53, 4 * np.spacing(abs(float(right))))


def test_the_furthest_number_is_the_one_that_is_said():
    found = _portable.quantiles(np.array([0.5]), np.array([2.0**-65]))[0]
    assert found == pytest.approx(_portable.LARGEST_NORMAL, rel=1e-15)
    assert stats.norm.sf(_portable.LARGEST_NORMAL) == pytest.approx(2.0**-65, rel=1e-12)


@pytest.mark.parametrize(("low", "high"), [(-2, 2), (3, 4), (-7, -5), (-1.4, 2.5), (-3, 0)])
def test_numbers_between_two_bounds(low, high):
    drawn = _portable.between(np.random.default_rng(2), 50_000, low, high)
    assert low <= drawn.min() <= drawn.max() <= high
    assert stats.kstest(drawn, stats.truncnorm(low, high).cdf).pvalue > 1e-4


@pytest.mark.parametrize(("dtype", "bits"), [("bfloat16", 17), ("float16", 23), ("float32", 49)])
def test_rounding_changes_the_variance_by_no_more_than_is_said(dtype, bits):
    exact = ref.random_normal(2**18, rng=1, dtype=np.float64, stddev=1.0)
    rounded = ref.random_normal(2**18, rng=1, dtype=np.dtype(dtype), stddev=1.0)
    errors = rounded.astype(np.float64) - exact
    assert np.mean(errors**2) <= 2.0**-bits * exact.var()
    # The errors are unrelated to the weights, and have no sign.
    assert abs(np.mean(errors)) < 5 * errors.std() / 512


@pytest.mark.parametrize(
    ("rows", "columns"), [(8, 8), (12, 5), (5, 12), (1, 1), (96, 64), (300, 200), (200, 300)]
)
def test_rotations_are_orthonormal(rows, columns):
    matrix = ref.orthogonal((rows, columns), rng=4, dtype=np.float64, gain=2.0) / 2
    tall = matrix if rows >= columns else matrix.T
    np.testing.assert_allclose(tall.T @ tall, np.eye(tall.shape[1]), atol=1e-13)


@pytest.mark.parametrize(("rows", "columns"), [(9, 6), (300, 200)])
def test_a_rotation_is_the_q_of_a_decomposition_with_a_positive_diagonal(rows, columns):
    # LAPACK's, with its signs mended, of a matrix that has this Q.
    q = ref.orthogonal((rows, columns), rng=4, dtype=np.float64)
    triangle = np.triu(np.random.default_rng(1).normal(size=(columns, columns))) / columns
    np.fill_diagonal(triangle, np.abs(np.diag(triangle)) + 1)
    again, r = np.linalg.qr(q @ triangle)
    np.testing.assert_allclose(again * np.sign(np.diag(r)), q, atol=1e-12)


def test_gains():
    for name, gain in spec.gains().items():
        for slope in (0.01, 0.0, 0.3):
            right = spec.evaluate(gain.gain, {"negative_slope": slope})
            assert ref.calculate_gain(name, slope) == pytest.approx(right, rel=1e-15)
    with pytest.raises(spec.UnknownNameError, match="no gain is named 'tanhh'; did you mean"):
        ref.calculate_gain("tanhh")
    with pytest.raises(TypeError, match="a real number as negative_slope, got '1'"):
        ref.calculate_gain("leaky_relu", "1")
    with pytest.raises(ValueError, match="a finite negative_slope"):
        ref.calculate_gain("leaky_relu", float("inf"))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ref.delta_orthogonal((3, 6, 4), rng=1), "as many outputs as inputs, or more"),
        (lambda: ref.delta_orthogonal((6, 4), rng=1), "the kernel of a convolution"),
        (lambda: ref.dirac((3, 4, 6), groups=4), "groups that divide the 6 outputs; got 4"),
        (lambda: ref.dirac((3, 4, 6), groups=1.5), "as groups an integer of 1 or more"),
        (lambda: ref.eye((3, 4, 6)), "a matrix, of two dimensions"),
        (lambda: ref.sparse((3, 4), rng=1, sparsity=1.5), "a sparsity from 0 to 1"),
        (lambda: ref.orthogonal((3, 4), rng=1, gain=0), "a finite gain above 0"),
        (lambda: ref.eye.distribution((3, 4)), "have no distribution each"),
        (lambda: ref.he_normal((3, 4), rng=1, mode="fan_avg"), "one of fan_in, fan_out; got"),
    ],
)
def test_says_what_is_wrong(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_a_word_is_expected_where_a_choice_is_meant():
    with pytest.raises(TypeError, match="expected a word as mode, got 1"):
        ref.he_normal((3, 4), rng=1, mode=1)
