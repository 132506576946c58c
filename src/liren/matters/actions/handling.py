"""What the holder of a matter does: accept, pass up, handle, note."""

from dataclasses import replace
from uuid import UUID

from django.utils.translation import gettext as _

from liren.access.actor import Actor, code_range
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotAllowed
from liren.organisation.models import Post
from liren.organisation.queries import Holder, holders_up, line_for, seats_of, unanswered
from liren.territory.codes import LENGTHS
from liren.territory.enums import Level

from .. import queries, rules
from ..enums import Status, Verb, WhistleState
from ..models import Matter
from .core import Change, changing, headline, tell_posts, tell_reporter, tell_seats
from .reporting import DEFAULT_LINE, find_holder


def accept(*, by: Actor, matter: UUID, seen: int | None = None) -> Matter:
    """Accept a matter: "I have it". The reporter hears who has it and until when.

    The office accepting what waits with somebody else takes it over: whoever says "I have it"
    has it. The first holder is told.
    """
    with changing(matter, by=by, verb=Verb.ACCEPT, seen=seen) as change:
        change.move()
        change.matter.accepted_at = change.matter.accepted_at or clock.now()
        before = change.matter.holder
        if rules.R.HOLDER not in change.roles and change.by_post:
            change.matter.holder = Post.objects.get(pk=change.by_post)
            change.to_post = change.by_post
            if before is not None:
                tell_posts(
                    change,
                    [before.pk],
                    _("Taken over by %(who)s: %(what)s")
                    % {"who": change.matter.holder.title, "what": headline(change.matter)},
                )
        holder = change.matter.holder
        tell_reporter(
            change,
            _("%(who)s is on it") % {"who": holder.title if holder else _("The community office")},
            headline(change.matter),
        )
    return change.matter


def next_up(matter: Matter) -> Holder | None:
    """Return who gets the matter when its holder passes it up: nearest above the holder's level.

    Persons it is about are passed over (G7); None at the top of the line.
    """
    line_id = matter.category.line_id if matter.category else None
    if line_id is None:
        line = line_for(matter.community, DEFAULT_LINE)
        line_id = line.pk if line else None
    if line_id is None or matter.holder is None:
        return None
    at = len(matter.holder.place_code)
    for holder in holders_up(
        line_id,
        matter.place_code,
        skip_persons=matter.about_persons,
        skip_posts=[*matter.about_posts, matter.holder.pk],
    ):
        if LENGTHS[Level(holder.level)] < at:
            return holder
    return None


def fall_up(*, by: Actor, matter: UUID) -> Matter:
    """Move a matter whose post nobody answers for any more to the nearest who does. The clock
    goes on, nothing is lost, the reporter reads who has it now.

    Called by a job, for posts that fell vacant or whose holder is away without a cover. Raises
    ``Changed`` when somebody answers again, or nobody at all does.
    """
    with changing(matter, by=by, verb=Verb.ASSIGN) as change:
        current = change.matter
        if current.holder_id is None or not unanswered([current.holder_id]):
            raise Changed
        about = list(Post.objects.filter(pk__in=current.about_posts))
        holder, _persons = find_holder(
            current.community, current.category, current.place_code, about
        )
        if holder.post == current.holder_id:
            raise Changed
        change.data = {"fell_from": str(current.holder_id)}
        change.move()
        change.to_post = holder.post
        current.holder_id = holder.post
        tell_posts(
            change,
            [holder.post],
            _("Sent to you: %(what)s") % {"what": headline(current)},
            str(current.place),
        )
        tell_reporter(change, _("Now with %(who)s") % {"who": holder.title}, headline(current))
    return change.matter


def pass_up(*, by: Actor, matter: UUID, words: str, seen: int | None = None) -> Matter:
    """Pass a matter up to the next on the line, with a reason. The clock goes on (``due`` stays).

    Raises ``Changed`` when there is nobody above: the top of the line must decide or whistle.
    """
    with changing(matter, by=by, verb=Verb.PASS_UP, words=words, seen=seen) as change:
        current = change.matter
        above = next_up(current)
        if above is None:
            raise Changed(_("There is nobody above you on this line."))
        change.move()
        change.to_post = above.post
        current.holder_id = above.post
        tell_posts(
            change,
            [above.post],
            _("Passed up to you: %(what)s") % {"what": headline(current)},
            change.words,
        )
        tell_reporter(change, _("Now with %(who)s") % {"who": above.title}, headline(current))
    return change.matter


def handle(*, by: Actor, matter: UUID, words: str, seen: int | None = None) -> Matter:
    """Say what was done. A leader's own small thing goes straight to the reporter; what a
    department did, and what its category wants checked, is verified first.
    """
    with changing(matter, by=by, verb=Verb.HANDLE, words=words, seen=seen) as change:
        current = change.matter
        own = rules.R.HOLDER in change.roles and current.status != Status.WHISTLED
        needs_check = bool(current.category and current.category.needs_check)
        now = clock.now()
        current.accepted_at = current.accepted_at or now
        current.status = Status(
            rules.after_handling(self_handled=own, needs_check=needs_check).value
        )
        current.handled_at = now
        current.result = change.words
        current.result_kind = "handled"
        current.whistles.filter(state__in=queries.OPEN_WHISTLE).update(
            state=WhistleState.DONE, ended_at=now, changed_by=by.name, changed_why=Verb.HANDLE
        )
        if current.status == Status.ANSWERING:
            ask_reporter(change)
        else:
            tell_reporter(change, _("Done, being checked: %(what)s") % {"what": headline(current)})
            if current.holder_id:
                tell_posts(
                    change,
                    [current.holder_id],
                    _("To verify: %(what)s") % {"what": headline(current)},
                    change.words,
                )
    return change.matter


def ask_reporter(change: Change) -> None:
    """Ask the reporter whether it is solved."""
    tell_reporter(
        change,
        _("Is it solved? %(what)s") % {"what": headline(change.matter)},
        change.matter.result,
    )


def comment(*, by: Actor, matter: UUID, words: str, internal: bool = True) -> Matter:
    """Note something: for staff only, or as a word to the reporter."""
    with changing(matter, by=by, verb=Verb.COMMENT, words=words) as change:
        if not change.words:
            raise Invalid(fields={"words": _("Please write something here.")})
        change.internal = internal
        if not internal:
            tell_reporter(
                change, _("A word on: %(what)s") % {"what": headline(change.matter)}, change.words
            )
    return change.matter


def share(*, by: Actor, matter: UUID, post: UUID, words: str) -> Matter:
    """Share a matter with another post of its line, above or below; nothing else changes.

    Promises: an entry for staff says with whom; the post is told, with the matter's line and the
    words, never who reported. Whoever's place holds the matter opens it, masked as always; a
    leader below reads what they are asked. Refuses a post that is not on the line there
    (``Invalid``), a shielded matter, and who may not note anything in it (``NotAllowed``).
    """
    with changing(matter, by=by, verb=Verb.COMMENT, words=words) as change:
        if not change.words:
            raise Invalid(fields={"words": _("Please write something here.")})
        current = change.matter
        if current.shielded:
            raise NotAllowed(_("Whoever reported this stays unknown: it is not shared further."))
        chosen = next((one for one in queries.sharers(by, current) if one.pk == post), None)
        if chosen is None:
            raise Invalid(fields={"post": _("Please choose a post of this line.")})
        change.internal, change.to_post = True, chosen.pk
        change.data = {"shared": True}
        tell_seats(
            change,
            seats_of([chosen.pk]),
            _("Shared with you: %(what)s") % {"what": headline(current)},
            f"{current.place}: {change.words}",
        )
        low, high = code_range(current.place_code)
        below = low < chosen.place_code < high
        # A one-tap link opens it to the holder only, and who is below does not open it at all.
        change.tell = [
            replace(one, link="" if below else one.link, outside_link="") for one in change.tell
        ]
    return change.matter
