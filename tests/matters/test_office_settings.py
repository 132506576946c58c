"""Categories and root causes from the desk."""

import pytest
from django.urls import reverse

from liren.matters import actions, queries
from liren.matters.models import Category, Matter

pytestmark = pytest.mark.django_db


def form_of(kind, **changes):
    return {
        "seen": str(kind.pk),
        "name": kind.name,
        "line": str(kind.line_id),
        "start_level": kind.start_level,
        "accept_within": kind.accept_within,
        "accept_unit": kind.accept_unit,
        "handle_within": kind.handle_within,
        "handle_unit": kind.handle_unit,
        "keywords": " ".join(kind.keywords),
    } | changes


@pytest.fixture
def light(demo):
    return queries.categories(demo.community.code).get(key="upkeep.light")


def test_an_edit_is_a_new_version_and_old_matters_keep_theirs(desk, need, light, demo):
    before = need()
    client = desk("secretary")
    url = reverse("matters_office:category", args=[light.key])
    answer = client.post(url, form_of(light, handle_within=1, why="冬天黑得早"))
    assert answer.status_code == 302
    now = queries.categories(demo.community.code).get(key=light.key)
    assert (now.community, now.version, now.handle_within) == (demo.community.code, 1, 1)
    assert Category.objects.get(pk=light.pk).current
    before.refresh_from_db()
    assert before.category_id == light.pk
    assert need().due < before.due
    page = client.get(url).text
    assert "冬天黑得早" in page
    # The same again writes nothing.
    client.post(url, form_of(now))
    assert Category.objects.filter(key=light.key).count() == 2
    client.post(reverse("matters_office:category_restore", args=[light.key]))
    assert queries.categories(demo.community.code).get(key=light.key).pk == light.pk


def test_two_editors_the_second_sees_the_first(desk, light):
    url = reverse("matters_office:category", args=[light.key])
    client = desk("secretary")
    client.post(url, form_of(light, handle_within=3))
    answer = client.post(url, form_of(light, handle_within=4, why="五个字以上"))
    assert answer.status_code == 409
    assert "五个字以上" in answer.text
    assert Category.objects.filter(key=light.key).count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "单元门与门禁"},
        {"handle_within": 0},
        {"handle_within": 9999},
        {"accept_within": 9, "accept_unit": "working_days", "handle_within": 2},
        {"start_level": "household"},
        {"start_level": "county"},
        {"line": "nonsense"},
        {"keywords": "字" * 21},
        {"keywords": " ".join(f"词{n}" for n in range(50))},
    ],
)
def test_limits_and_names_that_cannot_be_are_refused(desk, light, wrong):
    url = reverse("matters_office:category", args=[light.key])
    answer = desk("secretary").post(url, form_of(light, **wrong))
    assert answer.status_code == 422
    assert Category.objects.filter(key=light.key).count() == 1


def test_a_category_of_our_own_is_added_and_taken_out(desk, light, demo, need):
    client = desk("secretary")
    address = reverse("matters_office:category_new") + "?parent=upkeep"
    added = client.post(address, form_of(light, name="健身器材", seen=""))
    assert added.status_code == 302
    own = queries.categories(demo.community.code).get(name="健身器材")
    assert own.parent_key == "upkeep"
    matter = need("跑步机坏了", key=own.key)
    client.post(reverse("matters_office:category_restore", args=[own.key]))
    assert not queries.categories(demo.community.code).filter(name="健身器材").exists()
    matter.refresh_from_db()
    assert matter.category.name == "健身器材"


def test_who_may_not_edit_categories_does_not(desk, light):
    url = reverse("matters_office:category", args=[light.key])
    for role in ("worker", "resident", "officer"):
        assert desk(role).get(url).status_code == 403
        assert desk(role).post(url, form_of(light, handle_within=1)).status_code == 403
    other = desk("secretary").get(reverse("matters_office:categories"), {"community": "1" * 12})
    assert other.status_code == 404


def test_g11_what_keeps_coming_back_is_proposed_and_a_person_decides(desk, need, demo):
    made = [need() for _ in range(4)]
    need("单元门坏了", key="upkeep.door")
    client = desk("worker")
    board = client.get(reverse("office:board"))
    (proposal,) = board.context["proposals"]
    assert "4" in proposal.reason
    assert Matter.objects.filter(origin="root").count() == 0
    page = client.get(proposal.url)
    assert all(m.number in page.text for m in made)
    few = client.post(proposal.url, {"text": "查线路", "matter": [str(made[0].pk)]})
    assert few.status_code == 422
    chosen = [str(m.pk) for m in made[:3]]
    assert client.post(proposal.url, {"text": "查线路", "matter": chosen}).status_code == 302
    root = Matter.objects.get(origin="root")
    assert root.links_out.filter(kind="follows_from").count() == 3
    assert client.get(reverse("office:board")).context["proposals"] == []
    assert root.number in client.get(reverse("matters_office:roots")).text
    page = client.get(reverse("matters_office:matter", args=[root.pk])).text
    assert "社区立项" in page
    assert "匿名" not in page


def test_a_shielded_matter_is_never_behind_a_root_cause(desk, need, actor):
    made = [need() for _ in range(2)] + [need(shielded=True) for _ in range(3)]
    assert queries.recurring(actor("worker")) == []
    receipt = actions.open_root(
        by=actor("worker"),
        place_code=made[0].place_code,
        category=made[0].category_id,
        text="查",
        matters=[m.pk for m in made],
    )
    assert receipt.matter.links_out.count() == 2


def test_the_map_and_its_tree_say_the_same(desk, need):
    need()
    need("单元门坏了", key="upkeep.door")
    page = desk("worker").get(reverse("matters_office:map"))
    (branch,) = page.context["branches"]
    assert [spot["count"] for spot in branch["spots"]] == [2]
    assert sum(place["count"] for place in page.context["places"]) == 2
    assert desk("officer").get(reverse("matters_office:map")).context["branches"]
    strange = desk("worker").get(reverse("matters_office:map"), {"at": "99", "view": "x"})
    assert strange.status_code == 200
