"""Writes of the register of workplaces (两企三新): places of work, never the people in them."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.base import clock
from liren.base.errors import Invalid, NotFound
from liren.base.identifiers import normalise_uscc
from liren.base.text import clean_line
from liren.territory.models import Place

from ..enums import WorkplaceKind
from ..models import Post, Workplace


def register_workplace(
    *,
    by: Actor,
    place: UUID,
    kind: str,
    name: str,
    credit_code: str = "",
    address_note: str = "",
    contact: str = "",
    post: UUID | None = None,
) -> Workplace:
    """Put a workplace on the register.

    Refuses (``Invalid``) an unknown kind, a credit code that fails GB 32100 or is on the
    register already, a responsible post of another community; ``NotAllowed`` without
    ``post.edit`` at the place.
    """
    with transaction.atomic():
        where = Place.objects.filter(pk=place, closed_on__isnull=True).first()
        if where is None:
            raise NotFound
        require(by, Permission.POST_EDIT, where.code)
        if kind not in WorkplaceKind:
            raise Invalid(fields={"kind": _("Please choose one of the kinds.")})
        row = Workplace(
            community=where.community,
            place=where,
            place_code=where.code,
            kind=kind,
            name=clean_line(name, 120),
            credit_code=_credit_code(credit_code),
            address_note=clean_line(address_note, 120, empty_ok=True),
            contact=clean_line(contact, 120, empty_ok=True),
            post=_responsible(where.community, post),
            changed_by=by.name,
            changed_why="register",
        )
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as error:
            if "workplace_once" in str(error):
                raise Invalid(
                    fields={"credit_code": _("This workplace is on the register already.")}
                ) from error
            raise
    return row


def give_workplace(*, by: Actor, workplace: UUID, post: UUID | None) -> Workplace:
    """Say which post is responsible for a workplace; None: whoever is nearest above."""
    with transaction.atomic():
        row = _locked(by, workplace)
        row.post = _responsible(row.community, post)
        row.changed_by, row.changed_why, row.changed_at = by.name, "responsible", clock.now()
        row.save()
    return row


def close_workplace(*, by: Actor, workplace: UUID) -> Workplace:
    """Take a workplace off the register from today on."""
    with transaction.atomic():
        row = _locked(by, workplace)
        row.closed_on = clock.today()
        row.changed_by, row.changed_why, row.changed_at = by.name, "closed", clock.now()
        row.save()
    return row


def _locked(by: Actor, workplace: UUID) -> Workplace:
    row = (
        Workplace.objects.select_for_update(of=("self",))
        .filter(pk=workplace, closed_on__isnull=True)
        .first()
    )
    if row is None:
        raise NotFound
    require(by, Permission.POST_EDIT, row.place_code)
    return row


def _credit_code(text: str) -> str:
    if not text.strip():
        return ""
    try:
        return normalise_uscc(text)
    except Invalid as refused:
        raise Invalid(fields={"credit_code": str(refused)}) from refused


def _responsible(community: str, post: UUID | None) -> Post | None:
    if post is None:
        return None
    found = Post.objects.filter(pk=post, community=community, closed_on__isnull=True).first()
    if found is None:
        raise Invalid(fields={"post": _("Please choose another post here.")})
    return found
