"""What tests about persons share."""

from io import BytesIO

import pytest
from PIL import Image as Picture

from liren.access.actor import Actor
from liren.base import images
from liren.base.crypto import key_hash
from liren.people.models import Account, Person

TRACK = {"changed_by": "system:test", "changed_why": "test"}


@pytest.fixture
def make_person(demo):
    """Make persons of the demonstration community; with a phone they have an account."""

    def make(name="测试人", *, phone="", place=None, account=True, community="220103008003"):
        person = Person.objects.create(
            community=community,
            place_code=place.code if place else "",
            name=name,
            phone=phone or None,
            phone_hash=key_hash(phone, "phone") if phone else None,
            synthetic=True,
            **TRACK,
        )
        if phone and account:
            Account.objects.create_user(
                username=f"u-{phone}",
                password="correct-Horse-7",
                person=person,
                phone=phone,
                phone_hash=person.phone_hash,
                phone_verified=True,
            )
        return person

    return make


@pytest.fixture
def as_person():
    """Return the actor a person is, on the pages of the demonstration community."""

    def make(person, *, home="220103008003") -> Actor:
        from liren.organisation.queries import actor_for

        return actor_for(person.pk, home=home)

    return make


@pytest.fixture
def photo():
    """A photo as the report form hands it on."""
    out = BytesIO()
    Picture.new("RGB", (320, 200), "teal").save(out, "JPEG")
    return images.reencode(out.getvalue())
