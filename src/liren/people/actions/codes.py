"""One-time codes on paper: an account for a person, belonging to a household, a mandate."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.base import clock
from liren.base.errors import Gone, Invalid, NotAllowed, NotFound
from liren.base.ids import new_code
from liren.territory.enums import Level
from liren.territory.models import Place

from .. import hooks
from ..enums import ClaimState, CodeKind, Tenure
from ..models import Account, OneTimeCode, Person, Residence, ResidenceClaim
from ..queries import hash_of
from .core import lock, place_of

SIGNS = 10
DAYS = {CodeKind.ACCOUNT: 14, CodeKind.HOUSEHOLD: 60, CodeKind.MANDATE: 7}


@dataclass(frozen=True, slots=True)
class Issued:
    """A new code. ``clear`` is shown or printed once and never stored."""

    row: OneTimeCode
    clear: str


def make(
    *,
    by: Actor,
    community: str,
    kind: CodeKind,
    person: Person | None = None,
    place: Place | None = None,
    scopes: list[str] | None = None,
    until: date | None = None,
) -> Issued:
    """Write a code; the callers asked the gate. Earlier unused ones for the same thing end."""
    now = clock.now()
    earlier = OneTimeCode.objects.filter(
        community=community, kind=kind, person=person, place=place, used_at__isnull=True
    )
    if kind != CodeKind.MANDATE:
        earlier.filter(expires_at__gt=now).update(
            expires_at=now, changed_by=by.name, changed_why="replaced", changed_at=now
        )
    clear = new_code(SIGNS)
    row = OneTimeCode.objects.create(
        community=community,
        kind=kind,
        code_hash=hash_of(community, clear),
        person=person,
        place=place,
        scopes=scopes or [],
        until=until,
        made_at=now,
        expires_at=now + timedelta(days=DAYS[kind]),
        changed_by=by.name,
        changed_why=f"made: {kind}",
    )
    return Issued(row, clear)


def issue_code(
    *, by: Actor, kind: CodeKind, person: UUID | None = None, place: UUID | None = None
) -> Issued:
    """Print a code: for a person (opens their account) or for a household (proves belonging).

    Promises: the code works once, for 14 or 60 days, in this community only; an earlier unused
    one for the same person or household ends. Refuses (``NotAllowed``) without ``people.edit``
    there, (``Invalid``) a place that is no household. Whoever has an account gets a new password
    by it; the person is told that it was printed.
    """
    with transaction.atomic():
        if kind == CodeKind.ACCOUNT and person is not None:
            owner = lock(person, by, Permission.PEOPLE_EDIT)
            if owner.erased_at is not None:
                raise NotFound
            issued = make(by=by, community=owner.community, kind=kind, person=owner)
            # Whoever prints the code could use it: the person hears of it at once.
            hooks.tell(
                hooks.Tell(
                    person=owner.pk,
                    community=owner.community,
                    kind="people.sign_in",
                    title=_("A code for your account was printed at the office"),
                    body=hooks.describe(by),
                    link=f"/c/{owner.community}/me/security/",
                    key=f"code:{issued.row.pk}",
                )
            )
            return issued
        if kind == CodeKind.HOUSEHOLD and place is not None:
            home = Place.objects.filter(pk=place, closed_on__isnull=True).first()
            if home is None:
                raise NotFound
            require(by, Permission.PEOPLE_EDIT, home.code)
            if home.level != Level.HOUSEHOLD:
                raise Invalid(_("A code is printed for one household."))
            return make(by=by, community=home.community, kind=kind, place=home)
    raise Invalid


def find(community: str, code: str, kind: CodeKind) -> OneTimeCode:
    """Return the unused code, locked. Raises ``NotFound`` (no such code here), ``Gone``."""
    row = (
        OneTimeCode.objects.select_for_update(of=("self",))
        .filter(community=community, kind=kind, code_hash=hash_of(community, code))
        .first()
    )
    if row is None:
        raise NotFound(_("This code is not known here. Please check every sign."))
    if row.used_at is not None or row.expires_at <= clock.now():
        raise Gone(_("This code has been used or has expired. Please ask for a new one."))
    return row


def spend(row: OneTimeCode, by: Actor) -> None:
    """Mark a code as used."""
    row.used_at = clock.now()
    row.changed_by = by.name
    row.changed_why = "used"
    row.changed_at = row.used_at
    row.save()


def set_password(account: Account, password: str) -> None:
    """Set a password that keeps the policy; raise ``Invalid`` saying what it lacks."""
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise Invalid(fields={"password": error.messages}) from None
    account.set_password(password)
    account.password_changed_at = clock.now()


def use_household_code(*, by: Actor, community: str, code: str, tenure: str) -> Residence:
    """Belong to the household a printed code stands for. Confirms an open claim for it.

    Refuses a wrong or spent code (``NotFound``, ``Gone``) and whoever is not signed in.
    """
    if by.person is None or by.acting_for is not None:
        raise NotAllowed(_("Please sign in first."))
    if tenure not in Tenure.values:
        raise Invalid(fields={"tenure": _("Please choose one.")})
    with transaction.atomic():
        row = find(community, code, CodeKind.HOUSEHOLD)
        person = lock(by.person)
        if person.community != community:
            raise Invalid(_("This household belongs to another community than your account."))
        assert row.place is not None
        residence = settle(person=person, place=row.place, tenure=tenure, by=by, why="code")
        spend(row, by)
    return residence


def settle(*, person: Person, place: Place, tenure: str, by: Actor, why: str) -> Residence:
    """Make a person belong to a household from today; close their open claim for it."""
    residence, _made = Residence.objects.get_or_create(
        person=person,
        place=place,
        tenure=tenure,
        until=None,
        defaults={
            "community": place.community,
            "place_code": place.code,
            "since": clock.today(),
            "changed_by": by.name,
            "changed_why": f"confirmed: {why}",
        },
    )
    ResidenceClaim.objects.filter(person=person, place=place, state=ClaimState.OPEN).update(
        state=ClaimState.CONFIRMED,
        answered_at=clock.now(),
        changed_by=by.name,
        changed_why=f"confirmed: {why}",
        changed_at=clock.now(),
    )
    if place_of(person) != place.code:
        person.place_code = place.code
        person.changed_by = by.name
        person.changed_why = f"lives here: {why}"
        person.changed_at = clock.now()
        person.save()
    return residence
