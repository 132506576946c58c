"""A trusted child or neighbour may act for somebody until they say stop."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.access import rls
from liren.access.actor import Actor, Permission
from liren.base import clock
from liren.base.crypto import key_hash
from liren.base.errors import Invalid, NotAllowed, NotFound
from liren.base.text import clean_line, mask_name

from .. import hooks, rules
from ..enums import CodeKind, MandateScope
from ..models import Account, Mandate, OneTimeCode, Person
from .codes import DAYS, find, make, spend
from .core import lock, own

SAYS = {
    rules.MandateFault.SAME: gettext_lazy("A mandate needs two different persons."),
    rules.MandateFault.SCOPES: gettext_lazy("Please choose what the mandate is for."),
    rules.MandateFault.PAST: gettext_lazy("Please choose a day after today."),
    rules.MandateFault.LONG: gettext_lazy("A mandate runs for two years at most; renew it then."),
}
_FIELD = {
    rules.MandateFault.SAME: "phone",
    rules.MandateFault.SCOPES: "scopes",
    rules.MandateFault.PAST: "until",
    rules.MandateFault.LONG: "until",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A mandate offered. ``clear`` is the code to hand over; "" when it waits at a number."""

    row: OneTimeCode
    clear: str


def _check(grantor: UUID, agent: UUID | None, scopes: list[str], until: date) -> None:
    fault = rules.mandate_fault(
        grantor=grantor,
        agent=agent,
        scopes=scopes,
        known=MandateScope.values,
        until=until,
        today=clock.today(),
    )
    if fault is not None:
        raise Invalid(SAYS[fault], fields={_FIELD[fault]: SAYS[fault]})


def offer_mandate(*, by: Actor, scopes: list[str], until: date, phone: str = "") -> Offer:
    """Offer a mandate to whoever holds a phone number, or to whoever is handed the code.

    Promises: nothing runs before the other person accepts; an offer waits seven days. Whether a
    number has an account is not told. Refuses no or unknown scopes, an end not after today or
    more than two years away, one's own number (``Invalid``), a mandate given under a mandate
    (``NotAllowed``).
    """
    grantor = own(by)
    _check(grantor, None, scopes, until)
    with transaction.atomic():
        person = lock(grantor)
        if not phone:
            issued = make(
                by=by,
                community=person.community,
                kind=CodeKind.MANDATE,
                person=person,
                scopes=scopes,
                until=until,
            )
            return Offer(issued.row, issued.clear)
        try:
            hashed = key_hash(phone, "phone")
        except Invalid as error:
            raise Invalid(fields={"phone": str(error)}) from None
        if person.phone_hash is not None and bytes(person.phone_hash) == hashed:
            raise Invalid(fields={"phone": SAYS[rules.MandateFault.SAME]})
        now = clock.now()
        row = OneTimeCode.objects.create(
            community=person.community,
            kind=CodeKind.MANDATE,
            phone_hash=hashed,
            person=person,
            scopes=scopes,
            until=until,
            made_at=now,
            expires_at=now + timedelta(days=DAYS[CodeKind.MANDATE]),
            changed_by=by.name,
            changed_why="offered",
        )
        agent = Account.objects.filter(phone_hash=hashed, phone_verified=True).first()
        if agent is not None and agent.person_id is not None:
            hooks.tell(
                hooks.Tell(
                    person=agent.person_id,
                    community=agent.community,
                    kind="mandate.offer",
                    title=_("%(who)s asks you to act for them") % {"who": mask_name(person.name)},
                    link=f"/c/{agent.community}/me/mandates/",
                    key=f"mandate-offer:{row.pk}",
                )
            )
    return Offer(row, "")


def take_back_offer(*, by: Actor, offer: UUID) -> None:
    """Take back an offer nobody has accepted yet: its code opens nothing from now on.

    Raises ``NotFound`` for somebody else's; twice changes nothing.
    """
    with transaction.atomic(), rls.everywhere():
        row = (
            OneTimeCode.objects.select_for_update(of=("self",))
            .filter(pk=offer, kind=CodeKind.MANDATE, person=own(by))
            .first()
        )
        if row is None:
            raise NotFound
        if row.used_at is None and row.expires_at > clock.now():
            row.expires_at = clock.now()
            row.changed_by, row.changed_why = by.name, "taken back"
            row.changed_at = row.expires_at
            row.save()


def accept_mandate(
    *, by: Actor, community: str = "", code: str = "", offer: UUID | None = None
) -> Mandate:
    """Accept a mandate: with the code handed over, or one offered to one's own number.

    Refuses a wrong or spent code (``NotFound``, ``Gone``), an offer to another number
    (``NotFound``), one's own mandate (``Invalid``).
    """
    if by.person is None or by.acting_for is not None:
        raise NotAllowed(_("Please sign in first."))
    with transaction.atomic(), rls.everywhere():
        row = _offered(by, offer) if offer else find(community, code, CodeKind.MANDATE)
        assert row.person_id is not None
        assert row.until is not None
        _check(row.person_id, by.person, row.scopes, row.until)
        mandate = _write(
            by=by, grantor=row.person_id, agent=by.person, scopes=row.scopes, until=row.until
        )
        spend(row, by)
        _tell_grantor(
            mandate,
            "accepted",
            _("%(who)s may now act for you until %(day)s")
            % {"who": _name(by.person), "day": mandate.until.isoformat()},
        )
    return mandate


def _offered(by: Actor, offer: UUID) -> OneTimeCode:
    account = Account.objects.filter(person=by.person, phone_verified=True).first()
    row = (
        OneTimeCode.objects.select_for_update(of=("self",))
        .filter(
            pk=offer,
            kind=CodeKind.MANDATE,
            used_at__isnull=True,
            expires_at__gt=clock.now(),
            phone_hash__isnull=False,
            phone_hash=account.phone_hash if account else None,
        )
        .first()
    )
    if row is None:
        raise NotFound
    return row


def _name(person: UUID) -> str:
    # In full: both sides of a running mandate see whom they trust.
    name = Person.objects.filter(pk=person).values_list("name", flat=True).first()
    return name or mask_name("")


def _write(
    *,
    by: Actor,
    grantor: UUID,
    agent: UUID,
    scopes: list[str],
    until: date,
    recorded_by: str = "",
    witness: str = "",
) -> Mandate:
    person = lock(grantor)
    # A new mandate for the same person takes the place of the old one.
    Mandate.objects.filter(grantor=grantor, agent=agent, revoked_at__isnull=True).update(
        revoked_at=clock.now(),
        changed_by=by.name,
        changed_why="replaced by a new mandate",
        changed_at=clock.now(),
    )
    return Mandate.objects.create(
        community=person.community,
        grantor=person,
        agent_id=agent,
        scopes=[s for s in MandateScope.values if s in scopes],
        until=until,
        recorded_by=recorded_by,
        witness=witness,
        changed_by=by.name,
        changed_why="given at the desk" if recorded_by else "accepted",
    )


def give_at_desk(
    *, by: Actor, grantor: UUID, agent_phone: str, scopes: list[str], until: date, witness: str
) -> Mandate:
    """Write down the mandate of somebody without a phone, with two persons present.

    The worker who writes is one, ``witness`` names the other; the printed form bears the
    signatures. Refuses an agent without a confirmed account (``Invalid``: they must prove their
    number first), a missing witness, scopes or end as ``offer_mandate``; ``NotAllowed`` without
    ``people.edit`` where the grantor lives.
    """
    other = clean_line(witness, 80, empty_ok=True)
    if not other:
        raise Invalid(fields={"witness": _("Please name the second person who is present.")})
    try:
        hashed = key_hash(agent_phone, "phone")
    except Invalid as error:
        raise Invalid(fields={"phone": str(error)}) from None
    with transaction.atomic():
        lock(grantor, by, Permission.PEOPLE_EDIT)
        account = Account.objects.filter(phone_hash=hashed, phone_verified=True).first()
        if account is None or account.person_id is None:
            raise Invalid(
                fields={"phone": _("No confirmed account has this number. Please let them join.")}
            )
        if account.person_id == by.person:
            raise Invalid(fields={"phone": _("Whoever writes it down cannot be the one to act.")})
        _check(grantor, account.person_id, scopes, until)
        recorded = hooks.describe(by)[:80]
        if other == recorded:
            raise Invalid(fields={"witness": _("The second person must be somebody else.")})
        mandate = _write(
            by=by,
            grantor=grantor,
            agent=account.person_id,
            scopes=scopes,
            until=until,
            recorded_by=recorded,
            witness=other,
        )
        hooks.tell(
            hooks.Tell(
                person=account.person_id,
                community=account.community,
                kind="mandate.given",
                title=_("You may now act for somebody; see your mandates"),
                link=f"/c/{account.community}/me/mandates/",
                key=f"mandate-given:{mandate.pk}",
            )
        )
        _tell_grantor(mandate, "given", _("A mandate was written down for you at the desk"))
    return mandate


def revoke_mandate(*, by: Actor, mandate: UUID) -> Mandate:
    """End a mandate at once: the person who gave it, whoever holds it, or a worker asked to.

    Works at any time and without a reason; open sessions acting under it end with their next
    click. Revoking twice changes nothing. Raises ``NotFound`` for anybody else's mandate.
    """
    with transaction.atomic(), rls.everywhere():
        row = Mandate.objects.select_for_update(of=("self",)).filter(pk=mandate).first()
        if row is None:
            raise NotFound
        party = by.person is not None and by.person in (row.grantor_id, row.agent_id)
        if not party:
            lock(row.grantor_id, by, Permission.PEOPLE_EDIT)
        if row.revoked_at is None:
            row.revoked_at = clock.now()
            row.changed_by = by.name
            row.changed_why = "revoked"
            row.changed_at = row.revoked_at
            row.save()
            if by.person != row.agent_id:
                hooks.tell(
                    hooks.Tell(
                        person=row.agent_id,
                        community=row.community,
                        kind="mandate.revoked",
                        title=_("A mandate you held has ended"),
                        key=f"mandate-revoked:{row.pk}",
                    )
                )
            if by.person != row.grantor_id:
                _tell_grantor(row, "revoked", _("A mandate you gave has ended"))
    return row


def _tell_grantor(mandate: Mandate, what: str, title: str) -> None:
    hooks.tell(
        hooks.Tell(
            person=mandate.grantor_id,
            community=mandate.community,
            kind=f"mandate.{what}",
            title=title,
            link=f"/c/{mandate.community}/me/mandates/",
            key=f"mandate-{what}:{mandate.pk}:grantor",
        )
    )
