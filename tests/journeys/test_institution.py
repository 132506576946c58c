"""An institution takes on a matter: asked by the office, offered, confirmed, done."""

import pytest

from liren.base import clock
from liren.demo.community import COMMUNITY, TRACK, _account
from liren.matters import actions, queries
from liren.matters.actions import Report
from liren.matters.models import Matter
from liren.organisation import actions as organisations
from liren.organisation.queries import actor_for
from liren.people.models import Person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def school(world):
    """A school with a liaison who can sign in."""
    worker = actor_for(world.accounts["worker"].person_id, home=COMMUNITY)
    body = organisations.register_organisation(
        by=worker, community=COMMUNITY, kind="institution", name="长山小学（演示）", synthetic=True
    )
    post = organisations.open_liaison(by=worker, organisation=body.pk, type="institution")
    person = Person.objects.create(community=COMMUNITY, name="测试员", synthetic=True, **TRACK)
    secretary = actor_for(world.accounts["secretary"].person_id, home=COMMUNITY)
    organisations.begin_term(by=secretary, post=post.pk, person=person.pk, starts=clock.today())
    world.accounts["institution"] = _account("institution", person)
    return body


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_an_institution_takes_on_a_matter(reader, world, school, size):
    resident = actor_for(world.accounts["resident"].person_id, home=COMMUNITY)
    kind = queries.categories(COMMUNITY).get(key="upkeep.light")
    need = Report(
        place=world.unit,
        text="三楼楼道灯不亮，我家301，老人不敢下楼。",
        category=kind,
        reporter=resident.person,
    )
    matter = actions.report(by=resident, need=need).matter

    worker = reader("worker", size)
    worker.go(f"/office/matters/{matter.pk}/")
    worker.press("请驻区单位认领")
    worker.look("institution-open")
    worker.says("单位看不到这段原文")
    worker.page.locator("#id_words").fill("联系 13800001111 换灯")
    worker.press("开放单位认领")
    worker.says("请不要写像电话、证件号的数字")
    worker.page.locator("#id_words").fill("一处楼道灯不亮，需要会电工的人")
    worker.press("开放单位认领")
    worker.look("institution-opened")

    liaison = reader("institution", size)
    liaison.go("/field/")
    liaison.press("共驻共建")
    liaison.look("institution-home")
    assert "301" not in liaison.page.locator("body").inner_text()
    liaison.press("一处楼道灯不亮")
    liaison.look("institution-claim")
    liaison.page.locator("#id_words").fill("明天上午派校工来换")
    liaison.press("我们认领")
    liaison.look("institution-claimed")
    liaison.says("等社区确认")

    worker.go("/office/council/")
    worker.look("institution-council")
    worker.says("明天上午派校工来换")
    worker.press("交给他们办")
    worker.look("institution-given")

    liaison.go("/field/")
    liaison.look("institution-today")
    liaison.go(f"/field/matters/{matter.pk}/")
    liaison.look("institution-matter")
    assert Matter.objects.get(pk=matter.pk).status == "whistled"

    anybody = reader("", size)
    anybody.go(f"/c/{COMMUNITY}/together/")
    anybody.look("institution-together")
    anybody.says("长山小学（演示）")
    secretary = reader("secretary", size)
    secretary.go("/office/core/")
    secretary.look("institution-core")
    secretary.says("核心看板")
