"""单位认领: the office opens a matter, an institution takes it on, the office confirms it."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.base.errors import Changed, Invalid, NotFound
from liren.base.text import clean_line
from liren.matters import actions as matters
from liren.matters import queries as matter_queries
from liren.matters.models import Matter
from liren.organisation.enums import OrganisationKind
from liren.organisation.models import Organisation

from .. import queries, rules
from ..enums import ClaimState
from ..models import Claim, Opening
from .core import locked, stamp, tell

TOO_MUCH = {
    "number": gettext_lazy("Please leave out numbers that could be a telephone or an identity."),
    "door": gettext_lazy("Please leave out the door: the building is enough."),
    "person": gettext_lazy("Please leave out names and how to reach people."),
}


def refuses(matter: Matter) -> str:
    """Say why a matter is not opened to institutions; "" when it can be (G7).

    Not what is about people, not what somebody reported unknown or about somebody, not what is
    being worked on elsewhere already.
    """
    if matter.shielded or matter.about_posts or matter.about_persons:
        return _("Whoever reported this stays unknown; it is not shown to institutions.")
    if matter.category is None or not rules.public_kind(matter.category.key):
        return _("Only matters about things and places are opened to institutions.")
    if matter.status not in queries.CLAIMABLE:
        return _("Somebody else is working on it already.")
    return ""


def open_to_institutions(*, by: Actor, matter: UUID, words: str) -> Opening:
    """Open a matter to the community's institutions, in words of the office's own.

    They see these words, the kind and the building; never the report, the reporter or the door.
    Refuses (``Invalid``) what ``refuses`` says, and words that could point to a person.
    """
    said = clean_line(words, 200)
    with transaction.atomic():
        row = _matter(by, matter)
        why = refuses(row)
        if why:
            raise Invalid(why)
        too_much = rules.tells_too_much(said)
        if too_much:
            raise Invalid(fields={"words": TOO_MUCH[too_much]})
        names = [row.contact_name, row.reporter.name if row.reporter else ""]
        if any(name and name in said for name in names):
            raise Invalid(fields={"words": TOO_MUCH["person"]})
        found = Opening.objects.select_for_update().filter(matter=row).first()
        if found is None:
            found = Opening(community=row.community, matter=row)
        elif found.claims.filter(state__in=queries.TAKEN).exists():
            raise Changed(_("An institution has taken it on already."))
        found.words, found.open = said, True
        stamp(found, by, "opened to institutions")
        found.save()
    return found


def close_to_institutions(*, by: Actor, matter: UUID) -> None:
    """Take a matter back from the institutions' list; whoever waits for an answer is told."""
    with transaction.atomic():
        row = _matter(by, matter)
        found = Opening.objects.select_for_update().filter(matter=row, open=True).first()
        if found is None:
            raise Changed(_("It is not open to institutions."))
        for waiting in found.claims.select_for_update(of=("self",)).filter(
            state=ClaimState.CLAIMED
        ):
            _answer(by, waiting, ClaimState.DECLINED, _("The office took it back."))
        found.open = False
        stamp(found, by, "closed to institutions")
        found.save()


def claim(*, by: Actor, opening: UUID, organisation: UUID, words: str) -> Claim:
    """Take on a matter for one's organisation; the office confirms before anything begins.

    The first one gets it: a second is told so (``Changed``). Refuses empty words (``Invalid``),
    and whoever does not speak for the organisation (``NotFound``).
    """
    said = clean_line(words, 300, empty_ok=True)
    if not said:
        raise Invalid(fields={"words": _("Please say in a few words how you would do it.")})
    with transaction.atomic():
        body = queries.own(by).filter(pk=organisation).first()
        if body is None:
            raise NotFound
        locked(body.community, body.pk)
        found = (
            Opening.objects.select_for_update(of=("self",))
            .select_related("matter")
            .filter(pk=opening, community=body.community)
            .first()
        )
        if found is None:
            raise NotFound
        taken = found.claims.filter(state__in=queries.TAKEN).select_related("organisation").first()
        if taken is not None:
            if taken.organisation_id == body.pk:
                raise Changed(_("You have taken it on already."))
            raise Changed(
                _("%(who)s was faster. Thank you for offering.") % {"who": taken.organisation.name}
            )
        if not found.open or refuses(found.matter):
            raise Changed(_("It is no longer open to institutions."))
        post = queries.liaison_of(body)
        if post is None or post.pk not in by.posts:
            raise NotFound
        row = Claim(
            community=found.community, opening=found, organisation=body, post=post, words=said
        )
        stamp(row, by, "claimed")
        row.save(force_insert=True)
        tell(
            by,
            _committee(found.community),
            kind="claim",
            title=_("%(who)s would take on: %(what)s") % {"who": body.name, "what": found.words},
            body=said,
            path="",
            key=f"claim:{row.pk.hex}",
        )
    return row


def decide_claim(*, by: Actor, claim: UUID, accept: bool, words: str = "") -> Claim:
    """Confirm a claim: the institution is whistled for and has the matter; or decline it.

    Declining needs words (``Invalid``) and leaves the matter open to others. Raises ``Changed``
    when it was decided or taken back, or the matter has moved on meanwhile.
    """
    said = clean_line(words, 300, empty_ok=True)
    with transaction.atomic():
        row, found = _claim(claim)
        if not by.may(Permission.MATTER_DISPATCH, found.matter.place_code):
            raise NotFound
        if row.state != ClaimState.CLAIMED:
            raise Changed(_("This was decided already."))
        if not accept:
            if not said:
                raise Invalid(fields={"words": _("Please say why, in a few words.")})
            return _answer(by, row, ClaimState.DECLINED, said)
        why = refuses(found.matter)
        if why:
            raise Changed(why)
        row.state, row.answer = ClaimState.CONFIRMED, said
        stamp(row, by, "confirmed")
        row.save()
        found.open = False
        stamp(found, by, "given to an institution")
        found.save()
        matters.whistle(
            by=by,
            matter=found.matter_id,
            called=row.post_id,
            words=said or _("You took it on: %(words)s") % {"words": row.words},
        )
    return row


def withdraw_claim(*, by: Actor, claim: UUID, words: str = "") -> Claim:
    """Take back a claim before the office has confirmed it; the matter is open to others again."""
    with transaction.atomic():
        row, _found = _claim(claim)
        if not queries.own(by).filter(pk=row.organisation_id).exists():
            raise NotFound
        if row.state != ClaimState.CLAIMED:
            raise Changed(_("This was decided already."))
        row.state, row.answer = ClaimState.WITHDRAWN, clean_line(words, 300, empty_ok=True)
        stamp(row, by, "withdrawn")
        row.save()
        tell(
            by,
            _committee(row.community),
            kind="claim_back",
            title=_("%(who)s takes its offer back") % {"who": row.organisation.name},
            body=row.answer,
            path="",
            key=f"claim-back:{row.pk.hex}",
        )
    return row


def _matter(by: Actor, pk: UUID) -> Matter:
    seen = matter_queries.visible(by).filter(pk=pk)
    row = (
        Matter.objects.select_for_update(of=("self",), no_key=True)
        .select_related("category", "reporter")
        .filter(pk__in=seen.values("pk"))
        .first()
    )
    if row is None:
        raise NotFound
    require(by, Permission.MATTER_DISPATCH, row.place_code)
    return row


def _claim(pk: UUID) -> tuple[Claim, Opening]:
    ids = Claim.objects.filter(pk=pk).values_list("opening", "opening__matter").first()
    if ids is None:
        raise NotFound
    # Always matter, opening, claim, in this order, as everybody else here locks.
    Matter.objects.select_for_update(of=("self",), no_key=True).get(pk=ids[1])
    found = (
        Opening.objects.select_for_update(of=("self",))
        .select_related("matter__category")
        .get(pk=ids[0])
    )
    row = Claim.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=pk)
    return row, found


def _answer(by: Actor, row: Claim, state: ClaimState, words: str) -> Claim:
    row.state, row.answer = state, words
    stamp(row, by, str(state))
    row.save()
    tell(
        by,
        [row.organisation],
        kind="claim_answer",
        title=_("Your offer was declined: %(what)s") % {"what": row.opening.words},
        body=words,
        path="",
        key=f"claim-answer:{row.pk.hex}",
    )
    return row


def _committee(community: str) -> list[Organisation]:
    return list(
        Organisation.objects.filter(
            community=community, kind=OrganisationKind.COMMITTEE, closed_on__isnull=True
        )[:1]
    )
