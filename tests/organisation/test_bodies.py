"""Organisations beside the offices: on record once, one liaison each, closed with their posts."""

import pytest

from liren.base.errors import Invalid, NotAllowed
from liren.demo.community import COMMUNITY
from liren.organisation import actions
from liren.organisation.models import Post

pytestmark = pytest.mark.django_db


def make(actor, name="测试小学", **more):
    return actions.register_organisation(
        by=actor("worker"), community=COMMUNITY, kind="institution", name=name, **more
    )


def test_an_institution_is_on_record_once(actor):
    make(actor)
    with pytest.raises(Invalid) as refused:
        make(actor)
    assert "name" in refused.value.fields
    with pytest.raises(Invalid) as refused:
        make(actor, "另一家", credit_code="123")
    assert "credit_code" in refused.value.fields
    with pytest.raises(NotAllowed):
        actions.register_organisation(
            by=actor("grid"), community=COMMUNITY, kind="institution", name="一家"
        )


def test_offices_are_not_made_here(actor):
    with pytest.raises(Invalid):
        actions.register_organisation(
            by=actor("worker"), community=COMMUNITY, kind="committee", name="另一个居委会"
        )


def test_a_liaison_cannot_be_given_the_desk(actor):
    body = make(actor)
    with pytest.raises(Invalid):
        actions.open_liaison(by=actor("worker"), organisation=body.pk, type="worker")
    post = actions.open_liaison(by=actor("worker"), organisation=body.pk, type="institution")
    again = actions.open_liaison(by=actor("worker"), organisation=body.pk, type="institution")
    assert post == again


def test_closing_ends_the_posts(actor, demo):
    body = make(actor)
    post = actions.open_liaison(by=actor("worker"), organisation=body.pk, type="institution")
    actions.close_organisation(by=actor("worker"), organisation=body.pk)
    assert Post.objects.get(pk=post.pk).closed_on is not None
