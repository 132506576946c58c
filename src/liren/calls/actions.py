"""Making a call, answering it, widening it, calling it off, closing it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from liren.access import rls
from liren.access.actor import Actor, Kind, Permission, code_range, system
from liren.access.gate import require
from liren.base import clock
from liren.base.errors import Changed, Gone, Invalid, NotAllowed, NotFound
from liren.base.ids import uuid7
from liren.base.rows import prepared
from liren.base.text import clean_line, clean_text
from liren.notifications.actions import Message, notify
from liren.organisation.models import Post
from liren.organisation.queries import holders_up, persons_of
from liren.people import actions as people
from liren.territory import queries as territory
from liren.territory.codes import LENGTHS, community_of
from liren.territory.enums import Level

from . import audiences, queries, rules, spreading
from .audiences import CONSENT
from .enums import Said, State
from .kinds import KINDS
from .models import Answer, Call, Ring
from .rules import Role

LINE = "three_leaders"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a caller wants to call. ``place`` is a code; ``closes_at`` the end of answering."""

    kind: str
    place: str
    audiences: Sequence[str]
    title: str
    closes_at: datetime
    text: str = ""
    at: datetime | None = None
    where: str = ""
    needed: int | None = None
    roles: Sequence[Role] = field(default_factory=tuple)
    urgent: bool = False
    widen_at: datetime | None = None


class Running(Changed):
    """409: the very same call is running already; ``call`` is which."""

    def __init__(self, call: UUID) -> None:
        super().__init__(_("This very call is running already."))
        self.call = call


# -- making ----------------------------------------------------------------------------------------


def would_reach(*, by: Actor, place: str, keys: Sequence[str]) -> int:
    """Return how many persons a call would reach; refuses a place outside the caller's posts.

    Nor does it say whether a single household wants to be called (``NotFound``, G10).
    """
    require(by, Permission.CALL_MAKE, place)
    _no_home(place)
    try:
        return spreading.count(keys, place, _callers(by))
    except KeyError:
        return 0


def _no_home(place: str) -> None:
    """A call goes to an entrance or more; a home is not called."""
    if len(place) > LENGTHS[Level.UNIT]:
        raise NotFound


def make(*, by: Actor, draft: Draft) -> Call:
    """Call everybody of the chosen audiences in a place; few are told at once, many by a job.

    Refuses a place outside the caller's posts (``NotAllowed``), closed or a home (``NotFound``), a
    call that would reach nobody, times gone by, a number that makes no sense (``Invalid``), and the
    same call twice (``Running``). Nobody is bound to answer.
    """
    require(by, Permission.CALL_MAKE, draft.place)
    _no_home(draft.place)
    place = territory.at_code(draft.place)
    post = post_for(by, place.code)
    title = clean_line(draft.title, 60, empty_ok=True)
    text = clean_text(draft.text, 300, empty_ok=True)
    roles = [Role(clean_line(r.name, 60, empty_ok=True), r.needed) for r in draft.roles]
    wrong = _wrong(by, draft, title, roles)
    if wrong:
        raise Invalid(fields=wrong)
    now = clock.now()
    call = Call(
        community=community_of(place.code),
        place=place,
        place_code=place.code,
        reach=len(place.code),
        post=post,
        kind=draft.kind,
        title=title,
        text=text,
        audiences=list(dict.fromkeys(draft.audiences)),
        at=draft.at,
        where=clean_line(draft.where, 80, empty_ok=True),
        needed=rules.total(roles) if roles else draft.needed,
        roles=[{"name": role.name, "needed": role.needed} for role in roles],
        urgent=draft.urgent,
        closes_at=draft.closes_at,
        widen_at=draft.widen_at,
        digest=rules.digest(place.code, title, text),
        made_at=now,
        changed_by=by.name,
        changed_why="called",
        changed_at=now,
    )
    with transaction.atomic():
        try:
            with transaction.atomic():
                call.save(force_insert=True)
        except IntegrityError as error:
            if "call_once" not in str(error):
                raise
            running = Call.objects.filter(
                post=post, digest=call.digest, state=State.RUNNING
            ).first()
            raise (Running(running.pk) if running else Changed()) from error
        ring = _ring(call, len(place.code), post)
        if ring.reached == 0:
            raise Invalid(
                fields={"audiences": _("Nobody would be reached. Please choose others as well.")}
            )
        spreading.begin(ring)
    return call


def _ring(call: Call, reach: int, post: Post | None) -> Ring:
    """Write down one more ring and whom it reaches; who was asked already is not asked again."""
    number = call.rings.count()
    ring = Ring.objects.create(
        community=call.community,
        place_code=call.place_code,
        call=call,
        number=number,
        reach=reach,
        post=post,
    )
    callers = [p for persons in persons_of([call.post_id]).values() for p in persons]
    ring.reached = spreading.resolve(call, ring, callers)
    ring.save(update_fields=["reached"])
    return ring


def _callers(by: Actor) -> list[UUID]:
    return [by.person] if by.person is not None else []


def post_for(by: Actor, code: str) -> Post:
    """Return the post by which an actor calls at a place: the nearest. Raises ``NotAllowed``."""
    grants = [
        grant
        for grant in by.grants
        if grant.post is not None and grant.holds(Permission.CALL_MAKE, code, clock.today())
    ]
    if not grants:
        raise NotAllowed(_("This is outside what your post covers."))
    nearest = max(grants, key=lambda grant: len(grant.code)).post
    assert nearest is not None
    return Post.objects.get(pk=nearest)


def _wrong(by: Actor, draft: Draft, title: str, roles: Sequence[Role]) -> dict[str, str]:
    """Return what cannot be called like that, field by field."""
    now = clock.now()
    wrong: dict[str, str] = {}
    if draft.kind not in KINDS:
        wrong["kind"] = _("Please choose one.")
    if not title:
        wrong["title"] = _("Please say in one sentence what you call for.")
    # As the form offers them: by the widest of the caller's posts, also for a place below it.
    widest = next(c for c in by.codes(Permission.CALL_MAKE) if draft.place.startswith(c))
    known = {choice.key for choice in audiences.offered(widest)}
    if not draft.audiences:
        wrong["audiences"] = _("Please choose who is asked.")
    elif not set(draft.audiences) <= known:
        wrong["audiences"] = _("Please choose from the list.")
    said = rules.wrong_roles(roles)
    if said:
        wrong["roles"] = {
            "many": _("At most %(n)d roles, please.") % {"n": rules.MOST_ROLES},
            "name": _("Please name each role in at most %(n)d characters.")
            % {"n": rules.ROLE_WORDS},
            "twice": _("Two roles have the same name."),
            "number": _("Please say how many are needed: 1 to %(n)d.") % {"n": rules.MOST_NEEDED},
        }[said]
    if draft.needed is not None and not 0 < draft.needed <= rules.MOST_NEEDED:
        wrong["needed"] = _("Please say how many are needed: 1 to %(n)d.") % {
            "n": rules.MOST_NEEDED
        }
    if draft.closes_at <= now:
        wrong["closes_at"] = _("This time has gone by.")
    elif draft.closes_at > now + timedelta(days=rules.LONGEST_DAYS):
        wrong["closes_at"] = _("A call runs for at most %(n)d days.") % {"n": rules.LONGEST_DAYS}
    if draft.at is not None and draft.at < now - timedelta(minutes=15):
        wrong["at"] = _("This time has gone by.")
    if draft.widen_at is not None:
        if not (roles or draft.needed):
            wrong["widen_at"] = _("Without a number needed there is no “too few”.")
        elif not now < draft.widen_at < draft.closes_at:
            wrong["widen_at"] = _("Please choose a time before answering ends.")
    return wrong


# -- answering -------------------------------------------------------------------------------------

# FOR SHARE: closing waits for answers that are being written, and answers for closing; whoever
# comes second sees what the first has done.
_ANSWER = """
INSERT INTO calls_answer AS was (id, community, place_code, call_id, person_id, said, role, at)
SELECT %s::uuid, a.community, a.place_code, c.id, a.person_id, %s::text, %s::int, %s::timestamptz
  FROM calls_call c JOIN calls_asked a ON a.call_id = c.id
 WHERE c.id = %s::uuid AND a.person_id = %s::uuid AND c.state = 'running'
   AND c.closes_at > %s::timestamptz AND %s::int <= jsonb_array_length(c.roles)
   FOR SHARE OF c
ON CONFLICT (call_id, person_id) DO UPDATE SET said = excluded.said, role = excluded.role,
                                               at = excluded.at
RETURNING 1
"""


def answer(*, by: Actor, call: UUID, said: str, role: int = 0) -> None:
    """Say whether one comes; saying it again changes it. One statement.

    Refuses somebody the call does not ask (``NotFound``), an answer there is not (``Invalid``),
    and any answer once the call is over (``Gone``). Nobody answers for another.
    """
    if by.person is None or by.acting_for is not None:
        raise NotAllowed(_("Everybody answers for themselves."))
    if said not in Said.values or role < 0:
        raise Invalid(fields={"said": _("Please choose one.")})
    now = clock.now()
    role = role if said == Said.COMING else 0
    values = [uuid7(), said, role, now, call, by.person, now, role]
    if _stored(by, values):
        return
    found = queries.asked(by.person, call)
    if found.running:
        # Asked, running, and still not stored: a role there is not, or asked no longer.
        raise Invalid(fields={"role": _("Please choose one.")})
    raise Gone(over(found))


def _stored(by: Actor, values: list[object]) -> bool:
    def write() -> bool:
        with prepared() as cursor:
            cursor.execute(_ANSWER, values)
            return cursor.fetchone() is not None

    if by.kind is Kind.LINK:
        # Its request begins within reach of the call.
        return write()
    with rls.everywhere():
        return write()


def over(call: Call) -> str:
    """Say that a call is over, and how."""
    if call.state == State.WITHDRAWN:
        return _("This call was called off. Nobody needs to come. Thank you.")
    return _("This call is over. Thank you.")


def take_back(*, by: Actor, call: UUID) -> None:
    """Take one's answer back: then nothing is kept. Twice changes nothing."""
    if by.person is None or by.acting_for is not None:
        raise NotAllowed(_("Everybody answers for themselves."))
    with rls.everywhere():
        Answer.objects.filter(call=call, person=by.person).delete()


# -- spreading further -----------------------------------------------------------------------------


def _taken(by: Actor, call: UUID, seen: int | None = None) -> Call:
    """Lock a running call the actor looks after."""
    if not by.is_system:
        queries.get(by, call)
    row = Call.objects.select_for_update(of=("self",)).select_related("place").get(pk=call)
    if row.state != State.RUNNING:
        raise Changed(over(row))
    if seen is not None and row.version != seen:
        raise Changed
    return row


def widen(*, by: Actor, call: UUID, seen: int) -> Ring:
    """Call the next wider ring too. Only who was not asked before is asked.

    Refuses a ring beyond what the actor's posts cover (``NotAllowed``: then ``pass_up`` tells who
    may), no wider ring (``Invalid``), a call somebody else has widened or ended since ``seen``
    (``Changed``).
    """
    with transaction.atomic():
        row = _taken(by, call, seen)
        reach = rules.wider(row.reach)
        if reach is None:
            raise Invalid(_("There is no wider ring."))
        code = row.place_code[:reach]
        require(by, Permission.CALL_MAKE, code)
        return _widened(by, row, reach, None if by.is_system else post_for(by, code))


def _widened(by: Actor, row: Call, reach: int, post: Post | None) -> Ring:
    row.reach, row.version = reach, row.version + 1
    row.widen_at = None
    row.changed_by, row.changed_why, row.changed_at = by.name, "widened", clock.now()
    row.save()
    ring = _ring(row, reach, post)
    spreading.begin(ring)
    return ring


def pass_up(*, by: Actor, call: UUID) -> str:
    """Tell the next in line that too few come; return their title. They may widen the call.

    Told once; again only says who was told. Raises ``Invalid`` when nobody stands above.
    """
    with transaction.atomic():
        row = _taken(by, call)
        return _passed_up(by, row)


def _passed_up(by: Actor, row: Call) -> str:
    reach = rules.wider(row.reach)
    holders = holders_up(LINE, row.place_code, above=row.reach_code) if reach else []
    may = set(
        Post.objects.filter(
            pk__in=[holder.post for holder in holders],
            type__permissions__contains=[Permission.CALL_MAKE],
        ).values_list("pk", flat=True)
    )
    holder = next((one for one in holders if one.post in may), None)
    if holder is None:
        raise Invalid(_("Nobody above can call a wider ring."))
    notify(
        Message(
            person=seat.person,
            kind="call.few",
            title=_("Too few come: %(title)s") % {"title": row.title},
            body=_("You may call the next ring too, or leave it as it is."),
            link=f"/calls/{row.pk}/",
            key=f"call.few:{row.pk}:{row.reach}:{seat.person}",
            community=community_of(holder.place_code),
            urgent=row.urgent,
        )
        for seat in holder.seats
    )
    Call.objects.filter(pk=row.pk).update(
        passed_up_at=clock.now(),
        widen_at=None,
        changed_by=by.name,
        changed_why="the next in line is told",
        changed_at=clock.now(),
    )
    return holder.title


def widen_due(call: UUID) -> None:
    """Do what the caller wished for this time: when too few come, call the next ring.

    Within what the caller's post covers it is called; beyond, the next in line is told. Done once.
    """
    by = system("calls")
    with transaction.atomic():
        row = Call.objects.select_for_update(of=("self",)).select_related("post__type").get(pk=call)
        if row.state != State.RUNNING or row.widen_at is None or row.widen_at > clock.now():
            return
        come = Answer.objects.filter(call=row, said=Said.COMING).count()
        reach = rules.wider(row.reach)
        Call.objects.filter(pk=row.pk).update(
            widen_at=None, changed_by=by.name, changed_why="looked", changed_at=clock.now()
        )
        if reach is None or not rules.too_few(come, row.needed):
            return
        covered = len(row.post.place_code) <= reach
        if covered and Permission.CALL_MAKE in row.post.type.permissions:
            _widened(by, row, reach, row.post)
        else:
            try:
                _passed_up(by, row)
            except Invalid:
                return


# -- ending ----------------------------------------------------------------------------------------


def close(*, by: Actor, call: UUID) -> Call:
    """Close a call: numbers stay, answers and whom it asked are deleted at once (G8).

    Raises ``Changed`` when it has ended already.
    """
    with transaction.atomic():
        return _closed(by, _taken(by, call))


def close_due(call: UUID) -> None:
    """Close a call whose time is over; nothing happens when somebody has ended it meanwhile."""
    by = system("calls")
    with transaction.atomic():
        row = Call.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=call).first()
        if row is not None and row.state == State.RUNNING and row.closes_at <= clock.now():
            _closed(by, row)


def _closed(by: Actor, row: Call) -> Call:
    with rls.scope(*code_range(row.reach_code)):
        told = queries.turnout(row, apart=False)
        rings = queries.rings_of(row)
        row.report = {
            "reached": sum(ring.reached for ring in rings),
            "rings": [{"reach": ring.reach, "reached": ring.reached} for ring in rings],
            "needed": row.needed,
            "coming": told.coming,
            "cannot": told.cannot,
            "already": told.already,
            "roles": [
                {"name": name, "coming": come, "needed": need} for name, come, need in told.roles
            ],
            "places": [{"name": name, "coming": come} for name, come in told.places],
            "elsewhere": told.elsewhere,
        }
        _end(by, row, State.CLOSED, "closed")
        row.rings.filter(done=False).update(done=True, moved_at=clock.now())
        spreading.forget(row.pk)
    return row


def _end(by: Actor, row: Call, state: State, why: str) -> None:
    now = clock.now()
    row.state, row.ended_at, row.version = state, now, row.version + 1
    row.widen_at = None
    row.changed_by, row.changed_why, row.changed_at = by.name, why, now
    row.save()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM calls_answer WHERE call_id = %s", [row.pk])


def withdraw(*, by: Actor, call: UUID) -> Call:
    """Call a call off: answers are deleted, and whoever was told hears that it is off.

    Raises ``Changed`` when it has ended already.
    """
    with transaction.atomic():
        row = _taken(by, call)
        with rls.scope(*code_range(row.reach_code)):
            _end(by, row, State.WITHDRAWN, "called off")
            # Waits for a batch that is being told; no further one begins.
            row.rings.filter(done=False).update(done=True, moved_at=clock.now())
            reached = sum(row.rings.values_list("told", flat=True))
            ring = Ring.objects.create(
                community=row.community,
                place_code=row.place_code,
                call=row,
                number=row.rings.count(),
                reach=row.reach,
                off=True,
                reached=reached,
            )
            spreading.begin(ring)
        return row


# -- being called ----------------------------------------------------------------------------------


def opt_in(*, by: Actor) -> None:
    """Say that one wants to be called where one lives. Twice changes nothing."""
    people.give_consent(by=by, purpose=CONSENT)


def opt_out(*, by: Actor) -> None:
    """Say that one no longer wants to be called; answers in running calls are deleted."""
    if by.person is None:
        raise NotFound
    found = queries.opted_in(by.person)
    if found is not None:
        people.withdraw_consent(by=by, consent=found.pk)
