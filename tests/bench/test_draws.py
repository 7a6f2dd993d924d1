"""What ``actinit bench draws`` prints and writes, on small draws and with a clock of our own."""

from __future__ import annotations

import pytest

from actinit import reference as ref
from actinit.conformance.bench import draws
from actinit.conformance.commands import main
from actinit.conformance.results.bench import DrawsBench
from actinit.conformance.results.store import read

SMALL = (
    draws.Compared("orthogonal", (5, 4), "numpy.linalg.qr", 3.0),
    draws.Compared("he_normal", (5, 4), "Generator.standard_normal", 4.0),
)


@pytest.mark.parametrize("pair", draws.COMPARED, ids=lambda pair: pair.initializer)
def test_what_is_compared_is_of_one_shape(pair):
    assert pair.initializer in ref.initializers
    draw, plain = pair._replace(shape=(6, 4)).prepare()
    assert draw().shape == (6, 4)
    result = plain()
    assert getattr(result, "Q", result).shape == (6, 4)


def test_a_ratio_is_the_median_of_rounds(monkeypatch):
    clock = iter([6.0, 2.0, 50.0, 1.0, 8.0, 2.0])  # draw, NumPy, draw, NumPy ...: 3, 50, 4
    monkeypatch.setattr(draws, "_seconds", lambda work: next(clock))
    (ratio,) = draws.measure(3, compared=SMALL[:1])
    assert (ratio.ratio, ratio.bound, ratio.holds) == (4.0, 3.0, False)
    assert ratio.of == "numpy.linalg.qr"


def test_the_command_writes_its_file(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(draws.measure, "__defaults__", (5, lambda text: None, SMALL))
    monkeypatch.setattr(draws, "_seconds", lambda work: 1.0)
    file = tmp_path / "bench-draws.json"
    assert main(["bench", "draws", "--rounds", "1", "--output", str(file)]) == 0
    bench = read(file, DrawsBench)
    assert [ratio.ratio for ratio in bench.ratios] == [1.0, 1.0]
    assert set(bench.versions) == {"numpy"}
    assert "numpy.linalg.qr" in capsys.readouterr().out


def test_rounds_are_one_or_more(capsys):
    with pytest.raises(SystemExit):
        main(["bench", "draws", "--rounds", "0"])
    assert "--rounds" in capsys.readouterr().err
