import os
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.base import ids
from liren.base.ids import ALPHABET, new_code, normalise_code, uuid7


def test_uuid7_has_the_version_the_variant_and_the_time():
    before = time.time_ns() // 1_000_000
    made = uuid7()
    after = time.time_ns() // 1_000_000
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert before <= made.int >> 80 <= after + 1


def test_uuid7_rises_and_never_repeats():
    made = [uuid7() for _ in range(50_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert [str(m) for m in made] == sorted(str(m) for m in made)


def test_uuid7_rises_when_the_clock_is_set_back(monkeypatch):
    first = uuid7()
    monkeypatch.setattr(ids.time, "time_ns", lambda: 1_000_000)
    made = [uuid7() for _ in range(100)]
    assert first < made[0]
    assert made == sorted(set(made))


def test_uuid7_survives_a_full_counter(monkeypatch):
    uuid7()
    monkeypatch.setattr(ids, "_counter", (1 << 42) - 2)
    monkeypatch.setattr(ids.time, "time_ns", lambda: 1_000_000)
    made = [uuid7() for _ in range(4)]
    assert made == sorted(set(made))


def test_uuid7_is_unique_across_threads_and_rises_in_each():
    rows: list[list] = [[] for _ in range(8)]

    def fill(row):
        row.extend(uuid7() for _ in range(2_000))

    threads = [threading.Thread(target=fill, args=(row,)) for row in rows]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert all(row == sorted(row) for row in rows)
    assert len({m for row in rows for m in row}) == 16_000


def test_uuid7_differs_after_a_fork():
    uuid7()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, b"".join(uuid7().bytes for _ in range(50)))
        os._exit(0)
    mine = {uuid7().bytes for _ in range(50)}
    os.waitpid(child, 0)
    theirs = os.read(read, 800)
    os.close(read)
    os.close(write)
    assert len(theirs) == 800
    assert not mine & {theirs[i : i + 16] for i in range(0, 800, 16)}


def test_codes_have_no_ambiguous_sign():
    assert not set("01OILoil") & set(ALPHABET)
    assert len(ALPHABET) == len(set(ALPHABET)) == 31
    code = new_code()
    assert len(code) == 8
    assert set(code) <= set(ALPHABET)
    assert len({new_code() for _ in range(2_000)}) == 2_000


def test_a_code_needs_a_length():
    with pytest.raises(ValueError, match="at least one"):
        new_code(0)


@given(st.text(ALPHABET, min_size=1, max_size=20), st.sampled_from(["", " ", "-", "\u3000", "－"]))
def test_a_code_is_recognised_however_it_is_typed(code, gap):
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code)
    for typed in (code, code.lower(), gap.join(code), f"  {code}\n", wide, gap.join(wide.lower())):
        assert normalise_code(typed) == code


@given(st.text(max_size=200))
def test_normalising_a_code_is_stable_and_never_fails(typed):
    once = normalise_code(typed)
    assert normalise_code(once[:64]) == once[:64] or len(once) > 64
