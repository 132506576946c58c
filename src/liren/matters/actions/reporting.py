"""What the reporter does: report, add, follow, answer, rate, remind, reopen, withdraw."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotAllowed, NotFound, TooMany
from liren.base.ids import new_code
from liren.base.images import Image
from liren.base.rows import insert, together
from liren.base.text import clean_line, clean_text
from liren.notifications.actions import notify
from liren.organisation.models import Post
from liren.organisation.queries import Holder, holders_up, persons_of
from liren.territory.actions import hold_and_draw
from liren.territory.models import Place

from .. import deadlines, files, queries, rules, search, suggestions
from ..enums import Ending, Origin, Status, Verb
from ..models import Category, Entry, Follower, Matter
from .core import Change, changing, headline, tell_grantor, tell_posts, tell_seats, why

TEXT_MAX = 2000
PHOTOS_MAX = 6
CODE_DAYS = 365
REMIND_HOURS = 20
REOPEN_DAYS = 15
SATISFACTION = ("yes", "soso", "no")
DEFAULT_LINE = "three_leaders"


@dataclass(frozen=True, slots=True)
class Report:
    """A need as it comes in. ``place`` is any open place of the community.

    ``about_posts``: the posts complained of; they and everybody below them are routed around.
    ``once``: a key of the shown form, so that a double submit makes one matter.
    """

    place: Place
    text: str
    category: Category | None = None
    place_note: str = ""
    longitude: Decimal | None = None
    latitude: Decimal | None = None
    origin: Origin = Origin.WEB
    reporter: UUID | None = None
    contact_name: str = ""
    contact_phone: str = ""
    shielded: bool = False
    about_posts: tuple[UUID, ...] = ()
    photos: tuple[Image, ...] = ()
    once: str = ""
    external_system: str = ""
    external_number: str = ""
    external_due: datetime | None = None
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the reporter takes away. ``code`` is shown once and never stored in clear."""

    matter: Matter
    code: str


def _number(serial: int) -> str:
    """Return a number no two matters share, without a counter row everybody would wait for."""
    return f"{clock.today():%y%m%d}{serial % 1_000_000:06d}"


def find_holder(
    community: str, category: Category | None, place_code: str, about: Sequence[Post] = ()
) -> tuple[Holder, list[UUID]]:
    """Return who the need goes to first, and the persons it is about.

    Falls upward over vacant posts and absent holders; where the category's line has nobody, the
    three leaders' line is tried from the community upward. Raises ``Invalid`` when nobody at all
    answers for the place: a community without a single post cannot take needs.
    """
    persons = [p for held in persons_of(post.pk for post in about).values() for p in held]
    line = category.line_id if category else DEFAULT_LINE
    found = queries.route(
        line=line,
        start_level=category.start_level if category else "",
        place_code=place_code,
        about_posts=[post.pk for post in about],
        about_persons=persons,
        about_codes=[post.place_code for post in about],
    )
    if not found:
        # Nobody sits above whoever it is about: the highest other holder, never those below.
        everybody = holders_up(line, place_code, skip_persons=persons)
        found = everybody[-1:] if about else everybody
    if not found:
        raise Invalid(_("Nobody answers for this place yet. Please call the community office."))
    return found[0], persons


def report(*, by: Actor, need: Report) -> Receipt:
    """Take a need in and send it to the nearest holder of a post.

    Promises: number, query code, promised dates, first holder, timeline entry, search words and
    messages are written together or not at all; a second submit of the same form (``once``) with
    the same words finds the first matter and writes nothing (its receipt then carries no code).
    Refuses: an empty or too long text, more than six photos, a closed place, a place of another
    community than the one whose page is used (``Invalid``); speaking for another person without a
    mandate or the right to record (``NotAllowed``).
    """
    text = clean_text(need.text, TEXT_MAX)
    once = _once(need, text)
    with together():
        return _take_in(by, need, text, once)


def _take_in(by: Actor, need: Report, text: str, once: str | None) -> Receipt:
    # Its code as it is now, and it stays so until the matter is written: grids are being redrawn
    # while people report.
    place, serial = hold_and_draw(need.place.pk, "matter_serial")
    if place.closed_on is not None or len(place.code) < 12:
        raise Invalid(
            _("Please choose a place in the community."),
            fields={"place": _("Please choose a place in the community.")},
        )
    if by.home and not place.code.startswith(by.home):
        raise Invalid(
            _("This place belongs to another community."),
            fields={"place": _("This place belongs to another community.")},
        )
    if len(need.photos) > PHOTOS_MAX:
        raise Invalid(fields={"photos": _("At most six photos, please.")})
    on_behalf = need.origin not in (Origin.WEB, Origin.QR)
    if on_behalf and not by.is_system:
        require(by, Permission.MATTER_RECORD, place.code)
    if (
        not on_behalf
        and need.reporter is not None
        and need.reporter != by.party
        and not by.is_system
    ):
        raise NotAllowed
    about = list(Post.objects.filter(pk__in=need.about_posts)) if need.about_posts else []
    if any(not place.code.startswith(post.place_code) for post in about):
        raise Invalid(fields={"about": _("This leader is not responsible for the place.")})
    now = clock.now()
    holder, persons = find_holder(place.community, need.category, place.code, about)
    code = new_code(8)
    number = _number(serial)
    matter = Matter(
        community=place.community,
        number=number,
        code_hash=queries.code_hash(number, code),
        code_expires=now + timedelta(days=CODE_DAYS),
        place=place,
        place_code=place.code,
        place_note=clean_line(need.place_note, 120, empty_ok=True),
        longitude=need.longitude,
        latitude=need.latitude,
        category=need.category,
        text=text,
        origin=need.origin,
        reporter_id=need.reporter,
        agent_id=by.person if by.acting_for else None,
        contact_name=clean_line(need.contact_name, 60, empty_ok=True),
        contact_phone=need.contact_phone or None,
        shielded=need.shielded,
        about_posts=[post.pk for post in about],
        about_persons=persons,
        holder_id=holder.post,
        reported_at=now,
        external_system=need.external_system,
        external_number=need.external_number,
        external_due=need.external_due,
        once=once,
        synthetic=need.synthetic,
        changed_by=by.name,
        changed_why=why(Verb.REPORT),
        changed_at=now,
    )
    deadlines.apply(matter, deadlines.promise(place.community, need.category, now))
    change = Change(
        matter=matter, by=by, verb=Verb.REPORT, roles=frozenset({rules.R.REPORTER}), words=""
    )
    if on_behalf:
        change.by_post = next(iter(sorted(by.posts)), None)
        matter.recorded_by_id = change.by_post
    change.to_post = holder.post
    change.data = {"origin": need.origin}
    tell_seats(
        change,
        holder.seats,
        _("New: %(what)s") % {"what": headline(matter)},
        str(place),
    )
    if need.category is None:
        _call_for_help(change)
    if _write(change, need.photos):
        return Receipt(matter, code)
    # Sent twice, perhaps at the same moment: the first one is the matter.
    return Receipt(Matter.objects.get(community=place.community, once=once), "")


def _call_for_help(change: Change) -> None:
    """Call the desk, at any hour, when words of a kind that cannot wait stand in the text.

    Nobody has said the kind: until somebody looks, gas or a fainted neighbour would wait like a
    lamp. One statement; two more where there is something to call for.
    """
    matter = change.matter
    noticed = suggestions.urgent(matter.community, matter.text)
    if noticed is None:
        return
    matter.urgent, words = noticed
    posts = queries.desk_at(matter.community)
    tell_posts(
        change,
        [post for post in posts if post not in matter.about_posts],
        _("May be urgent: %(what)s") % {"what": headline(matter)},
        _("They wrote “%(words)s” and nobody has said the kind yet. Please call or go and look.")
        % {"words": _(", ").join(words)},
        urgent=True,
    )


def _once(need: Report, text: str) -> str | None:
    """Return what makes a second submit the same one: form, person, place and words.

    Whoever goes back to the form and writes something else, or signs in as somebody else, reports
    a new need; nothing of it is lost.
    """
    if not need.once:
        return None
    same = "\n".join([need.once, str(need.reporter or ""), need.place.code, text])
    return hashlib.sha256(same.encode()).hexdigest()[:40]


def _write(change: Change, photos: "Sequence[Image]") -> bool:
    """Write a new matter with its first entry, search words, photos and messages.

    Writes nothing and returns False where the same form has made a matter already.
    """
    matter = change.matter
    entry = Entry(
        community=matter.community,
        place_code=matter.place_code,
        matter=matter,
        at=matter.reported_at,
        verb=Verb.REPORT,
        status=Status.SUBMITTED,
        version=1,
        by=change.by.name,
        by_role=rules.R.REPORTER,
        by_post_id=change.by_post,
        to_post_id=change.to_post,
        data=change.data,
    )
    if not insert(
        matter, entry, search.words_of(matter), once="(community, once) WHERE once IS NOT NULL"
    ):
        return False
    if photos:
        files.attach(matter, entry, photos)
    tell_grantor(change)
    notify(change.tell)
    return True


def add_words(
    *, by: Actor, matter: UUID, words: str, photos: Sequence[Image] = (), seen: int | None = None
) -> Matter:
    """Add words or photos to one's own open matter. Refuses when both are missing."""
    if len(photos) > PHOTOS_MAX:
        raise Invalid(fields={"photos": _("At most six photos, please.")})
    with changing(matter, by=by, verb=Verb.ADD, words=words, seen=seen) as change:
        if not change.words and not photos:
            raise Invalid(fields={"words": _("Please write something here.")})
        have = change.matter.attachments.count()
        if have + len(photos) > 4 * PHOTOS_MAX:
            raise Invalid(fields={"photos": _("This matter has enough photos.")})
        if change.matter.holder_id:
            tell_posts(
                change,
                [change.matter.holder_id],
                _("The reporter added something: %(what)s") % {"what": headline(change.matter)},
            )
    if photos and change.entry:
        files.attach(change.matter, change.entry, photos)
    return change.matter


def withdraw(*, by: Actor, matter: UUID, words: str = "", seen: int | None = None) -> Matter:
    """Withdraw one's own matter; nobody asks why."""
    with changing(matter, by=by, verb=Verb.WITHDRAW, words=words, seen=seen) as change:
        close_with(change, Ending.WITHDRAWN)
        if change.matter.holder_id:
            tell_posts(
                change,
                [change.matter.holder_id],
                _("Withdrawn: %(what)s") % {"what": headline(change.matter)},
            )
    return change.matter


def close_with(change: Change, ending: Ending) -> None:
    """Close the matter in the making with an ending."""
    change.move()
    matter = change.matter
    matter.ending = ending
    matter.closed_at = clock.now()
    matter.reopen_until = (
        matter.closed_at + timedelta(days=REOPEN_DAYS) if ending in rules.REOPENABLE else None
    )


def answer(
    *,
    by: Actor,
    matter: UUID,
    solved: bool,
    satisfied: str = "",
    words: str = "",
    seen: int | None = None,
) -> Matter:
    """Say whether it is solved. "Yes" closes the matter; "no" needs a word and sends it back.

    What the reporter says decides: an explained matter the reporter accepts ends "explained", a
    handled one "solved".
    """
    verb = Verb.ANSWER_SOLVED if solved else Verb.ANSWER_NOT_SOLVED
    if satisfied and satisfied not in SATISFACTION:
        raise Invalid
    with changing(matter, by=by, verb=verb, words=words, seen=seen) as change:
        change.data = {"solved": solved, "satisfied": satisfied}
        record_answer(change, solved=solved, satisfied=satisfied)
    return change.matter


def record_answer(change: Change, *, solved: bool, satisfied: str) -> None:
    """Put the reporter's answer into the matter in the making and tell its holder."""
    current = change.matter
    current.solved = solved
    current.satisfied = satisfied
    current.rating_why = change.words[:500]
    if solved:
        explained = current.result_kind == "explained"
        close_with(change, Ending.EXPLAINED if explained else Ending.SOLVED)
        title = _("Solved, says the reporter: %(what)s")
    else:
        change.move()
        current.reopened += 1
        current.handled_at = current.verified_at = None
        title = _("Not solved yet: %(what)s")
    if current.holder_id:
        tell_posts(change, [current.holder_id], title % {"what": headline(current)}, change.words)


def rate(*, by: Actor, matter: UUID, satisfied: str, words: str = "") -> Matter:
    """Rate a closed matter, or change the rating. It rates the answer, never a person (G2)."""
    if satisfied not in SATISFACTION:
        raise Invalid(fields={"satisfied": _("Please choose one.")})
    with changing(matter, by=by, verb=Verb.RATE, words=words) as change:
        if change.matter.ending not in rules.REOPENABLE:
            raise Changed(_("There is nothing to rate: the matter was withdrawn or merged."))
        change.matter.satisfied = satisfied
        change.matter.rating_why = change.words[:500]
        change.data = {"satisfied": satisfied}
    return change.matter


def reopen(*, by: Actor, matter: UUID, words: str, seen: int | None = None) -> Matter:
    """Reopen a closed matter within its time; the office sees it first.

    Refuses when the time has run out or the ending cannot be reopened (``Changed``).
    """
    with changing(matter, by=by, verb=Verb.REOPEN, words=words, seen=seen) as change:
        current = change.matter
        if current.ending not in rules.REOPENABLE or (
            current.reopen_until and current.reopen_until < clock.now()
        ):
            raise Changed(_("The time to reopen this has run out. Please report it anew."))
        change.move()
        current.ending = ""
        current.solved = False
        current.closed_at = current.handled_at = current.verified_at = None
        current.reopen_until = None
        current.reopened += 1
        fresh = deadlines.promise(current.community, current.category, clock.now())
        current.due, current.due_provisional = fresh.due, fresh.provisional
        current.due_skipped = fresh.skipped
        if current.holder_id is None:
            current.holder_id = find_holder(
                current.community, current.category, current.place_code
            )[0].post
        tell_posts(
            change,
            [current.holder_id],
            _("Reopened: %(what)s") % {"what": headline(current)},
            change.words,
        )
    return change.matter


def remind(*, by: Actor, matter: UUID) -> Matter:
    """Remind whoever has the matter now. Once in twenty hours (else ``TooMany``)."""
    with changing(matter, by=by, verb=Verb.REMIND) as change:
        current = change.matter
        now = clock.now()
        if current.last_reminded_at:
            again = current.last_reminded_at + timedelta(hours=REMIND_HOURS)
            if now < again:
                raise TooMany(
                    _("You have reminded them already; they know. You can remind again tomorrow."),
                    retry_after=int((again - now).total_seconds()),
                )
        current.reminders += 1
        current.last_reminded_at = now
        posts = {current.holder_id} if current.holder_id else set()
        posts |= set(
            current.whistles.filter(state__in=queries.OPEN_WHISTLE).values_list("called", flat=True)
        )
        tell_posts(
            change,
            posts,
            _("The reporter asks how it goes: %(what)s") % {"what": headline(current)},
            urgent=False,
        )
    return change.matter


def renew_code(*, by: Actor, matter: UUID) -> Receipt:
    """Give the reporter a new query code; the old one opens nothing from now on.

    Refuses everybody else (``NotFound``: a stranger learns nothing), and whoever acts under a
    mandate (``NotAllowed``): a code would open the matter after the mandate has ended.
    """
    with transaction.atomic():
        row = Matter.objects.select_for_update(no_key=True).filter(pk=matter).first()
        if row is None or rules.R.REPORTER not in queries.roles(by, row):
            raise NotFound
        if by.acting_for is not None:
            raise NotAllowed(_("Only the person can have a query code; you see the matter here."))
        code = new_code(8)
        row.code_hash = queries.code_hash(row.number, code)
        row.code_expires = clock.now() + timedelta(days=CODE_DAYS)
        row.changed_by, row.changed_why, row.changed_at = by.name, "renew code", clock.now()
        row.save(
            update_fields=["code_hash", "code_expires", "changed_by", "changed_why", "changed_at"]
        )
    return Receipt(row, code)


def follow(*, by: Actor, matter: UUID) -> Matter:
    """Follow an open, unshielded matter of one's community: the neighbour has the same need."""
    if by.party is None:
        raise NotAllowed(_("Please sign in to follow a matter."))
    with transaction.atomic():
        row = Matter.objects.filter(pk=matter, shielded=False).exclude(status=Status.CLOSED).first()
        if row is None or (by.home and row.community != by.home):
            raise NotFound
        if row.reporter_id == by.party:
            return row
        made = Follower.objects.bulk_create(
            [
                Follower(
                    community=row.community,
                    place_code=row.place_code,
                    matter=row,
                    person_id=by.party,
                )
            ],
            ignore_conflicts=True,
        )
        count = Follower.objects.filter(matter=row).count()
        if made:
            Matter.objects.filter(pk=matter).update(
                followers=count, changed_by=by.name, changed_why="follow"
            )
        row.followers = count
    return row


def unfollow(*, by: Actor, matter: UUID) -> None:
    """Stop following; nothing happens when one did not follow."""
    if by.party is not None:
        unfollow_person(matter, by.party, by)


def unfollow_person(matter: UUID, person: UUID, by: Actor) -> None:
    """Take a person off the followers of a matter (also when a merge is undone)."""
    with transaction.atomic():
        gone, _rows = Follower.objects.filter(matter=matter, person=person).delete()
        if gone:
            Matter.objects.filter(pk=matter, followers__gt=0).update(
                followers=F("followers") - 1, changed_by=by.name, changed_why="unfollow"
            )
