"""Promises: made, begun, delivered by the giver, confirmed by the receiver; or withdrawn."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.access.actor import Actor, Permission
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotAllowed, NotFound
from liren.base.text import clean_line, clean_text
from liren.organisation.models import Organisation

from .. import queries, rules
from ..enums import Listed, State, Verb
from ..models import Item, Pledge, PledgeStep
from .core import CAPACITY_MAX, locked, place_in, post_of, stamp, tell

FAR = 2 * 366
WORDS_MAX = 500

SAYS = {
    rules.Refusal.GIVER: gettext_lazy("Whoever gives does not confirm that it was received."),
    rules.Refusal.SAME_HAND: gettext_lazy(
        "You wrote down the delivery; somebody else confirms that it was received."
    ),
    rules.Refusal.STATE: gettext_lazy("This is no longer possible: the promise has moved on."),
    rules.Refusal.WORDS: gettext_lazy("Please say it in a few words."),
}


def promise(
    *,
    by: Actor,
    giver: UUID,
    receiver: UUID,
    what: str,
    due: date,
    amount: int = 1,
    need: UUID | None = None,
    resource: UUID | None = None,
    project: UUID | None = None,
    place: str = "",
) -> Pledge:
    """Promise something to somebody by a day. The giver's liaison does it, or the office with them.

    ``need`` is a line of the receiver's, ``resource`` one of the giver's. Refuses (``Invalid``, by
    field) a day that is over or more than two years away, a day on which the resource is not
    there, more than is left of it that day, giver and receiver the same, a line of somebody else,
    an unknown place, and the same promise twice. ``NotAllowed`` for anybody else.
    """
    if giver == receiver:
        raise Invalid(fields={"receiver": _("Giver and receiver are the same.")})
    with transaction.atomic():
        one, other = _two(giver, receiver)
        office = by.may(Permission.PARTNER_EDIT, one.community)
        if not office and not queries.own(by).filter(pk=one.pk).exists():
            raise NotAllowed
        today = clock.today()
        if due < today:
            raise Invalid(fields={"due": _("This day is over already.")})
        if due > today + timedelta(days=FAR):
            raise Invalid(fields={"due": _("That is too far away to promise.")})
        if not 1 <= amount <= CAPACITY_MAX:
            raise Invalid(fields={"amount": _("At least one, please.")})
        wanted = _line(need, Listed.NEED, other, "need")
        from_list = _line(resource, Listed.RESOURCE, one, "resource")
        towards = _line(project, Listed.PROJECT, None, "project", community=one.community)
        where = place_in(one.community, place or _place_of(wanted, towards, from_list))
        if from_list is not None:
            _left(from_list, due, amount)
        post = from_list.post if from_list is not None else queries.liaison_of(one)
        if post is None or post.closed_on is not None:
            raise Invalid(
                fields={
                    "giver": _("Please say first who answers for this organisation: its liaison.")
                }
            )
        called = clean_line(what, 120)
        same = Pledge.objects.filter(
            giver=one, receiver=other, what=called, due=due, place=where, state__in=queries.OPEN
        )
        if same.exists():
            raise Invalid(fields={"what": _("This has been promised already for that day.")})
        row = Pledge(
            community=one.community,
            giver=one,
            receiver=other,
            what=called,
            need=wanted,
            resource=from_list,
            project=towards,
            place=where,
            place_code=where.code,
            amount=amount,
            due=due,
            post=post,
            since=today,
            synthetic=one.synthetic,
        )
        stamp(row, by, Verb.PROMISE)
        row.save(force_insert=True)
        _step(row, by, Verb.PROMISE, "")
        tell(
            by,
            (one, other),
            kind=Verb.PROMISE,
            title=_("%(who)s promises %(whom)s: %(what)s")
            % {"who": one.name, "whom": other.name, "what": called},
            body=_("By %(day)s") % {"day": due.isoformat()},
            path=f"promises/{row.pk}/",
            key=f"{row.pk.hex}:1",
        )
    return row


def start(*, by: Actor, pledge: UUID, words: str = "", seen: int | None = None) -> Pledge:
    """The giver begins with it."""
    with _changing(pledge, by, Verb.START, words, seen) as change:
        change.move()
    return change.row


def deliver(*, by: Actor, pledge: UUID, words: str, seen: int | None = None) -> Pledge:
    """The giver says it is delivered, in words the receiver can check. It is not confirmed yet.

    The office may write it down for a giver; whoever does so does not confirm it.
    """
    with _changing(pledge, by, Verb.DELIVER, words, seen) as change:
        change.move()
        change.row.delivered_on = clock.today()
    return change.row


def confirm(*, by: Actor, pledge: UUID, words: str = "", seen: int | None = None) -> Pledge:
    """The receiver confirms that it was received. Never the giver (``NotAllowed``)."""
    with _changing(pledge, by, Verb.CONFIRM, words, seen) as change:
        change.move()
        change.row.confirmed_on = clock.today()
    return change.row


def reopen(*, by: Actor, pledge: UUID, words: str, seen: int | None = None) -> Pledge:
    """The receiver says what is missing; the promise is under way again."""
    with _changing(pledge, by, Verb.REOPEN, words, seen) as change:
        change.move()
        change.row.delivered_on = None
        change.row.reopened += 1
    return change.row


def withdraw(*, by: Actor, pledge: UUID, words: str, seen: int | None = None) -> Pledge:
    """Withdraw a promise, or do without it, with a reason the other side is told."""
    with _changing(pledge, by, Verb.WITHDRAW, words, seen) as change:
        change.move()
    return change.row


def hand_over(
    *, by: Actor, pledge: UUID, organisation: UUID, words: str, seen: int | None = None
) -> Pledge:
    """Let another organisation keep the promise; the office does it after speaking with them.

    All three are told. Refuses (``Invalid``) the receiver, the giver itself, and an organisation
    nobody answers for. The giver's resource is no longer used.
    """
    found = Pledge.objects.filter(pk=pledge).values_list("giver", "community").first()
    if found is None:
        raise NotFound
    with transaction.atomic():
        if organisation == found[0]:
            raise Invalid(fields={"organisation": _("They have promised it already.")})
        with _changing(pledge, by, Verb.HAND_OVER, words, seen, also=organisation) as change:
            row, (before, after) = change.row, change.bodies[:2]
            if after.pk == row.receiver_id:
                raise Invalid(fields={"organisation": _("Giver and receiver are the same.")})
            post = queries.liaison_of(after)
            if post is None:
                raise Invalid(
                    fields={
                        "organisation": _(
                            "Please say first who answers for this organisation: its liaison."
                        )
                    }
                )
            row.giver, row.post, row.resource = after, post, None
            row.state = State.PROMISED
            change.words = f"{before.name} → {after.name}：{change.words}"[:WORDS_MAX]
    return change.row


# -- the frame ---------------------------------------------------------------------------------


@dataclass
class _Change:
    row: Pledge
    verb: Verb
    words: str
    bodies: list[Organisation]

    def move(self) -> None:
        end = rules.MOVES[self.verb].end
        assert end is not None
        self.row.state = State(end)


@contextmanager
def _changing(
    pk: UUID, by: Actor, verb: Verb, words: str, seen: int | None, *, also: UUID | None = None
) -> Iterator[_Change]:
    with transaction.atomic():
        ids = Pledge.objects.filter(pk=pk).values_list("giver", "receiver", "community").first()
        if ids is None:
            raise NotFound
        # Organisations first, in one order: whoever lets one leave holds the same lock.
        wanted = [ids[0], *([also] if also else []), ids[1]]
        held = Organisation.objects.select_for_update(of=("self",), no_key=True)
        known = {body.pk: body for body in held.filter(pk__in=wanted).order_by("pk")}
        if also and (
            also not in known
            or known[also].community != ids[2]
            or known[also].closed_on is not None
            or known[also].kind not in queries.SEATED
        ):
            raise Invalid(fields={"organisation": _("This organisation is not known here.")})
        row = (
            Pledge.objects.select_for_update(of=("self",), no_key=True)
            .select_related("giver", "receiver", "post")
            .get(pk=pk)
        )
        sides = queries.sides(by, row)
        if not sides:
            raise NotFound
        text = clean_text(words, WORDS_MAX, empty_ok=True)
        refused = rules.refusal(
            verb,
            row.state,
            sides,
            said_by_same=queries.delivered_by(row) == by.name,
            words=text,
        )
        if refused in (rules.Refusal.ROLE, rules.Refusal.GIVER):
            raise NotAllowed(SAYS.get(refused))
        if refused is rules.Refusal.SAME_HAND:
            raise NotAllowed(SAYS[refused])
        if refused is rules.Refusal.WORDS:
            raise Invalid(SAYS[refused], fields={"words": SAYS[refused]})
        if refused is rules.Refusal.STATE or (seen is not None and seen != row.version):
            raise Changed(
                SAYS[rules.Refusal.STATE],
                mine={"verb": verb.label, "text": text},
                theirs={"status": row.get_state_display(), "version": row.version},
            )
        change = _Change(row, verb, text, [known[one] for one in wanted])
        yield change
        row.version += 1
        stamp(row, by, f"{verb}: {change.words}" if change.words else verb)
        row.save()
        step = _step(row, by, verb, change.words)
        tell(
            by,
            change.bodies,
            kind=verb,
            title=_("%(who)s %(does)s: %(what)s")
            % {
                "who": step.by_post.title if step.by_post else row.giver.name,
                "does": verb.label,
                "what": row.what,
            },
            body=change.words,
            path=f"promises/{row.pk}/",
            key=f"{row.pk.hex}:{row.version}",
        )


def _step(row: Pledge, by: Actor, verb: Verb, words: str) -> PledgeStep:
    side = row.receiver if verb in rules.BY_RECEIVER else row.giver
    return PledgeStep.objects.create(
        community=row.community,
        pledge=row,
        on=clock.today(),
        verb=verb,
        by=by.name,
        by_post_id=post_of(by, side),
        words=words,
    )


def _two(giver: UUID, receiver: UUID) -> tuple[Organisation, Organisation]:
    try:
        one, other = locked("", giver, receiver)
    except NotFound as error:
        raise Invalid(fields={"receiver": _("This organisation is not known here.")}) from error
    if one.community != other.community:
        raise Invalid(fields={"receiver": _("This organisation is not known here.")})
    return one, other


def _line(
    pk: UUID | None,
    listed: Listed,
    body: Organisation | None,
    name: str,
    *,
    community: str = "",
) -> Item | None:
    if pk is None:
        return None
    rows = Item.objects.select_for_update(of=("self",), no_key=True).filter(
        pk=pk, listed=listed, closed_on__isnull=True
    )
    rows = rows.filter(organisation=body) if body is not None else rows.filter(community=community)
    found = rows.select_related("place", "post").first()
    if found is None:
        raise Invalid(fields={name: _("This line is not on their list (any more).")})
    return found


def _place_of(*lines: Item | None) -> str:
    return next((line.place_code for line in lines if line is not None), "")


def _left(resource: Item, due: date, amount: int) -> None:
    """Refuse a day on which the resource is not there, and more than is left of it."""
    if due < resource.starts or (resource.ends is not None and due > resource.ends):
        raise Invalid(fields={"due": _("It is not available on that day.")})
    if resource.weekdays and due.isoweekday() not in resource.weekdays:
        raise Invalid(fields={"due": _("It is not available on that day of the week.")})
    taken = (
        Pledge.objects.filter(resource=resource, due=due)
        .exclude(state=State.WITHDRAWN)
        .aggregate(n=Sum("amount"))["n"]
        or 0
    )
    if taken + amount > resource.capacity:
        left = max(0, resource.capacity - taken)
        raise Invalid(
            fields={"amount": _("On that day %(n)d are left of it.") % {"n": left}},
        )
