"""A neighbour is trusted: the mandate is given, accepted, used and ended, in two browsers."""

from urllib.parse import urlsplit

import pytest

from liren.demo.community import COMMUNITY
from liren.matters.models import Matter
from liren.people.models import Mandate, Person

pytestmark = pytest.mark.django_db(transaction=True)
ME = f"/c/{COMMUNITY}/me/"


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_a_mandate_is_given_accepted_used_and_ended(reader, world, size):
    giver = reader("resident", size)
    giver.page.locator("nav a", has_text="我的").first.click()
    giver.page.wait_for_load_state("networkidle")
    assert urlsplit(giver.page.url).path == ME
    giver.look("me")
    giver.press("委托")
    giver.look("me-mandates")
    giver.press("发出委托")
    giver.says("把这个码交给对方")
    giver.look("me-mandate-code")
    link = giver.page.locator("#code").text_content()

    # The unit leader next door is the neighbour; acting for somebody they are no leader.
    agent = reader("unit", size)
    agent.go(link)
    agent.look("me-mandate-accept")
    agent.page.locator("main form button[type=submit]").last.click()
    agent.page.wait_for_load_state("networkidle")
    mandate = Mandate.objects.get()
    agent.look("me-mandates-held")
    agent.page.locator(f'form[action$="/{mandate.pk}/act/"] button').click()
    agent.page.wait_for_load_state("networkidle")
    name = Person.objects.get(pk=mandate.grantor_id).name
    agent.says(f"正在替{name}办事")
    agent.look("acting-home")
    agent.go(f"/c/{COMMUNITY}/report/?place={world.unit.code}")
    agent.page.locator("#id_text").fill("三楼楼道灯不亮，晚上看不见台阶")
    agent.page.wait_for_timeout(1200)
    agent.look("acting-report")
    agent.press("提交")
    agent.says(f"正在替{name}办事")
    agent.look("acting-receipt")
    matter = Matter.objects.get()
    assert (matter.reporter_id, matter.agent_id) == (mandate.grantor_id, mandate.agent_id)
    agent.go(f"/c/{COMMUNITY}/matters/{matter.pk}/")
    agent.look("acting-matter")
    agent.go(f"{ME}data/")
    agent.says(f"正在替{name}办事")
    agent.look("acting-refused")
    agent.go(f"/c/{COMMUNITY}/report/?place={world.unit.code}")
    agent.page.locator("#id_text").fill("还有一件")

    giver.go(f"{ME}mandates/done/")
    giver.says("三楼楼道灯不亮")
    giver.look("me-mandates-done")
    giver.go(f"{ME}messages/")
    giver.says("替您办了")
    giver.look("me-messages")
    giver.go(f"{ME}mandates/")
    giver.look("me-mandates-given")
    giver.press("立即结束")
    mandate.refresh_from_db()
    assert mandate.revoked_at is not None

    # In the middle of writing: it is not sent, neither in their name nor in one's own.
    agent.press("提交")
    agent.says("委托已")
    agent.look("acting-ended")
    assert Matter.objects.count() == 1
    agent.go(f"/c/{COMMUNITY}/")
    assert f"正在替{name}办事" not in agent.page.content()
    assert agent.page.goto(f"/c/{COMMUNITY}/matters/{matter.pk}/").status in (200, 404)


PAGES = (
    "data/",
    "data/correct/name/",
    "data/delete/",
    "log/",
    "consents/",
    "display/",
    "household/",
    "security/",
    "security/phone/",
    "reach/",
)


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_every_page_about_oneself_reads_well(reader, size):
    resident = reader("resident", size)
    for page in PAGES:
        resident.go(ME + page)
        resident.look("me-" + page.strip("/").replace("/", "-"))
