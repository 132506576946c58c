import contextlib
import csv
import io
import zipfile
from datetime import date, datetime, time
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from liren.base.errors import Invalid
from liren.base.identifiers import normalise_id, normalise_phone
from liren.base.sheets import Column, Kind, SheetError, read_sheet
from liren.base.sheets.columns import header_name

MOMENT = datetime(2020, 5, 6)  # noqa: DTZ001 -- sheets know no time zone

HOUSEHOLDS = [
    Column("building", "楼栋", ("楼号", "楼栋号"), required=True, filled=True, fill_down=True),
    Column("unit", "单元", ("单元号",), required=True),
    Column("door", "房号", ("门牌", "门牌号"), required=True, filled=True),
    Column("name", "户主姓名", ("姓名", "户主"), max_len=40),
    Column("phone", "联系电话", ("电话", "手机"), parse=normalise_phone),
    Column("identity", "身份证号", ("身份证号码",), text_only=True, parse=normalise_id),
    Column("area", "建筑面积", ("面积",), kind=Kind.DECIMAL),
    Column("since", "入住日期", kind=Kind.DATE),
    Column("people", "人口数", ("人数",), kind=Kind.INTEGER),
    Column("note", "备注", kind=Kind.MULTILINE, max_len=500),
]


def xlsx(rows, *, names=("住户",), merge=(), hidden=(), before=()):
    out = io.BytesIO()
    with xlsxwriter.Workbook(
        out, {"default_date_format": "yyyy-mm-dd", "strings_to_formulas": False}
    ) as book:
        for name in names:
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            for at, row in enumerate([*before, *rows]):
                for place, value in enumerate(row):
                    if value is not None:
                        sheet.write(at, place, value)
            for area, text in merge:
                sheet.merge_range(area, text)
    return out.getvalue()


HEADER = ["楼栋", "单元", "房号", "户主姓名", "联系电话", "身份证号"]


def read(rows, **options):
    return read_sheet(xlsx(rows, **options), columns=HOUSEHOLDS)


def refusal(data, **options):
    with pytest.raises(SheetError) as said:
        read_sheet(data, columns=HOUSEHOLDS, **options)
    assert said.value.status == 422
    with translation.override("zh-hans"):
        assert not str(said.value).isascii()
    return said.value


# ---- what is read ---------------------------------------------------------------------------


def test_a_plain_sheet():
    result = read(
        [
            HEADER,
            ["1号楼", "1单元", 101, "张三丰", 13800000000, "110101199003078515"],
            [],
            ["1号楼", "1单元", "102", " 李 四 ", "138-0000-0001", None],
        ]
    )
    assert (result.sheet, result.ignored) == ("住户", ())
    assert [row.number for row in result.rows] == [2, 4]
    assert result.rows[0].values == {
        "building": "1号楼",
        "unit": "1单元",
        "door": "101",
        "name": "张三丰",
        "phone": "13800000000",
        "identity": "110101199003078515",
    }
    assert result.rows[1].values["name"] == "李 四"
    assert result.rows[1].values["identity"] is None
    assert len(result.good) == 2


def test_every_kind_of_value():
    result = read(
        [
            ["楼号", "单元", "房号", "面积", "入住日期", "人数", "备注"],
            ["甲", 1.0, 1.5, 89.12, MOMENT, 3, "一\n二"],
            ["甲", True, time(8, 30), "1,089.5", "2020年5月6日", "4", "=不"],
            ["甲", date(2020, 1, 2), "", "￥3", "2020/5/6 08:00", 2.0, None],
        ]
    )
    one, two, three = result.rows
    assert one.values == {
        "building": "甲",
        "unit": "1",
        "door": "1.5",
        "area": Decimal("89.12"),
        "since": date(2020, 5, 6),
        "people": 3,
        "note": "一\n二",
    }
    assert two.values["unit"] == "TRUE"
    assert two.values["door"] == "08:30"
    assert (two.values["area"], two.values["people"]) == (Decimal("1089.5"), 4)
    assert list(two.errors) == ["note"]
    assert three.values["unit"] == "2020-01-02"
    assert three.values["since"] == date(2020, 5, 6)
    assert list(three.errors) == ["door"]
    assert result.bad == [two, three]
    assert three.raw[0] == "甲"
    assert one.raw == ()


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-03-04", date(2026, 3, 4)),
        ("2026.3.4", date(2026, 3, 4)),
        ("20260304", date(2026, 3, 4)),
        (20260304, date(2026, 3, 4)),
        (46085, date(2026, 3, 4)),
        ("２０２６年３月４日", date(2026, 3, 4)),
        ("2026-02-30", None),
        ("明天", None),
        (5, None),
        (True, None),
        ("2026-03", None),
    ],
)
def test_dates(cell, day):
    row = read([["楼栋", "单元", "房号", "入住日期"], ["甲", "1", "1", cell]]).rows[0]
    assert row.values["since"] == day
    assert ("since" in row.errors) == (day is None)


@pytest.mark.parametrize("cell", ["x", "1.5", "", 1.5, "1e400", "nan", "inf", "1" * 30])
def test_numbers_that_are_none(cell):
    row = read([["楼栋", "单元", "房号", "人数"], ["甲", "1", "1", cell]]).rows[0]
    assert row.values["people"] is None
    assert ("people" in row.errors) == (cell != "")


def test_identity_numbers_stored_as_numbers_are_errors_of_their_row():
    result = read(
        [HEADER, ["甲", "1", "1", "张三", None, 110101199003078515], ["甲", "1", "2", "李四"]]
    )
    first, second = result.rows
    assert list(first.errors) == ["identity"]
    assert first.values["identity"] is None
    with translation.override("zh-hans"):
        assert "文本" in str(first.errors["identity"])
    assert not second.errors


def test_what_parse_refuses_is_an_error_of_the_row():
    row = read([HEADER, ["甲", "1", "1", "张三", "12", "110101199003078516"]]).rows[0]
    assert set(row.errors) == {"phone", "identity"}


@pytest.mark.parametrize(
    "text",
    ["=1+1", '=HYPERLINK("x")', "+cmd|' /C calc'!A0", "-2+3+cmd|'x'!A0", "@SUM(1+1)", "＝1+1"],
)
def test_formulas_written_as_text_are_errors_of_their_row(text):
    row = read([HEADER, ["甲", "1", "1", text]]).rows[0]
    assert list(row.errors) == ["name"]


@pytest.mark.parametrize(
    "text", ["-1层", "@张三", "+86", "- 无 -", "<script>alert(1)</script>", "𠮷"]
)
def test_texts_that_only_look_dangerous_are_kept(text):
    assert read([HEADER, ["甲", "1", "1", text]]).rows[0].values["name"] == text


def test_control_characters_go_and_long_texts_are_errors():
    row = read([HEADER, ["甲\u200b\x07", "1", "1", "长" * 100_00]]).rows[0]
    assert row.values["building"] == "甲"
    assert list(row.errors) == ["name"]


# ---- finding the header ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("*联系电话 （必填）：", "联系电话"),
        ("联 系\n电 话", "联系电话"),
        ("姓名[户主]", "姓名"),
        ("（备注）", "(备注)"),
        ("ID No.", "idno"),
        ("Ａrea", "area"),
    ],
)
def test_header_names(written, name):
    assert header_name(written) == name


def test_titles_above_and_pages_below_do_not_matter():
    result = read(
        [
            HEADER,
            ["甲", "1", "1", "张三"],
            HEADER,
            ["", "", "", ""],
            ["乙", "1", "1", "李四"],
        ],
        before=[["长山花园社区住户台账"], ["打印日期", MOMENT], []],
    )
    assert [row.values["name"] for row in result.rows] == ["张三", "李四"]
    assert [row.number for row in result.rows] == [5, 8]


def test_merged_header_cells_over_two_rows():
    """户主 spans name and phone; 楼栋, 单元 and 房号 reach down over both rows."""
    result = read(
        [
            [None, None, None, None, None],
            [None, None, None, "姓名", "电话"],
            ["甲", "1", "1", "张三", "13800000000"],
        ],
        merge=[("A1:A2", "楼栋"), ("B1:B2", "单元"), ("C1:C2", "房号"), ("D1:E1", "户主信息")],
    )
    assert result.header == ("楼栋", "单元", "房号", "姓名", "电话")
    assert result.rows[0].values["phone"] == "13800000000"
    assert len(result.rows) == 1


def test_a_header_merged_as_a_whole():
    result = read(
        [[], [], ["甲", "1", "1"]],
        merge=[("A1:A2", "楼栋"), ("B1:B2", "单元"), ("C1:C2", "房号")],
    )
    assert [row.values["door"] for row in result.rows] == ["1"]


def test_cells_merged_downwards_give_every_row_its_building():
    result = read(
        [["楼栋", "单元", "房号"], [None, "1", "1"], [None, "1", "2"], ["乙", "1", "1"]],
        merge=[("A2:A3", "甲")],
    )
    assert [row.values["building"] for row in result.rows] == ["甲", "甲", "乙"]
    assert not result.bad


def test_a_missing_header_is_named():
    said = refusal(xlsx([["楼栋", "姓名", "电话"], ["甲", "张三", "1"]]))
    with translation.override("zh-hans"):
        assert "单元、房号" in str(said)
        assert "楼栋、姓名、电话" in str(said)
    said = refusal(xlsx([["甲", "乙"], ["丙", "丁"]]))
    with translation.override("zh-hans"):
        assert "楼栋、单元、房号" in str(said)
    refusal(xlsx([]))


def test_unknown_and_second_headers_are_told():
    result = read([[*HEADER, "宗教", "姓名"], ["甲", "1", "1", "张三", None, None, "x", "王五"]])
    assert result.ignored == ("宗教", "姓名")
    assert result.rows[0].values["name"] == "张三"
    assert "x" not in result.rows[0].values.values()


def test_the_sheet_with_the_most_known_headers_is_read_and_hidden_ones_are_not():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        for name, rows in (
            ("说明", [["楼栋", "怎样填写"]]),
            ("旧表", [HEADER, ["旧", "1", "1"]]),
            ("住户", [HEADER, ["甲", "1", "1"]]),
        ):
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
            if name == "旧表":
                sheet.hide()
    assert read_sheet(out.getvalue(), columns=HOUSEHOLDS).sheet == "住户"


# ---- other forms ----------------------------------------------------------------------------


def csv_bytes(rows, encoding, delimiter=","):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


ROWS = [HEADER, ["甲", "1", "0101", "欧阳修𠮷", "13800000000", "110101199003078515"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_in_any_usual_encoding(encoding, delimiter):
    result = read_sheet(csv_bytes(ROWS, encoding, delimiter), columns=HOUSEHOLDS)
    assert result.rows[0].values["name"] == "欧阳修𠮷"
    assert result.rows[0].values["door"] == "0101"


def test_csv_as_excel_leaves_it():
    rows = [HEADER, ["甲", '="1"', '="0101"', "张三", "", "1.10101E+17"]]
    row = read_sheet(csv_bytes(rows, "gb18030"), columns=HOUSEHOLDS).rows[0]
    assert (row.values["unit"], row.values["door"]) == ("1", "0101")
    assert list(row.errors) == ["identity"]


def ods(body):
    out = io.BytesIO()
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr(
            "META-INF/manifest.xml",
            '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<m:file-entry m:full-path="/" m:media-type="{kind}"/></m:manifest>',
        )
        archive.writestr(
            "content.xml",
            '<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:'
            'opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:'
            'table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
            f'<office:spreadsheet><table:table table:name="a">{body}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return out.getvalue()


def ods_row(*cells, repeat=1):
    inside = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>'
        for c in cells
    )
    return f'<table:table-row table:number-rows-repeated="{repeat}">{inside}</table:table-row>'


def test_ods():
    trailing = (
        '<table:table-row table:number-rows-repeated="1048570">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    data = ods(ods_row(*HEADER[:4]) + ods_row("甲", "1", "1", "张三") + trailing)
    assert read_sheet(data, columns=HOUSEHOLDS).rows[0].values["name"] == "张三"


def test_the_bytes_decide_not_the_name():
    upload = SimpleUploadedFile("住户.csv", xlsx([HEADER, ["甲", "1", "1"]]))
    upload.read()
    assert len(read_sheet(upload, columns=HOUSEHOLDS).rows) == 1


# ---- what is refused ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "sheet_empty"),
        (b"PK\x03\x04 junk", "sheet_damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "sheet_damaged"),
        (b"%PDF-1.7 ...", "sheet_not"),
        (b"\x89PNG\r\n\x1a\n", "sheet_not"),
        (b"a\0b", "sheet_not"),
        (b"<html><table><tr><td>\xe6\xa5\xbc</td></tr></table>", "sheet_page"),
        (b'<?xml version="1.0"?><Workbook/>', "sheet_page"),
        (b"hello", "sheet_header"),
        (b"\xff\xff\xff", "sheet_encoding"),
    ],
)
def test_what_is_no_sheet(data, code):
    assert refusal(data).code == code


def test_too_large_a_file_or_too_many_rows():
    assert refusal(b"x" * 3000, max_bytes=2000).code == "sheet_large"
    rows = [HEADER, *([["甲", "1", "1"]] * 11)]
    assert refusal(xlsx(rows), max_rows=10).code == "sheet_rows"
    assert len(read_sheet(xlsx(rows), columns=HOUSEHOLDS, max_rows=11).rows) == 11


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9, 0.99])
def test_a_cut_off_sheet(part):
    whole = xlsx([HEADER, *([["甲", "1", "1"]] * 500)])
    assert refusal(whole[: int(len(whole) * part)]).code == "sheet_damaged"


def test_a_word_document_is_not_a_sheet():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert refusal(out.getvalue()).code == "sheet_not"


def test_a_locked_sheet():
    locked = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le")
    )
    assert refusal(locked).code == "sheet_encrypted"


def repacked(data, name, content):
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for item in old.infolist():
            new.writestr(item.filename, old.read(item) if item.filename != name else content)
        if name not in old.namelist():
            new.writestr(name, content)
    return out.getvalue()


def test_a_zip_bomb_is_refused_by_its_declared_size():
    bomb = repacked(xlsx([HEADER]), "xl/media/x.bin", b"\0" * (260 * 1024 * 1024))
    assert len(bomb) < 2_000_000
    assert refusal(bomb).code == "sheet_bomb"


def test_a_zip_bomb_that_lies_about_its_size_is_refused_too():
    bomb = bytearray(repacked(xlsx([HEADER]), "xl/media/x.bin", b"\0" * (60 * 1024 * 1024)))
    real = (60 * 1024 * 1024).to_bytes(4, "little")
    assert bomb.count(real) == 2
    assert refusal(bytes(bomb.replace(real, (1000).to_bytes(4, "little")))).code == "sheet_bomb"


def test_too_many_parts():
    out = io.BytesIO(xlsx([HEADER]))
    with zipfile.ZipFile(out, "a") as archive:
        for i in range(2_100):
            archive.writestr(f"x{i}", b"")
    assert refusal(out.getvalue()).code == "sheet_bomb"


@pytest.mark.parametrize("corner", ["XFD1048576", "ZZ999999", "A9999999", "XFD50000"])
def test_two_cells_far_apart_are_refused_before_they_are_laid_out(corner):
    sheet = f'<worksheet><sheetData><row r="1"><c r="A1"/></row><row r="{corner.lstrip("XFDZA")}">'
    sheet += f'<c r="{corner}" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>'
    data = repacked(xlsx([HEADER]), "xl/worksheets/sheet1.xml", sheet.encode())
    assert refusal(data).code == "sheet_bomb"


def test_a_stray_cell_at_the_very_bottom_of_a_narrow_sheet_is_no_harm():
    sheet = '<worksheet><sheetData><row r="1">'
    sheet += "".join(
        f'<c r="{letter}1" t="inlineStr"><is><t>{text}</t></is></c>'
        for letter, text in zip("ABC", HEADER, strict=False)
    )
    sheet += '</row><row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    data = repacked(xlsx([HEADER]), "xl/worksheets/sheet1.xml", f"{sheet}</sheetData></worksheet>")
    assert [row.number for row in read_sheet(data, columns=HOUSEHOLDS).rows] == [1048576]


def test_an_empty_margin_does_not_move_the_row_numbers():
    result = read([[None, None, *row] for row in [[], [], HEADER, [], ["甲", "1", "1"]]])
    assert [(row.number, row.values["door"]) for row in result.rows] == [(5, "1")]


def test_a_wide_sheet_that_is_not_tall_is_read():
    data = xlsx([[*HEADER, *([None] * 300), "尾"], ["甲", "1", "1"]])
    assert len(read_sheet(data, columns=HOUSEHOLDS).rows) == 1


def test_repetitions_in_ods_are_counted_before_they_are_laid_out():
    many = (
        '<table:table-row table:number-rows-repeated="1000000"><table:table-cell '
        'table:number-columns-repeated="16000" office:value-type="string"><text:p>x</text:p>'
        "</table:table-cell></table:table-row>"
    )
    assert refusal(ods(many)).code == "sheet_bomb"
    assert refusal(ods('<!DOCTYPE x [<!ENTITY a "b">]>')).code == "sheet_damaged"


@settings(max_examples=150)
@given(st.data())
def test_damage_anywhere_is_survived(data):
    whole = bytearray(test_damage_anywhere_is_survived.sheet)
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Invalid):
        read_sheet(bytes(whole), columns=HOUSEHOLDS)


test_damage_anywhere_is_survived.sheet = xlsx([HEADER, *([["甲", "1", "1", "张三", 5, 1.5]] * 3)])


@given(st.binary(max_size=400))
def test_any_bytes_are_survived(data):
    for head in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        with contextlib.suppress(Invalid):
            read_sheet(head + data, columns=HOUSEHOLDS)


cells = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(date(1901, 1, 1), date(2090, 1, 1)),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), max_size=12),
)


@settings(max_examples=60)
@given(st.lists(st.lists(cells, min_size=10, max_size=10), max_size=6))
def test_any_cells_give_values_of_their_kind_or_an_error(rows):
    header = [str(column.title) for column in HOUSEHOLDS]
    result = read_sheet(xlsx([header, *rows]), columns=HOUSEHOLDS)
    kinds = {Kind.TEXT: str, Kind.MULTILINE: str, Kind.INTEGER: int, Kind.DECIMAL: Decimal}
    for row in result.rows:
        for column in HOUSEHOLDS:
            value = row.values[column.key]
            assert value is None or isinstance(value, kinds.get(column.kind, date))
            if column.key in row.errors:
                assert value is None
            elif column.filled:
                assert value


def test_openpyxl_agrees_about_a_sheet_written_by_it():
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.active.append(["甲", 1, 101, "张三", "13800000000", "110101199003078515"])
    out = io.BytesIO()
    book.save(out)
    assert not read_sheet(out.getvalue(), columns=HOUSEHOLDS).bad
