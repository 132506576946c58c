"""Rows read by plain SQL are the instances the ORM would give."""

import pytest
from django.db import IntegrityError, transaction

from liren.base.rows import fetch, first, insert
from liren.matters.models import Category
from liren.notifications.models import Address
from liren.people.models import Person
from liren.territory.models import Place

pytestmark = pytest.mark.django_db
TRACK = {"changed_by": "test", "changed_why": "test"}


def values(row):
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}


def test_every_value_is_what_the_orm_reads(demo):
    building = Place.objects.filter(level="building", outline__isnull=False).first()
    assert building is not None
    person = Person.objects.first()
    assert person is not None
    person.phone = "13800000000"
    person.save()
    address = Address.objects.create(
        community=person.community,
        person=person,
        channel="sms",
        target="13800000000",
        changed_by="test",
        changed_why="test",
    )
    for row in (building, person, address, Category.objects.first()):
        fresh = type(row).objects.get(pk=row.pk)
        found = first(type(row), f'"{row._meta.pk.column}" = %s', [row.pk])
        assert found is not None
        assert values(found) == values(fresh)
        assert not found._state.adding
        found.save(force_update=True)


def test_several_rows_and_none(demo):
    found = fetch(Place, "code = ANY(%s) ORDER BY code", [["22", "2201", "nowhere"]])
    assert [place.code for place in found] == ["22", "2201"]
    assert first(Place, "code = %s", ["nowhere"]) is None


def test_rows_of_several_models_go_in_together_or_not_at_all(demo):
    building = Place.objects.filter(level="building").first()
    assert building is not None
    person = Person(community=building.community, name="测试", phone="13800000000", **TRACK)
    address = Address(
        community=building.community, person=person, channel="sms", target="1", **TRACK
    )
    insert(person, address)
    assert values(Person.objects.get(pk=person.pk)) == values(person)
    assert Address.objects.get(pk=address.pk).target == "1"

    other = Person(community=building.community, name="测试二", **TRACK)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(other, Address(pk=address.pk, community="1", person=other, channel="sms", **TRACK))
    assert not Person.objects.filter(pk=other.pk).exists()
