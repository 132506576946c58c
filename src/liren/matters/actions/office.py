"""What the office does: send, categorise, time, verify, close, merge, split, find root causes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotAllowed, NotFound
from liren.organisation.models import Post
from liren.people import actions as people
from liren.people.rules import is_reason
from liren.territory.queries import at_code

from .. import deadlines, queries, rules
from ..enums import Ending, LinkKind, Origin, Status, SuspendCause, Verb
from ..models import Attachment, Category, Extension, Follower, Link, Matter
from .core import changing, headline, tell_posts, tell_reporter
from .handling import ask_reporter
from .reporting import (
    SATISFACTION,
    Receipt,
    Report,
    close_with,
    find_holder,
    record_answer,
    report,
    unfollow_person,
)
from .whistles import end_open

TRIES_NEEDED = 3
HEARD_HOW = (Origin.PHONE, Origin.DOOR, Origin.STATION)
EXTENSION_MAX_DAYS = 30


def assign(
    *, by: Actor, matter: UUID, to: UUID, words: str = "", seen: int | None = None
) -> Matter:
    """Send a matter to a post that answers for its place. The clock goes on."""
    with changing(matter, by=by, verb=Verb.ASSIGN, words=words, seen=seen) as change:
        current = change.matter
        post = Post.objects.filter(pk=to, closed_on__isnull=True).first()
        if post is None or not current.place_code.startswith(post.place_code):
            raise Invalid(fields={"to": _("This post does not answer for the place.")})
        if post.pk in current.about_posts:
            raise Invalid(fields={"to": _("The matter is about this post.")})
        if current.about_posts and _below_complained(current, post):
            raise Invalid(fields={"to": _("This post sits below whom the matter is about.")})
        change.move()
        change.to_post = post.pk
        current.holder_id = post.pk
        tell_posts(
            change,
            [post.pk],
            _("Sent to you: %(what)s") % {"what": headline(current)},
            change.words,
        )
        tell_reporter(change, _("Now with %(who)s") % {"who": post.title}, headline(current))
    return change.matter


def _below_complained(matter: Matter, post: Post) -> bool:
    codes = Post.objects.filter(pk__in=matter.about_posts).values_list("place_code", flat=True)
    return any(post.place_code.startswith(code) for code in codes)


def categorise(
    *,
    by: Actor,
    matter: UUID,
    category: UUID,
    resend: bool = False,
    words: str = "",
    seen: int | None = None,
) -> Matter:
    """Change the category; the limit becomes the new category's, counted from the first report.

    ``resend`` also sends the matter to the new line's nearest holder. History stays.
    """
    with changing(matter, by=by, verb=Verb.CATEGORISE, words=words, seen=seen) as change:
        current = change.matter
        kind = queries.categories(current.community).filter(pk=category).first()
        if kind is None:
            raise Invalid(fields={"category": _("Please choose a category.")})
        change.data = {
            "from": current.category.name if current.category else "",
            "to": kind.name,
        }
        current.category, current.urgent = kind, ""
        deadlines.apply(current, deadlines.promise(current.community, kind, current.reported_at))
        if resend:
            if current.status not in (Status.SUBMITTED, Status.HANDLING):
                raise Changed(_("Call it back first: somebody else is working on it."))
            about = list(Post.objects.filter(pk__in=current.about_posts))
            holder, persons = find_holder(current.community, kind, current.place_code, about)
            current.holder_id, current.about_persons = holder.post, persons
            current.status = Status.SUBMITTED
            change.to_post = holder.post
            tell_posts(
                change,
                [holder.post],
                _("Sent to you: %(what)s") % {"what": headline(current)},
                change.words,
            )
    return change.matter


def recall(*, by: Actor, matter: UUID, words: str, seen: int | None = None) -> Matter:
    """Call a matter back from a department."""
    with changing(matter, by=by, verb=Verb.RECALL, words=words, seen=seen) as change:
        called = list(
            change.matter.whistles.filter(state__in=queries.OPEN_WHISTLE).values_list(
                "called", flat=True
            )
        )
        end_open(change)
        change.move()
        tell_posts(
            change,
            called,
            _("Called back: %(what)s") % {"what": headline(change.matter)},
            change.words,
        )
    return change.matter


def suspend(
    *,
    by: Actor,
    matter: UUID,
    cause: str,
    words: str,
    until: datetime | None = None,
    seen: int | None = None,
) -> Matter:
    """Let the clock stand still for a stated cause, until a day when one is known."""
    if cause not in SuspendCause.values:
        raise Invalid(fields={"cause": _("Please choose a cause.")})
    with changing(matter, by=by, verb=Verb.SUSPEND, words=words, seen=seen) as change:
        end_open(change)
        change.move()
        current = change.matter
        current.suspended_at = clock.now()
        current.suspend_cause = cause
        current.suspend_until = until
        change.data = {"cause": cause, "until": until.isoformat() if until else ""}
        tell_reporter(
            change, _("On hold: %(why)s") % {"why": SuspendCause(cause).label}, change.words
        )
    return change.matter


def resume(*, by: Actor, matter: UUID, words: str = "", seen: int | None = None) -> Matter:
    """Let the clock run again; the deadline moves on by the time it stood still."""
    with changing(matter, by=by, verb=Verb.RESUME, words=words, seen=seen) as change:
        current = change.matter
        later = deadlines.resumed(current, clock.now())
        change.data = {"due_before": current.due.isoformat() if current.due else ""}
        current.due, current.due_provisional = later.at, later.provisional
        current.due_skipped = list(later.skipped)
        current.suspended_at = current.suspend_until = None
        current.suspend_cause = ""
        change.move()
        tell_reporter(change, _("It goes on: %(what)s") % {"what": headline(current)})
        if current.holder_id:
            tell_posts(
                change, [current.holder_id], _("It goes on: %(what)s") % {"what": headline(current)}
            )
    return change.matter


def ask_extension(
    *, by: Actor, matter: UUID, days: int, words: str, seen: int | None = None
) -> Matter:
    """Ask for more working days (1 to 30), with a reason; somebody else decides."""
    if not 1 <= days <= EXTENSION_MAX_DAYS:
        raise Invalid(fields={"days": _("Between 1 and 30 working days.")})
    with changing(matter, by=by, verb=Verb.ASK_EXTENSION, words=words, seen=seen) as change:
        current = change.matter
        if current.extensions.filter(granted__isnull=True).exists():
            raise Changed(_("More time has been asked for already."))
        Extension.objects.create(
            community=current.community,
            place_code=current.place_code,
            matter=current,
            asked_by=by.name,
            asked_by_post_id=change.by_post,
            working_days=days,
            reason=change.words[:500],
            changed_by=by.name,
            changed_why=Verb.ASK_EXTENSION,
        )
        change.data = {"days": days}
        change.internal = True
        tell_posts(
            change,
            queries.deciders(current, Permission.MATTER_SUPERVISE),
            _("More time asked for: %(what)s") % {"what": headline(current)},
            change.words,
        )
    return change.matter


def decide_extension(
    *, by: Actor, matter: UUID, grant: bool, words: str = "", seen: int | None = None
) -> Matter:
    """Grant or refuse more time. Nobody decides what they asked for themselves."""
    verb = Verb.GRANT_EXTENSION if grant else Verb.REFUSE_EXTENSION
    with changing(matter, by=by, verb=verb, words=words, seen=seen) as change:
        current = change.matter
        asked = current.extensions.select_for_update().filter(granted__isnull=True).first()
        if asked is None:
            raise Changed(_("There is no open request for more time."))
        if asked.asked_by == by.name:
            raise NotAllowed(_("Somebody else decides about your own request."))
        asked.granted = grant
        asked.decided_by = by.name
        asked.decided_at = clock.now()
        asked.changed_by, asked.changed_why = by.name, verb
        asked.save()
        if grant:
            later = deadlines.extended(current, asked.working_days)
            change.data = {
                "days": asked.working_days,
                "due_before": current.due.isoformat() if current.due else "",
                "due": later.at.isoformat(),
            }
            current.due, current.due_provisional = later.at, later.provisional
            current.due_skipped = list(later.skipped)
            tell_reporter(
                change, _("It takes longer: %(what)s") % {"what": headline(current)}, asked.reason
            )
        else:
            change.internal = True
        if asked.asked_by_post_id:
            tell_posts(change, [asked.asked_by_post_id], str(verb.label), change.words)
    return change.matter


def verify(
    *, by: Actor, matter: UUID, done: bool, words: str = "", seen: int | None = None
) -> Matter:
    """Say what the look on the spot found: done, or not done (with words; it goes back)."""
    verb = Verb.VERIFY if done else Verb.VERIFY_FAILED
    with changing(matter, by=by, verb=verb, words=words, seen=seen) as change:
        current = change.matter
        change.move()
        if done:
            current.verified_at = clock.now()
            ask_reporter(change)
        else:
            current.handled_at = None
            if current.holder_id:
                tell_posts(
                    change,
                    [current.holder_id],
                    _("Not done yet: %(what)s") % {"what": headline(current)},
                    change.words,
                )
    return change.matter


def explain(*, by: Actor, matter: UUID, words: str, seen: int | None = None) -> Matter:
    """Explain why no more can be done; the reporter answers whether they accept that."""
    with changing(matter, by=by, verb=Verb.EXPLAIN, words=words, seen=seen) as change:
        change.move()
        current = change.matter
        current.result, current.result_kind = change.words, "explained"
        current.handled_at = clock.now()
        ask_reporter(change)
    return change.matter


def heard(
    *,
    by: Actor,
    matter: UUID,
    solved: bool,
    words: str,
    how: str,
    satisfied: str = "",
    seen: int | None = None,
) -> Matter:
    """Write down what a reporter without an account said by telephone or in person.

    It has the effect of their own answer and is marked as written down, with who wrote it; the
    reporter's receipt shows it and reopens the matter when it is not true.
    Refuses a reporter who can answer on their own page, and words left out (``Invalid``).
    """
    if how not in HEARD_HOW:
        raise Invalid(fields={"how": _("Please choose one.")})
    if satisfied and satisfied not in SATISFACTION:
        raise Invalid(fields={"satisfied": _("Please choose one.")})
    verb = Verb.HEARD_SOLVED if solved else Verb.HEARD_NOT_SOLVED
    with changing(matter, by=by, verb=verb, words=words, seen=seen) as change:
        current = change.matter
        if queries.answers_alone(current):
            raise Invalid(_("This reporter answers on their own page."))
        change.data = {"how": str(how), "solved": solved, "satisfied": satisfied}
        record_answer(change, solved=solved, satisfied=satisfied)
        tell_reporter(
            change,
            _("Written down as you said it: %(what)s") % {"what": verb.label},
            headline(current),
        )
    return change.matter


def reveal(*, by: Actor, matter: UUID, words: str) -> str:
    """Return the telephone number of a matter's reporter: the one left with it, or their own.

    The reason stands on the timeline, where the reporter reads it, and of a reporter on record
    also in the log of who looked at their data; they are told (G3). Refuses who may not unmask
    (``NotAllowed``) and a matter without a number (``NotFound``).
    """
    with changing(matter, by=by, verb=Verb.REVEAL, words=words) as change:
        require(by, Permission.PEOPLE_UNMASK, change.matter.place_code)
        if not is_reason(words):
            said = _("Please say why you need it; the person reads this.")
            raise Invalid(said, fields={"words": said})
        phone = change.matter.contact_phone
        if change.matter.reporter_id is not None:
            known = people.unmask(
                by=by, person=change.matter.reporter_id, field="phone", reason=words
            )
            phone = known or phone
        if not phone:
            raise NotFound
    return str(phone)


def try_reach(*, by: Actor, matter: UUID, words: str = "") -> Matter:
    """Write down one failed try to reach the reporter."""
    with changing(matter, by=by, verb=Verb.TRY_REACH, words=words) as change:
        change.internal = True
    return change.matter


def close_unreachable(
    *, by: Actor, matter: UUID, words: str = "", seen: int | None = None
) -> Matter:
    """Close after documented tries on ``TRIES_NEEDED`` different days.

    Raises ``Changed`` saying how many days are still missing.
    """
    with changing(matter, by=by, verb=Verb.CLOSE_UNREACHABLE, words=words, seen=seen) as change:
        current = change.matter
        days = queries.tried_on(current)
        if not rules.reached_enough(days, needed=TRIES_NEEDED):
            missing = TRIES_NEEDED - len(set(days))
            raise Changed(
                _("Please try to reach the reporter on %(n)d more days first.") % {"n": missing}
            )
        close_with(change, Ending.UNREACHABLE)
        change.data = {"tried_on": [d.isoformat() for d in sorted(set(days))]}
        tell_reporter(
            change,
            _("Closed, because we could not reach you; you can reopen it"),
            headline(current),
        )
    return change.matter


def refer_outside(
    *, by: Actor, matter: UUID, authority: str, words: str, seen: int | None = None
) -> Matter:
    """End a matter that is not ours to decide; says who is responsible."""
    name = authority.strip()
    if not name:
        raise Invalid(fields={"authority": _("Please say who is responsible.")})
    with changing(matter, by=by, verb=Verb.REFER_OUTSIDE, words=words, seen=seen) as change:
        close_with(change, Ending.OUTSIDE)
        change.matter.outside_authority = name[:120]
        change.matter.result = change.words
        change.data = {"authority": name[:120]}
        tell_reporter(
            change,
            _("Not ours to decide; responsible is %(who)s") % {"who": name[:80]},
            change.words,
        )
    return change.matter


def merge(
    *, by: Actor, matter: UUID, into: UUID, words: str = "", seen: int | None = None
) -> Matter:
    """Merge a duplicate into another open matter. Its reporter follows the other from now on.

    Refuses a chain (into a merged one), another community, itself, and mixing a shielded matter
    with an open one: followers could tell who complained.
    """
    with transaction.atomic():
        # Locks in one order, so that two merges crossing each other cannot deadlock.
        list(
            Matter.objects.select_for_update(no_key=True)
            .filter(pk__in=[matter, into])
            .order_by("pk")
        )
        with changing(matter, by=by, verb=Verb.MERGE, words=words, seen=seen) as change:
            current = change.matter
            target = Matter.objects.filter(pk=into, community=current.community).first()
            if target is None or target.pk == current.pk or target.status == Status.CLOSED:
                raise Invalid(fields={"into": _("Please choose another open matter.")})
            if target.shielded or current.shielded:
                raise Invalid(
                    fields={"into": _("A matter whose reporter stays unknown is not merged.")}
                )
            end_open(change)
            Link.objects.create(
                community=current.community,
                kind=LinkKind.DUPLICATE_OF,
                source=current,
                target=target,
                before={"status": current.status, "holder": str(current.holder_id)},
                changed_by=by.name,
                changed_why=Verb.MERGE,
            )
            close_with(change, Ending.MERGED)
            change.data = {"into": str(target.pk), "number": target.number}
            if current.reporter_id and current.reporter_id != target.reporter_id:
                Follower.objects.bulk_create(
                    [
                        Follower(
                            community=target.community,
                            place_code=target.place_code,
                            matter=target,
                            person_id=current.reporter_id,
                        )
                    ],
                    ignore_conflicts=True,
                )
                Matter.objects.filter(pk=target.pk).update(
                    followers=Follower.objects.filter(matter=target).count(),
                    changed_by=by.name,
                    changed_why=Verb.MERGE,
                )
            tell_reporter(
                change, _("A neighbour reported the same; both go on together"), target.number
            )
    return change.matter


def unmerge(*, by: Actor, matter: UUID, words: str = "", seen: int | None = None) -> Matter:
    """Undo a merge: the matter is open again where it was; its reporter stops following."""
    with changing(matter, by=by, verb=Verb.UNMERGE, words=words, seen=seen) as change:
        current = change.matter
        link = (
            current.links_out.select_for_update()
            .filter(kind=LinkKind.DUPLICATE_OF, active=True)
            .first()
        )
        if link is None:
            raise Changed(_("This matter is not merged."))
        link.active = False
        link.changed_by, link.changed_why = by.name, Verb.UNMERGE
        link.save()
        change.move()
        current.ending = ""
        current.closed_at = current.reopen_until = None
        if current.reporter_id:
            unfollow_person(link.target_id, current.reporter_id, by)
        if current.holder_id:
            tell_posts(
                change, [current.holder_id], _("Open again: %(what)s") % {"what": headline(current)}
            )
    return change.matter


def split(
    *,
    by: Actor,
    matter: UUID,
    text: str,
    category: UUID | None = None,
    to: UUID | None = None,
    seen: int | None = None,
) -> Receipt:
    """Split a part off with its own handler; the part hangs on the whole.

    The part keeps the reporter, the shield and the limit of the whole: splitting buys no time.
    """
    with transaction.atomic():
        with changing(matter, by=by, verb=Verb.SPLIT, words=text, seen=seen) as change:
            current = change.matter
            kind = (
                queries.categories(current.community).filter(pk=category).first()
                if category
                else current.category
            )
        receipt = _child(by, current, text, kind, LinkKind.PART_OF)
        part = receipt.matter
        Matter.objects.filter(pk=part.pk).update(
            due=current.due, accept_by=current.accept_by, first_due=current.first_due
        )
        if to is not None:
            assign(by=by, matter=part.pk, to=to)
        part.refresh_from_db()
    return Receipt(part, receipt.code)


def _child(by: Actor, whole: Matter, text: str, kind: Category | None, link: LinkKind) -> Receipt:
    require(by, Permission.MATTER_DISPATCH, whole.place_code)
    receipt = report(
        by=by,
        need=Report(
            place=whole.place,
            text=text,
            category=kind,
            origin=Origin(whole.origin)
            if whole.origin not in (Origin.WEB, Origin.QR)
            else Origin.LEADER,
            reporter=whole.reporter_id,
            shielded=whole.shielded,
            about_posts=tuple(whole.about_posts),
            synthetic=whole.synthetic,
        ),
    )
    Link.objects.create(
        community=whole.community,
        kind=link,
        source=receipt.matter,
        target=whole,
        changed_by=by.name,
        changed_why=link,
    )
    return receipt


def open_root(
    *, by: Actor, place_code: str, category: UUID, text: str, matters: Sequence[UUID]
) -> Receipt:
    """Open one root-cause matter for what keeps coming back (源头治理), linked to its matters.

    The engine only proposes (``queries.recurring``); this is the person's decision (G11).
    """
    require(by, Permission.MATTER_DISPATCH, place_code)
    rows = list(queries.visible(by).filter(pk__in=list(matters), shielded=False))
    if len(rows) < 2:
        raise Invalid(_("A root cause needs at least two matters."))
    kind = queries.categories(rows[0].community).filter(pk=category).first()
    with transaction.atomic():
        receipt = report(
            by=by,
            need=Report(
                place=at_code(place_code),
                text=text,
                category=kind,
                origin=Origin.ROOT,
                synthetic=all(r.synthetic for r in rows),
            ),
        )
        Link.objects.bulk_create(
            [
                Link(
                    community=row.community,
                    kind=LinkKind.FOLLOWS_FROM,
                    source=receipt.matter,
                    target=row,
                    changed_by=by.name,
                    changed_why="root cause",
                )
                for row in rows
            ]
        )
    return receipt


def supervise(*, by: Actor, matter: UUID, words: str, seen: int | None = None) -> Matter:
    """督办: somebody above asks the holder to move, in writing."""
    with changing(matter, by=by, verb=Verb.SUPERVISE, words=words, seen=seen) as change:
        current = change.matter
        posts = {current.holder_id} if current.holder_id else set()
        posts |= set(
            current.whistles.filter(state__in=queries.OPEN_WHISTLE).values_list("called", flat=True)
        )
        change.internal = True
        tell_posts(
            change,
            posts,
            _("Supervised: %(what)s") % {"what": headline(current)},
            change.words,
            urgent=True,
        )
    return change.matter


def release_photos(*, by: Actor, matter: UUID, photos: Sequence[UUID]) -> int:
    """Let the holder see photos of a shielded matter after the office looked at them (G7)."""
    row = queries.visible(by).filter(pk=matter).first()
    if row is None:
        raise NotFound
    require(by, Permission.MATTER_VIEW_SHIELDED, row.place_code)
    return Attachment.objects.filter(matter=row, pk__in=list(photos)).update(withheld=False)
