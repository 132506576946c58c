"""What a column is called and what stands in it."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Kind(enum.Enum):
    """What a cell becomes: str, int, Decimal, date; MULTILINE keeps line breaks."""

    TEXT = "text"
    MULTILINE = "multiline"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Column:
    """One column, for reading and for writing.

    `key`: its name in our rows. `title`: its header; `aliases`: what else it is called in sheets
    people already have. `required`: a sheet without it is refused; `filled`: a row without a
    value in it is an error. `text_only`: a value stored as a number is an error, because Excel has
    already lost digits (identity numbers). `parse` gets the value of the column's kind and returns
    what is kept (equal texts may share one result), or raises Invalid. `fill_down`: an empty cell
    takes the value above it, for cells merged downwards. `hint`: one sentence for whoever fills
    it in. `width` in characters.
    """

    key: str
    title: StrOrPromise
    aliases: tuple[str, ...] = ()
    required: bool = False
    filled: bool = False
    kind: Kind = Kind.TEXT
    text_only: bool = False
    max_len: int = 200
    parse: Callable[[Any], Any] | None = None
    fill_down: bool = False
    hint: StrOrPromise = ""
    width: float | None = None

    @property
    def names(self) -> frozenset[str]:
        """Every spelling of the header, as `header_name` gives it."""
        return frozenset(header_name(str(name)) for name in (self.title, *self.aliases))


_ASIDES: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_ORNAMENTS: Final = re.compile(r"[\s*:#_\-—/、,.]+")


def header_name(cell: str) -> str:
    """A header without what varies: width, case, spaces, stars, colons, remarks in brackets.

    "*联系电话 （必填）：" is "联系电话". A header that is all brackets keeps what is in them.
    """
    folded = unicodedata.normalize("NFKC", cell).casefold()
    bare = _ORNAMENTS.sub("", _ASIDES.sub("", folded))
    return bare or _ORNAMENTS.sub("", folded)
