"""The desk's page for the household sheet: real files through real requests."""

import io
import zipfile
from datetime import timedelta

import openpyxl
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liren.access.models import AuditRow
from liren.base import clock
from liren.demo.community import COMMUNITY
from liren.people import retention
from liren.people.models import Person, RegisterRun, Residence
from liren.people.register import runs
from liren.people.register.layout import TEMPLATE
from liren.territory import actions as territory
from liren.territory.models import Place

from .test_import import HEAD, ID_1, ROWS, bomb, xlsx

pytestmark = pytest.mark.django_db
PAGE = "/office/import/"
BAD = [
    *ROWS,
    ["新苑小区", "7", "3", "2", "503", "戊一", "123", None, "业主", None],
    ["新苑小区", "7", "3", "2", "504", "己一", None, 220103190101010010, "业主", None],
    ["新苑小区", "7", "3", "2", "505", "=1+1", None, None, None, None],
]


@pytest.fixture
def office(desk):
    return desk("worker")


def send(client, data, name="住户.xlsx", community=COMMUNITY):
    file = SimpleUploadedFile(name, data)
    return client.post(f"{PAGE}?community={community}", {"file": file})


def text_of(response) -> str:
    return response.content.decode()


def seen_of(run) -> str:
    return runs.look_of(RegisterRun.objects.get(pk=run.pk))


def decide(client, run, only="0", seen=None):
    seen = seen_of(run) if seen is None else seen
    return client.post(f"{PAGE}{run.pk}/", {"seen": seen, "only": only})


def tables():
    return [
        list(model.objects.order_by("pk").values_list("pk", "changed_at"))
        for model in (Place, Person, Residence)
    ]


def test_look_then_take_in(office):
    before = tables()
    response = send(office, xlsx(ROWS))
    assert response.status_code == 302
    page = office.get(response["Location"])
    said = text_of(page)
    assert "现在还什么都没有写入" in said
    assert "确认导入 5 行" in said
    assert tables() == before
    run = RegisterRun.objects.get()
    assert (run.rows, run.rows_new, run.rows_changed, run.rows_same, run.rows_wrong) == (
        5,
        5,
        0,
        0,
        0,
    )
    response = decide(office, run)
    assert response.status_code == 302
    assert "5 行已全部导入" in text_of(office.get(response["Location"]))
    assert Person.objects.filter(name="甲一").get().identity == ID_1
    run.refresh_from_db()
    assert (run.state, run.sheet, run.report) == ("done", None, None)
    assert AuditRow.objects.filter(reason="sheet 住户.xlsx").exists()
    # Again: nothing to do, and said so.
    page = office.get(send(office, xlsx(ROWS))["Location"])
    assert "没有需要导入的内容" in text_of(page)
    assert "确认导入" not in text_of(page)


def test_wrong_rows_are_named_and_the_choice_is_theirs(office):
    run_page = send(office, xlsx(BAD))["Location"]
    run = RegisterRun.objects.get()
    said = text_of(office.get(run_page))
    assert (run.rows_new, run.rows_wrong) == (5, 3)
    for words in ("手机号", "位数", "公式"):
        assert words in said, words
    before = tables()
    response = decide(office, run)
    assert response.status_code == 422
    assert "先更正" in text_of(response)
    assert tables() == before
    report = office.get(f"{run_page}report/")
    assert report.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(report.content)).active
    rows = list(book.iter_rows(values_only=True))
    assert rows[0] == ("行号", *HEAD, "哪里不对")
    assert [row[0] for row in rows[1:]] == [7, 8, 9]
    assert rows[1][6] == "戊一"
    assert "电话" in rows[1][-1]
    response = decide(office, run, only="1")
    assert response.status_code == 302
    assert "已导入 5 行，留下 3 行有误的" in text_of(office.get(run_page))
    assert not Person.objects.filter(name="戊一").exists()
    # Corrected in the report and sent as it is, the rest comes in.
    for at, column, value in ((2, 8, "13800000009"), (3, 9, ""), (4, 7, "庚一")):
        book.cell(at, column).value = value
    out = io.BytesIO()
    book.parent.save(out)
    fixed = send(office, out.getvalue(), "待更正.xlsx")["Location"]
    said = text_of(office.get(fixed))
    assert "没有对应的位置" not in said
    again = RegisterRun.objects.get(pk=fixed.split("/")[-2])
    assert (again.rows_new, again.rows_wrong) == (3, 0)
    assert decide(office, again).status_code == 302
    assert Person.objects.filter(name__in=["戊一", "己一", "庚一"]).count() == 3


def test_what_we_have_no_place_for_is_nowhere_even_before_the_decision(office):
    head = [*HEAD, "备注", "车牌"]
    rows = [[*row, "独居老人常吵架", "吉A99999"] for row in BAD]
    page = send(office, xlsx(rows, head))["Location"]
    said = text_of(office.get(page))
    assert "备注不保存" in said or "备注" in said
    assert "“车牌”" in said
    run = RegisterRun.objects.get()
    kept = runs.unpack(run.sheet)
    stored = f"{kept} {run.summary}"
    for words in ("吵架", "吉A"):
        assert words not in stored
        report = openpyxl.load_workbook(io.BytesIO(office.get(f"{page}report/").content)).active
        assert words not in str(list(report.iter_rows(values_only=True)))
    # And what is kept lies encrypted.
    with connection.cursor() as cursor:
        cursor.execute("SELECT sheet, report, summary::text FROM people_registerrun")
        sealed, report, summary = cursor.fetchone()
    for words in ("甲一", "13800000001", ID_1):
        assert words.encode() not in bytes(sealed)
        assert words not in summary
    assert bytes(report)[:1] == b"\x01"


def test_g1_a_list_of_suspects_is_refused_and_not_kept(office):
    response = send(office, xlsx([[*ROWS[0], "是"]], [*HEAD, "重点人员"]))
    assert response.status_code == 422
    assert "“重点人员”" in text_of(response)
    assert "不记录" in text_of(response)
    assert not RegisterRun.objects.exists()


def test_sent_twice_is_one_run_and_decided_twice_is_one_import(office):
    data = xlsx(ROWS)
    assert send(office, data)["Location"] == send(office, data)["Location"]
    run = RegisterRun.objects.get()
    seen = seen_of(run)
    assert decide(office, run, seen=seen).status_code == 302
    after = tables()
    assert decide(office, run, seen=seen).status_code == 302
    assert tables() == after
    assert office.post(f"{PAGE}{run.pk}/drop/").status_code == 302
    run.refresh_from_db()
    assert run.state == "done"


def test_when_the_community_changed_since_the_look_nothing_is_written(office, actor):
    send(office, xlsx(ROWS))
    run = RegisterRun.objects.get()
    seen = seen_of(run)
    root = Place.objects.get(code=COMMUNITY)
    territory.add_place(by=actor("worker"), parent=root.pk, name="第7网格")
    before = tables()
    response = decide(office, run, seen=seen)
    assert response.status_code == 409
    assert "有变动" in text_of(response)
    assert tables() == before
    assert decide(office, run).status_code == 302
    assert Person.objects.filter(name="甲一").exists()


def test_put_aside(office):
    page = send(office, xlsx(ROWS))["Location"]
    run = RegisterRun.objects.get()
    assert office.get(f"{page}drop/").status_code == 405
    assert office.post(f"{page}drop/").status_code == 302
    run.refresh_from_db()
    assert (run.state, run.sheet, run.report) == ("dropped", None, None)
    assert "什么都没有导入" in text_of(office.get(page))
    assert decide(office, run).status_code == 410


def test_rows_do_not_wait_for_ever(office):
    data = xlsx(BAD)
    page = send(office, data)["Location"]
    run = RegisterRun.objects.get()
    RegisterRun.objects.update(at=clock.now() - timedelta(days=2))
    assert decide(office, run).status_code == 410
    assert "一天内没有人确认" in text_of(office.get(page))
    retention.purge()
    run.refresh_from_db()
    assert run.sheet is None
    assert run.report is not None
    assert office.get(page).status_code == 200
    retention.purge(clock.now() + timedelta(days=7))
    run.refresh_from_db()
    assert run.report is None
    assert office.get(f"{page}report/").status_code == 410
    # Sent again it waits anew.
    assert send(office, data)["Location"] == page
    assert office.get(f"{page}report/").status_code == 200


def locked_xls():
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600


def sheets_of(rows_by_name):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        for name, rows in rows_by_name.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    return out.getvalue()


def renamed_member(data):
    """An .xlsx whose workbook part is missing: cut and put together wrongly."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            if "sheet1" not in part.filename:
                new.writestr(part, old.read(part))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "status", "words"),
    [
        ("费用.xlsx", sheets_of({"费用": [["项目", "金额"], ["电", 3]]}), 422, "楼栋"),
        ("空.xlsx", sheets_of({"Sheet1": []}), 422, "表头"),
        ("截断.xlsx", xlsx(ROWS)[:3000], 422, "没有传完整"),
        ("缺页.xlsx", renamed_member(xlsx(ROWS)), 422, "没有传完整"),
        ("坏.xls", locked_xls(), 422, "没有传完整"),
        ("照片.xlsx", b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, 422, "不是"),
        ("网页.xls", b"<html><table><tr><td>1</td></tr></table></html>", 422, "网页"),
        ("无.xlsx", b"", 422, "空"),
        ("炸弹.xlsx", bomb(), 422, "大得不正常"),
        ("大.xlsx", b"PK" + b"x" * (21 * 1024 * 1024), 413, "20 MB"),
    ],
)
def test_files_that_cannot_be_used(office, name, data, status, words):
    before = tables()
    response = send(office, data, name)
    assert response.status_code == status
    assert words in text_of(response), text_of(response)[-3000:]
    assert not RegisterRun.objects.exists()
    assert tables() == before


def test_no_file_at_all(office):
    response = office.post(f"{PAGE}?community={COMMUNITY}", {})
    assert response.status_code == 422
    response = office.post(f"{PAGE}?community={COMMUNITY}", {"file": "文字"})
    assert response.status_code == 422


def test_too_many_rows_for_a_request_says_what_to_do(office, monkeypatch):
    monkeypatch.setattr(runs, "WEB_ROWS", 3)
    response = send(office, xlsx(ROWS))
    assert response.status_code == 413
    assert "liren import-places" in text_of(response)
    assert COMMUNITY in text_of(response)


def test_csv_in_gbk_merged_headers_and_other_sheets_first(office):
    text = "\n".join(",".join(str(c or "") for c in row) for row in [HEAD, *ROWS])
    send(office, text.encode("gbk"), "住户.csv")
    assert RegisterRun.objects.latest("at").rows_new == 5
    first = [
        [*HEAD[:3], "房屋", None, *HEAD[5:]],
        [None, None, None, "单元", "门牌", *[None] * 5],
    ]
    merged = [*[(0, 1, at, HEAD[at]) for at in (0, 1, 2, 5, 6, 7, 8, 9)]]
    data = xlsx([first[1], *ROWS], first[0], merge=merged, before=())
    send(office, data, "合并.xlsx")
    run = RegisterRun.objects.latest("at")
    assert (run.rows_new, run.rows_wrong) == (5, 0)
    send(office, sheets_of({"说明": [["填表说明"]], "住户": [HEAD, *ROWS]}), "两页.xlsx")
    assert RegisterRun.objects.latest("at").rows_new == 5


def test_hostile_and_rare_texts_in_every_field(office):
    nasty = ["<script>alert(1)</script>", "'; DROP TABLE x;--", "𠮷😀", "a\u202eb\u200d", "\x07铃"]
    for column in range(len(HEAD)):
        rows = []
        for at, one in enumerate(nasty):
            row = [*ROWS[0][:7], None, *ROWS[0][8:]]
            row[2] = f"{20 + 5 * column + at}号楼"
            row[column] = one
            rows.append(row)
        head = HEAD
        response = send(office, xlsx(rows, head), f"<b>{column}</b>.xlsx")
        assert response.status_code == 302
        page = office.get(response["Location"])
        assert page.status_code == 200
        assert "<script>alert" not in text_of(page)
        assert f"<b>{column}</b>" not in text_of(page)
        run = RegisterRun.objects.latest("at")
        if run.summary["changes"]:
            assert decide(office, run, only="1").status_code == 302
    response = send(office, xlsx(ROWS, [*HEAD[:-1], "<script>x</script>"]))
    assert "<script>x" not in text_of(office.get(response["Location"]))
    assert Person.objects.filter(name="𠮷😀").exists()


def test_rows_that_belong_elsewhere(office, demo):
    known = demo.unit.parent
    head = [*HEAD, "社区"]
    rows = [
        [*ROWS[0], "龙山路社区"],
        ["长山花园", "第2网格", known.name, "1", "902", None, None, None, None, None, None],
        [None, "220103008004001", "1号楼", None, "101", None, None, None, None, None, None],
    ]
    said = text_of(office.get(send(office, xlsx(rows, head))["Location"]))
    run = RegisterRun.objects.get()
    assert run.rows_wrong == 3
    assert "另一个社区" in said or "别的社区" in said
    assert "网格" in said


def test_only_who_may_import_there_and_nobody_next_door(desk, demo, client):
    send(desk("worker"), xlsx(BAD))
    run = RegisterRun.objects.get()
    for role in ("resident", "unit", "building", "grid", "department", "officer"):
        other = desk(role)
        for address in (PAGE, f"{PAGE}template/", f"{PAGE}{run.pk}/", f"{PAGE}{run.pk}/report/"):
            assert other.get(address).status_code in (403, 404), (role, address)
        assert send(other, xlsx(ROWS)).status_code == 403
        assert decide(other, run, only="1").status_code == 403
    worker = desk("worker")
    assert worker.get(f"{PAGE}?community=220103008004").status_code == 404
    assert send(worker, xlsx(ROWS), community="220103008004").status_code == 404
    assert RegisterRun.objects.get().state == "waiting"


def test_g3_wrong_rows_go_back_to_whoever_sent_them_only(office):
    page = send(office, xlsx(BAD))["Location"]
    assert f"{page}report/" in office.get(page).text
    RegisterRun.objects.update(by="person:somebody-else")
    assert office.get(f"{page}report/").status_code == 404
    assert f"{page}report/" not in office.get(page).text


def test_the_template_is_handed_out_and_comes_back(office):
    response = office.get(f"{PAGE}template/")
    assert response.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(response.content)).active
    assert [cell.value.rstrip(" *") for cell in book[1]] == [c.title for c in TEMPLATE]
    page = office.get(send(office, response.content)["Location"])
    assert "没有需要导入的内容" in text_of(page)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_list_costs_the_same_however_long(office, language):
    office.cookies["liren_language"] = language

    def statements():
        with CaptureQueriesContext(connection) as found:
            response = office.get(PAGE)
        assert response.status_code == 200
        return len(found), text_of(response)

    send(office, xlsx(ROWS), "一.xlsx")
    one, said = statements()
    assert "一.xlsx" in said
    send(office, xlsx(ROWS[:2]), "二.xlsx")
    send(office, xlsx(BAD), "三.xlsx")
    three, said = statements()
    assert one == three
    assert RegisterRun.objects.first().by_label in said
    # The rows themselves are not read for a list.
    with CaptureQueriesContext(connection) as found:
        office.get(PAGE)
    assert not any('"people_registerrun"."sheet"' in one["sql"] for one in found)
