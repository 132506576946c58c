"""A call, an application, an agreement, a project: each made through its action."""

from datetime import timedelta

import pytest

from liren.base import clock
from liren.demo.community import COMMUNITY, TRACK
from liren.organisation.queries import actor_for
from liren.partners import actions
from liren.partners.actions import Offer, Wanted
from liren.people.models import Person


def wanted(place, **changes):
    today = clock.today()
    return Wanted(
        **{
            "place": place.pk,
            "title": "招募便民维修合伙人",
            "wanted": "每月到社区一次，给老人家里修小件。",
            "area": "old",
            "trade": "daily",
            "term": "short",
            "opens": today,
            "closes": today + timedelta(days=20),
            "capacity": 1,
            "who": ("unit", "organisation", "person"),
            **changes,
        }
    )


def offer(**changes):
    return Offer(
        **{
            "kind": "unit",
            "organisation_name": "明朗家电维修部（演示）",
            "contact_name": "周安宁",
            "contact_phone": "13800000011",
            "offer": "每月第一个周六上门修小件。",
            **changes,
        }
    )


class World:
    """The steps from a call to a project, one method each."""

    def __init__(self, demo, actor):
        self.demo, self.actor = demo, actor
        self.count = 0

    @property
    def worker(self):
        return self.actor("worker")

    def call(self, **changes):
        row = actions.write_call(by=self.worker, wanted=wanted(self.demo.community, **changes))
        return actions.publish_call(by=self.worker, call=row.pk)

    def person(self, name="演示联络员"):
        self.count += 1
        return Person.objects.create(
            community=COMMUNITY, name=f"{name}{self.count}", synthetic=True, **TRACK
        )

    def application(self, call=None, *, by=None, **changes):
        return actions.apply(
            by=by or self.actor("resident"), call=(call or self.call()).pk, offer=offer(**changes)
        ).application

    def checked(self, application):
        row = actions.vet(
            by=self.worker,
            application=application.pk,
            ticked=[one["key"] for one in application.call.scheme.checks],
            conflict_note="问过，没有。",
            seen=application.version,
        )
        return row

    def draft(self, *, liaison=None, **changes):
        """An agreement to be signed; its partner is spoken for by ``liaison``."""
        liaison = liaison or self.person()
        self.count += 1
        given = {"organisation_name": f"演示单位{self.count}", **changes}
        given.setdefault("contact_phone", f"1380000{self.count:04d}")
        application = self.application(by=actor_for(liaison.pk, home=COMMUNITY), **given)
        return actions.accept(
            by=self.worker, application=self.checked(application).pk, why="做得来，也有时间。"
        )

    def agreement(self, **changes):
        row = self.draft(**changes)
        return actions.sign(by=self.worker, agreement=row.pk)

    def liaison(self, agreement):
        return actor_for(agreement.partner.post.terms.get().person_id)

    def project(self, agreement=None, **changes):
        agreement = agreement or self.agreement()
        return actions.begin_project(
            **{
                "by": self.worker,
                "agreement": agreement.pk,
                "place": self.demo.unit.parent_id,
                "title": "冬季上门检修",
                "starts": agreement.starts,
                "due": agreement.ends,
                "receiver_post": None
                if "receiver_person" in changes
                else self.demo.posts["grid"].pk,
                **changes,
            }
        )

    def gift(self, project, **changes):
        return actions.promise_gift(
            **{
                "by": self.worker,
                "project": project.pk,
                "kind": "hours",
                "what": "上门检修",
                "amount": "7.5",
                "due": project.due,
                **changes,
            }
        )


@pytest.fixture
def world(demo, actor):
    return World(demo, actor)
