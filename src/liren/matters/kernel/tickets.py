"""Tickets as other systems write them: what their fields are called, pasted text, dates.

Pure functions on text. Every hotline has its own names for the same few fields; the first name of
each is the one we print.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

_NAMES = {
    "number": "工单编号 工单号 受理编号 受理号 受理单号 工单流水号 流水号 诉求编号 案件编号"
    " 任务编号 任务号 转办单号 派单编号 派单号 问题编号 信件编号 来电编号 事件编号 件号 编号",
    "title": "诉求标题 工单标题 事项标题 问题标题 标题 主题",
    "text": "诉求内容 来电内容 反映内容 问题描述 诉求描述 工单内容 事项内容 主要内容 受理内容"
    " 问题内容 具体内容 来信内容 案件描述 事件描述 诉求事项 内容 描述",
    "name": "诉求人 来电人 诉求人姓名 来电人姓名 反映人 反映人姓名 联系人 联系人姓名 市民姓名"
    " 投诉人 来信人 姓名",
    "phone": "联系电话 联系方式 来电号码 来电电话 诉求人电话 诉求人联系方式 联系人电话 主叫号码"
    " 回访电话 联系号码 手机号码 手机号 手机 电话",
    "address": "地址 事发地址 事发地点 诉求地址 发生地址 发生地点 事件地址 事件地点 详细地址"
    " 问题地址 问题位置 具体地址 反映地址 所在地址 诉求地点 地点 位置",
    "due": "办理时限 截止时间 办结时限 办理期限 截止日期 要求办结时间 限办时间 到期时间 反馈时限"
    " 应办结时间 处理时限 答复时限 回复时限 办理截止时间 办结期限 最晚办结时间",
    "sent": "派单时间 派发时间 转办时间 受理时间 下派时间 交办时间 来电时间 登记时间 诉求时间",
    "kind": "诉求分类 诉求类别 问题分类 问题类别 事项分类 事项类别 工单分类 工单类别 诉求类型"
    " 工单类型 问题类型 类别 分类",
    "shielded": "是否保密 要求保密 是否匿名 保密 匿名",
}
NAMES: dict[str, tuple[str, ...]] = {key: tuple(names.split()) for key, names in _NAMES.items()}

# Words people also use inside sentences: they name a field only where a line begins.
_COMMON = "编号 内容 描述 标题 主题 姓名 手机 电话 地点 位置 类别 分类 保密 匿名 件号 联系人"
# How far back an empty line before a field is looked for.
NEAR = 80
_EVERYDAY = frozenset(_COMMON.split())
_KEY_OF = {name: key for key, names in NAMES.items() for name in names}
_ANY = "|".join(sorted(map(re.escape, _KEY_OF), key=len, reverse=True))
_LABEL = re.compile(
    rf"(?:[【\[]\s*(?P<boxed>{_ANY})\s*[】\]]\s*[:：]?"
    r"|(?:^[ \t　]*(?:[0-9一二三四五六七八九十]{1,2}\s*[、..)）]\s*)?|[\s；;，,。|、.)）*·•\-])"
    rf"(?P<plain>{_ANY})[ 　]*+(?:[（(][^）)\n]{{0,12}}[)）])?[ 　]*+[:：\t])",
    re.MULTILINE,
)
# What stands between two tickets: rules (read from their end), counters ("二、", "第2条", "工单3").
# Possessive, and no part can match what another can: pasted text must not make this search long.
_RULES = re.compile(r"(?:\s++|[-=_*#—~·]{2,}+)*+")
_COUNTER = re.compile(
    r"第?\s*[0-9一二三四五六七八九十]{1,3}\s*[、.．)）条件单]|工单\s*[0-9一二三四五六七八九十]{1,3}"
)
_ORNAMENT = re.compile(r"[\s0-9一二三四五六七八九十第条、.．)）(（*·•\-|]*")


def split(pasted: str) -> list[dict[str, str]]:
    """Return the tickets of a pasted text, each as field → words; what is missing is left out.

    Fields are "name：value", in any order, one or several on a line, colons of either width, names
    in 【brackets】 too. A ticket begins where the first field of the text comes again, where a
    second number comes, or where a field comes again after an empty line. A field that comes again
    otherwise keeps its first value. Words before the first field are left out.
    """
    text = pasted.replace("\r\n", "\n").replace("\r", "\n")
    found = [label for label in _LABEL.finditer(text) if _counts(text, label)]
    tickets: list[dict[str, str]] = []
    current: dict[str, str] = {}
    opener = ""
    for at, label in enumerate(found):
        key = _KEY_OF[label["boxed"] or label["plain"]]
        end = found[at + 1].start() if at + 1 < len(found) else len(text)
        raw = text[label.end() : end]
        value = _without_between(raw).strip(" \t\n；;，,|")
        before = text[max(0, label.start() - NEAR) : label.start() + 1]
        gap = "\n\n" in re.sub(r"[ \t　]+", "", before)[-3:]
        opener = opener or key
        again = key in current
        if again and (key in (opener, "number") or gap):
            tickets.append(current)
            current = {}
            again = False
        if value and not again:
            current[key] = value if key == "text" else " ".join(value.split())
        elif not again:
            current.setdefault(key, "")
    if current:
        tickets.append(current)
    return [{k: v for k, v in one.items() if v} for one in tickets if any(one.values())]


def _without_between(raw: str) -> str:
    """Return a value without the rules and counters that end it, in one pass from its end."""
    lines = raw.split("\n")
    while lines:
        line = lines.pop()
        rules = _RULES.match(line[::-1])
        line = line[: len(line) - (rules.end() if rules else 0)]
        if line and not _COUNTER.fullmatch(line.strip()):
            return "\n".join([*lines, line])
    return ""


def _counts(text: str, label: re.Match[str]) -> bool:
    name = label["boxed"] or label["plain"]
    if name not in _EVERYDAY or label["boxed"]:
        return True
    line = text.rfind("\n", 0, label.start("plain")) + 1
    return _ORNAMENT.fullmatch(text, line, label.start("plain")) is not None


def says_yes(text: str) -> bool:
    """Tell whether a cell means "yes" (是, √, 保密, 匿名 …)."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    return plain in {
        "是",
        "需要",
        "要",
        "√",
        "✓",
        "y",
        "yes",
        "true",
        "1",
        "保密",
        "匿名",
        "要求保密",
    }


# -- dates -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit as written: a moment (naive, local), or an amount of a unit from the dispatch on.

    ``unit``: "working_days", "working_hours" or "calendar_hours"; "" for a moment.
    """

    at: datetime | None = None
    amount: int = 0
    unit: str = ""


END_OF_DAY = 17
_MOMENT = re.compile(
    r"(?:(?P<y>\d{4})\s*[-/.年]\s*)?(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*[日号]?"
    r"(?:[T\s]*(?P<half>上午|下午|晚上|晚|中午)?\s*(?P<h>\d{1,2})\s*[:时点]\s*(?P<i>\d{1,2})?)?"
)
_SPAN = re.compile(
    r"(?P<n>\d{1,3}|[一二两三四五六七八九十]{1,3})\s*个?\s*"
    r"(?P<unit>工作日|工作小时|工作时|小时|自然日|日历日|天|日)(?!期)"
)
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2}


def number_of(text: str) -> int:
    """Return a small number written in digits or Chinese numerals; 0 when it is none."""
    if text.isascii() and text.isdecimal():
        return int(text)
    if not text or any(c not in _DIGITS and c != "十" for c in text):
        return 0
    if "十" not in text:
        return _DIGITS[text] if len(text) == 1 else 0
    tens, _, ones = text.partition("十")
    return (_DIGITS.get(tens, 0) if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0)


def limit_of(text: str, today: datetime) -> Limit | None:
    """Return the limit a text names, None when it names none.

    A day without a time ends at 17:00; a day without a year is the one nearest ahead of (or at
    most half a year behind) ``today``.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    moment = moment_of(plain, today)
    if moment is not None:
        return Limit(at=moment)
    span = _SPAN.search(plain)
    if span is None or not (amount := number_of(span["n"])):
        return None
    unit = span["unit"]
    if unit == "工作日":
        return Limit(amount=amount, unit="working_days")
    if unit in ("工作小时", "工作时"):
        return Limit(amount=amount, unit="working_hours")
    return Limit(amount=amount * (1 if unit == "小时" else 24), unit="calendar_hours")


def moment_of(text: str, today: datetime) -> datetime | None:
    """Return the moment a text names (naive, local), None when it names none."""
    found = _MOMENT.search(unicodedata.normalize("NFKC", text))
    if found is None:
        return None
    hour = int(found["h"]) if found["h"] else END_OF_DAY
    if found["half"] in ("下午", "晚上", "晚") and hour < 12:
        hour += 12
    minute = int(found["i"] or 0)
    if hour == 24 and minute == 0:
        hour, minute = 23, 59
    try:
        year = int(found["y"]) if found["y"] else today.year
        at = datetime(year, int(found["m"]), int(found["d"]), hour, minute)  # noqa: DTZ001 -- local, without a zone, by promise
    except ValueError:
        return None
    if not found["y"] and at < today - timedelta(days=183):
        try:
            at = at.replace(year=at.year + 1)
        except ValueError:
            return None
    return at if 2000 <= at.year <= 2100 else None
