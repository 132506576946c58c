"""G7 in the browser: a complaint about the building leader goes past everybody it could reach."""

import pytest

from liren.demo.community import COMMUNITY
from liren.matters.models import Matter

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "楼道被堆满了东西，说过两次也不挪"


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_who_complains_of_a_leader_stays_unknown_and_the_leader_sees_nothing(reader, world, size):
    resident = reader("resident", size)
    resident.go(f"/c/{COMMUNITY}/report/?place={world.unit.code}")
    resident.page.locator("#id_text").fill(WORDS)
    resident.press("不想让人知道是我")
    resident.press(world.posts["building"].title, within="main form")
    resident.page.locator("#id_shielded").check()
    resident.look("complaint-report")
    resident.press("提交")
    matter = Matter.objects.get()
    assert matter.shielded
    assert matter.holder_id == world.posts["grid"].pk
    resident.go(f"/c/{COMMUNITY}/matters/{matter.pk}/")
    resident.says("被反映的人不知道是您")
    resident.look("complaint-mine")

    for role in ("building", "unit"):
        passed_by = reader(role, size)
        for page in ("/field/", "/field/today/", "/field/messages/", f"/c/{COMMUNITY}/"):
            passed_by.go(page)
            shown = passed_by.page.content()
            assert not [one for one in (WORDS, matter.number, str(matter.pk)) if one in shown]
        for face in (f"/field/matters/{matter.pk}/", f"/c/{COMMUNITY}/matters/{matter.pk}/"):
            answer = passed_by.page.goto(face)
            assert answer.status == 404
            assert WORDS not in passed_by.page.content()
    passed_by.look("complaint-not-there")

    grid = reader("grid", size)
    assert WORDS[:8] not in grid.page.locator("main").inner_text()  # a list may be seen by others
    grid.page.locator(f'main a[href*="{matter.pk}"]').click()
    grid.page.wait_for_load_state("networkidle")
    grid.says(WORDS)
    grid.says("反映人不公开身份")
    grid.look("complaint-grid")
    name = world.accounts["resident"].person.name
    assert name not in grid.page.content()
    grid.press("我来办")
    matter.refresh_from_db()
    assert matter.status == "handling"
