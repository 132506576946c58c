"""One-tap links: exactly one matter, for as long as the term and the week last."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import RequestFactory

from liren.base import clock
from liren.base.errors import Gone, NotFound
from liren.matters import actions, links, queries
from liren.matters.actions import Report
from liren.organisation.models import Term

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(demo, actor):
    by = actor("resident")

    def make(text):
        need = Report(place=demo.unit, text=text, reporter=by.person)
        return actions.report(by=by, need=need).matter

    return make("灯坏了"), make("门坏了")


def resolve(path):
    return links.resolve(RequestFactory().get(path))


def test_a_link_opens_its_matter_and_no_other(demo, two):
    first, second = two
    term = Term.objects.get(post=demo.posts["unit"])
    by = resolve(links.path_to(first.pk, term.pk))
    assert queries.get(by, first.pk) == first
    with pytest.raises(NotFound):
        queries.get(by, second.pk)
    with pytest.raises(NotFound):
        actions.accept(by=by, matter=second.pk)
    assert actions.accept(by=by, matter=first.pk).status == "handling"


def test_a_forged_link_is_nothing(two):
    token = links.make(two[0].pk, uuid4())
    bad = ("A" if token[3] != "A" else "B").join([token[:3], token[4:]])
    for path in (f"/l/{bad}/", "/l/x/", "/l/…/", "/l//"):
        with pytest.raises(NotFound):
            resolve(path)


def test_a_link_ends_after_a_week_and_with_the_term(demo, two):
    term = Term.objects.get(post=demo.posts["unit"])
    path = links.path_to(two[0].pk, term.pk)
    with clock.freeze(clock.now() + timedelta(days=8)), pytest.raises(Gone):
        resolve(path)
    term.ends = clock.today() - timedelta(days=1)
    term.save()
    with pytest.raises(Gone):
        resolve(path)


def test_other_addresses_are_not_ours():
    assert resolve("/field/") is None
