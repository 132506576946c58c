"""Spellings of one place."""

import pytest

from liren.people.register.names import key_of, shown
from liren.territory.enums import Level


@pytest.mark.parametrize(
    ("level", "spellings"),
    [
        (Level.BUILDING, ["3号楼", "3栋", "３幢", "三号楼", "03", "3#", "3#楼", "3 号楼", "第3栋"]),
        (Level.BUILDING, ["12号楼", "十二号楼", "12"]),
        (Level.BUILDING, ["A座", "a栋", "Ａ"]),
        (Level.UNIT, ["2单元", "二单元", "2", "2门", "02"]),
        (Level.GRID, ["第1网格", "一网格", "1号网格", "网格1", "1", "第一网格"]),
        (Level.HOUSEHOLD, ["501", "501室", "501号", "０501"]),
    ],
)
def test_all_spellings_share_a_key(level, spellings):
    assert len({key_of(level, text) for text in spellings}) == 1


@pytest.mark.parametrize(
    ("level", "one", "other"),
    [
        (Level.BUILDING, "3号楼", "13号楼"),
        (Level.BUILDING, "东楼", "西楼"),
        (Level.BUILDING, "十里楼", "十里堡"),
        (Level.HOUSEHOLD, "501", "501-1"),
        (Level.HOUSEHOLD, "1", "一"),
        (Level.UNIT, "1单元", "11单元"),
    ],
)
def test_different_places_have_different_keys(level, one, other):
    assert key_of(level, one) != key_of(level, other)


@pytest.mark.parametrize("text", ["楼", "号", "单元", "室", "网格", "第", "0", "#", "", " "])
def test_odd_names_have_some_key(text):
    for level in (Level.GRID, Level.BUILDING, Level.UNIT, Level.HOUSEHOLD):
        key_of(level, text)


def test_a_bare_number_is_completed():
    assert shown(Level.BUILDING, "03") == "3号楼"
    assert shown(Level.UNIT, "２") == "2单元"
    assert shown(Level.GRID, "1") == "第1网格"
    assert shown(Level.HOUSEHOLD, "501") == "501"
    assert shown(Level.BUILDING, "A座") == "A座"
