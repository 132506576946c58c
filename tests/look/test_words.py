"""Dates as people say them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from liren.look.words import say_day, say_exactly, say_when

CHINA = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 4, 0, 30, tzinfo=CHINA)  # a Wednesday, half past midnight


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (datetime(2026, 11, 4, 10, 42, tzinfo=CHINA), "今天 10:42"),
        (datetime(2026, 11, 3, 23, 59, tzinfo=CHINA), "昨天 23:59"),
        (datetime(2026, 11, 5, 18, 0, tzinfo=CHINA), "明天 18:00"),
        (datetime(2026, 11, 1, 9, 5, tzinfo=CHINA), "周日 09:05"),
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
        assert say_when(NOW, now=NOW) == "Today 00:30"
        assert say_when(NOW - timedelta(days=3), now=NOW) == "Sun 00:30"
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
