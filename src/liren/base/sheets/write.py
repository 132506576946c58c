"""From rows to an Excel file that opens well, prints well and runs nothing."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

import xlsxwriter
from django.utils.translation import pgettext

from liren.base.clock import SHANGHAI
from liren.base.sheets.columns import Column, Kind
from liren.base.sheets.read import SheetResult

MAX_SHEET_ROWS: Final = 1_048_576
MAX_CELL: Final = 32_767
WIDEST: Final = 48
DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet take a text for a formula (the full-width forms in some locales)."""


class _Formats:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        plain = {"valign": "top", "text_wrap": True}
        self.head = book.add_format(
            {"bold": True, "bg_color": "#F3EFE9", "bottom": 1, "valign": "vcenter"}
        )
        self.plain = book.add_format(plain)
        self.text = book.add_format({**plain, "num_format": "@"})
        # Excel's own mark for "this is text", the apostrophe nobody sees: it survives editing the
        # cell, where a bare string beginning with = would come back as a formula.
        self.quoted = book.add_format({**plain, "num_format": "@", "quote_prefix": True})
        self.date = book.add_format({**plain, "num_format": "yyyy-mm-dd"})
        self.moment = book.add_format({**plain, "num_format": "yyyy-mm-dd hh:mm"})
        self.time = book.add_format({**plain, "num_format": "hh:mm"})
        self.wrong = book.add_format({**plain, "font_color": "#9C2F10"})


def _book(out: io.BytesIO) -> xlsxwriter.Workbook:
    return xlsxwriter.Workbook(
        out,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": True,
            "default_date_format": "yyyy-mm-dd",
        },
    )


def _put(sheet: Any, row: int, column: int, value: Any, formats: _Formats, form: Any) -> None:
    """Write one value as what it is; a text is never anything but a text."""
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_string(
            row, column, pgettext("sheet", "yes") if value else pgettext("sheet", "no"), form
        )
    elif isinstance(value, int | Decimal | float):
        # Beyond 15 digits a sheet would silently change the number.
        if not -(10**15) < value < 10**15:
            sheet.write_string(row, column, str(value), formats.text)
        else:
            sheet.write_number(row, column, value, formats.plain)
    elif isinstance(value, datetime):
        local = value.astimezone(SHANGHAI).replace(tzinfo=None) if value.tzinfo else value
        sheet.write_datetime(row, column, local, formats.moment)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, formats.date)
    elif isinstance(value, time):
        sheet.write_datetime(row, column, value, formats.time)
    else:
        text = str(value).replace("\r\n", "\n").replace("\r", "\n")
        if len(text) > MAX_CELL:
            text = text[: MAX_CELL - 1] + "…"
        quoted = text.startswith(DANGEROUS)
        sheet.write_string(row, column, text, formats.quoted if quoted else form)


def _width(text: str) -> int:
    longest = max(text.split("\n"), key=len, default="")[:WIDEST]
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in longest)


def _sheet_name(name: str) -> str:
    return "".join(c for c in name if c not in "[]:*?/\\")[:31].strip("'") or "Sheet1"


def write_sheet(
    rows: Iterable[Mapping[str, Any] | Sequence[Any]],
    columns: Sequence[Column],
    *,
    sheet_name: str = "",
) -> bytes:
    """An .xlsx with one row per item of `rows` under the columns' titles.

    Rows are mappings by column key or sequences in column order. Texts are stored as texts,
    whatever they begin with: nothing a resident typed can run as a formula. Decimal and int
    become numbers, dates become dates (aware ones in China's time), bool becomes yes/no, None
    stays empty; texts beyond Excel's 32,767 characters are cut with an ellipsis. The header
    stays in view and can be filtered. Memory does not grow with the rows. Raises ValueError
    beyond Excel's 1,048,576 rows.
    """
    out = io.BytesIO()
    with _book(out) as book:
        formats = _Formats(book)
        sheet = book.add_worksheet(_sheet_name(sheet_name))
        _header(sheet, columns, formats)
        widths = [_width(str(column.title)) + 2 for column in columns]
        forms = [formats.text if column.text_only else formats.plain for column in columns]
        at = 0
        for at, row in enumerate(rows, 1):
            if at >= MAX_SHEET_ROWS:
                raise ValueError("more rows than a sheet can hold")
            values = (
                [row.get(column.key) for column in columns] if isinstance(row, Mapping) else row
            )
            for place, value in enumerate(values):
                _put(sheet, at, place, value, formats, forms[place])
                if at <= 200 and value is not None:
                    widths[place] = max(widths[place], _width(str(value)) + 1)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width or min(widths[place], WIDEST))
        if columns:
            sheet.autofilter(0, 0, max(at, 1), len(columns) - 1)
    return out.getvalue()


def _header(sheet: Any, columns: Sequence[Column], formats: _Formats) -> None:
    sheet.set_row(0, 22)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, str(column.title), formats.head)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def blank_sheet(
    columns: Sequence[Column],
    *,
    sheet_name: str = "",
    examples: Sequence[Mapping[str, Any]] = (),
) -> bytes:
    """An .xlsx to fill in: headers (a star marks what must be there), examples, and a second
    sheet that says what belongs into each column.

    Text columns are formatted as text down to the last row, so that Excel keeps every digit of an
    identity number typed or pasted there.
    """
    out = io.BytesIO()
    with _book(out) as book:
        formats = _Formats(book)
        sheet = book.add_worksheet(_sheet_name(sheet_name))
        _header(sheet, columns, formats)
        for place, column in enumerate(columns):
            title = f"{column.title} *" if column.filled else str(column.title)
            sheet.write_string(0, place, title, formats.head)
            textual = column.kind in (Kind.TEXT, Kind.MULTILINE)
            width = column.width or max(_width(title) + 2, 20 if column.text_only else 12)
            sheet.set_column(place, place, width, formats.text if textual else formats.plain)
        for at, example in enumerate(examples, 1):
            for place, column in enumerate(columns):
                textual = column.kind in (Kind.TEXT, Kind.MULTILINE)
                form = formats.text if textual else formats.plain
                _put(sheet, at, place, example.get(column.key), formats, form)
        help_sheet = book.add_worksheet(_sheet_name(pgettext("sheet", "How to fill in")))
        help_sheet.set_column(0, 0, 20)
        help_sheet.set_column(1, 1, 12)
        help_sheet.set_column(2, 2, 80)
        for place, title in enumerate(
            (
                pgettext("sheet", "Column"),
                pgettext("sheet", "Needed"),
                pgettext("sheet", "What belongs there"),
            )
        ):
            help_sheet.write_string(0, place, title, formats.head)
        for at, column in enumerate(columns, 1):
            help_sheet.write_string(at, 0, str(column.title), formats.plain)
            help_sheet.write_string(
                at, 1, pgettext("sheet", "yes") if column.filled else "", formats.plain
            )
            help_sheet.write_string(at, 2, str(column.hint), formats.plain)
    return out.getvalue()


def error_report(result: SheetResult, columns: Sequence[Column]) -> bytes:
    """An .xlsx with the rows that had errors as they stood in the file, their row number in
    front and what is wrong behind.

    It can be corrected and sent in again as it is: the two added columns are ignored then.
    """
    titles = {column.key: str(column.title) for column in columns}
    out = io.BytesIO()
    with _book(out) as book:
        formats = _Formats(book)
        sheet = book.add_worksheet(_sheet_name(pgettext("sheet", "Rows to correct")))
        header = [
            pgettext("sheet", "Row"),
            *(" ".join(text.split()) for text in result.header),
            pgettext("sheet", "What is wrong"),
        ]
        sheet.freeze_panes(1, 1)
        for place, text in enumerate(header):
            sheet.write_string(0, place, text, formats.head)
            sheet.set_column(place, place, 60 if place == len(header) - 1 else 16)
        text_only = {
            result.columns[c.key] for c in columns if c.text_only and c.key in result.columns
        }
        for at, row in enumerate(result.bad, 1):
            sheet.write_number(at, 0, row.number, formats.plain)
            for place, cell in enumerate(row.raw[: len(result.header)]):
                form = formats.text if place in text_only else formats.plain
                _put(sheet, at, place + 1, cell, formats, form)
            said = "\n".join(f"{titles.get(key, key)}: {text}" for key, text in row.errors.items())
            sheet.write_string(at, len(header) - 1, said, formats.wrong)
    return out.getvalue()
