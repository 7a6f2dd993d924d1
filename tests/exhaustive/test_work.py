"""A chunk, surveyed: what a sweep says of its binade, and that a sample says no more."""

import numpy as np
import pytest
from helpers.imports import MODULES, ROOT, imported
from helpers.wrong import Right

from actinit.conformance.error.rows import DEFECTS
from actinit.conformance.error.tally import Tally
from actinit.conformance.exhaustive import work
from actinit.conformance.exhaustive.piece import Origin
from actinit.conformance.exhaustive.work import BackendRaisedError, Task, probe, survey, tally_of
from actinit.conformance.expected.batches import batches
from actinit.conformance.expected.question import question
from actinit.conformance.formats import FORMATS
from actinit.spec import activations

FLOAT32 = FORMATS["float32"]
GELU = activations["gelu"]


class LostTail(Right):
    """1 + erf, which cancels."""

    def value(self, entry, x, parameters):
        from scipy import special

        half = np.float32(0.5)
        return x * half * (1 + special.erf(x * np.float32(np.sqrt(0.5)))).astype(np.float32)


class Raising(Right):
    def value(self, entry, x, parameters):
        if x.size > 1:
            raise MemoryError("no room")
        return super().value(entry, x, parameters)


@pytest.fixture
def backend(monkeypatch):
    """Put adapters where work looks for them."""
    known = {}
    monkeypatch.setattr(work, "_adapter", known.__getitem__)
    return known


def chunk_of(x):
    return (x.view(np.uint32) >> 23) & 255


def test_a_sample_says_nothing_that_the_sweep_does_not(backend):
    backend["lost"] = LostTail()
    chunk = 129  # from 4 to 8
    [(_, piece)] = survey((Task("lost", "gelu", "value", chunk),))
    swept = tally_of(piece)
    asked, sampled = question(GELU, FLOAT32, "value"), Tally(FLOAT32)
    (batch,) = batches(GELU, FLOAT32, "value")
    got = backend["lost"].value(GELU, batch.x, {})
    for negative in (True, False):
        here = (chunk_of(batch.x) == chunk) & (np.signbit(batch.x) == negative)
        order = np.argsort(batch.x[here].view(np.uint32))
        x, y, right = (a[here][order] for a in (batch.x, got, batch.exact.rounded))
        sampled.add(x, y, right, asked)
    assert 1_000 < sampled.count < swept.count == 2**24
    assert sampled.number("beyond") > 100
    for defect in DEFECTS:
        if not sampled.number(defect):
            continue
        index = DEFECTS.index(defect)
        assert sampled.number(defect) <= swept.number(defect), defect
        assert sampled.rows["first"][:, index].min() >= swept.rows["first"][:, index].min()
        assert sampled.rows["last"][:, index].max() <= swept.rows["last"][:, index].max()
    assert sampled.worst("worst")["worst"] <= swept.worst("worst")["worst"]


def test_backends_that_share_a_chunk_say_what_they_say_alone(backend):
    backend |= {"lost": LostTail(), "right": Right()}
    tasks = tuple(Task(name, "gelu", "value", 130) for name in backend)
    together = {task: piece.tally for task, piece in survey(tasks)}
    alone = {task: survey((task,))[0][1].tally for task in tasks}
    assert together == alone
    assert len(set(alone.values())) == 2


def test_the_special_values_are_judged_where_the_entry_states_them(backend):
    backend["right"] = Right()
    for name in ("gelu", "relu", "sigmoid"):
        for part in ("value", "derivative"):
            [(_, piece)] = survey((Task("right", name, part, 255),))
            tally = tally_of(piece)
            assert tally.number("nonfinite") == tally.number("beyond") == 0, (name, part)


def test_a_wrong_value_at_nan_is_seen(backend):
    class NoNan(Right):
        def value(self, entry, x, parameters):
            return np.nan_to_num(super().value(entry, x, parameters), nan=0.0)

    backend["wrong"] = NoNan()
    [(_, piece)] = survey((Task("wrong", "relu", "value", 255),))
    assert tally_of(piece).number("nonfinite") >= 2**24 - 2


def test_what_a_backend_raises_is_told_with_the_inputs(backend):
    backend["raising"] = Raising()
    said = r"raising raised MemoryError for the value of relu on 65,536 inputs .*no room"
    with pytest.raises(BackendRaisedError, match=said):
        survey((Task("raising", "relu", "value", 127),))


def test_a_probe_says_what_pieces_will_be_of(backend):
    backend["right"] = Right()
    work._origin.cache_clear()
    _, origin = probe(Task("right", "gelu", "value"))
    assert isinstance(origin, Origin)
    assert (origin.entry, origin.part, origin.backend) == ("gelu", "value", "own")
    _, other = probe(Task("right", "gelu", "derivative"))
    assert origin.digest != other.digest


def test_a_digest_covers_all_modules_that_judge_an_input():
    place = "conformance"
    seen, left = set(), [f"{place}.error.tally", f"{place}.expected.question"]
    while left:
        name = left.pop()
        seen.add(name)
        file = MODULES[name]
        for full in imported(file.read_text(), name, is_package=file.stem == "__init__"):
            module = full if full in MODULES else full.rpartition(".")[0]
            if module.startswith(place) and not module.startswith(f"{place}.oracle"):
                left += [module] if module in MODULES and module not in seen else []
    files = {str(MODULES[name].relative_to(ROOT / place)) for name in seen}
    # Packages only say what they are; exact values are stored under a digest of their own.
    assert {name for name in files if not name.endswith("__init__.py")} == set(work.COUNTING)
