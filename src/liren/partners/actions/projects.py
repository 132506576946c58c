"""Writes of projects: begun, steps done, contributions given, confirmed by who received them."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotAllowed, NotFound
from liren.base.money import parse_yuan
from liren.base.text import clean_line, clean_text
from liren.people.models import Person

from .. import queries, rules
from ..enums import AgreementState, Gift, GiftState, ProjectState
from ..models import Agreement, Contribution, Milestone, Project
from .agreements import give_up_open
from .core import days, keep, locked, office, place_in, said, same, tell, track


def begin_project(
    *,
    by: Actor,
    agreement: UUID,
    place: UUID,
    title: str,
    starts: date,
    due: date,
    what: str = "",
    receiver_post: UUID | None = None,
    receiver_person: UUID | None = None,
) -> Project:
    """Begin a project under a signed agreement.

    Refuses (``Invalid``) days outside the agreement, a place elsewhere, no receiver or two, and a
    receiver who speaks for the partner: nobody confirms their own delivery.
    """
    with transaction.atomic():
        row = locked(Agreement, agreement)
        office(by, row.community)
        if row.state != AgreementState.SIGNED:
            raise Invalid(_("The agreement is not signed, or has ended."))
        where = place_in(place, row.community)
        days(starts, due, "due")
        if starts < row.starts or due > row.ends:
            raise Invalid(
                fields={
                    "due": _("The agreement runs from %(a)s to %(b)s.")
                    % {"a": row.starts.isoformat(), "b": row.ends.isoformat()}
                }
            )
        project = Project(
            community=row.community,
            place=where,
            place_code=where.code,
            agreement=row,
            title=_line(title, "title", 80),
            what=clean_text(what, 1000, empty_ok=True),
            starts=starts,
            due=due,
            **track(by, "project begun"),
        )
        _receiver(project, receiver_post, receiver_person)
        project.save(force_insert=True)
        tell(
            row.community,
            posts=[row.partner.post_id],
            kind="project",
            title=_("A project begins: %(title)s") % {"title": project.title},
            link=f"/field/partners/{project.pk}/",
            key=f"partner-project:{project.pk}",
        )
    return project


def _receiver(project: Project, post: UUID | None, person: UUID | None) -> None:
    wrong = Invalid(fields={"receiver": _("Please choose one who receives it.")})
    if (post is None) == (person is None):
        raise wrong
    if post is not None:
        found = queries.receivers(project.community).filter(pk=post).first()
        if found is None:
            raise wrong
        project.receiver_post = found
    elif person is not None:
        someone = Person.objects.filter(
            pk=person, community=project.community, erased_at__isnull=True
        ).first()
        if someone is None:
            raise wrong
        project.receiver_person = someone
    if queries.speaks_to_itself(project.agreement.partner, project):
        raise Invalid(
            fields={"receiver": _("They speak for the partner; somebody else has to confirm.")}
        )


def add_milestone(*, by: Actor, project: UUID, title: str, due: date) -> Milestone:
    """Add a step; refuses (``Invalid``) a day outside the project."""
    with transaction.atomic():
        row = _running(by, project)
        _within(row, due)
        return Milestone.objects.create(
            community=row.community,
            project=row,
            title=_line(title, "title", 80),
            due=due,
            **track(by, "step planned"),
        )


def promise_gift(
    *, by: Actor, project: UUID, kind: str, what: str, amount: str, due: date
) -> Contribution:
    """Note what a partner will give: hours and rooms in hours, goods in pieces, money in yuan.

    Money is kept in whole fen; nothing is rounded. Refuses (``Invalid``) an amount that is none,
    nothing or less, and a day outside the project.
    """
    with transaction.atomic():
        row = _running(by, project)
        if kind not in Gift:
            raise Invalid(fields={"kind": _("Please choose one of the kinds.")})
        _within(row, due)
        return Contribution.objects.create(
            community=row.community,
            project=row,
            kind=kind,
            what=_line(what, "what", 120),
            amount=amount_of(kind, amount),
            due=due,
            **track(by, "promised"),
        )


def amount_of(kind: str, text: str) -> int:
    """Return the whole number an amount is kept as; raise ``Invalid`` beside "amount"."""
    if kind == Gift.MONEY:
        try:
            found = parse_yuan(text)
        except Invalid as refused:
            raise Invalid(fields={"amount": str(refused)}) from refused
        if found <= 0:
            raise Invalid(fields={"amount": _("More than nothing, please.")})
        return found
    if kind == Gift.GOODS:
        count = rules.pieces(text)
        if count is None:
            raise Invalid(fields={"amount": _("Please write a whole number, such as 20.")})
        return count
    minutes = rules.minutes(text)
    if minutes is None:
        raise Invalid(
            fields={"amount": _("Please write hours in quarters, such as 2 or 2.5 or 0.25.")}
        )
    return minutes


def do_milestone(*, by: Actor, milestone: UUID, words: str = "") -> Milestone:
    """Say, for the partner, that a step is done."""
    with transaction.atomic():
        step = Milestone.objects.filter(pk=milestone).first()
        if step is None:
            raise NotFound
        project = locked(Project, step.project_id)
        _own(by, project)
        _state(project, ProjectState.RUNNING)
        step = locked(Milestone, milestone)
        if step.done_on is not None:
            raise Changed
        step.done_on = clock.today()
        step.words = clean_line(words, 300, empty_ok=True)
        keep(step, by, "step done")
    return step


def give(*, by: Actor, gift: UUID, words: str = "") -> Contribution:
    """Say, for the partner, that a contribution was given; its receiver is asked."""
    with transaction.atomic():
        row, project = _gift(gift)
        _own(by, project)
        _gift_state(row, GiftState.PROMISED)
        row.state, row.delivered_on = GiftState.DELIVERED, clock.today()
        row.words = clean_line(words, 300, empty_ok=True)
        keep(row, by, "given")
        # Given again after "it did not arrive": asked again.
        _ask(project, row.what, f"gift:{row.pk}:{row.changed_at.timestamp():f}")
    return row


def take_back(*, by: Actor, gift: UUID, why: str) -> Contribution:
    """Take a promise back, with words, as long as its receipt is not confirmed."""
    with transaction.atomic():
        row, project = _gift(gift)
        _own_or_office(by, project)
        if row.state not in queries.OPEN_GIFT:
            raise Changed
        row.words = said(why, "words")
        row.state = GiftState.WITHDRAWN
        keep(row, by, f"taken back: {row.words}")
    return row


def answer_gift(*, by: Actor, gift: UUID, received: bool, words: str = "") -> Contribution:
    """Say, as the receiver, that a contribution arrived, or that it did not (with words).

    ``NotAllowed`` for whoever speaks for the partner, whatever else they are here.
    """
    with transaction.atomic():
        row, project = _gift(gift)
        _receiving(by, project)
        _gift_state(row, GiftState.DELIVERED)
        _answered(row, by, received, words)
    return row


def _answered(row: Contribution, by: Actor, received: bool, words: str) -> None:
    if received:
        row.state, row.confirmed_on = GiftState.CONFIRMED, clock.today()
        keep(row, by, "received")
    else:
        row.words = said(words, "words")
        row.state, row.delivered_on = GiftState.PROMISED, None
        keep(row, by, f"not received: {row.words}")


def deliver(*, by: Actor, project: UUID, words: str, seen: int | None = None) -> Project:
    """Say, for the partner, that a project is finished, and what was delivered.

    Refuses (``Invalid``) while steps or contributions are open, naming them.
    """
    with transaction.atomic():
        row = locked(Project, project)
        _own(by, row)
        same(row, seen)
        _state(row, ProjectState.RUNNING)
        waits = [step.title for step in row.milestones.filter(done_on__isnull=True)]
        waits += [gift.what for gift in row.contributions.filter(state=GiftState.PROMISED)]
        if waits:
            raise Invalid(_("Still open: %(what)s") % {"what": "、".join(waits)}, code="open")
        row.report = _text(words, "words")
        row.state, row.delivered_on = ProjectState.DELIVERED, clock.today()
        keep(row, by, "delivered")
        _ask(row, row.title, f"project:{row.pk}:{row.version}")
    return row


def answer(
    *, by: Actor, project: UUID, received: bool, words: str = "", seen: int | None = None
) -> Project:
    """Say, as the receiver, that a project was delivered; or that it was not, with words.

    Yes confirms what was given to it as well; no sends it back to the partner. Refuses
    (``Invalid``) a yes while something is missing of what was given to it; ``NotAllowed`` for
    whoever speaks for the partner.
    """
    with transaction.atomic():
        row = locked(Project, project)
        _receiving(by, row)
        same(row, seen)
        _state(row, ProjectState.DELIVERED)
        if received:
            missing = row.contributions.filter(state=GiftState.PROMISED)
            if waits := "、".join(gift.what for gift in missing):
                raise Invalid(_("Still open: %(what)s") % {"what": waits}, code="open")
            row.answer = clean_line(words, 300, empty_ok=True)
            row.state, row.confirmed_on = ProjectState.CONFIRMED, clock.today()
            keep(row, by, "confirmed")
            for gift in row.contributions.select_for_update(no_key=True).filter(
                state=GiftState.DELIVERED
            ):
                _answered(gift, by, True, "")
        else:
            row.answer = said(words, "words")
            row.state, row.delivered_on = ProjectState.RUNNING, None
            keep(row, by, f"not yet: {row.answer}")
        tell(
            row.community,
            posts=[row.agreement.partner.post_id],
            kind="project",
            title=_("Confirmed: %(title)s") % {"title": row.title}
            if received
            else _("Not finished yet, says the receiver: %(title)s") % {"title": row.title},
            body=row.answer,
            link=f"/field/partners/{row.pk}/",
            key=f"partner-answer:{row.pk}:{row.version}",
        )
    return row


def give_up(*, by: Actor, project: UUID, why: str, seen: int | None = None) -> Project:
    """Give a project up, with words all parties read; what was confirmed stays confirmed."""
    with transaction.atomic():
        row = locked(Project, project)
        _own_or_office(by, row)
        same(row, seen)
        if row.state not in queries.OPEN_PROJECT:
            raise Changed
        words = said(why, "words")
        give_up_open(by, row, words)
        tell(
            row.community,
            posts=[row.agreement.partner.post_id, row.receiver_post_id],
            persons=[row.receiver_person_id],
            kind="project",
            title=_("Given up: %(title)s") % {"title": row.title},
            body=words,
            link=_link(row),
            key=f"partner-given-up:{row.pk}",
        )
    return row


# -- who may, and what must be so --------------------------------------------------------------


def _running(by: Actor, project: UUID) -> Project:
    row = locked(Project, project)
    office(by, row.place_code)
    _state(row, ProjectState.RUNNING)
    return row


def _within(row: Project, due: date) -> None:
    if not row.starts <= due <= row.due:
        raise Invalid(
            fields={
                "due": _("The project runs from %(a)s to %(b)s.")
                % {"a": row.starts.isoformat(), "b": row.due.isoformat()}
            }
        )


def _gift(gift: UUID) -> tuple[Contribution, Project]:
    """Return a contribution and its project, both locked: the project first, as everywhere."""
    first = Contribution.objects.filter(pk=gift).values_list("project", flat=True).first()
    if first is None:
        raise NotFound
    project = locked(Project, first)
    if project.state not in queries.OPEN_PROJECT:
        raise Changed
    return locked(Contribution, gift), project


def _own(by: Actor, project: Project) -> None:
    if not queries.speaks_for(by, project.agreement.partner):
        raise NotFound


def _own_or_office(by: Actor, project: Project) -> None:
    if not by.may(Permission.PARTNER_EDIT, project.place_code):
        _own(by, project)


def _receiving(by: Actor, project: Project) -> None:
    if queries.speaks_for(by, project.agreement.partner):
        raise NotAllowed(_("A partner does not confirm its own delivery."))
    if not queries.receives(by, project):
        raise NotFound


def _state(project: Project, wanted: ProjectState) -> None:
    if project.state != wanted:
        raise Changed


def _gift_state(gift: Contribution, wanted: GiftState) -> None:
    if gift.state != wanted:
        raise Changed


def _link(project: Project) -> str:
    if project.receiver_person_id is not None:
        return f"/c/{project.community}/partners/received/{project.pk}/"
    return f"/field/partners/{project.pk}/"


def _ask(project: Project, what: str, key: str) -> None:
    """Ask the receiver whether it arrived."""
    tell(
        project.community,
        persons=[project.receiver_person_id],
        posts=[project.receiver_post_id],
        kind="project",
        title=_("Did this arrive? %(what)s") % {"what": what},
        body=project.agreement.partner.name,
        link=_link(project),
        key=f"partner-ask:{key}",
    )


def _line(text: str, name: str, most: int) -> str:
    try:
        return clean_line(text, most)
    except Invalid as refused:
        raise Invalid(fields={name: str(refused)}) from refused


def _text(text: str, name: str) -> str:
    try:
        return clean_text(text, 1000)
    except Invalid as refused:
        raise Invalid(fields={name: str(refused)}) from refused
