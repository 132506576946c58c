"""Two hotline tickets from the message to the reply sheet; a form from above, mapped and filled."""

import io

import openpyxl
import pytest

from liren.matters.models import Matter

pytestmark = pytest.mark.django_db(transaction=True)

MESSAGE = """今日转办两件，请按时办理：
工单编号：20261123001
诉求人：赵某某　联系电话：13800000001
事发地址：{place}
诉求内容：居民反映：三楼楼道灯不亮，晚上看不见台阶。
办理时限：3个工作日

--------
工单编号:20261123002
【诉求内容】垃圾桶满了没人清
地址: 说不清楚
"""


def empty_form():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.merge_cells("A1:E1")
    sheet["A1"] = "热线工单办理情况统计表"
    for column, words in enumerate(["序号", "工单编号", "诉求内容", "办理结果", "联系电话"], 1):
        sheet.cell(2, column, words)
    out = io.BytesIO()
    book.save(out)
    return {"name": "统计表.xlsx", "mimeType": "application/octet-stream", "buffer": out.getvalue()}


def opened(download):
    with open(download.path(), "rb") as file:
        return openpyxl.load_workbook(io.BytesIO(file.read())).active


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_tickets_come_in_are_answered_and_fill_a_form(reader, world, size):
    worker = reader("worker", size)
    page = worker.page
    worker.go("/office/hotline/")
    worker.look("hotline-empty")
    worker.go("/office/hotline/new/")
    worker.look("hotline-new")
    page.locator("#id_pasted").fill(MESSAGE.format(place=f"{world.unit.full_name} 302室"))
    worker.press("看看识别结果")
    worker.look("hotline-preview")
    worker.says("138****0001")
    worker.press("收下选中的工单")
    worker.look("hotline-refused")
    assert not Matter.objects.exists()
    page.locator("#id_place-1").select_option(label="长山花园社区（整个社区）")
    worker.press("收下选中的工单")
    worker.look("hotline-list")
    worker.says("20261123001")

    matter = Matter.objects.get(external_number="20261123001")
    assert matter.place == world.unit
    worker.go(f"/office/matters/{matter.pk}/")
    for verb, words in (("accept", ""), ("handle", "电工到场换了灯泡，楼道已亮")):
        form = page.locator(f'form[action$="/{matter.pk}/{verb}/"]')
        if not form.is_visible():
            folded = f"details:not([open]):has(form[action$='/{verb}/']) > summary"
            page.locator(folded).first.click()
        if words:
            form.locator("textarea").fill(words)
        form.locator('button[type="submit"]').click()
        page.wait_for_load_state("networkidle")

    worker.go(f"/office/hotline/{matter.pk}/")
    worker.look("hotline-reply")
    assert "换了灯泡" in page.locator("#id_text").input_value()
    assert "赵某某" not in page.locator("#id_text").input_value()
    worker.go("/office/hotline/")
    page.locator(f'input[name="pick"][value="{matter.pk}"]').check()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="导出选中的回复表").click()
    sheet = opened(waiting.value)
    assert sheet["A2"].value == "20261123001"
    assert "换了灯泡" in sheet["C2"].value
    page.get_by_role("button", name="把选中的标记为已回复").click()
    worker.look("hotline-ask")
    worker.press("仍标记为已回复")
    page.wait_for_load_state("networkidle")
    worker.go("/office/hotline/?reply=sent")
    worker.look("hotline-sent")
    worker.says("20261123001")

    worker.go("/office/forms/")
    worker.look("forms-empty")
    worker.go("/office/forms/new/")
    worker.look("forms-new")
    page.locator("#id_file").set_input_files(empty_form())
    worker.press("上传并查看各列")
    worker.look("forms-columns")
    worker.press("保存对应关系")
    worker.look("forms-list")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="填好下载").click()
    filled = opened(waiting.value)
    assert filled["A1"].value == "热线工单办理情况统计表"
    rows = {filled.cell(r, 2).value: filled.cell(r, 5).value for r in (3, 4)}
    assert rows == {"20261123001": "138****0001", "20261123002": None}
