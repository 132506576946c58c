"""Eight people at one matter at once: nothing lost, no error, the timeline complete."""

import random
import threading

import pytest
from django.db import connections

from liren.base.errors import Refused
from liren.demo import community as demo_community
from liren.matters import actions
from liren.matters.actions import Report
from liren.matters.models import Entry, Extension, Matter, Whistle
from liren.organisation.queries import actor_for

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


@pytest.fixture
def world():
    return demo_community.build(grids=1, buildings=1, units=1, households=1)


def together(jobs):
    """Run the jobs at the same moment; return what each returned or the refusal it met."""
    gate = threading.Barrier(len(jobs))
    results: list[object] = [None] * len(jobs)

    def run(number, job):
        try:
            gate.wait(timeout=20)
            results[number] = job()
        except Refused as refused:
            results[number] = refused
        except Exception as error:
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n, job)) for n, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    broken = [r for r in results if isinstance(r, Exception) and not isinstance(r, Refused)]
    assert broken == []
    return results


def make(world, **extra):
    resident = actor_for(world.accounts["resident"].person_id, home=demo_community.COMMUNITY)
    need = Report(place=world.unit, text="楼道灯坏了", reporter=resident.person, **extra)
    return resident, actions.report(by=resident, need=need).matter


def test_the_same_step_taken_by_eight_is_taken_once(world):
    _, matter = make(world)
    leader = actor_for(Matter.objects.get(pk=matter.pk).holder.terms.get().person_id)
    results = together(
        [lambda: actions.accept(by=leader, matter=matter.pk, seen=1) for _ in range(THREADS)]
    )
    assert sum(1 for r in results if not isinstance(r, Refused)) == 1
    assert all(r.status == 409 for r in results if isinstance(r, Refused))
    assert Entry.objects.filter(matter=matter, verb="accept").count() == 1


def test_eight_reports_of_one_form_make_one_matter(world):
    resident = actor_for(world.accounts["resident"].person_id, home=demo_community.COMMUNITY)
    need = Report(place=world.unit, text="门坏了", reporter=resident.person, once="form-1")
    results = together(
        [lambda: actions.report(by=resident, need=need).matter.pk for _ in range(THREADS)]
    )
    assert len(set(results)) == 1
    assert Matter.objects.count() == 1
    assert Entry.objects.count() == 1


def test_reports_at_once_get_different_numbers(world):
    resident = actor_for(world.accounts["resident"].person_id, home=demo_community.COMMUNITY)
    need = Report(place=world.unit, text="门坏了", reporter=resident.person)
    results = together(
        [lambda: actions.report(by=resident, need=need).matter.number for _ in range(THREADS)]
    )
    assert len(set(results)) == THREADS


@pytest.mark.parametrize("seed", range(4))
def test_anything_by_anybody_leaves_the_timeline_complete(world, seed):
    resident, matter = make(world)
    _, other = make(world)
    worker = actor_for(world.accounts["worker"].person_id)
    officer = actor_for(world.accounts["officer"].person_id)
    called = actor_for(world.accounts["department"].person_id)
    post = world.posts["department"].pk
    pk = matter.pk
    moves = [
        lambda: actions.accept(by=worker, matter=pk),
        lambda: actions.whistle(by=worker, matter=pk, called=post, words="请到场"),
        lambda: actions.acknowledge(by=called, matter=pk),
        lambda: actions.dispute(by=called, matter=pk, words="不归我们"),
        lambda: actions.decide_dispute(by=officer, matter=pk, uphold=True, words="归社区"),
        lambda: actions.handle(by=worker, matter=pk, words="修好了"),
        lambda: actions.verify(by=worker, matter=pk, done=True),
        lambda: actions.answer(by=resident, matter=pk, solved=False, words="没有"),
        lambda: actions.answer(by=resident, matter=pk, solved=True),
        lambda: actions.merge(by=worker, matter=pk, into=other.pk),
        lambda: actions.merge(by=worker, matter=other.pk, into=pk),
        lambda: actions.unmerge(by=worker, matter=pk),
        lambda: actions.suspend(by=worker, matter=pk, cause="parts", words="等配件"),
        lambda: actions.resume(by=worker, matter=pk),
        lambda: actions.add_words(by=resident, matter=pk, words="又来看了"),
        lambda: actions.ask_extension(by=worker, matter=pk, days=3, words="要等"),
        lambda: actions.withdraw(by=resident, matter=pk),
        lambda: actions.split(by=worker, matter=pk, text="另一件"),
    ]
    chance = random.Random(seed)

    def some():
        for _ in range(6):
            try:
                chance.choice(moves)()
            except Refused:
                continue

    together([some] * THREADS)
    for one in Matter.objects.all():
        versions = list(one.entries.order_by("version").values_list("version", flat=True))
        assert versions == list(range(1, one.version + 1))
        assert one.entries.order_by("version").last().status == one.status
    assert Whistle.objects.filter(matter=pk).exclude(state__in=["done", "ended"]).count() <= 1
    assert Extension.objects.filter(matter=pk, granted__isnull=True).count() <= 1


def test_eight_who_send_the_same_sheet_take_each_ticket_in_once(world):
    worker = actor_for(world.accounts["worker"].person_id)
    numbers = [f"CC{n}" for n in range(5)]

    def take(order):
        found = actions.take_tickets(
            by=worker,
            community=demo_community.COMMUNITY,
            system="12345",
            tickets=[
                actions.Ticket(number=number, text="楼道灯坏了", place=world.unit)
                for number in order
            ],
        )
        return len(found.new), len(found.known)

    orders = [numbers if n % 2 else numbers[::-1] for n in range(THREADS)]
    results = together([lambda order=order: take(order) for order in orders])
    assert sum(new for new, _known in results) == 5
    assert all(new + known == 5 for new, known in results)
    assert Matter.objects.filter(external_system="12345").count() == 5


def test_eight_who_mark_the_same_ticket_as_answered_mark_it_once(world):
    worker = actor_for(world.accounts["worker"].person_id)
    matter = actions.take_tickets(
        by=worker,
        community=demo_community.COMMUNITY,
        system="12345",
        tickets=[actions.Ticket(number="CC1", text="楼道灯坏了", place=world.unit)],
    ).new[0]
    actions.accept(by=worker, matter=matter.pk)
    actions.handle(by=worker, matter=matter.pk, words="换了灯泡")
    results = together(
        [lambda: actions.send_back(by=worker, matters=[matter.pk]) for _ in range(THREADS)]
    )
    assert sum(r for r in results if isinstance(r, int)) == 1
    assert Entry.objects.filter(matter=matter, verb="send_back").count() == 1
