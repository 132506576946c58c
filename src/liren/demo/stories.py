"""What has happened in the demonstration community: played through the engine's own actions.

The clock is set back to each moment, so that every rule, deadline and message is the engine's. The
texts are invented.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from random import Random
from typing import Any
from uuid import UUID

from liren.access.actor import Actor, anonymous
from liren.base import clock
from liren.matters import actions, queries
from liren.matters.actions import Report
from liren.matters.actions.handling import next_up
from liren.matters.enums import Origin
from liren.matters.models import Category, Matter
from liren.organisation.models import Post
from liren.organisation.queries import actor_for, persons_of
from liren.synth import words
from liren.synth.histories import Frame, Step, awake, history
from liren.territory.models import Place

_OFFICE = "verify verify_failed suspend resume whistle explain merge try_reach close_unreachable"
_REPORTER = "add remind withdraw answer_solved answer_not_solved reopen rate"
# Who acts when a story does not say it; the holder otherwise.
WHO = {
    **dict.fromkeys([*_OFFICE.split(), "refer_outside"], "office"),
    **dict.fromkeys(["supervise", "grant_extension", "refuse_extension"], "chief"),
    **dict.fromkeys(["uphold", "reject_dispute"], "above"),
    **dict.fromkeys(["acknowledge", "arrive", "dispute"], "called"),
    **dict.fromkeys(_REPORTER.split(), "reporter"),
}


@dataclass
class Told:
    """A matter in the making: who reported it and what is known of it."""

    matter: Matter
    reporter: Actor
    department: UUID


class Stage:
    """The community's people as actors, and a stopped clock."""

    def __init__(self, frozen: clock.Frozen, community: str, posts: dict[str, Post]) -> None:
        self.frozen = frozen
        self.now = frozen.at
        self.community = community
        self.posts = posts
        self.rng = Random("demonstration")
        self._known: dict[UUID, Actor] = {}

    @cached_property
    def kinds(self) -> dict[str, Category]:
        """The categories in force, by key."""
        return {kind.key: kind for kind in queries.categories(self.community)}

    def person(self, person: UUID) -> Actor:
        """Return a person as an actor using the community's pages."""
        if person not in self._known:
            self._known[person] = actor_for(person, home=self.community)
        return self._known[person]

    def post(self, post: UUID) -> Actor:
        """Return whoever holds a post."""
        return self.person(persons_of([post])[post][0])

    def role(self, name: str) -> Actor:
        """Return the holder of a post of the demonstration ("worker", "officer" …)."""
        return self.post(self.posts[name].pk)

    # -- one matter -------------------------------------------------------------------------------

    def report(
        self,
        at: datetime,
        place: Place,
        key: str,
        text: str = "",
        *,
        reporter: UUID | None = None,
        origin: Origin = Origin.WEB,
        by: Actor | None = None,
        **more: Any,
    ) -> Told:
        """Report a need at a moment; a recorded origin needs the actor who writes it down."""
        self.frozen.move_to(at)
        who = self.person(reporter) if reporter else anonymous(self.community)
        need = Report(
            place=place,
            text=text or words.need(self.rng, key),
            category=self.kinds.get(key),
            reporter=reporter,
            origin=origin,
            synthetic=True,
            **more,
        )
        matter = actions.report(by=by or who, need=need).matter
        if reporter is None:
            who = Actor(
                kind=who.kind,
                name=who.name,
                home=self.community,
                matters=frozenset({matter.pk}),
            )
        return Told(matter, who, self.department_for(key))

    def department_for(self, key: str) -> UUID:
        """Return whom the community would whistle for in a matter of this kind."""
        name = {
            "supply": "heating",
            "upkeep": "housing",
            "services": "property",
            "cleaning": "property",
        }.get(key.partition(".")[0], "department")
        return (self.posts.get(name) or self.posts["department"]).pk

    def do(self, told: Told, verb: str, text: str = "", *, hours: float = 0, **more: Any) -> Told:
        """Let hours pass (no night shifts), then let whoever it falls to act."""
        later = awake(self.rng, self.frozen.at + timedelta(hours=hours))
        self.frozen.move_to(min(later, self.now))
        who = str(more.pop("who", "") or WHO.get(verb, "holder"))
        self.play(told, Step(verb, self.frozen.at, who, text, data=more))
        return told

    def actor(self, told: Told, role: str) -> Actor:
        """Return who acts in a role of a matter."""
        if role == "reporter":
            return told.reporter
        if role == "holder":
            assert told.matter.holder_id is not None
            return self.post(told.matter.holder_id)
        if role == "called":
            return self.post(told.department)
        return self.role({"office": "worker", "chief": "secretary", "above": "officer"}[role])

    def play(self, told: Told, step: Step) -> None:
        """Play one step through its action."""
        self.frozen.move_to(step.at)
        by = self.actor(told, step.who)
        verb, text, data = step.verb, step.words, step.data
        given: dict[str, Any] = {"by": by, "matter": told.matter.pk}
        said: dict[str, Any] = {**given, "words": text}
        if verb in ("accept", "acknowledge", "remind"):
            getattr(actions, verb)(**given)
        elif verb == "add":
            actions.add_words(**said)
        elif verb == "comment":
            actions.comment(**said, internal=step.internal)
        elif verb == "suspend":
            actions.suspend(**said, cause=data["cause"])
        elif verb == "ask_extension":
            actions.ask_extension(**said, days=data["days"])
        elif verb in ("grant_extension", "refuse_extension"):
            actions.decide_extension(**said, grant=verb == "grant_extension")
        elif verb == "whistle":
            actions.whistle(**said, called=told.department)
        elif verb in ("uphold", "reject_dispute"):
            actions.decide_dispute(**said, uphold=verb == "uphold")
        elif verb in ("verify", "verify_failed"):
            actions.verify(**said, done=verb == "verify")
        elif verb in ("answer_solved", "answer_not_solved"):
            satisfied = str(data.get("satisfied", ""))
            actions.answer(**said, solved=verb == "answer_solved", satisfied=satisfied)
        elif verb == "refer_outside":
            actions.refer_outside(**said, authority=data["authority"])
        elif verb == "merge":
            actions.merge(**said, into=data["into"])
        elif verb == "rate":
            actions.rate(**said, satisfied=data["satisfied"])
        else:
            getattr(actions, verb)(**said)
        told.matter.refresh_from_db()

    def tell(self, told: Told, now: datetime) -> None:
        """Make up and play the rest of a matter's history until now."""
        matter = told.matter
        assert matter.category is not None
        frame = Frame(
            key=matter.category.key,
            at=matter.reported_at,
            now=now,
            heights=len(self.above(matter)),
            check=matter.category.needs_check,
        )
        for step in history(self.rng, frame)[1:]:
            self.play(told, step)

    def above(self, matter: Matter) -> list[UUID]:
        """Return the posts a matter could be passed up to, one after the other."""
        found: list[UUID] = []
        probe = Matter.objects.select_related("holder", "category__line").get(pk=matter.pk)
        while (holder := next_up(probe)) is not None and len(found) < 6:
            found.append(holder.post)
            probe.holder = Post.objects.get(pk=holder.post)
        return found
