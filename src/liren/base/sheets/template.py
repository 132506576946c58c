"""Fill in the form somebody above sends, and leave everything else in it as it is."""

from __future__ import annotations

import copy
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, Final

import openpyxl
from django.core.files.base import File
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy, pgettext
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from liren.base.clock import SHANGHAI
from liren.base.sheets import guard
from liren.base.sheets.guard import SheetError
from liren.base.sheets.read import HEADER_ROWS
from liren.base.sheets.write import DANGEROUS, MAX_CELL

MAX_TEMPLATE_BYTES: Final = 5 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Layout:
    """A form's columns: `headers` maps column letters to the words above them, from left to
    right; rows are written from `first_row` on, `room` of them before something else follows
    (None: nothing follows)."""

    sheet: str
    header_row: int
    first_row: int
    room: int | None
    headers: dict[str, str]


def _opened(template: bytes | IO[bytes] | File[bytes]) -> Any:
    data = guard.read_bytes(template, MAX_TEMPLATE_BYTES)
    if guard.inspect(data) != "xlsx":
        raise SheetError(
            gettext_lazy("The form must be an .xlsx file. Please save it as one."),
            code="sheet_not_xlsx",
        )
    try:
        return openpyxl.load_workbook(io.BytesIO(data), keep_links=False)
    except Exception:  # it raises whatever its many parsers raise
        raise guard.damaged() from None


def _sheet_of(book: Any) -> Any:
    """The sheet that lies open; a file may name one it does not hold, or one of charts only."""
    try:
        sheet = book.active
    except Exception:  # as above
        raise guard.damaged() from None
    if not isinstance(sheet, Worksheet):
        raise guard.damaged()
    return sheet


def _text(value: Any) -> str:
    return "" if value is None else " ".join(str(value).split())


def template_layout(
    template: bytes | IO[bytes] | File[bytes], *, header_row: int | None = None
) -> Layout:
    """Where the form's columns are, for a person to say what belongs into each.

    The header is the row with the most texts among the first HEADER_ROWS (of equals the lowest),
    or `header_row` if somebody pointed at it; cells merged across two header rows are read from
    where their text stands. Raises SheetError when the file is no .xlsx, damaged, or has no text.
    """
    return _layout(_sheet_of(_opened(template)), header_row)


def _layout(sheet: Any, header_row: int | None) -> Layout:
    merged = {
        (row, column): sheet.cell(area.min_row, area.min_col).value
        for area in sheet.merged_cells.ranges
        for row in range(area.min_row, min(area.max_row, HEADER_ROWS + 1) + 1)
        for column in range(area.min_col, min(area.max_col, 500) + 1)
        if area.max_row > area.min_row or area.max_col > area.min_col
    }
    wide = {
        row
        for area in sheet.merged_cells.ranges
        for row in range(area.min_row, area.max_row + 1)
        if area.max_col > area.min_col
    }
    last_column = min(sheet.max_column or 1, 500)

    def texts(row: int) -> dict[str, str]:
        found = {}
        for column in range(1, last_column + 1):
            own = sheet.cell(row, column).value
            text = _text(own if own is not None else merged.get((row, column)))
            if text:
                found[get_column_letter(column)] = text
        return found

    if header_row is None:
        best = (0, 0)
        for row in range(1, min(sheet.max_row or 1, HEADER_ROWS) + 1):
            # A title or a group heading spread over many columns is one text, not many.
            score = len(set(texts(row).values())) if row in wide else len(texts(row))
            if score and score >= best[0]:
                best = (score, row)
        header_row = best[1]
    headers = texts(header_row) if header_row else {}
    if not headers:
        raise SheetError(gettext_lazy("No header row was found in this form."), code="sheet_header")
    first = header_row + 1
    follows = next(
        (
            row
            for row in range(first, (sheet.max_row or 0) + 1)
            if any(
                sheet.cell(row, column).value is not None for column in range(1, last_column + 1)
            )
        ),
        None,
    )
    room = None if follows is None else follows - first
    return Layout(sheet.title, header_row, first, room, headers)


def fill_template(
    template: bytes | IO[bytes] | File[bytes],
    mapping: Mapping[str, str],
    rows: Sequence[Mapping[str, Any]],
    *,
    header_row: int | None = None,
) -> bytes:
    """The form with `rows` written under its header; everything else in it stays.

    `mapping` says which value stands where: column letter, or the header's words, → key of the
    row. The look of the form's first empty row is carried down. What follows below (totals,
    signatures) moves down when there is not room enough, its merged cells and row heights with
    it. Texts are stored as texts, whatever they begin with. Raises SheetError as template_layout
    does, and when `mapping` names a column the form does not have.
    """
    book = _opened(template)
    sheet = _sheet_of(book)
    layout = _layout(sheet, header_row)
    letters = {words: letter for letter, words in reversed(layout.headers.items())}
    places: dict[int, str] = {}
    for where, key in mapping.items():
        letter = where if where in layout.headers else letters.get(_text(where))
        if letter is None:
            raise SheetError(
                format_lazy(
                    gettext_lazy("The form has no column “{name}”. Please map its columns again."),
                    name=where[:50],
                ),
                code="sheet_mapping",
            )
        places[openpyxl.utils.column_index_from_string(letter)] = key
    if layout.room is not None and len(rows) > layout.room:
        _make_room(sheet, layout.first_row + layout.room, len(rows) - layout.room)
    pattern = {
        column: sheet.cell(layout.first_row, column) for column in range(1, sheet.max_column + 1)
    }
    height = sheet.row_dimensions[layout.first_row].height
    for at, row in enumerate(rows, layout.first_row):
        for column, like in pattern.items():
            cell = sheet.cell(at, column)
            if at > layout.first_row and like.has_style and not isinstance(cell, MergedCell):
                cell._style = copy.copy(like._style)
            if column in places:
                _write(cell, row.get(places[column]))
        if height is not None:
            sheet.row_dimensions[at].height = height
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _make_room(sheet: Any, row: int, by: int) -> None:
    """Move everything from `row` on down `by` rows; openpyxl moves values and looks only."""
    last, width = sheet.max_row, sheet.max_column
    below = [area for area in sheet.merged_cells.ranges if area.min_row >= row]
    heights = {at: sheet.row_dimensions[at].height for at in range(row, last + 1)}
    for area in below:
        sheet.merged_cells.ranges.remove(area)
    sheet.move_range(f"A{row}:{get_column_letter(width)}{last}", rows=by, translate=True)
    for area in below:
        area.shift(0, by)
        sheet.merge_cells(area.coord)
    for at in heights:
        sheet.row_dimensions[at].height = None
    for at, height in heights.items():
        sheet.row_dimensions[at + by].height = height


def _write(cell: Cell | MergedCell, value: Any) -> None:
    if isinstance(cell, MergedCell):
        return
    if value is None or isinstance(value, int | float | Decimal | date):
        if isinstance(value, bool):
            value = pgettext("sheet", "yes") if value else pgettext("sheet", "no")
        if isinstance(value, datetime) and value.tzinfo:
            value = value.astimezone(SHANGHAI).replace(tzinfo=None)
        if isinstance(value, int | Decimal) and not -(10**15) < value < 10**15:
            value = str(value)
        cell.value = value
        return
    text = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", str(value))[:MAX_CELL]
    cell.value = text
    # openpyxl takes a text beginning with = for a formula.
    cell.data_type = "s"
    if text.startswith(DANGEROUS):
        cell.quotePrefix = True
