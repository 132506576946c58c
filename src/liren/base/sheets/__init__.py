"""Sheets people send and get: Excel (.xlsx, .xls), OpenDocument (.ods) and CSV."""

from liren.base.sheets.columns import Column, Kind
from liren.base.sheets.guard import MAX_BYTES, SheetError
from liren.base.sheets.read import MAX_ROWS, Row, SheetResult, read_sheet
from liren.base.sheets.template import Layout, fill_template, template_layout
from liren.base.sheets.write import blank_sheet, error_report, write_sheet

__all__ = [
    "MAX_BYTES",
    "MAX_ROWS",
    "Column",
    "Kind",
    "Layout",
    "Row",
    "SheetError",
    "SheetResult",
    "blank_sheet",
    "error_report",
    "fill_template",
    "read_sheet",
    "template_layout",
    "write_sheet",
]
