"""Three institutions with a liaison each, beside the demonstration community."""

from datetime import timedelta

import pytest

from liren.base import clock
from liren.council import actions
from liren.council.actions import Line
from liren.demo.community import COMMUNITY, TRACK
from liren.organisation import actions as organisations
from liren.organisation.models import Post
from liren.organisation.queries import actor_for
from liren.people.models import Person


@pytest.fixture
def institution(demo, actor):
    """Make an institution with a liaison; return it and its liaison as an actor."""

    def make(name="测试小学"):
        return member(demo, actor, name)

    return make


def member(demo, actor, name):
    body = organisations.register_organisation(
        by=actor("worker"), community=COMMUNITY, kind="institution", name=name, synthetic=True
    )
    post = organisations.open_liaison(by=actor("worker"), organisation=body.pk, type="institution")
    person = Person.objects.create(community=COMMUNITY, name="测试员", synthetic=True, **TRACK)
    organisations.begin_term(
        by=actor("secretary"), post=post.pk, person=person.pk, starts=clock.today()
    )
    return body, actor_for(person.pk)


def line(**more):
    day = clock.today()
    return Line(
        **{
            "title": "报告厅",
            "kind": "venue",
            "starts": day,
            "ends": day + timedelta(days=60),
            "capacity": 120,
            **more,
        }
    )


@pytest.fixture
def school(institution):
    return institution("测试小学")


@pytest.fixture
def hospital(institution):
    return institution("测试医院")


@pytest.fixture
def promised(school, hospital):
    """The school has promised the hospital a hall."""
    return actions.promise(
        by=school[1],
        giver=school[0].pk,
        receiver=hospital[0].pk,
        what="借报告厅办急救培训",
        due=clock.today() + timedelta(days=3),
    )


def liaison_post(body):
    return Post.objects.get(organisation=body)
