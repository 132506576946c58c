"""A draft that is right, to be made wrong in one place."""

from dataclasses import replace
from datetime import timedelta

import pytest

from liren.base import clock
from liren.calls import actions
from liren.calls.actions import Draft
from liren.calls.rules import Role


@pytest.fixture
def draft(demo):
    """A snow call of the grid leader to the leaders of the grid."""

    def make(**changes) -> Draft:
        whole = Draft(
            kind="snow",
            place=demo.posts["grid"].place_code,
            audiences=["post:unit_leader", "post:building_leader"],
            title="扫雪，能来的来一下",
            text="带上铁锹",
            closes_at=clock.now() + timedelta(hours=6),
            roles=(Role("推雪", 6), Role("送水", 2)),
        )
        return replace(whole, **changes)

    return make


@pytest.fixture
def snow(demo, actor, draft):
    """The snow call, running."""
    return actions.make(by=actor("grid"), draft=draft())


@pytest.fixture
def neighbour(demo, actor):
    """The resident of the demonstration, who wants to be called."""
    by = actor("resident")
    actions.opt_in(by=by)
    return by
