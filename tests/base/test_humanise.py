"""Dates and limits as people say them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from liren.base import clock
from liren.base.calendar import WorkingCalendar
from liren.base.humanise import (
    holiday_words,
    say_day,
    say_deadline,
    say_exactly,
    say_limit,
    say_when,
)
from liren.base.working_time import Unit

CHINA = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 4, 0, 30, tzinfo=CHINA)  # a Wednesday, half past midnight


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (datetime(2026, 11, 4, 10, 42, tzinfo=CHINA), "今天 10:42"),
        (datetime(2026, 11, 3, 23, 59, tzinfo=CHINA), "昨天 23:59"),
        (datetime(2026, 11, 5, 18, 0, tzinfo=CHINA), "明天 18:00"),
        (datetime(2026, 11, 1, 9, 5, tzinfo=CHINA), "上周日 09:05"),
        (datetime(2026, 11, 2, 9, 5, tzinfo=CHINA), "本周一 09:05"),
        (datetime(2026, 11, 9, 9, 5, tzinfo=CHINA), "周一 09:05"),
        (datetime(2026, 10, 28, 9, 5, tzinfo=CHINA), "10月28日"),
        (datetime(2026, 11, 11, 9, 5, tzinfo=CHINA), "11月11日"),
        (datetime(2024, 11, 3, 9, 5, tzinfo=CHINA), "2024年11月3日"),
        # Stored in UTC: the day is the reader's, not Greenwich's.
        (datetime(2026, 11, 3, 17, 0, tzinfo=UTC), "今天 01:00"),
    ],
)
def test_said_in_chinese(moment: datetime, said: str) -> None:
    with translation.override("zh-hans"):
        assert say_when(moment, now=NOW) == said


def test_said_in_english() -> None:
    with translation.override("en"):
        assert say_when(NOW, now=NOW) == "today 00:30"
        assert say_when(NOW - timedelta(days=3), now=NOW) == "last Sun 00:30"
        assert say_day(NOW - timedelta(days=30), now=NOW) == "5 October"
        assert say_day(NOW - timedelta(days=730), now=NOW) == "4 November 2024"


def test_exact_time_is_local() -> None:
    assert say_exactly(datetime(2026, 11, 3, 2, 42, tzinfo=UTC)) == "2026-11-03 10:42"


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        say_when(datetime(2026, 11, 3))  # noqa: DTZ001 -- the mistake this test is about


@given(st.integers(-20_000_000, 40_000_000).map(lambda minutes: timedelta(minutes=minutes)))
def test_every_moment_can_be_said(away: timedelta) -> None:
    moment = NOW + away
    for language in ("zh-hans", "en"):
        with translation.override(language):
            assert say_when(moment, now=NOW)


# ---- limits ---------------------------------------------------------------------------------


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("now", "due", "chinese", "english"),
    [
        # 2025: the 1st to the 8th of October are free, Saturday the 11th is worked.
        ("2025-09-29 10:00", "2025-09-29 17:00", "还有 7 小时", "7 hours left"),
        ("2025-09-29 16:40", "2025-09-29 17:00", "还有 20 分钟", "20 minutes left"),
        ("2025-09-29 17:00", "2025-09-29 17:00", "还有 1 分钟", "1 minute left"),
        ("2025-09-29 10:00", "2025-09-30 17:00", "还有 1 个工作日", "1 working day left"),
        (
            "2025-09-29 10:00",
            "2025-10-09 17:00",
            "还有 2 个工作日（遇国庆、中秋顺延）",
            "2 working days left (National Day, Mid-Autumn Festival not counted)",
        ),
        ("2025-10-10 10:00", "2025-10-11 17:00", "还有 1 个工作日", "1 working day left"),
        ("2025-10-11 10:00", "2025-10-12 17:00", "还有不到 1 个工作日", "Less than a working day"),
        ("2025-10-09 18:00", "2025-10-09 17:00", "已超期 1 小时", "Overdue by 1 hour"),
        ("2025-10-13 10:00", "2025-10-09 17:00", "已超期 3 个工作日", "Overdue by 3 working days"),
        ("2025-10-12 20:00", "2025-10-11 17:00", "已超期 27 小时", "Overdue by 27 hours"),
        (
            "2030-12-30 10:00",
            "2031-01-02 17:00",
            "还有 3 个工作日（暂定）",
            "3 working days left, provisional",
        ),
    ],
)
def test_what_is_left(now: str, due: str, chinese: str, english: str) -> None:
    with translation.override("zh-hans"):
        assert say_deadline(at(due), at(now)) == chinese
    with translation.override("en"):
        assert say_deadline(at(due), at(now)).startswith(english)


def test_the_deadline_s_own_holidays_are_named_only_while_ahead() -> None:
    skipped = [date(2025, 10, d) for d in range(1, 9)]
    with translation.override("zh-hans"):
        before = say_deadline(at("2025-10-10 17:00"), at("2025-09-29 09:00"), skipped)
        assert before == "还有 3 个工作日（遇国庆、中秋顺延）"
        after = say_deadline(at("2025-10-11 17:00"), at("2025-10-09 09:00"), skipped)
        assert after == "还有 2 个工作日"


def test_local_overrides_are_named_in_their_own_words() -> None:
    calendar = WorkingCalendar(overrides={date(2026, 4, 20): (False, "三月三")})
    with translation.override("zh-hans"):
        said = say_deadline(at("2026-04-21 17:00"), at("2026-04-17 09:00"), calendar=calendar)
    assert said == "还有 1 个工作日（遇三月三顺延）"


def test_several_holidays_each_once() -> None:
    days = [date(2023, 9, 29) + timedelta(days=i) for i in range(8)]
    with translation.override("zh-hans"):
        assert holiday_words(days) in {"国庆", "中秋、国庆"}
    assert holiday_words([]) == ""


@pytest.mark.parametrize(
    ("amount", "unit", "said"),
    [
        (4, "working_hours", "4 个工作小时"),
        (1, Unit.WORKING_DAYS, "1 个工作日"),
        (24, "calendar_hours", "24 小时"),
    ],
)
def test_limits(amount: int, unit: str, said: str) -> None:
    with translation.override("zh-hans"):
        assert say_limit(amount, unit) == said


@given(
    st.integers(-30_000, 60_000).map(lambda minutes: timedelta(minutes=minutes)),
    st.sampled_from(["zh-hans", "en"]),
)
def test_every_deadline_can_be_said(away: timedelta, language: str) -> None:
    with translation.override(language):
        said = say_deadline(NOW + away, NOW)
        assert said
        assert "%(" not in said


def test_filters() -> None:
    template = Template(
        "{% load liren %}{{ at|when }}|{{ at|exactly }}|{{ at|day }}|{{ at|deadline }}|"
        "{{ name|mask_name }}|{{ phone|mask_phone }}|{{ id|mask_id }}|{{ door|mask_door }}|"
        "{{ fen|yuan }}|{{ fen|yuan_in_words }}|{{ span|span }}|{{ n|limit:'working_days' }}|"
        "{{ at|deadline:calendar }}|{{ none|when }}{{ none|deadline }}{{ none|mask_name }}"
        "{{ none|limit:'working_days' }}"
    )
    context = Context(
        {
            "at": at("2026-11-04 17:00"),
            "name": "<张三>",
            "phone": "13800000000",
            "id": "110101199003078515",
            "door": "3号楼2单元501",
            "fen": 1250,
            "span": timedelta(hours=5),
            "n": 2,
            "none": None,
            "calendar": WorkingCalendar(),
        }
    )
    with translation.override("zh-hans"), clock.freeze(at("2026-11-04 15:00")):
        assert template.render(context).split("|") == [
            "今天 17:00",
            "2026-11-04 17:00",
            "11月4日",
            "还有 2 小时",
            "&lt;**",
            "138****0000",
            "11***************5",
            "3号楼2单元***",
            "¥12.50",
            "壹拾贰元伍角整",
            "5 小时",
            "2 个工作日",
            "还有 2 小时",
            "",
        ]
