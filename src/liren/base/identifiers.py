"""Phone numbers, identity numbers, credit codes: one canonical form each, or a clear refusal."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final

from django.utils.translation import gettext_lazy as _
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from liren.base import clock
from liren.base.errors import Invalid

_SEPARATORS: Final = re.compile(r"[\s\-‐-―−.()·\u200b-\u200f\ufeff]+")
_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
_FIXED: Final = re.compile(r"0[1-9][0-9]{8,10}|[2-8][0-9]{6,7}|[48]00[0-9]{7}")
_FOREIGN: Final = re.compile(r"\+[1-9][0-9]{5,14}")


def _bare(text: str) -> str:
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text[:100])).upper()


def normalise_phone(text: str) -> str:
    """A phone number as it is stored and compared: digits only, without China's +86.

    Takes mobiles, fixed lines with and without area code, 400/800 numbers, and foreign numbers
    with their + (kept). Full-width digits, spaces and hyphens do not matter. Raises Invalid.
    """
    number = _bare(text)
    for prefix in ("+86", "0086"):
        if number.startswith(prefix):
            number = number.removeprefix(prefix)
    if len(number) == 13 and number.startswith("861"):
        number = number[2:]
    if number.startswith("00"):
        number = "+" + number[2:]
    if _MOBILE.fullmatch(number) or _FIXED.fullmatch(number) or _FOREIGN.fullmatch(number):
        return number
    raise Invalid(
        _("This is not a phone number we can call. A mobile number has 11 digits."),
        code="phone",
    )


def normalise_id(text: str) -> str:
    """An 18-character resident identity number (GB 11643), its check character and date checked.

    Also takes the residence permits of Hong Kong, Macao and Taiwan residents (81…, 82…, 83…) and
    the foreign permanent resident's card (9…), which are built alike. The place is not checked
    against the division codes of the year of birth: cards carry the code of the year of issue,
    and a strict look-up refuses real people. Raises Invalid, saying which part is wrong.
    """
    number = _bare(text)
    if len(number) == 15 and number.isdecimal():
        raise Invalid(
            _("15-digit identity numbers are no longer valid. Please use the 18-character one."),
            code="id_old",
        )
    if not re.fullmatch("[1-9][0-9]{16}[0-9X]", number):
        raise Invalid(
            _("An identity number has 18 characters: 17 digits, then a digit or X."),
            code="id_shape",
        )
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        born = None
    if born is None or born.year < 1850 or born > clock.today():
        raise Invalid(
            _("Characters 7 to 14 of this identity number are no possible birthday."),
            code="id_birthday",
        )
    if ric.calc_check_digit(number) != number[-1]:
        raise Invalid(
            _("This identity number does not add up: one of its characters is mistyped."),
            code="id_check",
        )
    return number


def normalise_uscc(text: str) -> str:
    """A unified social credit code (GB 32100), its check character checked. Raises Invalid."""
    number = _bare(text)
    try:
        return uscc.validate(number)
    except ValidationError:
        raise Invalid(
            _("This is not a valid unified social credit code (18 characters)."), code="uscc"
        ) from None
