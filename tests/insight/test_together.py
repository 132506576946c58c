"""One page per place and project: everybody's promise, nobody's name."""

import pytest
from django.urls import reverse
from tests.insight.test_board import busy, promise  # noqa: F401 -- a fixture

from liren.demo.community import COMMUNITY
from liren.organisation.models import Post

pytestmark = pytest.mark.django_db


def at(code=COMMUNITY):
    if code == COMMUNITY:
        return reverse("together:community", args=[code])
    return reverse("together:place", args=[COMMUNITY, code])


def test_residents_see_organisations_and_posts(busy, client):  # noqa: F811
    page = client.get(at())
    assert page.status_code == 200
    assert "单位一" in page.text
    assert "第1网格网格长" not in page.text  # the whole community is led from its office
    assert "社区书记" in page.text
    below = client.get(at(COMMUNITY + "001")).text
    assert "单位一" in below
    assert "第1网格网格长" in below
    assert "单位一" not in client.get(at(COMMUNITY + "002")).text
    for name in Post.objects.exclude(terms=None).values_list("terms__person__name", flat=True):
        assert name not in page.text + below


def test_who_is_called_in_without_a_word_of_the_report(busy, client):  # noqa: F811
    text = client.get(at()).text
    assert "区城市管理局" in text
    assert "占道" not in text
    assert "1单元" not in text.replace("1单元长", "")


def test_nothing_of_a_complaint(demo, actor, need, client):
    from liren.matters import actions as matters

    hidden = need("投诉", key="order.parking", shielded=True)
    matters.whistle(
        by=actor("worker"), matter=hidden.pk, called=demo.posts["department"].pk, words="请到场"
    )
    assert "区城市管理局" not in client.get(at()).text


def test_states_are_chosen_and_counted(busy, client):  # noqa: F811
    assert client.get(at() + "?state=promised").context["count"] == 1
    assert client.get(at() + "?state=confirmed").context["count"] == 0
    assert client.get(at() + "?state=nonsense").status_code == 200


def test_a_project_has_its_page(demo, actor, client):
    from datetime import timedelta

    from liren.base import clock
    from liren.council import actions
    from liren.council.actions import Line

    project = actions.add_item(
        by=actor("worker"),
        organisation=demo.committee.pk,
        listed="project",
        line=Line(title="小院改造", kind="other", starts=clock.today()),
    )
    given = promise(demo, actor, "二")
    actions.promise(
        by=actor("worker"),
        giver=given.giver_id,
        receiver=demo.committee.pk,
        what="长椅",
        due=clock.today() + timedelta(days=9),
        project=project.pk,
    )
    page = client.get(reverse("together:project", args=[COMMUNITY, str(project.pk)]))
    assert page.status_code == 200
    assert "长椅" in page.text
    assert client.get(reverse("together:project", args=[COMMUNITY, "none"])).status_code == 404


def test_empty_says_so(demo, client):
    text = client.get(at()).text
    assert "这里还没有承诺" in text, text[2000:6000]


@pytest.mark.parametrize("code", ["x", "220103008004", "2201", COMMUNITY + "999", "0" * 24])
def test_unknown_places(demo, client, code):
    assert client.get(f"/c/{COMMUNITY}/together/{code}/").status_code == 404


def test_the_desks_page(busy, desk):  # noqa: F811
    page = desk("officer").get(reverse("insight:together"))
    assert page.context["count"] == 1
    there = desk("worker").get(reverse("insight:place", args=[COMMUNITY]))
    assert there.context["promises"][0]["url"]
    other = reverse("insight:place", args=["220103008004"])
    assert desk("worker").get(other).status_code in (403, 404)
