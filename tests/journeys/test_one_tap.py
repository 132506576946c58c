"""A leader without an account: the link of a message opens one matter, and says when it is over."""

import pytest

from liren.access.actor import system
from liren.matters import actions, links
from liren.matters.actions import Report
from liren.organisation.models import Term

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_a_leader_accepts_and_passes_up_by_the_link_which_then_says_so(reader, world, size):
    matter = actions.report(
        by=system("journey"),
        need=Report(
            place=world.unit,
            text="单元门的闭门器坏了",
            reporter=world.accounts["resident"].person_id,
        ),
    ).matter
    term = Term.objects.get(post=world.posts["unit"])
    leader = reader("", size)
    link = links.path_to(matter.pk, term.pk)
    leader.go(link)
    leader.says("单元门的闭门器坏了")
    leader.look("link-matter")
    leader.press("我来办")
    leader.says("谢谢您")
    leader.look("link-thanks")
    assert leader.page.get_by_text("邻居已知道由您来办").count() == 1  # said on the page, once
    matter.refresh_from_db()
    assert (matter.status, matter.holder_id) == ("handling", world.posts["unit"].pk)

    leader.go(link)
    leader.press("我办不了")
    leader.look("link-pass-up")
    leader.press("超出了我们楼的范围")
    leader.press("转给")
    leader.says("谢谢您")
    matter.refresh_from_db()
    assert matter.holder_id == world.posts["building"].pk

    assert leader.page.goto(link).status == 410
    leader.says(f"这件事现在由{world.posts['building'].title}办理")
    leader.look("link-moved-on")
    # It was never a key to anything else.
    assert leader.page.goto("/field/").status in (200, 403)
    assert "单元门的闭门器坏了" not in leader.page.content()
