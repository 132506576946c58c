"""The frame every change of a matter runs in."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.access.actor import Actor
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotAllowed, NotFound
from liren.base.text import clean_text
from liren.notifications.actions import Message, Text, notify, text
from liren.organisation.queries import Seat, seats_of
from liren.people.enums import MandateScope
from liren.people.queries import mandated
from liren.people.queries import person as person_of

from .. import links, queries, rules
from ..enums import Verb
from ..models import Entry, Matter

WORDS_MAX = 1000

SAYS = {
    rules.Refusal.STATUS: gettext_lazy("This is no longer possible: the matter has moved on."),
    rules.Refusal.REASON: gettext_lazy("Please say why, in a few words."),
}


@dataclass
class Change:
    """One change in the making: the locked matter, the entry to write, who is to be told."""

    matter: Matter
    by: Actor
    verb: Verb
    roles: frozenset[str]
    words: str
    to_post: UUID | None = None
    data: dict[str, Any] = field(default_factory=dict)
    internal: bool = False
    tell: list[Message] = field(default_factory=list)
    text_reporter: bool = False
    entry: Entry | None = None
    by_post: UUID | None = None

    def move(self) -> None:
        """Set the status the table of moves gives."""
        self.matter.status = rules.after(self.verb, self.matter.status)


def version_of(matter: Matter) -> dict[str, Any]:
    """Return what a second writer needs to see of the matter as it stands now."""
    last = matter.entries.order_by("-version", "-at").first()
    return {
        "version": matter.version,
        "status": matter.get_status_display(),
        "holder": matter.holder.title if matter.holder else "",
        "last": last.get_verb_display() if last else "",
        "at": last.at if last else None,
        "text": last.text if last and not last.internal else "",
    }


def post_of(by: Actor, matter: Matter) -> UUID | None:
    """Return the post in whose name the actor speaks in this matter: the holder's if theirs."""
    if matter.holder_id in by.posts:
        return matter.holder_id
    at_place = [
        g.post
        for g in sorted(by.grants, key=lambda g: -len(g.code))
        if g.post and matter.place_code.startswith(g.code)
    ]
    if at_place:
        return at_place[0]
    return next(iter(sorted(by.posts)), None)


def why(verb: Verb, words: str = "") -> str:
    """Return the audit's reason for a change: the verb, and the beginning of the words."""
    return f"{verb.value}: {words}"[:200] if words else verb.value


@contextmanager
def changing(
    matter_id: UUID, *, by: Actor, verb: Verb, words: str = "", seen: int | None = None
) -> Iterator[Change]:
    """Lock a matter, ask the gate and the rules, and save what the block changes with its entry.

    Raises ``NotFound`` (nothing there for this actor), ``NotAllowed`` (not theirs to do),
    ``Changed`` (somebody was faster), ``Invalid`` (words missing or too long).
    """
    with transaction.atomic():
        matter = (
            Matter.objects.select_for_update(of=("self",), no_key=True)
            .select_related("category", "holder", "place")
            .filter(pk=matter_id)
            .first()
        )
        if matter is None:
            raise NotFound
        roles = queries.roles(by, matter)
        if not roles:
            raise NotFound
        text = clean_text(words, WORDS_MAX, empty_ok=True)
        if seen is not None and seen != matter.version and verb not in (Verb.ADD, Verb.COMMENT):
            raise Changed(mine={"verb": verb.label, "text": text}, theirs=version_of(matter))
        refused = rules.refusal(verb, matter.status, roles, text)
        if refused is rules.Refusal.ROLE or refused is rules.Refusal.UNKNOWN:
            raise NotAllowed
        if refused is rules.Refusal.STATUS:
            raise Changed(
                SAYS[refused], mine={"verb": verb.label, "text": text}, theirs=version_of(matter)
            )
        if refused is rules.Refusal.REASON:
            raise Invalid(SAYS[refused], fields={"words": SAYS[refused]})
        change = Change(
            matter=matter, by=by, verb=verb, roles=roles, words=text, by_post=post_of(by, matter)
        )
        yield change
        finish(change)


def finish(change: Change) -> None:
    """Save the matter and its timeline entry and hand over the messages."""
    matter = change.matter
    matter.version += 1
    matter.changed_by = change.by.name
    matter.changed_why = why(change.verb, "")
    matter.changed_at = clock.now()
    matter.save()
    change.entry = write_entry(change)
    tell_grantor(change)
    notify(change.tell)
    if change.text_reporter:
        text([_text_to_reporter(matter)])


def write_entry(change: Change) -> Entry:
    """Append the change to the timeline."""
    matter = change.matter
    shown_role = next((r for r in rules.R if r in change.roles), "")
    return Entry.objects.create(
        community=matter.community,
        place_code=matter.place_code,
        matter=matter,
        at=clock.now(),
        verb=change.verb,
        status=matter.status,
        version=matter.version,
        by=change.by.name,
        by_role=shown_role,
        by_post_id=None if rules.R.REPORTER in change.roles else change.by_post,
        to_post_id=change.to_post,
        text=change.words,
        data=change.data,
        internal=change.internal,
    )


# -- who hears what ----------------------------------------------------------------------------


def tell_reporter(change: Change, title: str, body: str = "") -> None:
    """Tell the reporter and the followers what happened."""
    matter = change.matter
    link = f"/c/{matter.community}/matters/{matter.pk}/"
    people = list(matter.following.values_list("person", flat=True)) if matter.followers else []
    if matter.reporter_id:
        people.insert(0, matter.reporter_id)
    elif matter.contact_phone:
        change.text_reporter = True
    agent = matter.agent_id
    # Whoever spoke for them hears of it only while the mandate runs.
    if agent and matter.reporter_id and mandated(matter.reporter_id, agent, MandateScope.MATTERS):
        people.append(agent)
    for person in dict.fromkeys(people):
        if person != change.by.person:
            change.tell.append(
                Message(
                    person=person,
                    kind=f"matter.{change.verb}",
                    title=title,
                    body=body,
                    # The agent opens it after choosing to act for them.
                    link=f"/c/{matter.community}/me/" if person == agent else link,
                    key=f"m:{matter.pk.hex}:{matter.version + 1}:{person.hex}",
                    community=matter.community,
                )
            )


def _text_to_reporter(matter: Matter) -> Text:
    """Return what somebody without an account hears: the number and the state, no typed words."""
    said = _("News of what you reported, number %(number)s: %(state)s")
    return Text(
        phone=matter.contact_phone or "",
        words=said % {"number": matter.number, "state": matter.get_status_display()},
        link=f"/c/{matter.community}/lookup/",
        key=f"m:{matter.pk.hex}:{matter.version}",
        community=matter.community,
    )


def tell_grantor(change: Change) -> None:
    """Tell whoever gave a mandate what was just done under it; called before ``notify``."""
    by, matter = change.by, change.matter
    if by.acting_for is None or by.person is None or by.acting_for != matter.reporter_id:
        return
    change.tell.append(
        Message(
            person=by.acting_for,
            kind="mandate.used",
            title=_("%(who)s did this for you: %(what)s")
            % {"who": person_of(by.person).name or _("Your agent"), "what": change.verb.label},
            body=headline(matter),
            link=f"/c/{matter.community}/matters/{matter.pk}/",
            key=f"m:{matter.pk.hex}:{matter.version}:mandate",
            community=matter.community,
        )
    )


def tell_posts(
    change: Change, posts: Iterable[UUID], title: str, body: str = "", *, urgent: bool = False
) -> None:
    """Tell whoever sits on these posts today, except the actor and those it is about."""
    tell_seats(change, seats_of(posts), title, body, urgent=urgent)


def tell_seats(
    change: Change, seats: Iterable[Seat], title: str, body: str = "", *, urgent: bool = False
) -> None:
    """Tell the persons on these seats, except the actor and those it is about."""
    matter = change.matter
    for seat in seats:
        if seat.person == change.by.person or seat.person in matter.about_persons:
            continue
        change.tell.append(
            Message(
                person=seat.person,
                kind=f"matter.{change.verb}",
                title=title,
                body=body,
                link=f"/field/matters/{matter.pk}/",
                outside_link=links.path_to(matter.pk, seat.term),
                key=f"m:{matter.pk.hex}:{matter.version + 1}:{seat.post.hex}:{seat.person.hex}",
                community=matter.community,
                urgent=urgent,
            )
        )


def headline(matter: Matter) -> str:
    """Return the matter in a line, without words that could tell who complained."""
    if matter.shielded:
        return _("Matter %(number)s") % {"number": matter.number}
    first = matter.text.strip().splitlines()[0] if matter.text.strip() else matter.number
    return first if len(first) <= 40 else first[:39] + "…"
