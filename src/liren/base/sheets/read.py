"""From a file to rows with a list of what is wrong in each."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from itertools import chain, islice
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

from django.core.files.base import File
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from liren.base.errors import Invalid
from liren.base.sheets import guard
from liren.base.sheets.columns import Column, Kind, header_name
from liren.base.sheets.guard import MAX_BYTES, SheetError
from liren.base.text import clean_line, clean_text

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAX_ROWS: Final = 200_000
HEADER_ROWS: Final = 30
"""How far down the header may stand: below titles, remarks and dates of printing."""

MAX_SHEETS: Final = 20

Cell = Any


@dataclass(slots=True)
class Row:
    """One row: `number` as Excel counts, `values` by key, `errors` by key (only where wrong).

    `raw` holds the row as it stood in the file: for rows with errors, or for all when asked.
    """

    number: int
    values: dict[str, Any]
    errors: dict[str, StrOrPromise]
    raw: tuple[Cell, ...] = ()


@dataclass(slots=True)
class SheetResult:
    """What was read. `header`: the header row as written; `columns`: key → position in it;
    `ignored`: headers nobody asked for (also the second of two equal ones)."""

    sheet: str
    header: tuple[str, ...]
    columns: dict[str, int]
    ignored: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)

    @property
    def good(self) -> list[Row]:
        """Rows without an error."""
        return [row for row in self.rows if not row.errors]

    @property
    def bad(self) -> list[Row]:
        """Rows with at least one error."""
        return [row for row in self.rows if row.errors]


def read_sheet(
    file: bytes | IO[bytes] | File[bytes],
    *,
    columns: Sequence[Column],
    max_bytes: int = MAX_BYTES,
    max_rows: int = MAX_ROWS,
    keep_raw: bool = False,
) -> SheetResult:
    """The rows of the sheet in `file` that has these columns.

    The form is found from the bytes, not from the name. Of several sheets the visible one with
    the most known headers is read. The header is looked for in the first HEADER_ROWS rows, by
    title and aliases; headers of two rows with merged cells are understood. Blank rows and
    repeated headers are passed over. A cell merged downwards counts for every row it covers. What
    is wrong in a cell becomes an error of its row.
    `keep_raw` keeps every row as it stood, for whoever finds more wrong with it afterwards.

    Raises SheetError, in words for whoever sent it, when the file as a whole cannot be used:
    empty, larger than `max_bytes`, not a sheet, damaged, locked, a bomb, more than `max_rows`
    rows, or without a required header (the message names it).
    """
    data = guard.read_bytes(file, max_bytes)
    form = guard.inspect(data)
    found = _find(_csv_sheets(data) if form == "csv" else _workbook_sheets(data), columns)
    return _convert(found, columns, max_rows, keep_raw)


# ---- getting at the cells -------------------------------------------------------------------

Sheet = tuple[str, Iterator[list[Cell]]]
"""A sheet's name and its rows, made one by one as they are asked for."""


def _workbook_sheets(data: bytes) -> Iterator[Sheet]:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        shown = [s.name for s in workbook.sheets_metadata if s.visible is SheetVisibleEnum.Visible]
        for name in (shown or workbook.sheet_names)[:MAX_SHEETS]:
            sheet = workbook.get_sheet_by_name(name)
            rows: Iterator[list[Cell]] = sheet.iter_rows()
            merged = _merged_down(sheet.merged_cell_ranges or ())
            yield name, _filled(rows, merged) if merged else rows
    except PasswordError:
        raise guard._encrypted() from None
    except CalamineError:
        raise guard.damaged() from None
    except BaseException as error:
        # A panic inside the reader arrives as a BaseException of a class it does not export.
        if type(error).__name__ == "PanicException":
            raise guard.damaged() from None
        raise


def _merged_down(
    ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]],
) -> dict[int, list[tuple[int, int]]]:
    """Cells merged downwards, by their first row: column and last row."""
    found: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (bottom, _right) in ranges:
        if bottom > top:
            found.setdefault(top, []).append((left, bottom))
    return found


def _filled(
    rows: Iterator[list[Cell]], merged: dict[int, list[tuple[int, int]]]
) -> Iterator[list[Cell]]:
    """The rows, with a cell that is merged downwards repeated in every row it covers."""
    running: dict[int, tuple[int, Cell]] = {}
    for at, row in enumerate(rows):
        for column, (last, cell) in list(running.items()):
            if at > last:
                del running[column]
            elif column < len(row) and row[column] in ("", None):
                row[column] = cell
        for column, last in merged.get(at, ()):
            if column < len(row):
                running[column] = (last, row[column])
        yield row


def _csv_sheets(data: bytes) -> Iterator[Sheet]:
    text = _decoded(data)
    head = text[:4000]
    delimiter = max(",\t;，", key=head.count)
    if head.count(delimiter) == 0:
        delimiter = ","
    yield "CSV", _csv_rows(text, delimiter)


def _csv_rows(text: str, delimiter: str) -> Iterator[list[Cell]]:
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield [_unquoted(cell) for cell in row]
    except csv.Error:
        raise guard.damaged() from None


def _unquoted(cell: str) -> str:
    """="0123", the trick by which programs keep Excel from eating a zero."""
    return cell[2:-1] if cell.startswith('="') and cell.endswith('"') else cell


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetError(
        _("The characters of this CSV file cannot be read. Please save it as .xlsx."),
        code="sheet_encoding",
    )


# ---- finding the header ---------------------------------------------------------------------


def _texts(row: Sequence[Cell]) -> list[str]:
    return [cell if isinstance(cell, str) else "" if cell is None else str(cell) for cell in row]


class _Found(NamedTuple):
    """The sheet to read: its header, the number (from 1) of the row after it, the rows there."""

    sheet: str
    header: list[str]
    first: int
    rows: Iterator[list[Cell]]


def _find(sheets: Iterable[Sheet], columns: Sequence[Column]) -> _Found:
    by_name = {name: column.key for column in columns for name in column.names}
    best_score, best = (0, 0), None
    for name, rows in sheets:
        head = list(islice(rows, HEADER_ROWS))
        above: list[str] = []
        for at, row in enumerate(head):
            own = _texts(row)
            # A cell merged downwards has its text in the row above; leaves of a header in two
            # rows stand in the lower one.
            header = [text or (above[i] if i < len(above) else "") for i, text in enumerate(own)]
            known = {by_name.get(header_name(text)) for text in header if text} - {None}
            known_own = {by_name.get(header_name(text)) for text in own if text} - {None}
            score = (len(known), len(known_own))
            if known_own and score > best_score:
                best_score = score
                best = _Found(name, header, at + 2, chain(head[at + 1 :], rows))
            above = own
    required = [column for column in columns if column.required]
    if best is None:
        raise _header_missing(required or list(columns), ())
    found = {by_name.get(header_name(text)) for text in best.header if text}
    missing = [column for column in required if column.key not in found]
    if missing:
        raise _header_missing(missing, tuple(text for text in best.header if text))
    return best


def _header_missing(missing: Sequence[Column], seen: tuple[str, ...]) -> SheetError:
    wanted = "、".join(str(column.title) for column in missing)
    if not seen:
        message = format_lazy(
            _("No header row was found. The sheet needs a row with these headers: {missing}."),
            missing=wanted,
        )
    else:
        shown = "、".join(" ".join(text.split())[:20] for text in seen[:12])
        message = format_lazy(
            _("The sheet has no column {missing}. Its header row reads: {seen}."),
            missing=wanted,
            seen=shown,
        )
    return SheetError(message, code="sheet_header")


# ---- from cells to values -------------------------------------------------------------------


def _convert(
    found: _Found, columns: Sequence[Column], max_rows: int, keep_raw: bool
) -> SheetResult:
    header = found.header
    by_name = {spelling: column.key for column in columns for spelling in column.names}
    places: dict[str, int] = {}
    ignored: list[str] = []
    for place, text in enumerate(header):
        key = by_name.get(header_name(text)) if text else None
        if key is not None and key not in places:
            places[key] = place
        elif text.strip():
            ignored.append(" ".join(text.split()))
    result = SheetResult(found.sheet, tuple(header), places, tuple(ignored))
    readers = [
        (column, places[column.key], _remembering(column))
        for column in columns
        if column.key in places
    ]
    above: dict[str, Cell] = {}
    for number, cells in enumerate(found.rows, found.first):
        if not any(cell not in ("", None) and str(cell).strip() for cell in cells):
            continue
        if all(
            place < len(cells) and str(cells[place]).strip() == header[place].strip()
            for _column, place, _read in readers
        ):
            continue  # the header again, as printed on every page
        if len(result.rows) >= max_rows:
            raise SheetError(
                format_lazy(
                    _("The sheet has more than {most} rows. Please split it."), most=max_rows
                ),
                code="sheet_rows",
            )
        values: dict[str, Any] = {}
        errors: dict[str, StrOrPromise] = {}
        for column, place, value_of in readers:
            cell = cells[place] if place < len(cells) else ""
            if column.fill_down:
                if cell in ("", None):
                    cell = above.get(column.key, "")
                else:
                    above[column.key] = cell
            try:
                values[column.key] = value_of(cell)
            except Invalid as error:
                values[column.key] = None
                errors[column.key] = error.message
        result.rows.append(Row(number, values, errors, tuple(cells) if errors or keep_raw else ()))
    return result


def _remembering(column: Column) -> Callable[[Cell], Any]:
    """`_value` for one column; texts that come again (buildings, remarks) are not read again."""
    known: dict[str, Any] = {}

    def value_of(cell: Cell) -> Any:
        if cell.__class__ is not str:
            return _value(cell, column)
        if cell in known:
            return known[cell]
        value = _value(cell, column)
        if len(known) < 5_000 and len(cell) <= 200:
            known[cell] = value
        return value

    return value_of


def _value(cell: Cell, column: Column) -> Any:
    """The cell as the column wants it; None when empty. Raises Invalid."""
    if cell is None or cell == "" or (isinstance(cell, str) and not cell.strip()):
        if column.filled:
            raise Invalid(_("This must not be empty."))
        return None
    value = _BY_KIND[column.kind](cell, column)
    if value is None:
        if column.filled:
            raise Invalid(_("This must not be empty."))
        return None
    return column.parse(value) if column.parse else value


# Starts like a formula and calls something: =HYPERLINK(…), +cmd|…, -2+3+cmd|…, @SUM(…).
_FORMULA: Final = re.compile(r"[+\-@\t\r].*[(|!]", re.DOTALL)
_POWERS: Final = re.compile(r"[0-9]+(\.[0-9]+)?[eE]\+?[0-9]+")


def _text(cell: Cell, column: Column) -> str | None:
    if isinstance(cell, str):
        stripped = cell.strip()
        if stripped.startswith(("=", "＝")) or _FORMULA.match(stripped):
            raise Invalid(_("This is a formula. Please enter its result as plain text."))
        if column.text_only and _POWERS.fullmatch(stripped):
            raise _digits_lost()
        clean = clean_text if column.kind is Kind.MULTILINE else clean_line
        return clean(cell, column.max_len, empty_ok=True) or None
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        if column.text_only or abs(cell) >= 1e15:
            raise _digits_lost()
        return str(int(cell)) if cell == int(cell) else repr(cell)
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes")
    if isinstance(cell, time):
        return cell.isoformat("minutes")
    return str(cell)


def _digits_lost() -> Invalid:
    return Invalid(
        _(
            "This was stored as a number, so some of its digits are already lost. "
            "Please format the column as text and enter it again."
        ),
        code="digits_lost",
    )


def _integer(cell: Cell, column: Column) -> int:
    number = _decimal(cell, column)
    if number != number.to_integral_value() or abs(number) >= 10**15:
        raise Invalid(_("This must be a whole number."))
    return int(number)


def _decimal(cell: Cell, column: Column) -> Decimal:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        number = Decimal(repr(cell))
    else:
        text = unicodedata.normalize("NFKC", _text(cell, column) or "")
        try:
            number = Decimal(text.replace(",", "").removeprefix("¥").strip())
        except InvalidOperation:
            raise Invalid(_("This must be a number.")) from None
    if not number.is_finite():
        raise Invalid(_("This must be a number."))
    return number


_DATE: Final = re.compile(
    r"([12][0-9]{3})(?:\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*[日号]?"
    r"|([01][0-9])([0-3][0-9]))(?:[T\s]+[0-9:.]+)?"
)
_EXCEL_ZERO: Final = date(1899, 12, 30)


def _date(cell: Cell, column: Column) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if 3_653 <= cell < 73_051:  # 1910 to 2099: a date whose cell lost its date format
            return _EXCEL_ZERO + timedelta(days=int(cell))
        cell = str(int(cell)) if abs(cell) < 10**9 else ""
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", str(cell)[:60]).strip())
    if found:
        year, *parts = found.groups()
        month, day = (int(part) for part in parts if part is not None)
        try:
            return date(int(year), month, day)
        except ValueError:
            pass
    raise Invalid(_("This must be a date, such as 2026-03-04."))


_BY_KIND: Final[dict[Kind, Callable[[Cell, Column], Any]]] = {
    Kind.TEXT: _text,
    Kind.MULTILINE: _text,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.DATE: _date,
}
