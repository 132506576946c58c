"""Writing down for a resident: equal rights, a receipt, nobody's need shown to somebody else."""

import pytest
from django.urls import reverse

from liren.base.crypto import key_hash
from liren.matters import queries
from liren.matters.models import Matter
from liren.people.models import Person
from liren.territory.models import Place

pytestmark = pytest.mark.django_db
RECORD = "matters_office:record"


def told(demo, **changes):
    return {
        "origin": "phone",
        "text": "三楼楼道灯不亮",
        "place": demo.unit.code,
        "once": "ABCDEFGH",
    } | changes


def test_a_call_becomes_a_matter_with_a_receipt_and_equal_rights(desk, demo):
    client = desk("worker")
    answer = client.post(
        reverse(RECORD), told(demo, contact_name="王小二", contact_phone="138 0013 8000")
    )
    matter = Matter.objects.get()
    assert answer.status_code == 302
    assert (matter.origin, matter.recorded_by_id) == ("phone", demo.posts["worker"].pk)
    assert matter.contact_phone == "13800138000"
    assert matter.reporter_id is None
    page = client.get(answer["Location"])
    assert matter.number in page.text
    assert "<svg" in page.text
    code = page.context["code"]
    found = queries.by_code(matter.community, matter.number, code)
    assert found.pk == matter.pk
    # The code is in this browser only, and only for a while.
    client.cookies.clear()
    assert desk("secretary").get(answer["Location"]).context["code"] == ""


def test_sent_twice_it_is_one_matter(desk, demo):
    client = desk("worker")
    for _ in range(2):
        assert client.post(reverse(RECORD), told(demo)).status_code == 302
    assert Matter.objects.count() == 1


def test_name_and_number_of_a_resident_bring_it_to_their_page(desk, demo):
    resident = demo.accounts["resident"].person
    resident.phone = "13800138000"
    resident.phone_hash = key_hash("13800138000", "phone")
    resident.save()
    client = desk("worker")
    client.post(
        reverse(RECORD),
        told(demo, once="A", contact_name=resident.name, contact_phone="13800138000"),
    )
    client.post(
        reverse(RECORD), told(demo, once="B", contact_name="别人", contact_phone="13800138000")
    )
    reporters = dict(Matter.objects.values_list("contact_name", "reporter"))
    assert reporters == {"": resident.pk, "别人": None}
    assert Person.objects.filter(name="别人").count() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"text": "字" * 2001},
        {"place": ""},
        {"place": "220103008003999"},
        {"place": "22010300800300000000000000"},
        {"origin": "web"},
        {"contact_phone": "12"},
        {"about": "nobody"},
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(desk, demo, wrong):
    answer = desk("worker").post(reverse(RECORD), told(demo, place_note="东侧楼梯") | wrong)
    assert answer.status_code in (404, 422)
    if answer.status_code == 422:
        assert "东侧楼梯" in answer.text
    assert Matter.objects.count() == 0


def test_without_script_the_place_is_found_by_a_button(desk, demo):
    answer = desk("worker").post(reverse(RECORD), told(demo, place="", find="1", at="1单元"))
    assert answer.status_code == 200
    assert demo.unit.code in answer.text
    assert "三楼楼道灯不亮" in answer.text


def test_buildings_of_every_compound_come_before_flats(desk, demo):
    """Ten compounds with a building of one name, each with flats: every building is offered."""
    by = {"changed_by": "system:test", "changed_why": "test", "synthetic": True}
    grid = demo.unit.parent.parent

    def place(parent, digits, level, name, full):
        return Place.objects.create(
            community=demo.community.code,
            code=parent.code + digits,
            parent=parent,
            level=level,
            name=name,
            full_name=full,
            **by,
        )

    for n in range(10):
        full = f"第{n}院 77号楼"
        building = place(grid, f"{700 + n}", "building", "77号楼", full)
        unit = place(building, "01", "unit", "1单元", f"{full} 1单元")
        for door in range(3):
            place(unit, f"{door:04}", "household", f"{door}室", f"{full} 1单元 {door}室")
    client = desk("worker")
    page = client.get(reverse("matters_office:places"), {"as": "choices", "at": "77号楼"})
    rows = page.context["rows"]
    assert [row.level for row in rows[:10]] == ["building"] * 10
    assert [row.level for row in rows[10:]] == ["unit"] * 10
    assert "还有 30 处，请写得细一点" in page.text
    found = client.post(reverse(RECORD), told(demo, place="", find="1", at="77号楼"))
    assert [row.pk for row in found.context["rows"]] == [row.pk for row in rows]
    assert "还有 30 处" in found.text


def test_g7_a_complaint_goes_past_the_leader_it_is_about(desk, demo):
    client = desk("worker")
    page = client.get(reverse("matters_office:leaders"), {"place": demo.unit.code})
    assert str(demo.posts["unit"].pk) in page.text
    client.post(reverse(RECORD), told(demo, about=str(demo.posts["unit"].pk), shielded="on"))
    matter = Matter.objects.get()
    assert matter.shielded
    assert matter.holder_id != demo.posts["unit"].pk


def test_hints_name_their_reason_and_open_matters_nearby(desk, demo, need):
    near = need("三楼楼道灯不亮")
    page = desk("worker").post(
        reverse("matters_office:hints"), {"text": "楼道灯不亮了", "place": demo.unit.code}
    )
    assert near.number in page.text
    assert "楼道灯" in page.text


def test_a_resident_writes_nothing_down_for_others(desk, demo):
    assert desk("resident").get(reverse(RECORD)).status_code == 403
    assert desk("resident").post(reverse(RECORD), told(demo)).status_code == 403


def test_staying_unknown_is_asked_in_the_residents_own_words(desk):
    page = desk("worker").get(reverse(RECORD)).text
    assert "不想让人知道是谁反映的，或反映的是楼长、工作人员" in page
