"""Filters for words, masks and amounts: `{% load liren %}`. None of them asks the database.

Every filter takes None and the empty string and gives back "".
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import template

from liren.base import humanise, money, text
from liren.base.calendar import WorkingCalendar

register = template.Library()


def _simple(name: str, say: Callable[[Any], str]) -> None:
    def filtered(value: Any) -> str:
        return "" if value is None or value == "" else say(value)

    register.filter(name, filtered)


_simple("when", humanise.say_when)
_simple("day", humanise.say_day)
_simple("exactly", humanise.say_exactly)
_simple("span", humanise.say_span)
_simple("yuan", money.format_yuan)
_simple("yuan_in_words", money.in_words)
_simple("mask_name", text.mask_name)
_simple("mask_phone", text.mask_phone)
_simple("mask_id", text.mask_id)
_simple("mask_door", text.mask_door)


@register.filter
def deadline(due: datetime | None, calendar: WorkingCalendar | None = None) -> str:
    """`{{ matter.due|deadline }}` or, with the community's own calendar, `|deadline:calendar`."""
    return "" if not due else humanise.say_deadline(due, calendar=calendar)


@register.filter
def limit(amount: int | None, unit: str) -> str:
    """`{{ category.handle_within|limit:category.handle_unit }}` → 4 个工作小时."""
    return "" if amount is None else humanise.say_limit(amount, unit)
