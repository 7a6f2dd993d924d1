"""What is kept of a sweep: every piece once, none that is not whole, none of another sweep."""

import msgspec
import pytest

from actinit.conformance.exhaustive.journal import Journal, MixedSweepError
from actinit.conformance.exhaustive.piece import Origin, Piece, Seconds


def origin(**changes):
    found = Origin(
        backend="torch",
        family="torch",
        device="cpu",
        versions={"torch": "2.13.0"},
        truth={"numpy": "2.4.6"},
        platform="linux-x86_64",
        cpu="AuthenticAMD",
        simd="avx512",
        entry="tanh",
        part="value",
        digest="0123",
    )
    return msgspec.structs.replace(found, **changes)


def piece(chunk, **changes):
    seconds = Seconds(backend=0.1, reference=0.2, total=0.4)
    return Piece(
        origin=origin(**changes), chunk=chunk, tally=bytes(chunk), seconds=seconds, host="here"
    )


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "sweep")


def test_what_is_kept_is_found_again_in_order(journal):
    for chunk in (200, 3, 17):
        journal.keep(piece(chunk))
    found = Journal(journal.folder).pieces()
    assert list(found) == [3, 17, 200]
    assert found[17] == piece(17)


def test_a_chunk_that_is_done_twice_is_kept_once(journal):
    journal.keep(piece(5))
    journal.keep(piece(5))
    assert list(journal.pieces()) == [5]
    assert len(list(journal.folder.glob("chunk-*"))) == 1


def test_half_a_file_is_no_piece(journal):
    journal.keep(piece(5))
    journal.keep(piece(6))
    (file,) = journal.folder.glob("chunk-005*")
    file.write_bytes(file.read_bytes()[:40])
    assert list(journal.pieces()) == [6]
    journal.keep(piece(5))
    assert list(journal.pieces()) == [5, 6]


def test_a_file_that_was_not_finished_is_not_seen(journal, monkeypatch):
    journal.keep(piece(5))
    monkeypatch.setattr("os.fsync", lambda handle: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        journal.keep(piece(6))
    assert list(journal.pieces()) == [5]
    assert len(list(journal.folder.iterdir())) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"versions": {"torch": "2.14.0"}},
        {"simd": "avx2"},
        {"digest": "4567"},
        {"truth": {"numpy": "2.0.0"}},
    ],
)
def test_pieces_of_another_sweep_are_refused_and_nothing_is_lost(journal, change):
    journal.keep(piece(5))
    (name, value) = next(iter(change.items()))
    with pytest.raises(MixedSweepError, match=f"{name} was .* and is .*--fresh") as caught:
        journal.keep(piece(6, **change))
    assert str(value) in str(caught.value)
    assert list(journal.pieces()) == [5]


def test_a_cleared_journal_takes_pieces_of_another_sweep(journal):
    journal.keep(piece(5))
    journal.clear()
    journal.keep(piece(6, digest="4567"))
    assert list(journal.pieces()) == [6]
