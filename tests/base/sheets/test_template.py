import io
from datetime import UTC, datetime
from decimal import Decimal

import openpyxl
import pytest
from django.utils import translation
from openpyxl.styles import Border, Font, PatternFill, Side

from liren.base.sheets import SheetError, fill_template, template_layout, write_sheet
from liren.base.sheets.columns import Column


def form(*, room=3):
    """A form as it comes from above: title, remark, header in two rows, room, totals, signature."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "台账"
    sheet.merge_cells("A1:E1")
    sheet["A1"] = "诉求办理情况统计表"
    sheet["A1"].font = Font(size=22, bold=True)
    sheet["A2"] = "填报单位："
    for area, text in (
        ("A3:A4", "序号"),
        ("B3:B4", "诉求内容"),
        ("C3:D3", "办理"),
        ("E3:E4", "金额"),
    ):
        sheet.merge_cells(area)
        sheet[area.split(":")[0]] = text
    sheet["C4"], sheet["D4"] = "结果", "日期"
    side = Side("thin")
    for row in range(5, 5 + room):
        for column in range(1, 6):
            cell = sheet.cell(row, column)
            cell.border = Border(side, side, side, side)
        sheet.cell(row, 2).fill = PatternFill("solid", fgColor="FFEECC")
        sheet.row_dimensions[row].height = 30
    last = 5 + room
    sheet.merge_cells(f"A{last}:D{last}")
    sheet[f"A{last}"] = "合计"
    sheet[f"E{last}"] = f"=SUM(E5:E{last - 1})"
    sheet.row_dimensions[last].height = 44
    sheet[f"A{last + 1}"] = "填表人："
    sheet.column_dimensions["B"].width = 40
    sheet.print_area = f"A1:E{last + 1}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


MAPPING = {"A": "number", "诉求内容": "words", "结果": "result", "日期": "at", "E": "money"}
ROW = {
    "number": 1,
    "words": '=HYPERLINK("x")',
    "result": "已解决",
    "at": datetime(2026, 3, 4, 17, tzinfo=UTC),
    "money": Decimal("12.50"),
}


def test_where_the_columns_are():
    layout = template_layout(form())
    assert (layout.sheet, layout.header_row, layout.first_row, layout.room) == ("台账", 4, 5, 3)
    assert layout.headers == {
        "A": "序号",
        "B": "诉求内容",
        "C": "结果",
        "D": "日期",
        "E": "金额",
    }


def test_a_person_may_point_at_the_header():
    assert template_layout(form(), header_row=3).headers["C"] == "办理"


def test_a_form_without_anything_below_has_all_the_room():
    assert template_layout(write_sheet([], [Column("a", "甲"), Column("b", "乙")])).room is None


def test_it_is_filled_and_everything_else_stays():
    sheet = openpyxl.load_workbook(io.BytesIO(fill_template(form(), MAPPING, [ROW, ROW]))).active
    assert sheet["A1"].value == "诉求办理情况统计表"
    assert sheet["A1"].font.size == 22
    assert [sheet.cell(5, c).value for c in range(1, 6)] == [
        1,
        '=HYPERLINK("x")',
        "已解决",
        datetime(2026, 3, 5, 1, 0),  # noqa: DTZ001 -- in China's time; sheets know no zone
        12.5,
    ]
    assert sheet["B5"].data_type == "s"
    assert sheet["B5"].quotePrefix
    assert sheet["B6"].fill.fgColor.rgb == "00FFEECC"
    assert sheet["A8"].value == "合计"
    assert sheet["E8"].value == "=SUM(E5:E7)"
    assert sheet.column_dimensions["B"].width == 40
    assert {str(area) for area in sheet.merged_cells.ranges} >= {"A1:E1", "A8:D8", "C3:D3"}


def test_what_follows_moves_down_when_there_is_no_room():
    rows = [{**ROW, "number": i} for i in range(1, 11)]
    sheet = openpyxl.load_workbook(io.BytesIO(fill_template(form(), MAPPING, rows))).active
    assert [sheet.cell(r, 1).value for r in range(5, 17)] == [*range(1, 11), "合计", "填表人："]
    assert sheet["B14"].fill.fgColor.rgb == "00FFEECC"
    assert sheet["B14"].border.left.style == "thin"
    assert sheet.row_dimensions[14].height == 30
    assert sheet.row_dimensions[15].height == 44
    areas = {str(area) for area in sheet.merged_cells.ranges}
    assert "A15:D15" in areas
    assert "A8:D8" not in areas


def test_no_rows_leave_the_form_as_it_is():
    sheet = openpyxl.load_workbook(io.BytesIO(fill_template(form(), MAPPING, []))).active
    assert sheet["A5"].value is None
    assert sheet["A8"].value == "合计"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "sheet_empty"),
        (b"a,b\n", "sheet_not_xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "sheet_not_xlsx"),
        (b"PK\x03\x04", "sheet_damaged"),
        (write_sheet([], []), "sheet_header"),
    ],
)
def test_what_is_no_form(data, code):
    with pytest.raises(SheetError) as said:
        template_layout(data)
    assert said.value.code == code


def test_a_mapping_to_nowhere_is_named():
    with pytest.raises(SheetError) as said:
        fill_template(form(), {"满意度": "x"}, [ROW])
    with translation.override("zh-hans"):
        assert "“满意度”" in str(said.value)
