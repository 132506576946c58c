"""Money is a whole number of fen (分), everywhere and always; yuan exist only on screen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from liren.base.errors import Invalid

# Less than a million million yuan: fits a bigint with room to add up every row of a city, and can
# be written out in words without 万亿.
MAX_FEN: Final = 10**14 - 1

_SHAPE: Final = re.compile(r"([-+]?)¥?(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?")


def parse_yuan(text: str) -> int:
    """Fen from what somebody typed: "1,234.5", "￥12", "12 元" → 123450, 1200, 1200.

    Raises Invalid for more than two decimals (nothing is rounded), for anything else that is no
    amount, and beyond MAX_FEN.
    """
    bare = "".join(unicodedata.normalize("NFKC", text[:40]).split())
    bare = bare.replace("−", "-").removesuffix("元")
    found = _SHAPE.fullmatch(bare)
    if not found:
        raise Invalid(_("Please write an amount in yuan, such as 1200 or 1200.50."), code="amount")
    sign, whole, cents = found.groups()
    fen = int(whole.replace(",", "")) * 100 + int((cents or "0").ljust(2, "0"))
    if fen > MAX_FEN:
        raise Invalid(_("This amount is too large."), code="amount_large")
    return -fen if sign == "-" else fen


def fen(yuan: Decimal | int) -> int:
    """Fen from an exact amount of yuan. Raises ValueError when it is not whole fen."""
    exact = Decimal(yuan) * 100
    if exact != exact.to_integral_value():
        raise ValueError(f"{yuan} yuan is not a whole number of fen")
    return int(exact)


def to_yuan(amount: int) -> Decimal:
    """Yuan, exactly, with two decimals: for sheets and JSON."""
    return Decimal(amount).scaleb(-2)


def format_yuan(amount: int, *, symbol: bool = True) -> str:
    """1234567 → ¥12,345.67. A minus stands in front of the sign."""
    whole, cents = divmod(abs(amount), 100)
    return f"{'-' if amount < 0 else ''}{'¥' if symbol else ''}{whole:,}.{cents:02d}"


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """`amount` fen shared in proportion to `weights`, to the fen, losing none.

    Largest remainder; of equal remainders the earlier share gets the fen. Raises ValueError for
    negative weights or when all are 0.
    """
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise ValueError("weights must not be negative, nor all nothing")
    sign, left = (-1, -amount) if amount < 0 else (1, amount)
    shares = [divmod(left * weight, total) for weight in weights]
    missing = left - sum(whole for whole, _rest in shares)
    order = sorted(range(len(shares)), key=lambda i: (-shares[i][1], i))
    lucky = set(order[:missing])
    return [sign * (whole + (i in lucky)) for i, (whole, _rest) in enumerate(shares)]


_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿")


def in_words(amount: int) -> str:
    """The amount in banker's characters for vouchers and notices: 120050 → 壹仟贰佰元伍角整.

    By the rules for filling in bills (支付结算办法, annex 1): 整 after yuan or jiao, 零 for a gap;
    the 零 that annex leaves optional is left out.
    Raises ValueError beyond MAX_FEN.
    """
    if abs(amount) > MAX_FEN:
        raise ValueError("too large to write out")
    whole, cents = divmod(abs(amount), 100)
    jiao, rest = divmod(cents, 10)
    words = "负" if amount < 0 else ""
    if whole:
        words += _integer_words(whole) + "元"
    if not cents:
        return (words or "零元") + "整" if whole else "零元整"
    if jiao:
        words += _DIGITS[jiao] + "角"
    elif whole:
        words += "零"
    return words + (_DIGITS[rest] + "分" if rest else "整")


def _integer_words(whole: int) -> str:
    words, gap = "", False
    text = str(whole)
    text = text.zfill(-(-len(text) // 4) * 4)
    groups = len(text) // 4
    for g in range(groups):
        part = text[g * 4 : g * 4 + 4]
        spoken = ""
        for place, digit in zip((3, 2, 1, 0), part, strict=True):
            if digit == "0":
                gap = bool(words or spoken)
                continue
            spoken += ("零" if gap else "") + _DIGITS[int(digit)] + _PLACES[place]
            gap = False
        if spoken:
            words += spoken + _GROUPS[groups - 1 - g]
    return words
