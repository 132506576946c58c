"""Writes of branches: the register, their duties, the tasks they take on."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotAllowed, NotFound
from liren.base.text import clean_line
from liren.notifications.actions import Message, notify
from liren.organisation import actions as organisation
from liren.organisation.models import Post
from liren.organisation.queries import seats_of
from liren.territory.models import Place

from . import queries, rules
from .enums import TaskState
from .models import Branch, Task, TaskStep

DUTIES_MAX = 20
AHEAD_DAYS = 2 * 366


def register(
    *,
    by: Actor,
    place: UUID,
    name: str,
    contact: str = "",
    duties: Sequence[str] = (),
    synthetic: bool = False,
) -> Branch:
    """Put a branch on the register with its duties.

    Refuses (``Invalid``) a name that is on record and more than twenty duties; ``NotAllowed``
    without ``branch.edit`` at the place.
    """
    with transaction.atomic():
        body = organisation.open_branch(
            by=by, place=place, name=name, contact=contact, synthetic=synthetic
        )
        return Branch.objects.create(
            organisation=body,
            community=body.community,
            place=body.place,
            place_code=body.place.code,
            duties=_duties(duties),
            changed_by=by.name,
            changed_why="register",
        )


def edit(
    *, by: Actor, branch: UUID, name: str, contact: str, duties: Sequence[str], seen: int
) -> Branch:
    """Change a branch's name, public contact and duties.

    Refuses ``Changed`` with what is stored when somebody was faster; else as ``register``.
    """
    with transaction.atomic():
        row = _branch(by, branch)
        mine = _duties(duties)
        if row.version != seen:
            raise Changed(
                mine={"duties": "\n".join(mine)}, theirs={"duties": "\n".join(row.duties)}
            )
        organisation.edit_branch(by=by, organisation=branch, name=name, contact=contact)
        row.duties = mine
        row.version += 1
        row.changed_by, row.changed_why, row.changed_at = by.name, "edit", clock.now()
        row.save()
    return row


def close(*, by: Actor, branch: UUID) -> None:
    """Take a branch off the register. Refuses (``Invalid``) while a task of it is not finished."""
    with transaction.atomic():
        row = _branch(by, branch)
        if row.tasks.filter(state__in=sorted(rules.RUNNING)).exists():
            raise Invalid(_("It still has tasks. Please finish or withdraw them first."))
        organisation.close_branch(by=by, organisation=branch)
        row.changed_by, row.changed_why, row.changed_at = by.name, "close", clock.now()
        row.save()


def offer(
    *,
    by: Actor,
    place: UUID,
    title: str,
    due: date,
    receiver: UUID,
    text: str = "",
    branch: UUID | None = None,
    synthetic: bool = False,
) -> Task:
    """Write down something a branch could take on; with ``branch`` it is taken on at once.

    The receiver is the post that will say whether it is done. Refuses (``Invalid``) a day gone by
    or more than two years ahead, and a receiver elsewhere or of the branch itself.
    """
    with transaction.atomic():
        where = Place.objects.filter(pk=place, closed_on__isnull=True).first()
        if where is None:
            raise NotFound
        require(by, Permission.BRANCH_EDIT, where.code)
        if due < clock.today():
            raise Invalid(fields={"due": _("This day is over already.")})
        if due > clock.today() + timedelta(days=AHEAD_DAYS):
            raise Invalid(fields={"due": _("Two years ahead at most.")})
        post = Post.objects.filter(
            pk=receiver, community=where.community, closed_on__isnull=True
        ).first()
        if post is None:
            raise Invalid(fields={"receiver": _("One of these posts is not open here.")})
        row = Task.objects.create(
            community=where.community,
            place=where,
            place_code=where.code,
            title=_line(title, 80, "title"),
            text=_line(text, 500, "text", empty_ok=True),
            due=due,
            receiver=post,
            synthetic=synthetic,
            changed_by=by.name,
            changed_why="offer",
        )
        _step(by, row, "offer", "")
        if branch is not None:
            row = claim(by=by, task=row.pk, branch=branch, seen=row.version)
    return row


def claim(*, by: Actor, task: UUID, branch: UUID, seen: int) -> Task:
    """Take a task on for a branch. Of two at once the second is told so (``Changed``).

    Refuses (``Invalid``) a branch of another community and one whose own post is the receiver.
    """
    with _moving(by, task, seen, "claim", "") as row:
        mine = _branch(by, branch)
        if mine.community != row.community:
            raise Invalid(fields={"branch": _("This branch belongs to another community.")})
        if row.receiver.organisation_id == mine.pk:
            raise Invalid(fields={"branch": _("Nobody confirms what their own branch did.")})
        row.branch, row.claimed_on = mine, clock.today()
    return row


def give_back(*, by: Actor, task: UUID, words: str, seen: int) -> Task:
    """Give a task back, with the reason; another branch may take it on."""
    with _moving(by, task, seen, "give_back", words) as row:
        row.branch, row.claimed_on = None, None
    return row


def finish(*, by: Actor, task: UUID, words: str, seen: int) -> Task:
    """Say that a task is finished and what was done; the receiver is asked to confirm."""
    with _moving(by, task, seen, "finish", words) as row:
        row.done_on = clock.today()
        _tell(row, by, [row.receiver_id], _("Please confirm: %(what)s"), "finish", words)
    return row


def confirm(*, by: Actor, task: UUID, words: str = "", seen: int) -> Task:
    """Confirm as the receiver that a task is done."""
    with _moving(by, task, seen, "confirm", words) as row:
        row.confirmed_on = clock.today()
        _tell(row, by, _posts(row), _("Confirmed, thank you: %(what)s"), "confirm", words)
    return row


def send_back(*, by: Actor, task: UUID, words: str, seen: int) -> Task:
    """Say as the receiver what is still missing; the branch goes on."""
    with _moving(by, task, seen, "send_back", words) as row:
        row.done_on = None
        _tell(row, by, _posts(row), _("Not finished yet: %(what)s"), "back", words)
    return row


def withdraw(*, by: Actor, task: UUID, words: str, seen: int) -> Task:
    """Take a task back that is no longer needed, with the reason."""
    with _moving(by, task, seen, "withdraw", words) as row:
        _tell(row, by, _posts(row), _("No longer needed: %(what)s"), "withdraw", words)
    return row


# -- shared ------------------------------------------------------------------------------------


def _line(text: str, most: int, field: str, *, empty_ok: bool = False) -> str:
    try:
        return clean_line(text, most, empty_ok=empty_ok)
    except Invalid as error:
        raise Invalid(fields={field: str(error)}) from error


def _duties(lines: Sequence[str]) -> list[str]:
    found = [line for line in (_line(one, 200, "duties", empty_ok=True) for one in lines) if line]
    if len(found) > DUTIES_MAX:
        raise Invalid(fields={"duties": _("Twenty duties are the most.")})
    return found


def _branch(by: Actor, pk: UUID) -> Branch:
    row = (
        Branch.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(pk=pk, organisation__closed_on__isnull=True)
        .first()
    )
    if row is None:
        raise NotFound
    require(by, Permission.BRANCH_EDIT, row.place_code)
    return row


@contextmanager
def _moving(by: Actor, task: UUID, seen: int, verb: str, words: str) -> Iterator[Task]:
    """Lock a task, ask whether the move is open to the actor, save it with its step."""
    with transaction.atomic():
        row = (
            Task.objects.select_for_update(of=("self",))
            .select_related("branch__organisation", "receiver", "place")
            .filter(pk=task)
            .first()
        )
        if row is None or not queries.tasks(by).filter(pk=task).exists():
            raise NotFound
        start, end, needs_words = rules.MOVES[verb]
        if row.version != seen or row.state not in start:
            raise Changed(theirs={_("State"): row.get_state_display()})
        if verb not in queries.verbs(by, row):
            raise NotAllowed
        said = _line(words, 300, "words", empty_ok=True)
        if needs_words and not said:
            raise Invalid(fields={"words": _("Please say why, in a few words.")})
        row.state = TaskState(end)
        yield row
        row.version += 1
        row.changed_by, row.changed_why, row.changed_at = by.name, verb, clock.now()
        row.save()
        _step(by, row, verb, said)


def _step(by: Actor, row: Task, verb: str, words: str) -> None:
    own = {row.receiver_id}
    if row.branch is not None:
        own |= set(queries.branch_posts(row.branch).values_list("pk", flat=True))
    spoke = next(iter(sorted(own & by.posts)), None) or next(iter(sorted(by.posts)), None)
    TaskStep.objects.create(
        community=row.community,
        task=row,
        verb=verb,
        text=words,
        at=clock.now(),
        by=by.name,
        by_post_id=spoke,
    )


def _posts(row: Task) -> list[UUID]:
    if row.branch is None:
        return []
    return list(queries.branch_posts(row.branch).values_list("pk", flat=True))


def _tell(row: Task, by: Actor, posts: Sequence[UUID], said: str, what: str, words: str) -> None:
    persons = dict.fromkeys(seat.person for seat in seats_of(posts) if seat.person != by.person)
    notify(
        Message(
            person=person,
            kind=f"branch.{what}",
            title=(said % {"what": row.title})[:120],
            body=words[:500],
            link=f"/field/tasks/{row.pk}/",
            key=f"task:{row.pk.hex}:{row.version}:{what}:{person.hex}",
            community=row.community,
        )
        for person in persons
    )
