"""Promises of all apps at one place."""

from datetime import date

from liren.base import commitments
from liren.base.commitments import Commitment, State


def promise(who: str, due: date | None) -> Commitment:
    return Commitment(who, "", State.PROMISED, "220103008003", due)


def test_promises_of_all_apps_the_earliest_first(monkeypatch):
    monkeypatch.setattr(commitments, "_providers", {})
    asked = []

    def partners(actor, code, most):
        asked.append((actor, code, most))
        yield promise("b", None)
        yield promise("a", date(2026, 5, 2))

    commitments.register("partners", partners)
    commitments.register("partners", partners)
    commitments.register("groups", lambda *_: [promise("c", date(2026, 5, 1))])
    found = commitments.commitments("somebody", "2201", 7)
    assert [one.who for one in found] == ["c", "a", "b"]
    assert asked == [("somebody", "2201", 7)]
