"""A worker killed outright in the middle of a call: gone on with, nobody told twice."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Count

from liren.base import clock
from liren.calls import actions, spreading, tasks
from liren.calls.actions import Draft
from liren.calls.models import Asked, Ring
from liren.demo import community as demo_community
from liren.notifications.models import Address, Delivery, Notice
from liren.organisation.models import Post, Term
from liren.organisation.queries import actor_for
from liren.people.models import Person

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE, SIZE = 600, 20
TRACK = {"changed_by": "test", "changed_why": "test"}
# The worker's own process: it says when it has told a few, and goes on slowly.
WORKER = """
import sys, time
import django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
from liren.calls import spreading
real = spreading.notify_many
def slow(**named):
    told = real(**named)
    print(told, flush=True)
    time.sleep(0.15)  # within the transaction: the kill falls between writing and commit
    return told
spreading.notify_many = slow
spreading.finish(sys.argv[2], size=int(sys.argv[3]))
"""


@pytest.fixture
def ring(monkeypatch):
    world = demo_community.build(grids=1, buildings=1, units=1, households=1)
    place = world.posts["building"].place
    people = Person.objects.bulk_create(
        Person(community=place.community, name=f"测{n}", synthetic=True, **TRACK)
        for n in range(PEOPLE)
    )
    post = Post.objects.create(
        community=place.community,
        place=place,
        place_code=place.code,
        type_id="unit_leader",
        title="测试岗位",
        seats=PEOPLE,
        **TRACK,
    )
    Term.objects.bulk_create(
        Term(community=place.community, post=post, person=person, seat=n, **TRACK)
        for n, person in enumerate(people, 1)
    )
    Address.objects.bulk_create(
        Address(
            community=place.community,
            person=person,
            channel="webhook",
            target=f"http://127.0.0.1/{uuid4()}",
            **TRACK,
        )
        for person in people[::3]
    )
    monkeypatch.setattr(spreading, "AT_ONCE", 0)
    by = actor_for(world.accounts["grid"].person_id)
    call = actions.make(
        by=by,
        draft=Draft(
            kind="blood",
            place=world.posts["grid"].place_code,
            audiences=["post:unit_leader"],
            title="献血",
            closes_at=clock.now() + timedelta(hours=3),
            urgent=True,
        ),
    )
    return Ring.objects.get(call=call)


def worker(ring: Ring) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, connection.settings_dict["NAME"], str(ring.pk), str(SIZE)],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "liren.config.settings"},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_killed_three_times_everybody_is_told_once(ring):
    for _ in range(3):
        process = worker(ring)
        for _line in range(3):
            assert process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
        process.wait(20)
        process.stdout.close()
        # PostgreSQL notices that the other side is gone and lets go of the row.
        deadline = time.monotonic() + 20
        while not _free(ring) and time.monotonic() < deadline:
            time.sleep(0.1)
    ring.refresh_from_db()
    told = Notice.objects.filter(kind="call.made").count()
    assert 0 < told < ring.reached
    assert ring.told == told
    with clock.freeze(clock.now() + timedelta(minutes=2)):
        tasks.tend(0)
    ring.refresh_from_db()
    assert ring.done
    inboxes = Notice.objects.filter(kind="call.made").values("person").annotate(n=Count("pk"))
    assert {row["n"] for row in inboxes} == {1}
    assert len(inboxes) == ring.reached == Asked.objects.count() > PEOPLE
    out = Delivery.objects.filter(notice__kind="call.made")
    assert out.count() == out.values("key").distinct().count() == PEOPLE // 3


def _free(ring: Ring) -> bool:
    from django.db import transaction

    with transaction.atomic():
        rows = Ring.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=ring.pk)
        return rows.first() is not None
