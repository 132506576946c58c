"""The schema refuses what it must never hold."""

import pytest
from django.db import models
from django.test.utils import isolate_apps

from liren.base.crypto import EncryptedTextField
from liren.people.checks import check_model, forbidden_in, sounds_personal
from liren.people.declarations import Basis, Field, Reader, Rows


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("face", "face"),
        ("face_vector", "face"),
        ("FaceImage", "face"),
        ("gait", "gait"),
        ("fingerprint_hash", "fingerprint"),
        ("track", "track"),
        ("gps_track", "track"),
        ("trajectory", "trajectory"),
        ("location_history", "location_history"),
        ("religion", "religion"),
        ("ethnic_group", "ethnic_group"),
        ("risk", "risk"),
        ("riskLevel", "risk_level"),
        ("key_person", "key_person"),
        ("isKeyPerson", "key_person"),
        ("重点人员", "重点人"),
        ("score", "score"),
        ("worker_score", "score"),
        ("rank", "rank"),
        ("points", "points"),
        ("level_of_trust", "level_of_trust"),
        ("check_in", "check_in"),
        ("checkin_at", "checkin"),
        ("online_minutes", "online_minutes"),
        ("people_积分", "积分"),
    ],
)
def test_names_that_must_not_be(name, word):
    assert forbidden_in(name)[0] == word


@pytest.mark.parametrize(
    "name",
    [
        "created",
        "created_at",
        "Tracked",
        "tracked_by",
        "interface",
        "surface",
        "frankly",
        "credit_code",
        "asterisk",
        "brisk",
        "checking",
        "checked_at",
        "appointment",
        "pointed",
        "underscore",
        "embrace",
        "trusted",
        "place_code",
        "online",
        "language",
    ],
)
def test_names_that_may_be(name):
    assert forbidden_in(name) is None


def test_names_that_sound_personal():
    assert sounds_personal("phone_hash")
    assert sounds_personal("birth_year")
    assert sounds_personal("contactPhone")
    assert not sounds_personal("contact")
    assert not sounds_personal("phonetic")


def ids(model):
    return sorted({fault.id for fault in check_model(model)})


@isolate_apps("liren.people")
def test_a_table_that_leads_to_a_person_must_declare_itself():
    class Loose(models.Model):
        person = models.ForeignKey("people.Person", models.CASCADE, related_name="+")

        class Meta:
            app_label = "people"

    Loose._meta.get_field("person").remote_field.model = _person()
    assert ids(Loose) == ["people.E002"]


@isolate_apps("liren.people")
def test_a_phone_number_anywhere_must_be_declared():
    class Loose(models.Model):
        contact_phone = models.CharField(max_length=20)
        secret = EncryptedTextField(null=True)

        class Meta:
            app_label = "people"

    assert ids(Loose) == ["people.E004"]


@isolate_apps("liren.people")
def test_every_field_is_said_to_be_personal_or_not():
    class Half(models.Model):
        person = models.ForeignKey("people.Person", models.CASCADE, related_name="+")
        shoe_size = models.IntegerField()
        personal = {"person": Field("know whose", Basis.CONSENT, (Reader.SELF,), 0)}
        personal_rows = Rows(of=("person",))

        class Meta:
            app_label = "people"

    assert ids(Half) == ["people.E001"]
    Half.impersonal = "shoe_size"
    assert ids(Half) == []
    Half.impersonal = "shoe_size gone"
    assert ids(Half) == ["people.E005"]


@isolate_apps("liren.people")
def test_a_declaration_needs_purpose_readers_and_the_way_to_the_person():
    class Poor(models.Model):
        person = models.ForeignKey("people.Person", models.CASCADE, related_name="+")
        personal = {"person": Field(" ", Basis.CONSENT, (), 0)}

        class Meta:
            app_label = "people"

    assert ids(Poor) == ["people.E005", "people.E006"]


@isolate_apps("liren.people")
def test_a_link_to_a_person_is_never_impersonal():
    class Sly(models.Model):
        person = models.ForeignKey("people.Person", models.CASCADE, related_name="+")
        name = models.CharField(max_length=20)
        personal = {"name": Field("call them", Basis.CONSENT, (Reader.SELF,), 0)}
        impersonal = "person"
        personal_rows = Rows(of=("person",), ends="nothing")

        class Meta:
            app_label = "people"

    Sly._meta.get_field("person").remote_field.model = _person()
    assert ids(Sly) == ["people.E001", "people.E006"]


def _person():
    from liren.people.models import Person

    return Person
