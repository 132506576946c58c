"""What a person does about their own data (PIPL 15, 44–47)."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liren.access import rls
from liren.access.actor import Actor
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotAllowed, NotFound
from liren.base.ids import uuid7
from liren.base.text import clean_text, mask_name
from liren.base.working_time import Unit
from liren.territory.enums import Level
from liren.territory.models import Place
from liren.territory.queries import working_calendar

from .. import consents, hooks, rights, rules
from ..enums import ClaimState, RequestKind, RequestState, Tenure
from ..models import (
    Account,
    Consent,
    Mandate,
    Person,
    Residence,
    ResidenceClaim,
    RightsLimit,
    RightsRequest,
)
from .checks import checked
from .core import lock, own

LANGUAGES = ("zh-hans", "en")
DEFAULT_DAYS = 15


def set_display(*, by: Actor, language: str, large_type: bool) -> Person:
    """Choose language and type size. Refuses an unknown language."""
    if language not in LANGUAGES:
        raise Invalid(fields={"language": _("Please choose one.")})
    with transaction.atomic():
        person = lock(own(by, scope="privacy"))
        person.language, person.large_type = language, large_type
        person.changed_by, person.changed_why = by.name, "display"
        person.changed_at = clock.now()
        person.save()
    return person


# -- requests --------------------------------------------------------------------------------------


def limit_days(community: str, kind: str) -> int:
    """Return within how many working days a request is answered: the rule in force today."""
    found = (
        RightsLimit.objects.filter(
            community__in=("", community), kind=kind, starts__lte=clock.today()
        )
        .order_by("-community", "-starts")
        .first()
    )
    return found.working_days if found else DEFAULT_DAYS


def ask(*, by: Actor, kind: str, detail: str = "") -> RightsRequest:
    """Ask the office to correct, delete or stop using one's data.

    Promises an answer by a date that is shown at once, counted in working days from the rule in
    force. Refuses an unknown kind, a correction that does not say what is wrong, a second open
    request of the same kind (``Invalid``).
    """
    if kind not in RequestKind.values:
        raise Invalid(fields={"kind": _("Please choose one.")})
    scope = "privacy" if kind == RequestKind.CORRECT else ""
    words = clean_text(detail, 1000, empty_ok=kind != RequestKind.CORRECT)
    with transaction.atomic():
        person = lock(own(by, scope=scope))
        tell_own(by, person, _("asked for you: %(what)s") % {"what": RequestKind(kind).label})
        if RightsRequest.objects.filter(person=person, kind=kind, state=RequestState.OPEN).exists():
            raise Changed(_("You have asked for this already; the answer is on its way."))
        now = clock.now()
        days = limit_days(person.community, kind)
        due = working_calendar(person.community).due_after(now, days, Unit.WORKING_DAYS)
        return RightsRequest.objects.create(
            community=person.community,
            person=person,
            kind=kind,
            detail=words,
            asked_at=now,
            due=due.at,
            changed_by=by.name,
            changed_why=f"asked: {kind}",
        )


def take_back_request(*, by: Actor, request: UUID) -> RightsRequest:
    """Take back one's own request while it waits; twice changes nothing.

    Raises ``NotFound`` for somebody else's, ``Changed`` when the office has answered already.
    """
    with transaction.atomic(), rls.everywhere():
        person = own(by, scope="privacy")
        row = RightsRequest.objects.select_for_update().filter(pk=request, person=person).first()
        if row is None:
            raise NotFound
        if row.state not in (RequestState.OPEN, RequestState.DROPPED):
            raise Changed(_("The office has answered this already."))
        if row.state == RequestState.OPEN:
            row.state, row.answered_at = RequestState.DROPPED, clock.now()
            row.changed_by, row.changed_why = by.name, "taken back"
            row.changed_at = row.answered_at
            row.save()
    return row


# -- correction ------------------------------------------------------------------------------------


def correct_own(*, by: Actor, field: str, value: str) -> Person:
    """Correct one's own name or year of birth at once (PIPL 46).

    Numbers and addresses that open the account are proved instead (``confirm_phone``); the
    household needs a code or a worker. Refuses (``Changed``) what was checked against an identity
    card: the office corrects that on request; (``Invalid``) an entry that cannot be.
    """
    if field not in rules.OWN_CORRECTABLE:
        raise NotFound
    columns = checked(field, value)
    with transaction.atomic():
        person = lock(own(by, scope="privacy"))
        if person.erased_at is not None:
            raise NotFound
        if person.identity_hash is not None:
            raise Changed(
                _("This was checked with your identity card. Please ask the office to correct it.")
            )
        for name, new in columns.items():
            setattr(person, name, new)
        person.changed_by, person.changed_why = by.name, f"corrected by the person: {field}"
        person.changed_at = clock.now()
        person.save()
        tell_own(by, person, _("corrected your data"))
    return person


def tell_own(by: Actor, person: Person, what: str) -> None:
    """Tell whoever gave a mandate what was done about their data under it."""
    if by.acting_for != person.pk or by.person is None:
        return
    agent = Person.objects.filter(pk=by.person).values_list("name", flat=True).first()
    hooks.tell(
        hooks.Tell(
            person=person.pk,
            community=person.community,
            kind="mandate.used",
            title=f"{agent or mask_name('')}: {what}",
            link=f"/c/{person.community}/me/data/",
            key=f"mandate-used:{person.pk}:{uuid7()}",
        )
    )


# -- consent ---------------------------------------------------------------------------------------


def give_consent(*, by: Actor, purpose: str) -> Consent:
    """Agree to a purpose in its present wording. Agreeing twice writes nothing."""
    known = consents.get(purpose)
    if known is None:
        raise Invalid
    with transaction.atomic():
        person = lock(own(by))
        return record_consent(person, known, by)


def record_consent(person: Person, purpose: consents.Purpose, by: Actor) -> Consent:
    """Write a consent down; the callers asked the person."""
    running = Consent.objects.filter(
        person=person, purpose=purpose.key, wording=purpose.version, withdrawn_at__isnull=True
    ).first()
    return running or Consent.objects.create(
        community=person.community,
        person=person,
        purpose=purpose.key,
        wording=purpose.version,
        changed_by=by.name,
        changed_why=f"agreed: {purpose.key}",
    )


def withdraw_consent(*, by: Actor, consent: UUID) -> Consent:
    """Take a consent back (PIPL 15): what rests on it ends at once, what was done stays lawful.

    Raises ``NotFound`` for somebody else's. Withdrawing twice changes nothing. Taking back the
    consent to the account itself is deletion: use ``erase``.
    """
    with transaction.atomic():
        person = own(by)
        row = Consent.objects.select_for_update().filter(pk=consent, person=person).first()
        if row is None:
            raise NotFound
        if row.purpose == consents.ACCOUNT:
            raise Invalid(_('To close the account, please use "Delete my data".'))
        if row.withdrawn_at is None:
            row.withdrawn_at = clock.now()
            row.changed_by, row.changed_why = by.name, "withdrawn"
            row.changed_at = row.withdrawn_at
            row.save()
            for part in rights.parts():
                if part.stop is not None:
                    part.stop(person, row.purpose, by)
    return row


# -- household -------------------------------------------------------------------------------------


def claim_household(*, by: Actor, place: UUID, tenure: str) -> ResidenceClaim:
    """Say that one lives in a household; a worker or a code for it confirms.

    Until then nothing depends on it. Refuses a place that is no household of one's community.
    """
    if tenure not in Tenure.values:
        raise Invalid(fields={"tenure": _("Please choose one.")})
    with transaction.atomic():
        person = lock(own(by))
        home = Place.objects.filter(
            pk=place, level=Level.HOUSEHOLD, closed_on__isnull=True, community=person.community
        ).first()
        if home is None:
            raise Invalid(fields={"place": _("Please choose a household of your community.")})
        try:
            with transaction.atomic():
                return ResidenceClaim.objects.create(
                    community=person.community,
                    person=person,
                    place=home,
                    place_code=home.code,
                    tenure=tenure,
                    changed_by=by.name,
                    changed_why="claimed",
                )
        except IntegrityError:
            return ResidenceClaim.objects.get(person=person, place=home, state=ClaimState.OPEN)


def take_back_claim(*, by: Actor, claim: UUID) -> None:
    """Take back one's own claim to belong to a household; it is deleted.

    Raises ``NotFound`` for somebody else's or one that is confirmed already.
    """
    with transaction.atomic(), rls.everywhere():
        rows = ResidenceClaim.objects.filter(pk=claim, person=own(by)).exclude(
            state=ClaimState.CONFIRMED
        )
        if not rights.delete(rows, by.name, "taken back"):
            raise NotFound


def leave_household(*, by: Actor, residence: UUID) -> Residence:
    """Say that one no longer belongs to a household; it ends today.

    Raises ``NotFound`` for somebody else's. Leaving twice changes nothing.
    """
    with transaction.atomic(), rls.everywhere():
        person = lock(own(by))
        row = Residence.objects.select_for_update().filter(pk=residence, person=person).first()
        if row is None:
            raise NotFound
        if row.until is None:
            row.until = clock.today()
            row.changed_by, row.changed_why = by.name, "left, says the person"
            row.changed_at = clock.now()
            row.save()
            if person.place_code == row.place_code:
                other = Residence.objects.filter(person=person, until__isnull=True).first()
                person.place_code = other.place_code if other else ""
                person.changed_by, person.changed_why = by.name, "left a household"
                person.changed_at = clock.now()
                person.save()
    return row


# -- deletion --------------------------------------------------------------------------------------


def erase(*, by: Actor, person: UUID, request: RightsRequest | None = None) -> dict[str, int]:
    """Delete a person's data (PIPL 47): everything but what a law keeps, at once.

    The person's own fields are emptied, the account and everything that only concerns them is
    deleted, mandates end, each app lets go of the person (matters keep their facts). What stays
    is what ``rights.kept`` lists, until the day it says; the retention job removes it then. The
    audit never held more than digests of it.

    Only the person themselves, or a worker answering their request (who asked the gate). Raises
    ``Changed`` while something must be ended first (a post that is still held).
    """
    if request is None and (by.person != person or by.acting_for is not None):
        raise NotAllowed(_("Only the person may delete their data."))
    with transaction.atomic(), rls.everywhere():
        row = lock(person)
        if row.erased_at is not None:
            raise NotFound
        reasons = rights.refusals(person)
        if reasons:
            raise Changed("\n".join(str(reason) for reason in reasons))
        stays = frozenset[str]().union(*(one.fields for one in rights.kept(person)))
        now = clock.now()
        Mandate.objects.filter(agent=person, revoked_at__isnull=True).update(
            revoked_at=now, changed_by=by.name, changed_why="the agent's data were deleted"
        )
        Consent.objects.filter(person=person, withdrawn_at__isnull=True).update(
            withdrawn_at=now, changed_by=by.name, changed_why="deleted", changed_at=now
        )
        RightsRequest.objects.filter(person=person, state=RequestState.OPEN).update(
            state=RequestState.DONE,
            answered_at=now,
            changed_by=by.name,
            changed_why="deleted",
            changed_at=now,
        )
        done = rights.erase_rows(person, by)
        gone, _tables = Account.objects.filter(person=person).delete()
        done["people_account"] = gone
        empty_person(row, by.name, keep=stays)
        row.erased_at = now
        row.save()
        done["people_person"] = 1
    return done


def empty_person(row: Person, by: str, *, keep: frozenset[str] = frozenset()) -> None:
    """Empty every personal field of a person in memory; the caller saves."""
    for name in Person.personal:
        if name in keep:
            continue
        field = Person._meta.get_field(name)
        setattr(row, name, rights.empty_value(field))  # type: ignore[arg-type]  # a concrete field
    row.changed_by, row.changed_why, row.changed_at = by, "erased", clock.now()
