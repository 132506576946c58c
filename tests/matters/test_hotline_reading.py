"""Pasted tickets, limits as people write them, addresses of the tree: without a database."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.matters.kernel import tickets
from liren.matters.kernel.addresses import Gazetteer, Group, Known


def at(text):
    """A moment as the kernel gives it: local, without a zone."""
    return datetime.fromisoformat(text)


TODAY = at("2026-11-23 09:00")


def test_several_tickets_with_either_colon_and_missing_fields():
    found = tickets.split(
        "12345 今日转办\n工单编号：A1\n诉求人:赵某 联系电话：13800000001\n事发地址：长山花园3号楼\n"
        "诉求内容：居民说：灯不亮，\n已经一周。\n办理时限：2026-11-25\n"
        "\n--------\n二、\n工单编号:A2\n【来电内容】垃圾没人清\n"
    )
    assert found == [
        {
            "number": "A1",
            "name": "赵某",
            "phone": "13800000001",
            "address": "长山花园3号楼",
            "text": "居民说：灯不亮，\n已经一周。",
            "due": "2026-11-25",
        },
        {"number": "A2", "text": "垃圾没人清"},
    ]


def test_a_ticket_may_begin_with_another_field_than_its_number():
    found = tickets.split("诉求人：甲某\n工单号：1\n内容：灯\n诉求人：乙某\n工单号：2\n内容：门")
    assert [one["number"] for one in found] == ["1", "2"]
    assert [one["name"] for one in found] == ["甲某", "乙某"]


@pytest.mark.parametrize(
    "pasted",
    [
        "受理编号\tB7\n反映内容\t单元门坏了",
        "【受理编号】B7【反映内容】单元门坏了",
        "受理编号（必填）： B7； 反映内容 ：单元门坏了",
        "受理编号：B7\r\n反映内容：单元门坏了\r\n",
        "1.受理编号：B7\n2.反映内容：单元门坏了",
    ],
)
def test_the_same_ticket_in_many_hands(pasted):
    assert tickets.split(pasted) == [{"number": "B7", "text": "单元门坏了"}]


@pytest.mark.parametrize("rule", ["-" * 400, "—— " * 300, "\n" * 5000, "\n1、" * 2000, " " * 20000])
def test_rules_and_empty_lines_inside_a_text_stay_in_it_and_are_read_in_one_pass(rule):
    # Reading such a text backwards and forwards again took hours.
    assert tickets.split(f"工单编号：1\n诉求内容：灯不亮\n{rule}\n经办：甲") == [
        {"number": "1", "text": f"灯不亮\n{rule}\n经办：甲"}
    ]
    assert tickets.split(f"地址{rule}甲\n工单编号：1") == [{"number": "1"}]


def test_many_fields_in_one_paste():
    assert len(tickets.split("编号：1\n" * 16_000)) == 16_000


def test_everyday_words_inside_a_sentence_are_no_fields():
    found = tickets.split("工单编号：1\n诉求内容：电表编号：77，物业电话：没人接，位置：说不清")
    assert found == [
        {"number": "1", "text": "电表编号：77，物业电话：没人接，位置：说不清"},
    ]


def test_words_without_fields_are_no_ticket():
    assert tickets.split("楼道灯不亮，请尽快处理") == []
    assert tickets.split("") == []


@given(st.text(max_size=300))
def test_no_text_breaks_the_splitting(text):
    for one in tickets.split(text):
        assert all(one.values())
        assert set(one) <= set(tickets.NAMES)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-25 17:30", at("2026-11-25 17:30")),
        ("2026/11/25", at("2026-11-25 17:00")),
        ("2026年11月25日17时30分前", at("2026-11-25 17:30")),
        ("11月25日下午5点", at("2026-11-25 17:00")),
        ("1月3日", at("2027-01-03 17:00")),
        ("２０２６－１１－２５　１７：３０", at("2026-11-25 17:30")),
        ("2026-11-25T17:30:00", at("2026-11-25 17:30")),
        ("2026-11-25 24:00", at("2026-11-25 23:59")),
    ],
)
def test_moments(text, moment):
    assert tickets.limit_of(text, TODAY) == tickets.Limit(at=moment)


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("3个工作日", 3, "working_days"),
        ("五个工作日内", 5, "working_days"),
        ("24小时", 24, "calendar_hours"),
        ("两天", 48, "calendar_hours"),
        ("十二个自然日", 288, "calendar_hours"),
        ("4工作小时", 4, "working_hours"),
    ],
)
def test_spans(text, amount, unit):
    assert tickets.limit_of(text, TODAY) == tickets.Limit(amount=amount, unit=unit)


@pytest.mark.parametrize("text", ["尽快", "2026-13-45", "立即办理", "", "零天"])
def test_what_is_no_limit(text):
    assert tickets.limit_of(text, TODAY) is None


@given(st.text(max_size=60))
def test_no_text_breaks_a_limit(text):
    tickets.limit_of(text, TODAY)


ONE, ELEVEN, OTHER = "220103008003001001", "220103008003001011", "220103008003002001"
SECOND = ONE + "02"
PLACES = Gazetteer(
    [
        Known(ONE, ("长山花园 1号楼", "老供销社楼"), "1号楼"),
        Known(ELEVEN, ("长山花园 11号楼",), "11号楼"),
        Known(SECOND, ("长山花园 1号楼 2单元",), "2单元"),
        Known(OTHER, ("松竹苑 1号楼",), "1号楼"),
    ],
    [Group(("长山花园", "长山"), (ONE, ELEVEN)), Group(("松竹苑",), (OTHER,))],
)


@pytest.mark.parametrize(
    ("address", "codes", "sure"),
    [
        ("宽城区长山花园小区1号楼2单元501室", (SECOND,), True),
        ("长山花园一栋二门洞", (SECOND,), True),
        ("长山花园11栋", (ELEVEN,), True),
        ("长山1幢", (ONE,), True),
        ("老供销社楼门口", (ONE,), True),
        ("11号楼", (ELEVEN,), False),
        ("1号楼", (ONE, OTHER), False),
        ("长山花园1-2-501", (SECOND,), True),
        ("火车站", (), False),
        ("", (), False),
    ],
)
def test_addresses(address, codes, sure):
    found = PLACES.match(address)
    assert (found.codes, found.sure) == (codes, sure)


@given(st.text(max_size=80))
def test_no_text_breaks_the_matching(text):
    PLACES.match(text)
