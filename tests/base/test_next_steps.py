from types import SimpleNamespace

import pytest

from liren.base.next_steps import NextStep, next_steps, register, unregister

THING = SimpleNamespace(kind="tests.thing")


@pytest.fixture
def offer():
    added = []

    def add(provider, kind="tests.thing"):
        register(kind, provider)
        added.append((kind, provider))

    yield add
    for kind, provider in added:
        unregister(kind, provider)


def test_nothing_registered_is_nothing_offered():
    assert next_steps(None, THING) == []


def test_steps_come_in_order_and_know_who_asks(offer):
    offer(lambda actor, thing: [NextStep("later", f"/{actor}/")])
    offer(lambda actor, thing: [NextStep("first", f"/{thing.kind}/", order=1)])
    offer(lambda actor, thing: ())
    assert [step.url for step in next_steps("a", THING)] == ["/tests.thing/", "/a/"]


def test_registering_twice_is_registering_once(offer):
    def provider(actor, thing):
        return [NextStep("once", "/")]

    offer(provider)
    register("Tests.Thing", provider)
    assert len(next_steps(None, THING)) == 1


def test_a_model_s_kind_is_its_label(offer):
    from django.contrib.auth.models import Group

    offer(lambda actor, thing: [NextStep("x", "/")], "auth.group")
    assert len(next_steps(None, Group())) == 1


def test_a_broken_provider_is_heard(offer):
    def broken(actor, thing):
        raise RuntimeError("broken")

    offer(broken)
    with pytest.raises(RuntimeError, match="broken"):
        next_steps(None, THING)
