"""Writes of agreements: written, signed, renewed, ended; a partner who leaves."""

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotFound
from liren.base.text import clean_line, clean_text
from liren.organisation import actions as organisations

from .. import queries, rules
from ..enums import AgreementState, GiftState, ProjectState
from ..models import Agreement, Contribution, Partner, Project
from .core import days, keep, locked, office, said, same, tell, track

TEXT_MAX = 2000


def write_agreement(
    *,
    by: Actor,
    agreement: UUID,
    promises: str,
    gives: str,
    starts: date,
    ends: date,
    seen: int | None = None,
) -> Agreement:
    """Change a draft. Refuses (``Invalid``) an end before the start, and longer than its term."""
    with transaction.atomic():
        row = _open(by, agreement, seen, AgreementState.DRAFT)
        row.promises = _text(promises, "promises")
        row.gives = clean_text(gives, TEXT_MAX, empty_ok=True)
        _length(row, starts, ends)
        row.starts, row.ends = starts, ends
        keep(row, by, "agreement written")
    return row


def sign(
    *, by: Actor, agreement: UUID, signed_on: date | None = None, seen: int | None = None
) -> Agreement:
    """Note that both sides signed the paper; from its first day on the agreement is in force.

    Refuses (``Invalid``) a day of signing that lies ahead, an agreement that is over already, one
    whose days overlap another one of the partner in the same trade, and signing for the community
    by whoever speaks for the partner.
    """
    with transaction.atomic():
        row = _open(by, agreement, seen, AgreementState.DRAFT)
        day = signed_on or clock.today()
        if day > clock.today():
            raise Invalid(fields={"signed_on": _("This day has not come yet.")})
        if row.ends < clock.today():
            raise Invalid(fields={"signed_on": _("The agreement is over already: its last day.")})
        if queries.speaks_for(by, row.partner):
            raise Invalid(_("You speak for this partner; somebody else signs for the community."))
        if row.partner.left_on is not None:
            raise Invalid(_("This partner has left."))
        _length(row, row.starts, row.ends)
        row.state, row.signed_on = AgreementState.SIGNED, day
        try:
            with transaction.atomic():
                keep(row, by, "signed")
        except IntegrityError as error:
            if "one_agreement_a_trade" in str(error):
                raise Invalid(_("Another agreement of this trade runs in that time.")) from error
            raise
        tell(
            row.community,
            posts=[row.partner.post_id],
            kind="agreement",
            title=_("The agreement is signed"),
            link="/field/partners/",
            key=f"partner-signed:{row.pk}",
        )
    return row


def drop(*, by: Actor, agreement: UUID, why: str, seen: int | None = None) -> Agreement:
    """Give a draft up, with words."""
    with transaction.atomic():
        row = _open(by, agreement, seen, AgreementState.DRAFT)
        row.ended_why = said(why, "why")
        row.state = AgreementState.DROPPED
        keep(row, by, f"dropped: {row.ended_why}")
    return row


def renew(*, by: Actor, agreement: UUID, starts: date, ends: date) -> Agreement:
    """Draft the next agreement of a signed one; nothing is in force before it is signed.

    Refuses (``Invalid``) a start on or before the last day of the one before, and a second draft.
    """
    with transaction.atomic():
        row = _open(by, agreement, None, AgreementState.SIGNED)
        if starts <= row.ends:
            raise Invalid(
                fields={
                    "starts": _("It begins after the last day of the one before: %(day)s.")
                    % {"day": row.ends.isoformat()}
                }
            )
        if row.renewals.filter(state__in=[AgreementState.DRAFT, AgreementState.SIGNED]).exists():
            raise Invalid(_("It is being renewed already."))
        _length(row, starts, ends)
        return Agreement.objects.create(
            community=row.community,
            partner=row.partner,
            scheme=row.scheme,
            area=row.area,
            trade=row.trade,
            term=row.term,
            promises=row.promises,
            gives=row.gives,
            starts=starts,
            ends=ends,
            renews=row,
            **track(by, "renewal drafted"),
        )


def end(
    *,
    by: Actor,
    agreement: UUID,
    why: str,
    hand_to: UUID | None = None,
    give_up: bool = False,
    words: str = "",
    seen: int | None = None,
) -> Agreement:
    """End a signed agreement today.

    Promises: nothing open disappears in silence. While projects or contributions are open this is
    refused (``Invalid``, listing them) unless they go to another partner's agreement in force
    (``hand_to``) or are given up by name (``give_up``), either with ``words`` that stay on each.
    The partner's own liaison may end it once nothing is open; handing over is the office's.
    """
    with transaction.atomic():
        row = locked(Agreement, agreement)
        own = queries.speaks_for(by, row.partner)
        at_desk = by.may(Permission.PARTNER_EDIT, row.community) and not own
        if not own and not at_desk:
            raise NotFound
        same(row, seen)
        if row.state != AgreementState.SIGNED:
            raise Changed
        reason = said(why, "why")
        owed = queries.left_open(row)
        if owed:
            if not at_desk or (hand_to is None and not give_up):
                raise Invalid(
                    _("Still open: %(what)s. Finish it, or hand it over first.")
                    % {"what": "；".join(owed)},
                    code="open",
                )
            _settle(by, row, hand_to, words)
        today = clock.today()
        row.ended_why = reason
        if row.starts > today:
            row.state = AgreementState.DROPPED
        else:
            row.state, row.ends = AgreementState.ENDED, min(row.ends, today)
        keep(row, by, f"ended: {reason}")
        tell(
            row.community,
            posts=[row.partner.post_id],
            kind="agreement",
            title=_("The agreement has ended"),
            body=reason,
            link="/field/partners/",
            key=f"partner-ended:{row.pk}",
        )
    return row


def _settle(by: Actor, row: Agreement, hand_to: UUID | None, words: str) -> None:
    """Move what is open to another agreement, or give it up; words stay on each project."""
    told = said(words, "words", 200)
    projects = list(
        row.projects.select_for_update(no_key=True)
        .filter(state__in=queries.OPEN_PROJECT)
        .order_by("pk")
    )
    if hand_to is None:
        for project in projects:
            give_up_open(by, project, told)
        return
    other = (
        Agreement.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk=hand_to, community=row.community)
        .exclude(partner=row.partner_id)
        .first()
    )
    if other is None or not rules.binds(other.state, other.starts, other.ends, clock.today()):
        raise Invalid(fields={"hand_to": _("Please choose an agreement of another partner.")})
    late = [one.title for one in projects if one.due > other.ends]
    if late:
        raise Invalid(
            fields={
                "hand_to": _("That agreement ends before this is due: %(what)s")
                % {"what": "、".join(late)}
            }
        )
    for project in projects:
        if queries.speaks_to_itself(other.partner, project):
            raise Invalid(
                fields={
                    "hand_to": _("The receiver of “%(title)s” speaks for that partner.")
                    % {"title": project.title}
                }
            )
        # Said to be finished by who leaves: the receiver still answers, the next one stands in.
        project.agreement = other
        project.taken_over = _("from %(who)s: %(words)s") % {
            "who": row.partner.name,
            "words": told,
        }
        keep(project, by, "handed over")
    tell(
        row.community,
        posts=[other.partner.post_id],
        kind="project",
        title=_("Projects were handed over to you"),
        body=told,
        link="/field/partners/",
        key=f"partner-handed:{row.pk}",
    )


def give_up_open(by: Actor, project: Project, words: str) -> None:
    """Close a locked project and what is open of its contributions, with words."""
    for gift in Contribution.objects.select_for_update(no_key=True).filter(
        project=project, state__in=queries.OPEN_GIFT
    ):
        gift.state, gift.words = GiftState.WITHDRAWN, words[:300]
        keep(gift, by, "given up")
    project.state, project.answer = ProjectState.WITHDRAWN, words[:300]
    keep(project, by, f"given up: {words}")


def leave(*, by: Actor, partner: UUID) -> Partner:
    """Take a partner off the list; the liaison's post closes with it.

    Refuses (``Invalid``) while an agreement runs or is drafted, saying which.
    """
    with transaction.atomic():
        row = locked(Partner, partner)
        office(by, row.community)
        if row.left_on is not None:
            raise Changed
        running = row.agreements.filter(
            Q(state=AgreementState.DRAFT) | Q(state=AgreementState.SIGNED, ends__gte=clock.today())
        )
        owed = [one for agreement in row.agreements.all() for one in queries.left_open(agreement)]
        if owed:
            raise Invalid(
                _("Still open: %(what)s. Finish it, or hand it over first.")
                % {"what": "；".join(owed)},
                code="open",
            )
        if running.exists():
            raise Invalid(_("An agreement is still running or drafted. Please end it first."))
        row.left_on = clock.today()
        keep(row, by, "left")
        if row.post.closed_on is None:
            organisations.close_liaison(by=by, post=row.post_id)
    return row


def describe(*, by: Actor, partner: UUID, about: str) -> Partner:
    """Write what the public page says about what a partner does."""
    with transaction.atomic():
        row = locked(Partner, partner)
        office(by, row.community)
        row.about = clean_line(about, 300, empty_ok=True)
        keep(row, by, "described")
    return row


def give_liaison(*, by: Actor, partner: UUID, person: UUID) -> Partner:
    """Let a person speak for a partner from today on; whoever did before ends yesterday."""
    with transaction.atomic():
        row = locked(Partner, partner)
        office(by, row.community)
        if row.left_on is not None:
            raise Changed
        organisations.seat_liaison(by=by, post=row.post_id, person=person)
        keep(row, by, "liaison")
    return row


def _open(by: Actor, agreement: UUID, seen: int | None, state: AgreementState) -> Agreement:
    row = locked(Agreement, agreement)
    office(by, row.community)
    same(row, seen)
    if row.state != state:
        raise Changed
    return row


def _length(row: Agreement, starts: date, ends: date) -> None:
    days(starts, ends, "ends")
    months = next((t["months"] for t in row.scheme.terms if t["key"] == row.term), None)
    if months is not None and ends > (last := rules.months_later(starts, int(months))):
        raise Invalid(
            fields={
                "ends": _("A “%(term)s” ends on %(day)s at the latest.")
                % {"term": row.term_name, "day": last.isoformat()}
            }
        )


def _text(text: str, name: str) -> str:
    try:
        return clean_text(text, TEXT_MAX)
    except Invalid as refused:
        raise Invalid(fields={name: str(refused)}) from refused
