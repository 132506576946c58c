"""Reading about persons: one's own affairs, and the office's look within its posts."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from liren.access import rls
from liren.access.actor import Actor, Permission
from liren.access.gate import in_codes
from liren.base import clock
from liren.base.crypto import key_hash
from liren.base.errors import Invalid, NotFound
from liren.base.ids import normalise_code
from liren.base.text import fold, mask_name
from liren.territory import queries as places

from . import hooks
from .enums import ClaimState, CodeKind, MandateScope, RequestState
from .models import (
    Account,
    Consent,
    Mandate,
    OneTimeCode,
    Person,
    Residence,
    ResidenceClaim,
    RightsRequest,
    Unmasking,
)

FOUND_MAX = 50
CODES = "one-time-code"

# -- one's own -------------------------------------------------------------------------------------


def person(who: UUID) -> Person:
    """Return a person by identity, wherever they live; raise ``NotFound``."""
    with rls.everywhere():
        found = Person.objects.filter(pk=who, erased_at__isnull=True).first()
    if found is None:
        raise NotFound
    return found


def mandated(grantor: UUID, agent: UUID, scope: str) -> bool:
    """Tell whether a running mandate covers the scope today."""
    return Mandate.objects.filter(
        grantor=grantor,
        agent=agent,
        revoked_at__isnull=True,
        until__gte=clock.today(),
        scopes__contains=[scope],
    ).exists()


@dataclass(frozen=True, slots=True)
class MandateLine:
    """A mandate as one side of it sees it."""

    pk: UUID
    other: str
    other_person: UUID
    scopes: str
    until: date
    recorded_by: str
    witness: str
    community: str
    runs: bool
    may_matters: bool


def _line(row: Mandate, other: Person) -> MandateLine:
    return MandateLine(
        pk=row.pk,
        other=other.name or mask_name(""),
        other_person=other.pk,
        scopes="、".join(str(MandateScope(one).label) for one in row.scopes),
        until=row.until,
        recorded_by=row.recorded_by,
        witness=row.witness,
        community=row.community,
        runs=row.revoked_at is None and row.until >= clock.today(),
        may_matters="matters" in row.scopes,
    )


def mandates_given(grantor: UUID) -> list[MandateLine]:
    """Return the running mandates a person gave, the last to end first. One statement."""
    rows = Mandate.objects.filter(
        grantor=grantor, revoked_at__isnull=True, until__gte=clock.today()
    ).select_related("agent")
    with rls.everywhere():
        return [_line(row, row.agent) for row in rows.order_by("-until", "pk")]


def mandates_held(agent: UUID) -> list[MandateLine]:
    """Return the running mandates a person holds, wherever they were given. One statement."""
    rows = Mandate.objects.filter(
        agent=agent, revoked_at__isnull=True, until__gte=clock.today()
    ).select_related("grantor")
    with rls.everywhere():
        return [_line(row, row.grantor) for row in rows.order_by("grantor__name", "pk")]


@dataclass(frozen=True, slots=True)
class OfferLine:
    """A mandate not accepted yet: who asks, masked until it runs, for what and how long."""

    pk: UUID
    who: str
    scopes: str
    until: date


def _offer(row: OneTimeCode) -> OfferLine:
    assert row.person is not None
    assert row.until is not None
    return OfferLine(
        pk=row.pk,
        who=mask_name(row.person.name),
        scopes="、".join(str(MandateScope(one).label) for one in row.scopes),
        until=row.until,
    )


def hash_of(community: str, code: str) -> bytes:
    """Return the keyed hash of a one-time code; it is bound to its community."""
    return key_hash(f"{community}:{normalise_code(code)}", CODES)


def offer_by_code(community: str, code: str) -> OfferLine | None:
    """Return the mandate a code would open, or None when it opens none. Changes nothing."""
    with rls.everywhere():
        row = (
            OneTimeCode.objects.filter(
                community=community,
                kind=CodeKind.MANDATE,
                code_hash=hash_of(community, code),
                used_at__isnull=True,
                expires_at__gt=clock.now(),
            )
            .select_related("person")
            .first()
        )
    return _offer(row) if row is not None else None


def offers_to(agent: UUID) -> list[OfferLine]:
    """Return the mandates offered to the number a person has proved."""
    account = Account.objects.filter(person=agent, phone_verified=True).first()
    if account is None or account.phone_hash is None:
        return []
    rows = OneTimeCode.objects.filter(
        kind=CodeKind.MANDATE,
        phone_hash=account.phone_hash,
        used_at__isnull=True,
        expires_at__gt=clock.now(),
    ).select_related("person")
    with rls.everywhere():
        return [_offer(row) for row in rows.order_by("made_at")]


def offers_by(grantor: UUID) -> "QuerySet[OneTimeCode]":
    """Return the offers of a person that wait to be accepted."""
    return OneTimeCode.objects.filter(
        kind=CodeKind.MANDATE, person=grantor, used_at__isnull=True, expires_at__gt=clock.now()
    ).order_by("made_at")


@dataclass(frozen=True, slots=True)
class DoneFor:
    """Something somebody did under a mandate: who, and what it was."""

    who: str
    deed: hooks.Deed


def done_for(grantor: UUID) -> list[DoneFor]:
    """Return what others did for a person under their mandates, also ended ones, newest first.

    Two statements, whatever the number of mandates.
    """
    with rls.everywhere():
        names = {
            row.agent_id: row.agent.name or mask_name("")
            for row in Mandate.objects.filter(grantor=grantor).select_related("agent")
        }
        deeds = hooks.deeds(grantor, list(names)) if names else []
    return [DoneFor(names[deed.agent], deed) for deed in deeds]


def looks_at(who: UUID) -> "QuerySet[Unmasking]":
    """Return who looked at a person's masked data, the newest first."""
    return Unmasking.objects.filter(person=who).order_by("-at", "-pk")


def consents_of(who: UUID) -> "QuerySet[Consent]":
    """Return what a person agreed to, running ones first."""
    return Consent.objects.filter(person=who).order_by("withdrawn_at", "-given_at")


def requests_of(who: UUID) -> "QuerySet[RightsRequest]":
    """Return a person's requests, the newest first."""
    return RightsRequest.objects.filter(person=who).order_by("-asked_at")


def homes_of(who: UUID) -> "QuerySet[Residence]":
    """Return the households a person belongs to now."""
    return (
        Residence.objects.filter(person=who, until__isnull=True)
        .select_related("place")
        .order_by("since", "pk")
    )


def claims_of(who: UUID) -> "QuerySet[ResidenceClaim]":
    """Return the households a person asked to belong to, unanswered or refused lately."""
    return (
        ResidenceClaim.objects.filter(person=who)
        .exclude(state=ClaimState.CONFIRMED)
        .select_related("place")
        .order_by("-asked_at")
    )


# -- the office ------------------------------------------------------------------------------------


def within(actor: Actor, permission: str = Permission.PEOPLE_VIEW) -> Q:
    """Return the condition: lives below one of the actor's posts, or in its community at least."""
    codes = actor.codes(permission)
    return in_codes("place_code", codes) | (Q(place_code="") & in_codes("community", codes))


def visible(actor: Actor, permission: str = Permission.PEOPLE_VIEW) -> "QuerySet[Person]":
    """Return the persons the actor's posts answer for; deleted ones are nobody any more."""
    rows = Person.objects.filter(erased_at__isnull=True)
    return rows if actor.is_system else rows.filter(within(actor, permission))


def get(actor: Actor, who: UUID, permission: str = Permission.PEOPLE_VIEW) -> Person:
    """Return one person within the actor's posts; raise ``NotFound``."""
    found = visible(actor, permission).filter(pk=who).first()
    if found is None:
        raise NotFound
    return found


def find(actor: Actor, words: str, place: str = "", community: str = "") -> list[Person]:
    """Find persons by phone number, by name or how it sounds, by where they live.

    Nobody can be browsed: without words and place nothing is found, and never more than
    ``FOUND_MAX`` + 1 are returned. A number finds only whom it belongs to, by its keyed hash.
    """
    text = words.replace("\0", "").strip()
    where = place.replace("\0", "").strip()
    if not text and not where:
        return []
    rows = visible(actor)
    if text:
        rows = rows.filter(_by_words(text))
    if where:
        codes = list(
            places.find(community, where).values_list("code", flat=True)[:20] if community else []
        )
        rows = rows.filter(in_codes("place_code", codes))
    return list(rows.order_by("name_pinyin", "name", "pk")[: FOUND_MAX + 1])


def _by_words(text: str) -> Q:
    digits = "".join(c for c in text if c.isdecimal())
    if len(digits) >= 7:
        try:
            return Q(phone_hash=key_hash(text, "phone"))
        except Invalid:
            return Q(pk__in=[])
    folded = fold(text).replace(" ", "")
    if folded.isascii():
        return Q(name_pinyin__startswith=folded)
    return Q(name__startswith=text)


def open_requests(actor: Actor) -> "QuerySet[RightsRequest]":
    """Return the requests that wait for an answer, the one due first on top."""
    codes = actor.codes(Permission.PEOPLE_EDIT)
    return (
        RightsRequest.objects.filter(in_codes("community", codes), state=RequestState.OPEN)
        .select_related("person")
        .order_by("due", "pk")
    )


def request(actor: Actor, pk: UUID) -> RightsRequest:
    """Return one request within the actor's posts; raise ``NotFound``."""
    codes = actor.codes(Permission.PEOPLE_EDIT)
    found = (
        RightsRequest.objects.filter(in_codes("community", codes), pk=pk)
        .select_related("person")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def open_claims(actor: Actor) -> "QuerySet[ResidenceClaim]":
    """Return the claims to belong to a household that wait, the oldest first."""
    codes = actor.codes(Permission.PEOPLE_EDIT)
    return (
        ResidenceClaim.objects.filter(in_codes("place_code", codes), state=ClaimState.OPEN)
        .select_related("person", "place")
        .order_by("asked_at", "pk")
    )


def waiting(actor: Actor) -> int:
    """Return how many requests and claims wait for an answer. One statement; none without posts
    that answer them.
    """
    if not actor.has(Permission.PEOPLE_EDIT):
        return 0
    claims = open_claims(actor).order_by().values("pk")
    return open_requests(actor).order_by().values("pk").union(claims, all=True).count()
