"""A partner from the open call to the delivered project, confirmed by who received it."""

from datetime import timedelta

import pytest

from liren.base import clock
from liren.demo.community import COMMUNITY
from liren.partners.models import Agreement, Application, OpenCall, Project

pytestmark = pytest.mark.django_db(transaction=True)
HERE = f"/c/{COMMUNITY}/partners/"


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_from_the_call_to_the_delivered_project(reader, world, size):
    today = clock.today()
    worker = reader("worker", size)
    page = worker.page
    worker.go("/office/partners/")
    worker.look("partners-empty")
    worker.go("/office/partners/calls/new/")
    page.locator("#id_title").fill("招募便民维修合伙人")
    page.locator("#id_wanted").fill("每月到社区一次，给老人家里修小件。")
    page.locator("#id_trade").select_option("daily")
    page.locator('input[name="who"][value="person"]').check()
    page.locator("#id_closes").fill((today + timedelta(days=20)).isoformat())
    worker.look("partners-call-new")
    worker.press("保存草稿")
    worker.press("发布")
    worker.look("partners-call")
    call = OpenCall.objects.get(state="open")

    resident = reader("resident", size)
    resident.go(HERE)
    resident.look("partners-home")
    resident.press("招募便民维修合伙人")
    resident.look("partners-call-public")
    resident.press("申请")
    resident.page.locator("#id_contact_phone").fill("12")
    resident.page.locator("#id_offer").fill("我会修水龙头和灯，周六都有空。")
    resident.press("提交申请")
    resident.look("partners-apply-refused")
    assert not Application.objects.exists()
    resident.page.locator("#id_contact_phone").fill("13800000011")
    resident.press("提交申请")
    resident.look("partners-applied")
    application = Application.objects.get(call=call)

    worker.go(f"/office/partners/applications/{application.pk}/")
    for box in page.locator('input[name="ticked"]').all():
        box.check()
    page.locator("#id_conflict_note").fill("问过，没有。")
    worker.press("保存")
    worker.look("partners-application")
    page.locator("#decide-why").fill("手艺好，时间也合适。")
    worker.press("接受")
    worker.look("partners-agreement-draft")
    agreement = Agreement.objects.get()
    worker.press("登记签署")
    worker.press("开始一个项目")
    page.locator("#project-title").fill("入冬前上门检修")
    page.locator("#project-receiver").select_option(f"post:{world.posts['grid'].pk}")
    worker.press("开始项目")
    worker.look("partners-agreement")
    project = Project.objects.get(agreement=agreement)
    worker.go(f"/office/partners/projects/{project.pk}/")
    worker.press("添加投入")
    page.locator("#gift-what").fill("上门检修")
    page.locator("#gift-amount").fill("7.5")
    page.locator('form:has(#gift-what) button[type="submit"]').click()
    page.wait_for_load_state("networkidle")
    worker.look("partners-project")
    worker.says("7.5 小时")

    resident.go(f"{HERE}application/{application.pk}/")
    resident.says("手艺好，时间也合适。")
    resident.look("partners-application-own")
    resident.go(f"/field/partners/{project.pk}/")
    resident.press("报告情况")
    resident.page.locator('button[name="do"][value="give"]').click()
    resident.page.wait_for_load_state("networkidle")
    resident.page.locator("#id_words").fill("12 户都修好了。")
    resident.press("报告完成")
    resident.look("partners-delivered")

    grid = reader("grid", size)
    grid.go("/field/partners/")
    grid.look("partners-to-confirm")
    grid.press("入冬前上门检修")
    grid.look("partners-confirm")
    grid.press("做到了")
    project.refresh_from_db()
    assert project.state == "confirmed"

    anybody = reader("", size)
    anybody.go(f"{HERE}partner/{agreement.partner_id}/")
    anybody.look("partners-public")
    anybody.says("已确认")
    assert application.contact_name not in anybody.page.locator("body").inner_text()
