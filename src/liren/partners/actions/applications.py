"""Writes of applications: sent in, written down for somebody, decided, withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.base import clock
from liren.base.crypto import key_hash
from liren.base.errors import Changed, Gone, Invalid, NotFound
from liren.base.identifiers import normalise_phone, normalise_uscc
from liren.base.ids import new_code
from liren.base.text import clean_line, clean_text
from liren.organisation import actions as organisations
from liren.organisation.actions.bodies import BESIDE
from liren.organisation.enums import OrganisationKind, PostKind
from liren.organisation.models import Organisation
from liren.people import hooks

from .. import queries, rules
from ..enums import Applicant, ApplicationState, CallState
from ..models import Agreement, Application, OpenCall, Partner
from ..rules import Door
from .core import keep, locked, office, said, same, tell, track

OFFER_MAX = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What an applicant says."""

    kind: str
    contact_name: str
    contact_phone: str
    offer: str
    organisation_name: str = ""
    credit_code: str = ""
    ties: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """An application, and the code that opens it again: shown once, stored nowhere."""

    application: Application
    code: str


def apply(*, by: Actor, call: UUID, offer: Offer, recorded: bool = False) -> Receipt:
    """Send an application in; ``recorded``: written down by the office for somebody.

    Promises: the phone is stored sealed; the same person, phone or organisation applies to a call
    once. Refuses (``Invalid``) a call that is not open today and says why, a kind of applicant it
    does not ask for, a wrong phone or credit code, a second application; ``NotAllowed`` when the
    office writes down where it does not look after partners.
    """
    with transaction.atomic():
        row = locked(OpenCall, call)
        if recorded:
            office(by, row.place_code)
        if row.state == CallState.DRAFT:
            raise NotFound
        shut = shut_words(queries.door(row))
        if shut:
            raise Invalid(shut, code="call_shut")
        written = _written(row, offer)
        code = new_code(10)
        found = Application(
            community=row.community,
            call=row,
            person_id=None if recorded else by.party,
            recorded=recorded,
            code_hash=queries.code_hash(code),
            **written,
            **track(by, "written down" if recorded else "applied"),
        )
        try:
            with transaction.atomic():
                found.save(force_insert=True)
        except IntegrityError as error:
            if "partner_applies_once" in str(error):
                raise Invalid(
                    _("There is an application of yours to this call already."), code="twice"
                ) from error
            raise
    return Receipt(found, code)


def shut_words(door: Door) -> str:
    """Return why a call takes no applications today; "" when it does."""
    return {
        Door.NOT_YET: _("This call is not open yet."),
        Door.OVER: _("The last day of this call has passed."),
        Door.CLOSED: _("This call is closed."),
        Door.FULL: _("Enough partners have been found for this call."),
    }.get(door, "")


def _written(call: OpenCall, offer: Offer) -> dict[str, object]:
    wrong: dict[str, str] = {}

    def take(name: str, value: str, most: int, *, line: bool = True, need: bool = True) -> str:
        try:
            return (clean_line if line else clean_text)(value, most, empty_ok=not need)
        except Invalid as refused:
            wrong[name] = str(refused)
            return ""

    if offer.kind not in call.who:
        wrong["kind"] = _("This call asks for others. Please choose who applies.")
    alone = offer.kind == Applicant.PERSON
    body = "" if alone else take("organisation_name", offer.organisation_name, 120)
    name = take("contact_name", offer.contact_name, 60)
    text = take("offer", offer.offer, OFFER_MAX, line=False)
    ties = take("ties", offer.ties, 300, need=False)
    phone = code = ""
    try:
        phone = normalise_phone(offer.contact_phone)
    except Invalid as refused:
        wrong["contact_phone"] = str(refused)
    if offer.credit_code.strip() and not alone:
        try:
            code = normalise_uscc(offer.credit_code)
        except Invalid as refused:
            wrong["credit_code"] = str(refused)
    if wrong:
        raise Invalid(fields=wrong)
    return {
        "kind": offer.kind,
        "organisation_name": body,
        "credit_code": code,
        "contact_name": name,
        "contact_phone": phone,
        "phone_hash": key_hash(phone, "phone"),
        "offer": text,
        "ties": ties,
    }


def withdraw(*, by: Actor, application: UUID) -> Application:
    """Take an application back while it waits; raises ``Changed`` once it is decided."""
    with transaction.atomic():
        row = locked(Application, application)
        queries.own_application(by, row.community, row.pk)
        if row.state != ApplicationState.WAITING:
            raise Changed
        row.state, row.done_on = ApplicationState.WITHDRAWN, clock.today()
        keep(row, by, "withdrawn")
    return row


def vet(
    *, by: Actor, application: UUID, ticked: Sequence[str], conflict_note: str, seen: int
) -> Application:
    """Keep what was checked so far, and the note about conflicts of interest."""
    with transaction.atomic():
        row = _waiting(by, application, seen)
        known = [str(one["key"]) for one in row.call.scheme.checks]
        row.ticked = [one for one in known if one in ticked]
        row.conflict_note = clean_line(conflict_note, 300, empty_ok=True)
        keep(row, by, "looked at")
    return row


def accept(*, by: Actor, application: UUID, why: str, seen: int | None = None) -> Agreement:
    """Accept an application: a partner, its liaison's post, and an agreement to be written.

    Refuses (``Invalid``) while a check or the note on conflicts is missing, without words for the
    applicant, and beyond the number of partners wanted; ``Changed`` when somebody decided already.
    """
    with transaction.atomic():
        first = Application.objects.filter(pk=application).values_list("call", flat=True).first()
        if first is None:
            raise NotFound
        call = locked(OpenCall, first)  # before the application: counts and decisions in order
        row = _waiting(by, application, seen)
        reason = said(why, "why")
        names = [str(one["key"]) for one in call.scheme.checks]
        if open_checks := rules.missing(names, row.ticked):
            listed = "、".join(call.scheme.called("checks", one) for one in open_checks)
            raise Invalid(_("Not checked yet: %(what)s") % {"what": listed})
        if not row.conflict_note:
            raise Invalid(
                fields={
                    "conflict_note": _(
                        "Please note what was found about conflicts of interest, also if nothing."
                    )
                }
            )
        accepted = call.applications.filter(state=ApplicationState.ACCEPTED).count()
        if accepted >= call.capacity:
            raise Invalid(_("Enough partners have been accepted for this call already."))
        row.state, row.decided_why, row.done_on = (
            ApplicationState.ACCEPTED,
            reason,
            clock.today(),
        )
        keep(row, by, f"accepted: {reason}")
        partner = _partner(by, row, call)
        months = next((t["months"] for t in call.scheme.terms if t["key"] == call.term), 6)
        start = clock.today()
        agreement = Agreement.objects.create(
            community=row.community,
            partner=partner,
            application=row,
            scheme=call.scheme,
            area=call.area,
            trade=call.trade,
            term=call.term,
            promises=row.offer,
            starts=start,
            ends=rules.months_later(start, int(months)),
            **track(by, "drafted from the application"),
        )
        _tell(row, _("Your application was accepted"), reason)
    return agreement


def decline(*, by: Actor, application: UUID, why: str, seen: int | None = None) -> Application:
    """Decline an application with words the applicant reads."""
    with transaction.atomic():
        row = _waiting(by, application, seen)
        reason = said(why, "why")
        row.state, row.decided_why, row.done_on = (
            ApplicationState.DECLINED,
            reason,
            clock.today(),
        )
        keep(row, by, f"declined: {reason}")
        _tell(row, _("Your application was declined"), reason)
    return row


def reveal(*, by: Actor, application: UUID, reason: str) -> str:
    """Return the phone of an applicant, and write down who looked and why, for them to read (G3).

    Refuses (``Invalid``) a reason that says nothing; ``NotAllowed`` without ``people.unmask``.
    """
    with transaction.atomic():
        row = locked(Application, application)
        office(by, row.community)
        require(by, Permission.PEOPLE_UNMASK, row.community)
        why = said(reason, "reason", 200)
        who = hooks.describe(by)[:80]
        row.looks = [*row.looks, {"on": clock.today().isoformat(), "who": who, "why": why}]
        keep(row, by, "number looked at")
        _tell(row, _("Somebody looked at your number"), f"{who}: {why}", extra=f":{len(row.looks)}")
        if row.contact_phone is None:
            raise Gone
        return str(row.contact_phone)


def _waiting(by: Actor, application: UUID, seen: int | None) -> Application:
    row = locked(Application, application)
    office(by, row.community)
    # A partner does not decide about itself, whatever post its people hold.
    if row.person_id is not None and row.person_id == by.person:
        raise Invalid(_("This is your own application; somebody else decides it."))
    if row.state != ApplicationState.WAITING:
        raise Changed
    same(row, seen)
    return row


def _tell(row: Application, title: str, body: str, *, extra: str = "") -> None:
    tell(
        row.community,
        persons=[row.person_id],
        kind="application",
        title=title,
        body=body,
        link=f"/c/{row.community}/partners/application/{row.pk}/",
        key=f"partner-application:{row.pk}:{row.state}{extra}",
    )


def _partner(by: Actor, row: Application, call: OpenCall) -> Partner:
    """Return the partner of an accepted application: known already, or made."""
    known = Partner.objects.select_for_update(of=("self",), no_key=True).filter(
        community=row.community, left_on__isnull=True
    )
    body = None
    if row.kind == Applicant.PERSON:
        same_person = (
            known.filter(person=row.person_id)
            if row.person_id
            else known.filter(phone_hash=row.phone_hash, kind=row.kind)
        )
    else:
        body = _body(by, row, call)
        same_person = known.filter(organisation=body)
    found = same_person.first()
    if found is not None:
        return found
    if body is not None:
        post = organisations.open_liaison(
            by=by,
            organisation=body.pk,
            type=PostKind.PARTNER,
            title=_("%(name)s (partner)") % {"name": body.name[:70]},
        )
    else:
        post = organisations.open_own_liaison(
            by=by,
            community=row.community,
            type=PostKind.PARTNER,
            title=_("%(name)s (partner)") % {"name": row.name[:70]},
            synthetic=call.synthetic,
        )
    if row.person_id is not None:
        organisations.seat_liaison(by=by, post=post.pk, person=row.person_id)
    return Partner.objects.create(
        community=row.community,
        kind=row.kind,
        organisation=body,
        person_id=row.person_id if body is None else None,
        person_name="" if body else row.contact_name,
        phone_hash=None if body else row.phone_hash,
        post=post,
        synthetic=call.synthetic,
        **track(by, "accepted"),
    )


def _body(by: Actor, row: Application, call: OpenCall) -> Organisation:
    """Return the organisation that applied: on record already, or put there."""
    on_record = Organisation.objects.filter(
        community=row.community, kind__in=BESIDE, closed_on__isnull=True
    )
    found = on_record.filter(name=row.organisation_name).first()
    if found is None and row.credit_code:
        found = on_record.filter(credit_code=row.credit_code).first()
    if found is not None:
        return found
    return organisations.register_organisation(
        by=by,
        community=row.community,
        kind=OrganisationKind.SOCIAL
        if row.kind == Applicant.ORGANISATION
        else OrganisationKind.PARTNER,
        name=row.organisation_name,
        credit_code=row.credit_code,
        synthetic=call.synthetic,
    )
