"""Forms from above: real files uploaded, mapped, filled; nothing runs, nothing leaks."""

import io
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl.styles import Font

from liren.access.actor import Permission
from liren.base.errors import Changed, Gone, Invalid, NotAllowed, NotFound
from liren.base.sources import source
from liren.demo.community import COMMUNITY
from liren.forms import actions, queries
from liren.forms.models import Form
from liren.matters import actions as matters
from liren.matters import figures
from liren.matters.models import Entry, Matter

pytestmark = pytest.mark.django_db


def empty_form(headers=("序号", "编号", "诉求内容", "诉求人", "联系电话", "填报单位", "评语")):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.merge_cells("A1:G1")
    sheet["A1"] = "居民诉求办理情况统计表"
    sheet["A1"].font = Font(bold=True, size=18)
    sheet["A2"] = "填报单位：                填报时间："
    for column, words in enumerate(headers, 1):
        sheet.cell(3, column, words)
    sheet["A5"] = "负责人签字："
    sheet.column_dimensions["C"].width = 44
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def upload(client, data=None, **more):
    file = SimpleUploadedFile("统计表.xlsx", data if data is not None else empty_form())
    return client.post(reverse("forms:new"), {"file": file, "source": "matters", **more})


def confirm(client, form, **changes):
    page = client.get(reverse("forms:one", args=[form.key]))
    sent = {f"map-{c.letter}": c.chosen for c in page.context["columns"]}
    sent |= {f"constant-{c.letter}": c.constant for c in page.context["columns"]}
    sent |= {"header_row": str(page.context["row"]), "seen": str(form.version)}
    return client.post(reverse("forms:one", args=[form.key]), {**sent, **changes})


def sheet_of(answer):
    assert answer.status_code == 200, answer
    return openpyxl.load_workbook(io.BytesIO(answer.content)).active


def fill(client, form, **query):
    return client.get(reverse("forms:fill", args=[form.key]), query)


@pytest.fixture
def mapped(desk):
    """The form, uploaded and mapped as suggested by the worker, and the worker's browser."""

    def make(**changes):
        client = desk("worker")
        assert upload(client).status_code == 302
        form = Form.objects.get()
        changes = {"map-F": "=", "constant-F": "长山花园社区", **changes}
        assert confirm(client, form, **changes).status_code == 302
        return client, Form.objects.get(current=True)

    return make


def told(demo, actor, text="楼道灯不亮", **more):
    """A need written down by the worker for somebody with a name and a number."""
    return matters.report(
        by=actor("worker", home=""),
        need=matters.Report(
            place=demo.unit,
            text=text,
            origin="phone",
            contact_name="赵安宁",
            contact_phone="13812345678",
            **more,
        ),
    ).matter


def test_the_columns_are_suggested_and_wait_for_a_person(desk):
    client = desk("worker")
    answer = upload(client)
    form = Form.objects.get()
    assert answer["Location"] == reverse("forms:one", args=[form.key])
    assert (form.name, form.header_row, form.mapping) == ("统计表", 3, {})
    page = client.get(answer["Location"])
    chosen = {c.words: c.chosen for c in page.context["columns"]}
    assert chosen["序号"] == "#"
    assert chosen["诉求内容"] == "text"
    assert chosen["联系电话"] == "phone"
    assert "统计表" in client.get(reverse("forms:overview")).text
    refused = fill(client, form)
    assert refused.status_code == 302  # not before it is mapped


def test_filled_with_the_layout_kept_and_nothing_that_runs(mapped, demo, actor):
    told(demo, actor, "=HYPERLINK(1)")
    told(demo, actor, "+1+1|cmd")
    client, form = mapped()
    sheet = sheet_of(fill(client, form, sort="reported"))
    assert sheet["A1"].value == "居民诉求办理情况统计表"
    assert "A1:G1" in {str(area) for area in sheet.merged_cells.ranges}
    assert sheet.column_dimensions["C"].width == 44
    assert [sheet.cell(4, c).value for c in (1, 3, 6)] == [1, "=HYPERLINK(1)", "长山花园社区"]
    assert [sheet.cell(5, c).value for c in (1, 3)] == [2, "+1+1|cmd"]
    assert sheet["C4"].data_type == "s"
    assert sheet["C4"].quotePrefix
    assert sheet["A6"].value == "负责人签字："


def test_g3_persons_stay_masked_until_a_logged_reason(mapped, demo, actor):
    matter = told(demo, actor)
    client, form = mapped()
    sheet = sheet_of(fill(client, form))
    assert sheet["E4"].value == "138****5678"
    assert "赵安宁" not in str(sheet["D4"].value)
    address = reverse("forms:fill", args=[form.key])
    assert client.post(address, {"reason": " "}).status_code == 302
    assert not Entry.objects.filter(verb="reveal").exists()
    sheet = sheet_of(client.post(address, {"reason": "街道要求逐户回访"}))
    assert sheet["E4"].value == "13812345678"
    logged = Entry.objects.get(matter=matter, verb="reveal")
    assert logged.text == "街道要求逐户回访"


def test_g7_a_shielded_caller_stays_unknown_also_with_a_reason(mapped, demo, actor):
    told(demo, actor, "楼栋长占用楼道", shielded=True)
    client, form = mapped()
    for answer in (
        fill(client, form),
        client.post(reverse("forms:fill", args=[form.key]), {"reason": "要看"}),
    ):
        row = [cell.value for cell in sheet_of(answer)[4]]
        assert not {"13812345678", "138****5678", "赵安宁", "楼栋长占用楼道"} & set(row)


def test_g3_g7_words_carry_no_number_and_a_shielded_answer_stays_here(mapped, demo, actor):
    client, form = mapped(**{"map-F": "result", "constant-F": "", "map-G": "solved"})
    for text, more in (("灯不亮，请打 13812345678", {}), ("楼栋长占用楼道", {"shielded": True})):
        matter = told(demo, actor, text, **more)
        Matter.objects.filter(pk=matter.pk).update(
            result="已告知赵安宁 13812345678", solved=True, satisfied="yes"
        )
    sheet = sheet_of(fill(client, form, sort="reported"))
    assert sheet["C4"].value == "灯不亮，请打 138****5678"
    assert (sheet["G4"].value, sheet["G5"].value) == ("是", None)
    for cell in ("F4", "F5"):
        assert "已告知" in sheet[cell].value
        assert "赵安宁" not in sheet[cell].value
        assert "13812345678" not in sheet[cell].value


def test_the_list_behind_a_figure_fills_that_list(mapped, demo, actor):
    told(demo, actor, "楼道灯不亮")
    other = told(demo, actor, "单元门坏了")
    Matter.objects.filter(pk=other.pk).update(solved=True)
    client, _form = mapped()
    cell = figures.Cell("solved_yes", figures.quarters()[0].key, COMMUNITY)
    page = client.get(reverse("matters_office:list"), {"figure": cell.token()})
    assert len(page.context["rows"]) == 1
    (line,) = client.get(page.context["into_form"]).context["lines"]
    sheet = sheet_of(client.get(line.fill))
    assert [sheet.cell(r, 3).value for r in (4, 5)] == ["单元门坏了", None]


def test_rows_leave_only_from_where_the_actor_exports(demo, actor):
    told(demo, actor)
    worker = actor("worker", home="")
    elsewhere = tuple(
        replace(one, code="220103008004") if one.permission == Permission.SHEET_EXPORT else one
        for one in worker.grants
    )
    rows = source("matters").rows
    assert len(list(rows(worker, {}, 10))) == 1
    assert list(rows(replace(worker, grants=elsewhere), {}, 10)) == []


def test_a_long_file_name_is_cut_not_refused(desk):
    file = SimpleUploadedFile(f"{'表' * 90}.xlsx", empty_form())
    answer = desk("worker").post(reverse("forms:new"), {"file": file, "source": "matters"})
    assert answer.status_code == 302
    assert Form.objects.get().name == "表" * 80


def test_who_may_not_unmask_gets_no_number(mapped, demo, actor, desk):
    told(demo, actor)
    _client, form = mapped()
    officer = desk("officer")
    answer = officer.post(reverse("forms:fill", args=[form.key]), {"reason": "要看"})
    assert answer.status_code == 403
    assert not Entry.objects.filter(verb="reveal").exists()


def test_the_lists_filters_come_along(mapped, demo, actor):
    told(demo, actor, "楼道灯不亮")
    other = told(demo, actor, "单元门坏了")
    matters.accept(by=actor("worker"), matter=other.pk)
    client, _form = mapped()
    page = client.get(reverse("matters_office:list"), {"status": "handling"})
    assert "source=matters" in page.context["into_form"]
    page = client.get(page.context["into_form"])
    (line,) = page.context["lines"]
    sheet = sheet_of(client.get(line.fill))
    assert [sheet.cell(r, 3).value for r in (4, 5)] == ["单元门坏了", None]


def test_only_rows_the_actor_may_see(mapped, demo, actor):
    matter = told(demo, actor)
    client, form = mapped()
    Matter.objects.filter(pk=matter.pk).update(about_persons=[demo.accounts["worker"].person_id])
    assert sheet_of(fill(client, form))["C4"].value is None


@pytest.mark.parametrize("source", ["places", "posts"])
def test_other_lists_fill_forms_too(desk, demo, source):
    client = desk("worker")
    headers = {"places": ("序号", "小区名称", "楼栋", "户数"), "posts": ("岗位名称", "姓名")}[
        source
    ]
    assert upload(client, empty_form(headers), source=source).status_code == 302
    form = Form.objects.get()
    assert confirm(client, form).status_code == 302
    sheet = sheet_of(fill(client, Form.objects.get(current=True), level="building"))
    assert sheet.max_row > 4
    names = {sheet.cell(r, 2).value for r in range(4, sheet.max_row)}
    if source == "posts":
        assert any("*" in str(name) for name in names)
    else:
        assert "长山花园" in names
        assert sheet["D4"].value > 0


def test_another_mapping_is_another_version_and_two_at_once_are_told(mapped, actor):
    client, form = mapped()
    assert form.version == 1
    confirm(client, form, **{"map-G": "result"})
    newer = Form.objects.get(current=True)
    assert (newer.version, newer.key) == (2, form.key)
    assert newer.mapping["G"] == "result"
    assert confirm(client, form, **{"map-G": ""}).status_code == 409
    with pytest.raises(Changed):
        actions.map_columns(
            by=actor("worker", home=""),
            form=form.key,
            mapping={"B": "number"},
            header_row=3,
            seen=1,
        )
    assert Form.objects.count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"map-C": "password"},
        {"map-ZZ": "text"},
        {"header_row": "99"},
        {"header_row": "x"},
        {"map-F": "=", "constant-F": "x" * 150},
        {"map-F": "=", "constant-F": ""},
    ],
)
def test_a_mapping_that_cannot_be_is_refused(desk, wrong):
    client = desk("worker")
    upload(client)
    form = Form.objects.get()
    assert confirm(client, form, **wrong).status_code == 422
    assert Form.objects.get().mapping == {}


@pytest.mark.parametrize(
    "data",
    [b"", b"no sheet", b"PK\x03\x04 broken", "编号,内容\r\n".encode("gb18030"), b"x" * 2_200_000],
)
def test_a_file_that_is_no_form_is_refused_in_words(desk, data):
    answer = upload(desk("worker"), data)
    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]
    assert not Form.objects.exists()


@pytest.mark.parametrize("gone", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_a_file_whose_sheet_is_missing_is_refused_in_words(desk, gone):
    whole, out = zipfile.ZipFile(io.BytesIO(empty_form())), io.BytesIO()
    with zipfile.ZipFile(out, "w") as broken:
        for name in whole.namelist():
            data = whole.read(name)
            if name == gone == "xl/workbook.xml":
                data = data.replace(b'activeTab="0"', b'activeTab="99999999"')
            elif name == gone:
                continue
            broken.writestr(name, data)
    answer = upload(desk("worker"), out.getvalue())
    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]
    assert not Form.objects.exists()


def test_another_communitys_form_is_not_there(mapped, demo, actor):
    client, form = mapped()
    Form.objects.filter(pk=form.pk).update(community="220103008004")
    for name in ("one", "fill"):
        assert client.get(reverse(f"forms:{name}", args=[form.key])).status_code == 404
    assert client.post(reverse("forms:put_away", args=[form.key])).status_code == 404
    with pytest.raises(NotFound):
        queries.get(actor("worker", home=""), form.key)
    with pytest.raises(NotAllowed):
        actions.keep(
            by=actor("worker", home=""),
            community="220103008004",
            name="x",
            source="matters",
            filename="x.xlsx",
            file=empty_form(),
        )


def test_put_away_and_taken_out_again(mapped):
    client, form = mapped()
    client.post(reverse("forms:put_away", args=[form.key]))
    assert not Form.objects.filter(current=True).exists()
    client.post(reverse("forms:take_out", args=[form.key]))
    assert Form.objects.get(current=True) == form


def test_too_many_rows_and_a_list_that_is_gone(mapped, demo, actor):
    told(demo, actor)
    told(demo, actor, "门坏了")
    _client, form = mapped()
    with pytest.raises(Invalid):
        queries.filled(actor("worker", home=""), form, {}, most=1)
    form.source = "gone"
    with pytest.raises(Gone):
        queries.filled(actor("worker", home=""), form, {})


def test_as_many_statements_for_three_rows_as_for_one(mapped, demo, actor):
    client, form = mapped()

    def count(url):
        client.get(url)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(url).status_code == 200
        return len([q for q in caught if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))])

    told(demo, actor)
    one = count(reverse("forms:fill", args=[form.key]))
    listed = count(reverse("forms:overview"))
    told(demo, actor, "门坏了")
    told(demo, actor, "水管漏水")
    upload(client)
    upload(client)
    assert count(reverse("forms:fill", args=[form.key])) == one
    assert count(reverse("forms:overview")) == listed
    assert Form.objects.filter(community=COMMUNITY).count() == 3
