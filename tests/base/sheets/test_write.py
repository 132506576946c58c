import io
from datetime import UTC, date, datetime, time
from decimal import Decimal

import openpyxl
import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from liren.base.sheets import (
    Column,
    Kind,
    blank_sheet,
    error_report,
    read_sheet,
    write_sheet,
)

COLUMNS = [
    Column("name", "姓名", required=True, filled=True, hint="与身份证一致"),
    Column("identity", "身份证号", text_only=True),
    Column("area", "面积", kind=Kind.DECIMAL),
]


def opened(data):
    return openpyxl.load_workbook(io.BytesIO(data))


def test_values_keep_what_they_are():
    moment = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)
    columns = [Column(str(i), f"列{i}") for i in range(10)]
    with translation.override("zh-hans"):
        data = write_sheet(
            [
                ["张三", 3, 1.5, Decimal("2.50"), date(2026, 3, 4), moment, time(8, 30), True],
                {"0": None, "1": "", "2": 10**18, "3": "𠮷😀"},
            ],
            columns,
            sheet_name="甲/乙:[丙]",
        )
    sheet = opened(data).active
    assert sheet.title == "甲乙丙"
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == tuple(f"列{i}" for i in range(10))
    assert rows[1][:4] == ("张三", 3, 1.5, 2.5)
    assert rows[1][4] == datetime(2026, 3, 4)  # noqa: DTZ001 -- sheets know no time zone
    assert rows[1][5] == datetime(2026, 3, 5, 1, 0)  # noqa: DTZ001 -- in China's time
    assert rows[1][6:8] == (time(8, 30), "是")
    assert rows[2][:4] == (None, None, "1000000000000000000", "𠮷😀")
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:J3"


DANGEROUS = ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "＝1+1"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_a_resident_typed_never_runs(text):
    cell = opened(write_sheet([[text]], [Column("a", "甲")])).active["A2"]
    assert cell.data_type == "s"
    assert cell.value.strip() == text.strip()
    assert cell.quotePrefix


def test_links_stay_texts():
    cell = opened(write_sheet([["https://example.org"]], [Column("a", "甲")])).active["A2"]
    assert (cell.value, cell.hyperlink) == ("https://example.org", None)


def test_long_texts_are_cut_visibly_and_wide_columns_are_not_endless():
    sheet = opened(write_sheet([["长" * 40_000]], [Column("a", "甲"), Column("b", "乙", width=5)]))
    assert sheet.active["A2"].value == "长" * 32_766 + "…"
    assert sheet.active.column_dimensions["A"].width < 60
    assert sheet.active.column_dimensions["B"].width < 7


def test_too_many_rows(monkeypatch):
    monkeypatch.setattr("liren.base.sheets.write.MAX_SHEET_ROWS", 3)
    write_sheet([["a"]] * 2, [Column("a", "甲")])
    with pytest.raises(ValueError, match="more rows"):
        write_sheet([["a"]] * 3, [Column("a", "甲")])


def test_no_rows_and_no_columns():
    assert opened(write_sheet([], COLUMNS)).active["A1"].value == "姓名"
    assert write_sheet([], [])


@settings(max_examples=50)
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=30), max_size=5))
def test_what_is_written_is_read_again(texts):
    columns = [Column("name", "姓名", required=True), Column("end", "末")]
    result = read_sheet(write_sheet([[t, "x"] for t in texts], columns), columns=columns)
    assert len(result.rows) == len(texts)
    for text, row in zip(texts, result.rows, strict=True):
        again = row.values["name"] or ""
        if "name" not in row.errors and text.isprintable() and "  " not in text:
            assert read_sheet(write_sheet([[again, "x"]], columns), columns=columns).rows[0].values[
                "name"
            ] == (again or None)


def test_a_sheet_to_fill_in():
    with translation.override("zh-hans"):
        data = blank_sheet(
            COLUMNS,
            sheet_name="住户",
            examples=[{"name": "张三", "identity": "110101199003078515"}],
        )
    book = opened(data)
    assert book.sheetnames == ["住户", "填写说明"]
    sheet = book["住户"]
    assert [cell.value for cell in sheet[1]] == ["姓名 *", "身份证号", "面积"]
    assert sheet["B2"].number_format == "@"
    assert sheet.column_dimensions["B"].width > 18
    assert [cell.value for cell in book["填写说明"][2]] == ["姓名", "是", "与身份证一致"]
    result = read_sheet(data, columns=COLUMNS)
    assert result.rows[0].values["identity"] == "110101199003078515"


def test_the_error_report_can_be_corrected_and_sent_again():
    source = openpyxl.Workbook()
    for row in (
        ["姓名", "身份证号", "面积", "备注"],
        ["张三", 110101199003078515, 3, "=1"],
        ["李四", "x", 3, ""],
        [None, "y", "many", "k"],
    ):
        source.active.append(row)
    out = io.BytesIO()
    source.save(out)
    result = read_sheet(out.getvalue(), columns=COLUMNS)
    with translation.override("zh-hans"):
        report = error_report(result, COLUMNS)
    sheet = opened(report).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("行号", "姓名", "身份证号", "面积", "备注", "哪里不对")
    assert [row[0] for row in rows[1:]] == [2, 4]
    assert rows[1][5].startswith("身份证号: 这里存成了数字")
    assert rows[2][5].split("\n") == ["姓名: 这里不能空着。", "面积: 这里要填数字。"]
    assert rows[2][3] == "many"
    again = read_sheet(report, columns=COLUMNS)
    assert again.ignored == ("行号", "备注", "哪里不对")
    assert len(again.rows) == 2
    sheet["B3"], sheet["D3"] = "王五", 5
    corrected = io.BytesIO()
    sheet.parent.save(corrected)
    assert read_sheet(corrected.getvalue(), columns=COLUMNS).rows[1].values["name"] == "王五"
