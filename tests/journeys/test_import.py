"""A worker brings the community's own list: looked through, corrected, taken in."""

import io

import openpyxl
import pytest
from tests.people.register.test_import import ROWS, xlsx

from liren.people.models import Person, RegisterRun
from liren.territory.models import Place

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_list_with_a_wrong_row_comes_in(reader, tmp_path):
    wrong = ["新苑小区", "7", "3", "2", "503", "戊一", "123", None, "业主", None]
    path = tmp_path / "长山住户.xlsx"
    path.write_bytes(xlsx([*ROWS, wrong]))
    worker = reader("worker", "desk")
    worker.go("/office/")
    worker.press("导入住户表", within="body")
    worker.look("import-empty")
    with worker.page.expect_download() as empty:
        worker.page.get_by_role("link", name="下载空表").click()
    assert empty.value.suggested_filename.endswith(".xlsx")

    worker.page.set_input_files("input[type=file]", path)
    worker.press("先看一看")
    worker.says("现在还什么都没有写入")
    worker.says("第 7 行")
    worker.look("import-preview")
    assert not Person.objects.filter(name="甲一").exists()
    with worker.page.expect_download() as rows:
        worker.page.get_by_role("link", name="下载这 1 行").click()
    report = openpyxl.load_workbook(io.BytesIO(rows.value.path().read_bytes()))
    sheet = report.active
    assert sheet.cell(1, sheet.max_column).value == "哪里不对"

    worker.press("先导入正确的 5 行")
    worker.says("已导入 5 行，留下 1 行有误的")
    worker.look("import-done")
    assert Person.objects.filter(name="甲一").exists()

    sheet.cell(2, 8).value = "13800000009"
    fixed = tmp_path / "改好.xlsx"
    report.save(fixed)
    worker.press("再交一张表")
    worker.page.set_input_files("input[type=file]", fixed)
    worker.press("先看一看")
    worker.press("确认导入 1 行")
    worker.says("1 行已全部导入")
    assert Place.objects.filter(full_name="新苑小区 3号楼 2单元 503").exists()
    worker.go("/office/import/")
    worker.look("import-list")
    assert RegisterRun.objects.filter(state="done").count() == 2
