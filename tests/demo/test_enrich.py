"""The demonstration community: every desk has something to do, told by the engine itself."""

import pytest
from django.db.models import Count

from liren.base import clock
from liren.demo import community
from liren.demo.enrich import enrich
from liren.matters import queries
from liren.matters.enums import Status
from liren.matters.models import Entry, Extension, Link, Matter, Whistle
from liren.organisation.queries import actor_for
from liren.territory.models import Place

pytestmark = pytest.mark.django_db


def test_ninety_days_of_matters_for_every_role():
    demo = community.build(grids=3, buildings=3, units=3, households=3)
    made = enrich(demo, matters=12)
    assert made == Matter.objects.filter(synthetic=True).count() == Matter.objects.count()

    states = set(Matter.objects.values_list("status", flat=True))
    assert states == set(Status.values)
    now = clock.now()
    assert not Entry.objects.filter(at__gt=now).exists()
    assert not Matter.objects.filter(reported_at__gt=now).exists()
    assert {w.state for w in Whistle.objects.all()} >= {"sent", "arrived", "disputed"}
    assert Extension.objects.filter(granted__isnull=True).count() == 1
    assert Link.objects.filter(kind="duplicate_of", active=True).count() == 1
    assert Matter.objects.filter(followers__gt=1).exists()
    assert Matter.objects.filter(shielded=True).exclude(about_posts=[]).count() == 1
    assert not Place.objects.filter(level="building", outline__isnull=True).exists()

    def sees(role):
        person = demo.accounts[role].person_id
        return queries.visible(actor_for(person, home=demo.community.code))

    mine = sees("resident").values_list("status", flat=True)
    assert {"submitted", "answering", "closed"} <= set(mine)
    for role in ("unit", "building", "grid", "worker", "secretary", "officer", "department"):
        assert sees(role).exclude(status="closed").exists(), role
    worker = actor_for(demo.accounts["worker"].person_id)
    assert max(row["n"] for row in queries.recurring(worker)) >= 4

    # A timeline has one entry for each version, in order of time.
    for matter in Matter.objects.annotate(n=Count("entries")):
        times = [e.at for e in matter.entries.order_by("version")]
        assert times == sorted(times)
        assert matter.n == matter.version
