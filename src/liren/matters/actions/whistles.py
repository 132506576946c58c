"""吹哨报到: the community whistles, a department or partner acknowledges, reports in, disputes."""

from uuid import UUID

from django.utils.translation import gettext as _

from liren.access.actor import Actor
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotAllowed
from liren.base.working_time import Unit
from liren.organisation.models import Post
from liren.territory.queries import working_calendar

from .. import queries
from ..enums import Verb, WhistleState
from ..models import Matter, Whistle
from .core import Change, changing, headline, tell_posts, tell_reporter

ACKNOWLEDGE_HOURS = 4


def _open(change: Change, *, called_by: Actor | None = None) -> Whistle:
    rows = change.matter.whistles.select_for_update().filter(state__in=queries.OPEN_WHISTLE)
    if called_by is not None:
        rows = rows.filter(called__in=list(called_by.posts))
    found = rows.select_related("called", "blown_by").first()
    if found is None:
        raise Changed(_("This whistle has ended already."))
    return found


def _set(whistle: Whistle, change: Change, state: WhistleState) -> None:
    whistle.state = state
    whistle.changed_by = change.by.name
    whistle.changed_why = change.verb
    whistle.changed_at = clock.now()
    whistle.save()
    change.to_post = whistle.called_id


def whistle(
    *, by: Actor, matter: UUID, called: UUID, words: str, seen: int | None = None
) -> Matter:
    """Call a department's or partner's post to a matter. The clock goes on.

    Refuses a post that does not answer for the place, is closed, or is the one complained of.
    """
    with changing(matter, by=by, verb=Verb.WHISTLE, words=words, seen=seen) as change:
        current = change.matter
        post = Post.objects.filter(pk=called, closed_on__isnull=True).first()
        if post is None or not current.place_code.startswith(post.place_code):
            raise Invalid(fields={"called": _("This post does not answer for the place.")})
        if post.pk in current.about_posts:
            raise Invalid(fields={"called": _("The matter is about this post.")})
        blower = change.by_post or current.holder_id
        if blower is None:
            raise NotAllowed
        change.move()
        now = clock.now()
        limit = working_calendar(current.community).due_after(
            now, ACKNOWLEDGE_HOURS, Unit.WORKING_HOURS
        )
        Whistle.objects.create(
            community=current.community,
            place_code=current.place_code,
            matter=current,
            blown_by_id=blower,
            called=post,
            ask=change.words[:500],
            at=now,
            acknowledge_by=limit.at,
            changed_by=by.name,
            changed_why=Verb.WHISTLE,
        )
        current.accepted_at = current.accepted_at or now
        change.to_post = post.pk
        tell_posts(
            change,
            [post.pk],
            _("You are whistled for: %(what)s") % {"what": headline(current)},
            change.words,
            urgent=True,
        )
        tell_reporter(
            change, _("%(who)s has been called in") % {"who": post.title}, headline(current)
        )
    return change.matter


def acknowledge(*, by: Actor, matter: UUID, seen: int | None = None) -> Matter:
    """The called post says: heard."""
    with changing(matter, by=by, verb=Verb.ACKNOWLEDGE, seen=seen) as change:
        found = _open(change, called_by=by)
        if found.state != WhistleState.SENT:
            raise Changed(_("This was acknowledged already."))
        found.acknowledged_at = clock.now()
        _set(found, change, WhistleState.ACKNOWLEDGED)
        tell_posts(
            change,
            [found.blown_by_id],
            _("%(who)s has acknowledged") % {"who": found.called.title},
            headline(change.matter),
        )
    return change.matter


def arrive(*, by: Actor, matter: UUID, words: str = "", seen: int | None = None) -> Matter:
    """The called post reports in: on the spot, or at work on it."""
    with changing(matter, by=by, verb=Verb.ARRIVE, words=words, seen=seen) as change:
        found = _open(change, called_by=by)
        if found.state == WhistleState.DISPUTED:
            raise Changed(_("The assignment is disputed; wait for the decision."))
        found.arrived_at = clock.now()
        found.acknowledged_at = found.acknowledged_at or found.arrived_at
        _set(found, change, WhistleState.ARRIVED)
        tell_reporter(
            change,
            _("%(who)s is at work on it") % {"who": found.called.title},
            headline(change.matter),
        )
    return change.matter


def dispute(*, by: Actor, matter: UUID, words: str, seen: int | None = None) -> Matter:
    """The called post says the assignment is wrong, and why; somebody above decides."""
    with changing(matter, by=by, verb=Verb.DISPUTE, words=words, seen=seen) as change:
        found = _open(change, called_by=by)
        if found.state == WhistleState.DISPUTED:
            raise Changed(_("The assignment is disputed already."))
        found.dispute = change.words[:500]
        _set(found, change, WhistleState.DISPUTED)
        change.internal = True
        deciders = queries.deciders(change.matter)
        tell_posts(
            change,
            [found.blown_by_id, *deciders],
            _("Assignment disputed: %(what)s") % {"what": headline(change.matter)},
            change.words,
        )
    return change.matter


def decide_dispute(
    *, by: Actor, matter: UUID, uphold: bool, words: str, seen: int | None = None
) -> Matter:
    """Somebody above decides a dispute: upheld, the matter goes back to the whistler; rejected,
    the called post stays with it.
    """
    verb = Verb.UPHOLD if uphold else Verb.REJECT_DISPUTE
    with changing(matter, by=by, verb=verb, words=words, seen=seen) as change:
        found = _open(change)
        if found.state != WhistleState.DISPUTED:
            raise Changed(_("There is no dispute to decide."))
        found.decision = change.words[:500]
        found.decided_by = by.name
        if uphold:
            found.ended_at = clock.now()
        _set(found, change, WhistleState.ENDED if uphold else WhistleState.ACKNOWLEDGED)
        change.move()
        change.internal = True
        tell_posts(
            change,
            [found.blown_by_id, found.called_id],
            _("Dispute decided: %(what)s") % {"what": headline(change.matter)},
            change.words,
        )
    return change.matter


def end_open(change: Change) -> None:
    """End a running whistle, if any (recall, suspension, merge)."""
    change.matter.whistles.filter(state__in=queries.OPEN_WHISTLE).update(
        state=WhistleState.ENDED,
        ended_at=clock.now(),
        changed_by=change.by.name,
        changed_why=change.verb,
    )
