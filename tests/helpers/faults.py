"""Faults of samplers, each a function of the right draws, with the words that must name them."""

from __future__ import annotations

import numpy as np
from scipy import stats


def like(draw):
    """Return a fault that draws a distribution of variance 1, brought to the right deviation."""
    return lambda drawn, distribution, rng: (
        distribution.mean() + distribution.std() * draw(rng, drawn.shape)
    )


def of(draw):
    """Return a fault that draws with the right deviation as the scale parameter."""
    return lambda drawn, distribution, rng: distribution.std() * draw(rng, drawn.shape)


def changed(change):
    """Return a fault that changes the right draws."""
    return lambda drawn, distribution, rng: change(drawn.copy())


def irwin_hall(count):
    def draw(rng, shape):
        total = sum(rng.random(shape) - 0.5 for _ in range(count))
        return total * (12 / count) ** 0.5

    return draw


def truncated(at):
    distribution = stats.truncnorm(-at, at)
    return lambda rng, shape: distribution.ppf(rng.random(shape)) / distribution.std()


def contaminated(rng, shape):
    wide = np.where(rng.random(shape) < 0.1, 3.0, 1.0)
    return wide * rng.standard_normal(shape) / (0.9 + 0.1 * 9) ** 0.5


def box_muller(bits):
    def draw(rng, shape):
        first = (rng.integers(0, 2**bits, shape) + 0.5) / 2**bits
        return np.sqrt(-2 * np.log(first)) * np.cos(2 * np.pi * rng.random(shape))

    return draw


def table(rng, shape):
    return stats.norm.ppf((np.arange(1000) + 0.5) / 1000)[rng.integers(0, 1000, shape)]


def filled(change):
    """Return a fault that writes to a copy."""

    def fault(drawn, distribution, rng):
        again = drawn.copy()
        change(again)
        return again

    return fault


def set_at(place, value=0.0):
    def change(w):
        w[place] = value

    return filled(change)


def autoregressive(drawn, distribution, rng):
    z = drawn.ravel().copy()
    for k in range(1, z.size):
        z[k] = 0.3 * z[k - 1] + (1 - 0.09) ** 0.5 * z[k]
    return z.reshape(drawn.shape)


def moving_average(drawn, distribution, rng):
    z = drawn.ravel()
    return ((z + np.roll(z, 1)) / 2**0.5).reshape(drawn.shape)


def lagged(lag, weight):
    def fault(drawn, distribution, rng):
        z = drawn.ravel()
        return ((1 - weight**2) ** 0.5 * z + weight * np.roll(z, lag)).reshape(drawn.shape)

    return fault


def outer(drawn, distribution, rng):
    rows, columns = drawn.shape
    return distribution.std() * np.outer(rng.standard_normal(rows), rng.standard_normal(columns))


def low_rank(drawn, distribution, rng):
    rows, columns = drawn.shape
    return (
        distribution.std()
        / 8
        * rng.standard_normal((rows, 64))
        @ rng.standard_normal((64, columns))
    )


def halves(change):
    def fault(drawn, distribution, rng):
        flat = drawn.ravel().copy()
        half = flat.size // 2
        flat[half:] = change(flat[:half])
        return flat.reshape(drawn.shape)

    return fault


def tiled(count):
    return lambda drawn, distribution, rng: np.resize(drawn.ravel()[:count], drawn.shape)


def symmetric(drawn, distribution, rng):
    return np.triu(drawn) + np.triu(drawn, 1).T


def normed_columns(drawn, distribution, rng):
    return distribution.std() * drawn / np.sqrt(np.mean(drawn**2, axis=0))


ROOT = 2**0.5
NORMAL = "lecun_normal"
CUT = "lecun_truncated_normal"
UNIFORM = "lecun_uniform"

#: Fault, entry, the check that is looked at, and words of what it looks like.
FAULTS = {
    # Shapes, of the right variance
    "laplace": (like(lambda r, s: r.laplace(size=s) / ROOT), NORMAL, "distribution", "a Laplace"),
    "laplace-b": (
        of(lambda r, s: r.laplace(size=s)),
        NORMAL,
        "moments",
        "Laplace distribution; the standard deviation is taken for its scale",
    ),
    "logistic": (
        like(lambda r, s: r.logistic(size=s) * 3**0.5 / np.pi),
        NORMAL,
        "distribution",
        "a logistic",
    ),
    "t3": (
        like(lambda r, s: r.standard_t(3, s) / 3**0.5),
        NORMAL,
        "distribution",
        "t distribution of 3 degrees",
    ),
    "t5": (of(lambda r, s: r.standard_t(5, s)), NORMAL, "moments", "t distribution of 5 degrees"),
    "cauchy": (of(lambda r, s: r.standard_cauchy(s)), NORMAL, "distribution", "a Cauchy"),
    **{
        f"sum{k}": (like(irwin_hall(k)), NORMAL, "tails", f"the sum of {k} uniform")
        for k in (3, 4, 6)
    },
    "triangular": (like(irwin_hall(2)), NORMAL, "distribution", "a triangular"),
    "uniform": (
        like(lambda r, s: r.uniform(-(3**0.5), 3**0.5, s)),
        NORMAL,
        "distribution",
        "a uniform",
    ),
    "uniform-std": (
        of(lambda r, s: r.uniform(-1, 1, s)),
        NORMAL,
        "moments",
        "a uniform distribution; the standard deviation is taken for its limit",
    ),
    "one-sided": (like(lambda r, s: r.uniform(0, 2 * 3**0.5, s)), UNIFORM, "moments", "on [0, "),
    "cut1": (like(truncated(1.0)), NORMAL, "distribution", "cut at 1 standard deviation"),
    "cut3": (like(truncated(3.0)), NORMAL, "tails", "cut at 3 standard deviations"),
    "cut2.3": (like(truncated(2.3)), NORMAL, "distribution", "cut at 2.3 standard deviations"),
    "cut3-for-2": (like(truncated(3.0)), CUT, "distribution", "cut at 3 standard deviations"),
    "normal-for-cut": (
        like(lambda r, s: r.standard_normal(s)),
        CUT,
        "bounds",
        "the tails are not cut",
    ),
    "cut-for-normal": (
        like(truncated(2.0)),
        NORMAL,
        "distribution",
        "cut at two standard deviations",
    ),
    "half-normal": (changed(np.abs), NORMAL, "distribution", "half-normal"),
    "half-normal-negative": (
        changed(lambda w: -np.abs(w)),
        NORMAL,
        "distribution",
        "half-normal distribution (a normal one without its signs), mirrored",
    ),
    "exponential": (
        of(lambda r, s: r.exponential(size=s)),
        NORMAL,
        "distribution",
        "an exponential",
    ),
    "lognormal": (of(lambda r, s: r.lognormal(size=s)), NORMAL, "distribution", "a lognormal"),
    "arcsine": (
        like(lambda r, s: ROOT * np.sin(2 * np.pi * r.random(s))),
        NORMAL,
        "distribution",
        "an arcsine",
    ),
    "product": (
        like(lambda r, s: r.standard_normal(s) * r.standard_normal(s)),
        NORMAL,
        "distribution",
        "the product of two normal",
    ),
    "contaminated": (like(contaminated), NORMAL, "distribution", "a mixture of two normal"),
    "triangular-for-uniform": (like(irwin_hall(2)), UNIFORM, "distribution", "a triangular"),
    "normal-for-uniform": (
        like(lambda r, s: r.standard_normal(s)),
        UNIFORM,
        "bounds",
        "a normal distribution",
    ),
    # Values
    "rademacher": (
        like(lambda r, s: r.choice([-1.0, 1.0], s)),
        NORMAL,
        "distribution",
        "two-point distribution",
    ),
    "ternary": (
        like(lambda r, s: r.choice([-1.0, 0.0, 1.0], s) * 1.5**0.5),
        NORMAL,
        "values",
        "only the values",
    ),
    "clipped": (
        like(lambda r, s: np.clip(r.standard_normal(s), -2, 2) / 0.9594),
        NORMAL,
        "distribution",
        "clipped, not drawn again",
    ),
    "clipped-cut": (
        lambda d, distribution, r: np.clip(
            r.standard_normal(d.shape) * distribution.support()[1] / 2, *distribution.support()
        ),
        CUT,
        "values",
        "clipped, not drawn again",
    ),
    "dropout": (
        lambda d, distribution, r: np.where(r.random(d.shape) < 0.2, 0, d),
        NORMAL,
        "values",
        "of the weights are 0; the others follow a normal",
    ),
    "float16": (
        changed(lambda w: w.astype(np.float16).astype(float)),
        NORMAL,
        "values",
        "numbers of float16",
    ),
    "bfloat16": (
        changed(
            lambda w: (
                (w.astype(np.float32).view(np.uint32) & np.uint32(0xFFFF0000))
                .view(np.float32)
                .astype(float)
            )
        ),
        NORMAL,
        "values",
        "numbers of bfloat16",
    ),
    "grid": (
        changed(lambda w: np.round(w * 1000) / 1000),
        NORMAL,
        "values",
        "a grid of step 0.001",
    ),
    "int8": (
        changed(lambda w: np.round(w / np.abs(w).max() * 127) * np.abs(w).max() / 127),
        UNIFORM,
        "values",
        "a grid of step",
    ),
    "table": (like(table), NORMAL, "values", "only 1,000 different values"),
    "bits12": (
        lambda d, distribution, r: distribution.ppf((r.integers(0, 2**12, d.shape) + 0.5) / 2**12),
        NORMAL,
        "values",
        "a uniform number of 12 bits",
    ),
    "constant": (
        changed(lambda w: np.full_like(w, 0.25)),
        NORMAL,
        "distribution",
        "0.25 everywhere",
    ),
    "zeros": (changed(np.zeros_like), NORMAL, "distribution", "0 everywhere"),
    "last-weight": (
        set_at((-1, -1)),
        NORMAL,
        "independence",
        "the last weight is not filled: 0 in every tensor",
    ),
    "last-row": (set_at(-1), NORMAL, "independence", "the last row is not filled"),
    "first-column": (
        set_at((slice(None), 0)),
        NORMAL,
        "independence",
        "the first column is not filled",
    ),
    "tail": (
        filled(lambda w: w.reshape(-1).__setitem__(slice(-100, None), 0.0)),
        NORMAL,
        "independence",
        "the last 100 weights are not filled",
    ),
    # Scale
    "half-variance": (changed(lambda w: w / ROOT), NORMAL, "moments", "the variance is half"),
    "third": (
        changed(lambda w: w / 3**0.5),
        UNIFORM,
        "moments",
        "the standard deviation stands where the limit belongs",
    ),
    "variance": (
        lambda d, distribution, r: d * distribution.std(),
        NORMAL,
        "moments",
        "the variance stands where the standard deviation belongs",
    ),
    "tanh": (changed(lambda w: w * 5 / 3), NORMAL, "moments", "tanh's gain, 5/3, is applied"),
    "corrected": (
        changed(lambda w: w / stats.truncnorm(-2, 2).std()),
        NORMAL,
        "moments",
        "the variance is that of the bell before its tails are cut",
    ),
    "offset": (
        lambda d, distribution, r: d + 0.1 * distribution.std(),
        NORMAL,
        "moments",
        "the mean is off by +0.",
    ),
    # Order
    "sorted": (
        changed(lambda w: np.sort(w, axis=None).reshape(w.shape)),
        NORMAL,
        "independence",
        "the weights are sorted, ascending",
    ),
    "rows-sorted": (
        changed(lambda w: np.sort(w, axis=1)),
        UNIFORM,
        "independence",
        "the weights of each row are sorted",
    ),
    "centred": (
        changed(lambda w: w - w.mean()),
        NORMAL,
        "independence",
        "the mean of each tensor was set",
    ),
    "antithetic": (
        halves(np.negative),
        NORMAL,
        "independence",
        "antithetic: the second half is the first one with its sign",
    ),
    "halves": (halves(lambda w: w), NORMAL, "independence", "rows repeat after 128"),
    "mirrored": (
        halves(lambda w: w[::-1]),
        NORMAL,
        "independence",
        "the second half is the first one backwards",
    ),
    "antithetic-mirrored": (
        halves(lambda w: -w[::-1]),
        NORMAL,
        "independence",
        "backwards, with the sign turned round",
    ),
    "pairs": (
        changed(lambda w: np.repeat(w.ravel()[::2], 2).reshape(w.shape)),
        NORMAL,
        "independence",
        "each weight comes twice on end",
    ),
    "antithetic-pairs": (
        changed(lambda w: np.stack([w.ravel()[::2], -w.ravel()[::2]], 1).reshape(w.shape)),
        NORMAL,
        "independence",
        "antithetic",
    ),
    "tiled": (tiled(1000), NORMAL, "independence", "repeats after 1,000 weights"),
    "rows-equal": (
        changed(lambda w: np.tile(w[:1], (len(w), 1))),
        NORMAL,
        "independence",
        "all rows are equal",
    ),
    "columns-equal": (
        changed(lambda w: np.tile(w[:, :1], (1, w.shape[1]))),
        NORMAL,
        "independence",
        "all columns are equal",
    ),
    "rows-period": (
        changed(lambda w: np.tile(w[:16], (len(w) // 16, 1))),
        NORMAL,
        "independence",
        "the rows repeat after 16",
    ),
    "outer": (outer, NORMAL, "independence", "rank 1 only"),
    "low-rank": (low_rank, NORMAL, "independence", "rank 64 only"),
    "autoregressive": (
        autoregressive,
        NORMAL,
        "independence",
        "one 1 place before it by +0.299 (an autoregression)",
    ),
    "moving-average": (moving_average, NORMAL, "independence", "1 place before it by +0.5"),
    "lag-7": (lagged(7, 0.2), NORMAL, "independence", "7 places before it"),
    "lag-rows": (lagged(512, 0.2), NORMAL, "independence", "2 rows above it"),
    "symmetric": (symmetric, NORMAL, "independence", "its transpose is the same"),
    "normed": (normed_columns, NORMAL, "independence", "columns have all the same size"),
    "box-muller": (like(box_muller(8)), NORMAL, "tails", "no draws beyond 3."),
}
