"""From a need to its rating, on a phone and at a desk, as the people who do it."""

import pytest

from liren.demo.community import COMMUNITY
from liren.matters.models import Matter

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_a_need_goes_round_and_comes_back_solved(reader, world, size):
    resident = reader("resident", size)
    resident.look("portal-home")
    resident.go(f"/c/{COMMUNITY}/report/place/")
    resident.look("portal-place")
    resident.go(f"/c/{COMMUNITY}/report/?place={world.unit.code}")
    resident.page.locator("#id_text").fill("三楼楼道灯不亮，晚上看不见台阶")
    resident.page.wait_for_timeout(1200)
    resident.look("portal-report")
    resident.press("提交")
    matter = Matter.objects.get()
    resident.look("portal-receipt")
    resident.says(matter.number)

    resident_page = f"/c/{COMMUNITY}/matters/{matter.pk}/"
    field = f"/field/matters/{matter.pk}/"

    unit = reader("unit", size)
    unit.look("field-home")
    unit.press("三楼楼道灯不亮")
    unit.look("field-matter")
    unit.press("我办不了")
    unit.look("field-pass-up")
    unit.press("需要我没有的工具或配件")
    unit.press("转给")
    matter.refresh_from_db()
    assert matter.holder.type_id == "building_leader"

    building = reader("building", size)
    building.go(f"{field}pass_up/")
    building.page.locator("#id_words").fill("线路老化，要全楼一起换")
    building.press("转给")
    matter.refresh_from_db()
    assert matter.holder.type_id == "grid_leader"

    grid = reader("grid", size)
    grid.go(field)
    grid.press("我来办")
    grid.press("办好了")
    grid.page.locator("#id_words").fill("换了灯泡")
    grid.press("办好了")
    matter.refresh_from_db()
    assert matter.status == "answering"

    resident.go(resident_page)
    resident.look("portal-answer")
    resident.page.locator('#answer input[name="solved"][value="no"]').check()
    resident.page.locator("#answer textarea").fill("还是不亮")
    resident.page.locator('#answer button[type="submit"]').click()
    resident.page.wait_for_load_state("networkidle")
    matter.refresh_from_db()
    assert (matter.status, matter.reopened) == ("handling", 1)

    worker = reader("worker", size)
    worker.look("office-board")
    worker.go("/office/matters/")
    worker.look("office-list")
    worker.go(f"/office/matters/{matter.pk}/")
    worker.look("office-matter")
    whistle = worker.page.locator(f'form[action$="/{matter.pk}/whistle/"]')
    if not whistle.is_visible():
        more = worker.page.locator("details:not([open]):has(form[action$='/whistle/'])")
        for number in range(more.count()):
            more.nth(number).locator("> summary").click()
    whistle.locator("select").first.select_option(index=1)
    whistle.locator("textarea").first.fill("请派电工到场")
    whistle.locator('button[type="submit"]').click()
    worker.page.wait_for_load_state("networkidle")
    matter.refresh_from_db()
    assert matter.status == "whistled"

    called = reader("department", size)
    called.look("field-home-department")
    called.go(field)
    called.look("field-whistled")
    called.press("收到")
    called.go(f"{field}handle/")
    called.page.locator("#id_words").fill("换了线路，灯已亮")
    called.press("办好了")
    matter.refresh_from_db()
    assert matter.status == "checking"

    worker.go(f"/office/matters/{matter.pk}/")
    worker.page.locator(
        f'details:has(form[action$="/{matter.pk}/verify/"]) > summary'
    ).first.click()
    worker.page.locator(f'form[action$="/{matter.pk}/verify/"] button[type="submit"]').click()
    worker.page.wait_for_load_state("networkidle")
    matter.refresh_from_db()
    assert matter.status == "answering"

    resident.go(resident_page)
    resident.page.locator('#answer input[name="solved"][value="yes"]').check()
    resident.page.locator('#answer input[name="satisfied"][value="yes"]').check()
    resident.page.locator('#answer button[type="submit"]').click()
    resident.page.wait_for_load_state("networkidle")
    resident.look("portal-solved")
    matter.refresh_from_db()
    assert (matter.status, matter.ending, matter.satisfied) == ("closed", "solved", "yes")
    verbs = list(matter.entries.order_by("version").values_list("verb", flat=True))
    assert verbs == [
        "report",
        "pass_up",
        "pass_up",
        "accept",
        "handle",
        "answer_not_solved",
        "whistle",
        "acknowledge",
        "handle",
        "verify",
        "answer_solved",
    ]
