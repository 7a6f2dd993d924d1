"""From draws to an outcome: each judge holds a sample against one demand of the distribution."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..check import Finding, Outcome, Witness
from ..formats import FORMATS
from ..kinds import Kind
from . import diagnosis, distributions, examine
from .draws import Draw
from .figures import figure
from .goodness import Verdict
from .plan import settled, stage_of
from .sample import Sample

__all__ = [
    "bounds",
    "by_test",
    "constant",
    "equal_to",
    "figures",
    "findings_of",
    "nonfinite",
    "nonfinite_among",
    "tested",
]

Array = NDArray[Any]
_ENDS = {"lower": "min", "upper": "max"}
# Of tensors that are stacked in w: rows, or columns, that are another one again.
_AGAIN = {
    "rows": "len(r := w.reshape(-1, w.shape[2])) - len(np.unique(r, axis=0))",
    "columns": "len(c := np.moveaxis(w, 2, 1).reshape(-1, w.shape[1])) - len(np.unique(c, axis=0))",
}
#: From the stage to a sample.
Sampler = Callable[[int], Sample]


def nonfinite(*samples: Array) -> Outcome | None:
    """Object to weights that are infinite or nan; None if there are none."""
    bad = sum(int(np.count_nonzero(~np.isfinite(drawn))) for drawn in samples)
    return nonfinite_among(bad, sum(drawn.size for drawn in samples))


def nonfinite_among(bad: int, size: int) -> Outcome | None:
    """Object to so many weights that are infinite or nan; None if there are none."""
    if not bad:
        return None
    finding = Finding(
        key="nonfinite",
        kind="non-finite",
        defect="nonfinite",
        sentence=f"{bad:,} of {size:,} weights are infinite or nan",
        count=bad,
        points=size,
        worst=Witness.figure(
            "weights that are infinite or nan", bad, 0, measure="(~np.isfinite(w)).sum()"
        ),
    )
    return Outcome.diverging([finding], measured={"n": size, "nonfinite": bad})


def constant(draw: Draw, drawn: Array) -> Outcome:
    """Hold every weight to one number, rounded to the dtype."""
    right = FORMATS[draw.dtype].dtype.type(draw.distribution.mean())
    default = FORMATS[draw.dtype].dtype.type(
        distributions.distribution_of(
            draw.entry, {**draw.names, **distributions.defaults(draw.entry)}
        ).mean()
    )
    return equal_to(right, drawn, default)


def equal_to(right: Any, drawn: Array, default: Any = None) -> Outcome:
    """Hold every weight to be one number of the dtype.

    Parameters
    ----------
    right : scalar
        The number.
    drawn : ndarray
        What came back.
    default : scalar, optional
        What it would be if the backend's parameters were ignored.
    """
    wrong = drawn[drawn != right]
    measured: dict[str, float] = {"n": drawn.size, "wrong": wrong.size}
    if not wrong.size:
        return Outcome(conforms=True, message=f"{right} everywhere", measured=measured)
    cause = diagnosis.in_place_of(right, drawn, default)
    finding = Finding(
        key="constant",
        kind="definition",
        defect="constant",
        sentence=f"{wrong.size:,} of {drawn.size:,} weights are not {right}; one is "
        f"{wrong[0]}{_likely(cause)}",
        looks_like=cause,
        count=wrong.size,
        points=drawn.size,
        worst=Witness.figure(
            "the first that differs",
            float(wrong[0]),
            float(right),
            measure=f"w[w != {float(right)!r}][0]",
        ),
    )
    return Outcome.diverging([finding], measured=measured)


def bounds(draw: Draw, sample: Sample) -> Outcome:
    """Hold every weight to the bounds of the distribution, rounded to the dtype."""
    kept = sample.summary
    if bad := nonfinite_among(kept.nonfinite, kept.size):
        return bad
    least, greatest = sample.bounds
    span = f"[{kept.least!r}, {kept.greatest!r}]"
    measured: dict[str, float] = {
        "n": kept.size, "outside": kept.outside, "min": kept.least, "max": kept.greatest,
    }  # fmt: skip
    if not kept.outside:
        message = f"{kept.size:,} draws within {span}"
        return Outcome(conforms=True, message=message, measured=measured)
    sides = {
        "lower": (kept.least, least, least - kept.least),
        "upper": (kept.greatest, greatest, kept.greatest - greatest),
    }
    cause = diagnosis.cause(draw, sample, "bounds", ())
    findings = [
        Finding(
            key=f"bounds/{side}",
            kind="range",
            defect="bounds",
            sentence=f"{kept.outside:,} of {kept.size:,} draws are outside [{least!r}, "
            f"{greatest!r}], the bounds rounded to {draw.dtype}; they fill {span}{_likely(cause)}",
            looks_like=cause,
            count=kept.outside,
            points=kept.size,
            worst=Witness.figure(
                f"{side} end", float(got), float(bound), measure=f"w.{_ENDS[side]}()"
            ),
            data={"tensors": kept.tensors, "later": 0},
        )
        for side, (got, bound, past) in sides.items()
        if past > 0
    ]
    return Outcome.diverging(findings, findings[0].sentence, measured=measured)


def tested(draw: Draw, sampler: Sampler, about: str) -> Outcome:
    """Hold a sample to the tests of one demand, in two stages.

    Parameters
    ----------
    draw : Draw
        What was asked for.
    sampler : callable
        Draws; stage 0 is the first.
    about : {"distribution", "moments", "tails", "values", "independence"}
        The demand.
    """
    first = sampler(0)
    kept = first.summary
    if bad := nonfinite_among(kept.nonfinite, kept.size):
        return bad
    repeated = first.repeated() if about == "independence" else {}
    found, failing = settled(lambda stage: examine.EVERY[about](sampler(stage)))
    measured = {"n": kept.size, **figures(found), **repeated}
    if about == "moments":
        measured |= {"drawn_mean": first.mean, "drawn_stddev": first.standard_deviation}
        measured |= {"due_mean": first.distribution.mean, "due_stddev": first.distribution.stddev}
    cause = diagnosis.cause(draw, first, about, ()) if any(repeated.values()) else ""
    again = [
        Finding(
            key=f"independence/equal-{name}",
            kind="independence",
            defect="repeated",
            sentence=f"{count:,} of {kept.tensors * kept.shape[name == 'columns']:,} {name} of "
            f"{kept.tensors} tensors are another one again, bit for bit{_likely(cause)}",
            looks_like=cause,
            count=int(count),
            points=kept.tensors * kept.shape[name == "columns"],
            worst=Witness.figure(
                f"{name} that are another one again", count, 0, measure=_AGAIN[name]
            ),
            data={"tensors": kept.tensors, "later": 0},
        )
        for name, count in repeated.items()
        if count
    ]
    if again:
        return Outcome.diverging(again, measured=measured)
    if not failing:
        return Outcome(conforms=True, message=_praise(about, first, found), measured=measured)
    stage = stage_of(found, failing)
    findings = findings_of(draw, sampler(stage), about, failing, later=stage * kept.tensors)
    return Outcome.diverging(findings, findings[0].sentence, measured=measured)


def findings_of(
    draw: Draw, sample: Sample, about: str, failing: Mapping[str, Verdict], later: int = 0
) -> list[Finding]:
    """Return a finding for each test of one demand that failed, with what the sample looks like.

    Parameters
    ----------
    draw : Draw
        What was asked for.
    sample : Sample
        What was drawn; finite.
    about : str
        The demand, as for `tested`.
    failing : mapping of str to Verdict
        The tests that failed, one at least.
    later : int, optional
        How many tensors were drawn before these.
    """
    complaint = _COMPLAINTS[about](draw, sample, failing)
    cause = diagnosis.cause(draw, sample, about, failing)
    complaint = f"{complaint}{_likely(cause, complaint)} [{_surely(sample, failing)}]"
    kind: Kind = "independence" if about == "independence" else "distribution"
    return [
        Finding(
            key=f"{about}/{name}",
            kind=kind,
            defect=about,
            sentence=complaint,
            count=1,
            worst=figure(name, sample, test),
            data={
                "statistic": test.statistic,
                "p": test.p,
                "tensors": sample.summary.tensors,
                "later": later,
            },
            looks_like=cause,
        )
        for name, test in failing.items()
    ]


def by_test(
    failing: Mapping[str, Verdict],
    kind: Kind,
    about: str,
    message: str,
    worst: Mapping[str, Witness],
    cause: str = "",
    **data: float,
) -> list[Finding]:
    """Return a finding for each test that failed, with its figure, statistic and p-value.

    Parameters
    ----------
    failing : mapping of str to Verdict
        The tests by name.
    kind, about, message
        Kind, defect and sentence of the findings.
    worst : mapping of str to Witness
        What each test measured, beside what is due.
    cause : str, optional
        What the draws look like.
    **data
        Further facts.
    """
    return [
        Finding(
            key=f"{about}/{name.replace(' ', '-')}",
            kind=kind,
            defect=about,
            sentence=message,
            worst=worst[name],
            data={"statistic": test.statistic, "p": test.p, **data},
            looks_like=cause,
        )
        for name, test in failing.items()
    ]


def _likely(cause: str, told: str = "") -> str:
    """Return how a sentence goes on that has not told the cause yet."""
    return f"; this looks like: {cause}" if cause and cause not in told else ""


def figures(tests: Mapping[str, Verdict]) -> dict[str, float]:
    """Return statistics and p-values by name of test."""
    statistics = {name: test.statistic for name, test in tests.items()}
    return statistics | {f"{name}_p": test.p for name, test in tests.items()}


def _praise(about: str, sample: Sample, found: Mapping[str, Verdict]) -> str:
    if about == "moments":
        return f"mean {sample.mean:.4g}, standard deviation {sample.standard_deviation:.6g}"
    least = min((test.p for test in found.values()), default=1.0)
    return f"{sample.summary.size:,} draws, {len(found)} tests, least p = {least:.2g}"


def _surely(sample: Sample, failing: Mapping[str, Verdict]) -> str:
    tests = ", ".join(
        f"{name.replace('_', ' ')} {test.statistic:.4g}, p = {test.p:.1g}"
        for name, test in failing.items()
    )
    return f"{sample.summary.size:,} draws: {tests}"


def _shape(draw: Draw, sample: Sample, failing: Mapping[str, Verdict]) -> str:
    if sample.format.exhaustive:
        return (
            f"expected {draw}, rounded to {draw.dtype}; the numbers of {draw.dtype} are not drawn "
            f"as often as is due: {np.count_nonzero(sample.summary.counts):,} of them occur"
        )
    return f"expected {draw}; the draws follow {diagnosis.shape(sample)}"


def _moments(draw: Draw, sample: Sample, failing: Mapping[str, Verdict]) -> str:
    return (
        f"expected {draw}; the draws have mean {sample.mean:.6g}, standard deviation "
        f"{sample.standard_deviation:.6g}: {diagnosis.moments(draw, sample, failing)}"
    )


def _tails(draw: Draw, sample: Sample, failing: Mapping[str, Verdict]) -> str:
    parts = []
    for name, test in failing.items():
        side, _, probability = name.partition("_")
        if probability == "extreme":
            ends = "furthest draw of both sides" if side == "both" else f"{side} end of the draws"
            parts.append(f"the {ends} is where {test.statistic:.3g} draws further out are due")
            continue
        due = float(probability) * sample.summary.size
        parts.append(
            f"{test.statistic:,.0f} draws are in the {side} tail of probability {probability}, "
            f"{due:,.0f} are due"
        )
    return "; ".join(parts)


def _values(draw: Draw, sample: Sample, failing: Mapping[str, Verdict]) -> str:
    kept = sample.summary
    words = {
        "zeros": f"{kept.zeros:,} of {kept.size:,} draws are exactly 0",
        "lower_end": f"{kept.ends[0]:,} of {kept.size:,} draws are the lower bound itself",
        "upper_end": f"{kept.ends[1]:,} of {kept.size:,} draws are the upper bound itself",
        "collisions": f"of the first {kept.uniform.size:,} draws only "
        f"{kept.uniform.size - kept.collisions:,} are distinct",
    }
    return "; ".join(words[name] for name in failing)


def _independence(draw: Draw, sample: Sample, failing: Mapping[str, Verdict]) -> str:
    words = {
        "in_rows": "neighbours in a row are correlated",
        "in_columns": "neighbours in a column are correlated",
        "squares": "the sizes of neighbours are correlated",
        "halves": "the second half of a tensor is correlated with the first",
        "tensors": "tensors of successive seeds are correlated",
        "row_means": "rows have means of their own",
        "column_means": "columns have means of their own",
        "lags": "weights at some distance are correlated",
        "mirror": "weights are correlated with those in reverse order",
        "rows_alike": "some rows are correlated with each other",
        "columns_alike": "some columns are correlated with each other",
        "transpose": "the tensor is correlated with its transpose",
        "row_sizes": "rows differ in size more, or less, than independent weights do",
        "column_sizes": "columns differ in size more, or less, than independent weights do",
        "tensor_means": "the means of tensors differ less, or more, than independent weights make "
        "them",
        "unchanged": "some weights are the same in every tensor",
    }
    return "; ".join(words[name] for name in failing)


_COMPLAINTS = {
    "distribution": _shape,
    "moments": _moments,
    "tails": _tails,
    "values": _values,
    "independence": _independence,
}
