"""A framework that is made up: right but for a lost tail and an error in one interval."""

from __future__ import annotations

import msgspec
import numpy as np

from actinit import reference as ref
from actinit import spec
from actinit.conformance.known.baseline import of_report
from actinit.conformance.known.files import save_baseline
from actinit.conformance.plan import plan
from actinit.conformance.run.session import Session
from helpers.wrong import Right

CHECK = "activation/gelu/float16/value/ulp"


class Framework(Right):
    """GELU is -0.0 below `tail`, and off by `ulps` from 1 to 2."""

    name = family = "framework"
    version = "1.0"
    tail = -3.9
    ulps = 40.0

    def versions(self):
        return {"framework": self.version}

    def value(self, entry, x, parameters):
        got = super().value(entry, x, parameters)
        if entry.name != "gelu" or x.dtype != np.float16:
            return got
        wide = x.astype(np.float64)
        got = np.where(wide < self.tail, np.float16(-0.0), got)
        # From 1 to 2 the results lie from 0.84 to 1.95; half an ulp of theirs is 2**-12.
        return np.where((wide >= 1) & (wide < 2), got + self.ulps * 2.0**-11, got).astype(x.dtype)


class Triple(Framework):
    def value(self, entry, x, parameters):
        with np.errstate(over="ignore"):
            return 3 * x if entry.name == "gelu" else super().value(entry, x, parameters)


class Raising(Framework):
    def value(self, entry, x, parameters):
        raise RuntimeError("out of luck")


class LongerTail(Framework):
    tail = -2.6


class TailFromABinadeEarlier(Framework):
    """So early that what is lost is no small number: another kind of finding."""

    tail = -1.95


class Sixteenfold(Framework):
    ulps = 16 * Framework.ulps


class SlightlyWorse(Framework):
    ulps = 1.5 * Framework.ulps


class RightAgain(Framework):
    def value(self, entry, x, parameters):
        return ref.activations[entry.name](x, **parameters)


class HalfRight(Framework):
    """The tail is there again, the error is not gone."""

    tail = -np.inf


def check():
    """Return the check that they are asked."""
    (found,) = (
        one for one in plan({"gelu": spec.activations["gelu"]}, {}, {}, {}, {}) if one.id == CHECK
    )
    return found


def run(adapter, **options):
    """Return the result of the check on a backend."""
    return Session(adapter, **options).run(check())


def baseline(folder, adapter=None, machine=None):
    """Write the baseline of the framework, on this machine or one with other facts."""
    session = Session(adapter or Framework())
    session.run(check())
    report = session.report(complete=True)
    if machine:
        report = msgspec.structs.replace(
            report, machine=msgspec.structs.replace(report.machine, **machine)
        )
    return save_baseline(of_report(report), folder)
