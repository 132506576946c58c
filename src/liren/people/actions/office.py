"""What the office does with people's data: unmask with a reason, correct, answer."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotFound
from liren.base.text import clean_line, clean_text

from .. import hooks, labels, rules
from ..enums import ClaimState, RequestKind, RequestState
from ..models import Account, Person, ResidenceClaim, RightsRequest, Unmasking
from .checks import checked
from .codes import settle
from .core import lock
from .own import erase


def unmask(*, by: Actor, person: UUID, field: str, reason: str) -> str:
    """Return one masked field in clear, and write down who looked, at what, when and why (G3).

    Promises: the entry and the message to the person are written in the same transaction as the
    value is read; without them nothing is shown. Refuses a field that is never shown, a reason
    that says nothing (``Invalid``), ``NotAllowed`` without ``people.unmask`` where they live.
    """
    if field not in rules.UNMASKABLE:
        raise NotFound
    why = clean_line(reason, 200, empty_ok=True)
    if not rules.is_reason(why):
        said = _("Please say why you need it; the person reads this.")
        raise Invalid(said, fields={"reason": said})
    with transaction.atomic():
        row = lock(person, by, Permission.PEOPLE_UNMASK)
        looked = Unmasking.objects.create(
            community=row.community,
            person=row,
            field=field,
            by=by.name,
            by_label=hooks.describe(by)[:80],
            reason=why,
            changed_by=by.name,
            changed_why=f"unmask {field}",
        )
        hooks.tell(
            hooks.Tell(
                person=row.pk,
                community=row.community,
                kind="people.unmasked",
                title=_("Somebody looked at your data"),
                body=_("%(who)s: %(why)s") % {"who": looked.by_label, "why": why},
                link=f"/c/{row.community}/me/log/",
                key=f"unmask:{looked.pk}",
            )
        )
        if field == "place_code":
            home = row.residences.filter(until__isnull=True).select_related("place").first()
            return home.place.full_name if home else ""
        return str(getattr(row, field) or "")


def correct(*, by: Actor, person: UUID, field: str, value: str, reason: str) -> Person:
    """Correct one field of a person, with a reason (PIPL 46); the person is told.

    The sign-in number of their account follows a corrected phone, unconfirmed until they prove
    it. Refuses numbers that are none, a number recorded for another person (``Invalid``), a
    missing reason, ``NotAllowed`` without ``people.edit`` where they live.
    """
    if field not in rules.CORRECTABLE:
        raise NotFound
    why = clean_line(reason, 200, empty_ok=True)
    if not rules.is_reason(why):
        said = _("Please say why you need it; the person reads this.")
        raise Invalid(said, fields={"reason": said})
    columns = checked(field, value)
    with transaction.atomic():
        row = lock(person, by, Permission.PEOPLE_EDIT)
        if row.erased_at is not None:
            raise NotFound
        for name, new in columns.items():
            setattr(row, name, new)
        row.changed_by, row.changed_why = by.name, f"corrected: {field}"
        row.changed_at = clock.now()
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:
            said = _("This identity number is recorded already.")
            raise Invalid(fields={field: said}) from None
        if field == "phone":
            _follow_phone(row)
        hooks.tell(
            hooks.Tell(
                person=row.pk,
                community=row.community,
                kind="people.corrected",
                title=_("The office corrected your data"),
                body=_("%(who)s: %(why)s") % {"who": hooks.describe(by), "why": why},
                link=f"/c/{row.community}/me/data/",
                key=f"correct:{row.pk}:{row.changed_at.isoformat()}",
            )
        )
    return row


def _follow_phone(row: Person) -> None:
    account = Account.objects.select_for_update().filter(person=row).first()
    if account is None or account.phone_hash is None:
        return
    if row.phone_hash is not None and bytes(account.phone_hash) == bytes(row.phone_hash):
        return
    # The old number no longer opens the account; the new one does once it is proved.
    account.phone, account.phone_hash, account.phone_verified = None, None, False
    account.save()


def answer_request(
    *,
    by: Actor,
    request: UUID,
    grant: bool,
    words: str = "",
    field: str = "",
    value: str = "",
) -> RightsRequest:
    """Answer a request about somebody's data, and do what is granted in the same transaction.

    Granting a deletion deletes at once; granting a correction with ``field`` and ``value``
    corrects at once. The person is told, unless nothing of them is left to tell. Refuses
    (``Invalid``) an answer without words where nothing else would say what happens: a refusal
    (why, and what the person can do), a correction made elsewhere, data no longer used; and an
    entry that cannot be. Refuses (``Changed``) what is answered already or cannot be deleted yet,
    (``NotFound``) a request outside the actor's posts.
    """
    with transaction.atomic():
        # The person first, as in deletion: two who meet here wait for each other, never in a ring.
        asks = RightsRequest.objects.filter(pk=request).values_list("person", flat=True).first()
        if asks is None:
            raise NotFound
        person = lock(asks, by, Permission.PEOPLE_EDIT)
        row = RightsRequest.objects.select_for_update(of=("self",)).get(pk=request)
        if row.state == RequestState.DROPPED:
            raise Changed(_("The person has taken this back; no answer is needed."))
        if row.state != RequestState.OPEN:
            raise Changed(_("This was answered already."))
        corrects = grant and row.kind == RequestKind.CORRECT and bool(field)
        erases = grant and row.kind == RequestKind.ERASE
        said = _words(words, 1000, may_be_empty=corrects or erases)
        if corrects:
            correct(by=by, person=person.pk, field=field, value=value, reason=_("as you asked"))
            said = said or _("Corrected: %(what)s") % {"what": labels.FIELDS[field]}
        row.state = RequestState.DONE if grant else RequestState.REFUSED
        row.answer, row.answered_at = said, clock.now()
        row.answered_by = hooks.describe(by)[:80]
        row.changed_by, row.changed_why = by.name, f"answered: {row.state}"
        row.changed_at = clock.now()
        row.save()
        if erases:
            erase(by=by, person=person.pk, request=row)
        else:
            hooks.tell(
                hooks.Tell(
                    person=person.pk,
                    community=person.community,
                    kind="people.answered",
                    title=_("Your request is answered: %(what)s")
                    % {"what": row.get_kind_display()},
                    body=said[:500],
                    link=f"/c/{person.community}/me/data/",
                    key=f"rights:{row.pk}",
                )
            )
    return row


def _words(words: str, longest: int, *, may_be_empty: bool) -> str:
    """Return the answer as it is kept; raise ``Invalid`` beside it."""
    try:
        said = clean_text(words, longest, empty_ok=True)
    except Invalid as error:
        raise Invalid(fields={"words": str(error)}) from None
    if not said and not may_be_empty:
        raise Invalid(fields={"words": _("Please say it in a sentence; the person reads this.")})
    return said


def answer_claim(*, by: Actor, claim: UUID, confirm: bool, words: str = "") -> ResidenceClaim:
    """Confirm that somebody belongs to a household, or say why not.

    Refuses (``Invalid``) a "no" without words, (``Changed``) what is answered already.
    """
    said = clean_line(_words(words, 200, may_be_empty=confirm), 200, empty_ok=confirm)
    with transaction.atomic():
        # The person first, as in ``settle`` and deletion.
        says = ResidenceClaim.objects.filter(pk=claim).values_list("person", flat=True).first()
        if says is None:
            raise NotFound
        person = lock(says)
        row = (
            ResidenceClaim.objects.select_for_update(of=("self",))
            .select_related("place")
            .filter(pk=claim)
            .first()
        )
        if row is None or not by.may(Permission.PEOPLE_VIEW, row.place_code):
            raise NotFound
        if not by.may(Permission.PEOPLE_EDIT, row.place_code):
            lock(row.person_id, by, Permission.PEOPLE_EDIT)
        if row.state != ClaimState.OPEN:
            raise Changed(_("This was answered already."))
        if confirm:
            settle(person=person, place=row.place, tenure=row.tenure, by=by, why="worker")
            row.refresh_from_db()
            row.answer = said
            row.save()
        else:
            row.state, row.answer, row.answered_at = ClaimState.REFUSED, said, clock.now()
            row.changed_by, row.changed_why = by.name, "not confirmed"
            row.changed_at = clock.now()
            row.save()
        title = (_("You now belong to %(place)s") if confirm else _("Not confirmed: %(place)s")) % {
            "place": row.place.full_name
        }
        hooks.tell(
            hooks.Tell(
                person=person.pk,
                community=person.community,
                kind="people.household",
                title=title,
                body=said,
                link=f"/c/{person.community}/me/household/",
                key=f"claim:{row.pk}",
            )
        )
    return row
