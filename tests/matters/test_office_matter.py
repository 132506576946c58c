"""One matter on the desk: what is shown, what may be done, and what happens when it is refused."""

import pytest
from django.urls import reverse

from liren.matters import actions
from liren.matters.enums import Status
from liren.matters.models import Matter

pytestmark = pytest.mark.django_db


def post(client, matter, verb, **data):
    data.setdefault("seen", Matter.objects.get(pk=matter.pk).version)
    return client.post(reverse("matters_office:do", args=[matter.pk, verb]), data)


def test_the_desk_accepts_handles_verifies_and_the_resident_answers(desk, need, actor):
    matter = need("单元门坏了", key="upkeep.door")
    client = desk("worker")
    page = client.get(reverse("matters_office:matter", args=[matter.pk]))
    assert page.status_code == 200
    assert "单元门坏了" in page.text

    assert post(client, matter, "accept").status_code == 302
    assert post(client, matter, "handle", words="换了闭门器").status_code == 302
    matter.refresh_from_db()
    assert matter.status == Status.CHECKING
    assert post(client, matter, "verify").status_code == 302
    matter.refresh_from_db()
    assert matter.status == Status.ANSWERING
    actions.answer(by=actor("resident"), matter=matter.pk, solved=True)
    page = client.get(reverse("matters_office:matter", args=[matter.pk]))
    assert "换了闭门器" in page.text


def test_words_that_are_missing_are_asked_for_beside_the_field(desk, need):
    matter = need()
    client = desk("worker")
    post(client, matter, "accept")
    answer = post(client, matter, "handle", words=" ")
    assert answer.status_code == 422
    assert "aria-invalid" in answer.text
    matter.refresh_from_db()
    assert matter.status == Status.HANDLING


def test_somebody_was_faster_both_versions_are_shown_and_nothing_is_lost(desk, need, actor):
    matter = need()
    seen = matter.version
    actions.accept(by=actor("unit"), matter=matter.pk)
    client = desk("worker")
    answer = post(client, matter, "handle", words="灯泡换好了", seen=seen)
    assert answer.status_code == 409
    assert answer.text.count("灯泡换好了") >= 2  # beside theirs, and still in the form
    matter.refresh_from_db()
    assert f'name="seen" value="{matter.version}"' in answer.text
    assert matter.status == Status.HANDLING
    again = post(client, matter, "handle", words="灯泡换好了", seen=matter.version)
    assert again.status_code == 302
