"""Two at the same thing at once: one decides, nothing is taken beyond what is wanted."""

import threading

import pytest
from django.db import connections
from tests.partners.conftest import World, offer

from liren.base import clock
from liren.base.errors import Refused
from liren.demo import community as demo_community
from liren.organisation.queries import actor_for
from liren.partners import actions
from liren.partners.models import Agreement, Application, Partner, Project, Taken

pytestmark = pytest.mark.django_db(transaction=True)
COMMUNITY = demo_community.COMMUNITY


@pytest.fixture
def world():
    demo = demo_community.build(grids=1, buildings=1, units=1, households=1)

    def actor(role, home=COMMUNITY):
        return actor_for(demo.accounts[role].person_id, home=home)

    return World(demo, actor)


def together(*jobs):
    """Run the jobs at the same moment; return what each returned or the refusal it met."""
    gate = threading.Barrier(len(jobs))
    results = [None] * len(jobs)

    def run(number, job):
        try:
            gate.wait(timeout=20)
            results[number] = job()
        except Exception as error:
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert [r for r in results if isinstance(r, Exception) and not isinstance(r, Refused)] == []
    return results


def refusals(results):
    return [one for one in results if isinstance(one, Refused)]


def test_two_workers_decide_one_application_once(world):
    row = world.checked(world.application())
    worker, secretary = world.actor("worker"), world.actor("secretary")
    results = together(
        lambda: actions.accept(by=worker, application=row.pk, why="好"),
        lambda: actions.decline(by=secretary, application=row.pk, why="不合适"),
        lambda: actions.accept(by=secretary, application=row.pk, why="也好"),
    )
    assert len(refusals(results)) == 2
    assert all(one.status == 409 for one in refusals(results))
    row.refresh_from_db()
    assert Agreement.objects.count() == (1 if row.state == "accepted" else 0)


def test_not_more_are_accepted_than_wanted(world):
    call = world.call(capacity=1)
    rows = [
        world.checked(
            world.application(
                call,
                by=actor_for(world.person().pk, home=COMMUNITY),
                contact_phone=f"1380000100{n}",
                organisation_name=f"演示{n}",
            )
        )
        for n in range(4)
    ]
    worker = world.worker
    results = together(
        *((lambda pk=row.pk: actions.accept(by=worker, application=pk, why="好")) for row in rows)
    )
    assert len(refusals(results)) == 3
    assert Application.objects.filter(state="accepted").count() == 1
    assert Partner.objects.count() == 1


def test_one_form_sent_six_times_is_one_application(world):
    call = world.call()
    by = world.actor("resident")
    results = together(
        *(lambda: actions.apply(by=by, call=call.pk, offer=offer()) for _ in range(6))
    )
    assert len(refusals(results)) == 5
    assert Application.objects.count() == 1


def test_accepted_or_withdrawn_never_both(world):
    row = world.checked(world.application())
    worker, resident = world.worker, world.actor("resident")
    results = together(
        lambda: actions.accept(by=worker, application=row.pk, why="好"),
        lambda: actions.withdraw(by=resident, application=row.pk),
    )
    assert len(refusals(results)) == 1
    row.refresh_from_db()
    assert Agreement.objects.exists() == (row.state == "accepted")


def test_confirmed_or_given_up_never_both(world):
    project = world.project()
    liaison = world.liaison(project.agreement)
    actions.deliver(by=liaison, project=project.pk, words="做完了")
    grid = world.actor("grid")
    results = together(
        lambda: actions.answer(by=grid, project=project.pk, received=True),
        lambda: actions.give_up(by=liaison, project=project.pk, why="不做了"),
    )
    assert len(refusals(results)) == 1
    assert Project.objects.get().state in ("confirmed", "withdrawn")


def test_ended_or_begun_leaves_no_project_without_an_agreement(world):
    agreement = world.agreement()
    worker, secretary = world.worker, world.actor("secretary")
    together(
        lambda: actions.end(by=worker, agreement=agreement.pk, why="停业"),
        lambda: world.project(agreement, by=secretary),
    )
    agreement.refresh_from_db()
    assert (agreement.state == "ended") != Project.objects.filter(state="running").exists()


def test_a_task_is_not_taken_by_more_than_needed(world):
    task = actions.offer_task(
        by=world.worker,
        place=world.demo.community.pk,
        title="清扫积雪",
        day=clock.today(),
        half="morning",
        needed=2,
    )
    helpers = [actor_for(world.person().pk, home=COMMUNITY) for _ in range(5)]
    for one in helpers:
        actions.report_in(by=one, community=COMMUNITY, home="演示单位")
    results = together(*((lambda by=one: actions.take(by=by, task=task.pk)) for one in helpers))
    assert len(refusals(results)) == 3
    assert Taken.objects.count() == 2
