"""Words people type: cleaned without loss, cut into search tokens, masked for other eyes."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from liren.base.errors import Invalid


class TextEmpty(Invalid):
    """Nothing visible was written where something is needed."""

    default_message = _("Please write something here.")
    default_code = "text_empty"


class TextTooLong(Invalid):
    """More characters than the field holds. Nothing is cut off silently."""

    default_code = "text_too_long"

    def __init__(self, max_len: int, length: int) -> None:
        super().__init__(
            format_lazy(
                _("This is too long: {length} characters, at most {most} fit. Please shorten it."),
                length=length,
                most=max_len,
            )
        )
        self.max_len = max_len
        self.length = length


# Control characters (newline aside), lone surrogates (not UTF-8), the code points Unicode promises
# never to use (not XML, so a sheet that holds one does not open), and invisible marks that reorder
# or hide text. The joiners U+200C and U+200D stay: emoji families and Uyghur names need them.
_NONCHARACTERS: Final = "".join(
    chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF)
)
_DROPPED: Final = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb" + _NONCHARACTERS + "]"
)
_NEWLINES: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


def _visible(text: str) -> bool:
    return text[:1].isalnum() or any(  # nearly always the first half
        unicodedata.category(c)[0] not in "ZC" and not _is_selector(c) for c in text
    )


def _is_selector(c: str) -> bool:
    return "\ufe00" <= c <= "\ufe0f" or "\U000e0100" <= c <= "\U000e01ef"


def clean_text(text: str, max_len: int, *, empty_ok: bool = False) -> str:
    """`text` fit to store: NFC, newlines as \\n, no control or reordering characters, trimmed.

    Emoji, rare characters (𠮷) and every script stay; tabs become spaces. Length counts code
    points after cleaning. Raises TextEmpty when nothing visible is left (unless `empty_ok`, then
    returns "") and TextTooLong beyond `max_len`.
    """
    if not (text.isascii() and text.isprintable()):
        text = _NEWLINES.sub("\n", text).replace("\t", " ")
        # Dropping first: a mark parted from its letter by an invisible sign joins it afterwards.
        text = unicodedata.normalize("NFC", _DROPPED.sub("", text))
    text = text.strip()
    if not _visible(text):
        if empty_ok:
            return ""
        raise TextEmpty
    if len(text) > max_len:
        raise TextTooLong(max_len, len(text))
    return text


def clean_line(text: str, max_len: int, *, empty_ok: bool = False) -> str:
    """As clean_text, for names and titles: every run of white space becomes one space."""
    # Cleaned before it is split: what is dropped may stand between two spaces.
    words = clean_text(text, sys.maxsize, empty_ok=True).split()
    return clean_text(" ".join(words), max_len, empty_ok=empty_ok)


# ---- search ---------------------------------------------------------------------------------

# Above this a query finds no more than before, and costs a join for each further token.
QUERY_CHARS: Final = 40


def fold(text: str) -> str:
    """`text` as search compares it: compatibility forms and case folded (Ａ１ → a1, ① → 1)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


# Latin, Chinese and their punctuation: no combining marks among them, so a pattern parts the runs.
_PLAIN: Final = re.compile(r"[\u0000-\u02ff\u2000-\u20cf\u3000-\u3029\u3030-\u303f\u3400-\u9fff]*")
_PLAIN_RUN: Final = re.compile(r"[^\W_]+")


def runs(folded: str) -> Iterator[str]:
    """Stretches of letters, digits and their marks; everything else parts them."""
    if _PLAIN.fullmatch(folded):
        yield from _PLAIN_RUN.findall(folded)
        return
    run: list[str] = []
    for c in folded:
        if c.isalnum() or (run and unicodedata.category(c)[0] == "M" and not _is_selector(c)):
            run.append(c)
        elif run:
            yield "".join(run)
            run.clear()
    if run:
        yield "".join(run)


def bigrams(text: str) -> set[str]:
    """The tokens to store for `text`: every two neighbouring letters or digits, folded.

    The last character of each run is also stored alone, so that for any single character c the
    tokens from c up to the next code point find every text that holds it: no second table of
    single characters is needed.
    """
    tokens: set[str] = set()
    for run in runs(fold(text)):
        tokens.update(map("".join, pairwise(run)))
        tokens.add(run[-1])
    return tokens


def contains(text: str, query: str) -> bool:
    """Whether every run of `query` occurs in `text`, both folded: the exact form of the search."""
    parts = list(runs(fold(query[:QUERY_CHARS])[:QUERY_CHARS]))
    whole = list(runs(fold(text)))
    return bool(parts) and all(any(part in run for run in whole) for part in parts)


# ---- masks ----------------------------------------------------------------------------------

_COMPOUND: Final = """
欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台
皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘
子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐
段干 百里 呼延 东郭 南门 羊舌 微生 公户 公玉 公仪 梁丘 公仲 公上 公门 公山 公坚
左丘 公伯 西门 公祖 第五 公乘 贯丘 公皙 南荣 东里 东宫 仲长 子书 子桑 即墨 达奚
褚师 完颜 纳兰 叶赫 那拉 爱新 歐陽 司馬 東方 諸葛 尉遲 長孫 鮮于 軒轅 鍾離
"""
COMPOUND_SURNAMES: Final = frozenset(_COMPOUND.split())


def mask_name(name: str) -> str:
    """The surname and two stars: 张三丰 → 张**, 欧阳修 → 欧阳**, 阿卜杜拉·买买提 → 阿**.

    Always two stars, so that the length of the given name is not told either. A two-character
    name is never taken for a compound surname. Empty stays empty.
    """
    name = name.strip()
    if not name:
        return ""
    kept = 2 if len(name) in (3, 4) and name[:2] in COMPOUND_SURNAMES else 1
    # A letter keeps its marks, or the mask would begin with half a sign.
    while kept < len(name) and unicodedata.category(name[kept])[0] == "M":
        kept += 1
    return name[:kept] + "**"


def mask_phone(phone: str) -> str:
    """138****0000 for a mobile, 0431****12 for a fixed line; short numbers only stars."""
    digits = "".join(c for c in unicodedata.normalize("NFKC", phone) if c.isdecimal())
    if not digits:
        return "****" if phone.strip() else ""
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    if digits.startswith("0") and len(digits) >= 10:
        return f"{digits[:4]}****{digits[-2:]}"
    if len(digits) >= 11:
        return f"{digits[:3]}****{digits[-4:]}"
    if len(digits) >= 7:
        return f"{digits[:1]}****{digits[-2:]}"
    return "****"


def mask_id(number: str) -> str:
    """The province and the check character of an ID number; never the birthday or the sex.

    Anything shorter than 15 characters is all stars.
    """
    number = number.strip()
    if len(number) < 15:
        return "*" * min(len(number), 6)
    return number[:2] + "*" * (len(number) - 3) + number[-1]


_ENTRANCE: Final = re.compile(r".*(?:单元|單元|门洞|门栋)\s*")
_BUILDING: Final = re.compile(r".*(?:号楼|號樓|楼栋|[栋幢座])\s*")
_DASHED: Final = re.compile(r"(.*[-－—–#＃]\s*)[^-－—–#＃]+$")


def mask_door(address: str) -> str:
    """An address without its door: 3 号楼 2 单元 501 → 3 号楼 2 单元 ***.

    Everything after the unit entrance goes, else after the building, else after the last dash
    (3-2-501 → 3-2-***); an address of no known shape is masked altogether.
    """
    address = address.strip()
    if not address:
        return ""
    for shape in (_ENTRANCE, _BUILDING):
        found = shape.match(address)
        if found:
            rest = address[found.end() :]
            return address if not rest else found.group() + "***"
    dashed = _DASHED.match(address)
    return f"{dashed.group(1)}***" if dashed else "***"
