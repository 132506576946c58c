"""Writes of organisations beside the offices: resident institutions, partners, social bodies."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.base import clock
from liren.base.errors import Invalid, NotFound
from liren.base.identifiers import normalise_uscc
from liren.base.text import clean_line
from liren.territory.queries import at_code

from ..enums import OrganisationKind
from ..models import Organisation, Post, PostType
from .posts import shut

BESIDE = (OrganisationKind.INSTITUTION, OrganisationKind.PARTNER, OrganisationKind.SOCIAL)


def register_organisation(
    *,
    by: Actor,
    community: str,
    kind: str,
    name: str,
    credit_code: str = "",
    contact: str = "",
    synthetic: bool = False,
) -> Organisation:
    """Put an institution, a partner or a social body of a community on record.

    Refuses (``Invalid``) another kind, a name or a credit code that is on record already or fails
    GB 32100; ``NotAllowed`` without ``partner.edit`` there.
    """
    require(by, Permission.PARTNER_EDIT, community)
    if kind not in BESIDE:
        raise Invalid(fields={"kind": _("Please choose one of the kinds.")})
    called = clean_line(name, 120)
    number = ""
    if credit_code.strip():
        try:
            number = normalise_uscc(credit_code)
        except Invalid as refused:
            raise Invalid(fields={"credit_code": str(refused)}) from refused
    with transaction.atomic():
        # The place's row stands for the register: two at once cannot enter the same name.
        where = at_code(community)
        type(where).objects.select_for_update(no_key=True).get(pk=where.pk)
        known = Organisation.objects.filter(community=where.community, closed_on__isnull=True)
        if known.filter(name=called).exists():
            raise Invalid(fields={"name": _("An organisation of this name is on record here.")})
        if number and known.filter(credit_code=number, kind__in=BESIDE).exists():
            raise Invalid(
                fields={"credit_code": _("An organisation of this number is on record here.")}
            )
        return Organisation.objects.create(
            community=where.community,
            place=where,
            kind=kind,
            name=called,
            credit_code=number,
            contact=clean_line(contact, 120, empty_ok=True),
            synthetic=synthetic,
            changed_by=by.name,
            changed_why="register",
        )


def open_liaison(*, by: Actor, organisation: UUID, type: str, title: str = "") -> Post:
    """Open an organisation's own post towards the community; it has one of a type, not more.

    Refuses (``Invalid``) a type that allows more than handling what it is called for: whoever
    keeps the register of organisations cannot hand out the desk.
    """
    with transaction.atomic():
        body = _locked(by, organisation)
        kind = PostType.objects.filter(pk=type, community__in=("", body.community)).first()
        if (
            kind is None
            or kind.level != body.place.level
            or set(kind.permissions) - {str(Permission.MATTER_HANDLE)}
        ):
            raise Invalid(fields={"type": _("This kind of post does not belong to this place.")})
        known = Post.objects.filter(organisation=body, type=kind, closed_on__isnull=True).first()
        if known is not None:
            return known
        return Post.objects.create(
            community=body.community,
            place=body.place,
            place_code=body.place.code,
            type=kind,
            organisation=body,
            title=clean_line(title, 80, empty_ok=True) or f"{body.name}{kind.name}"[:80],
            synthetic=body.synthetic,
            changed_by=by.name,
            changed_why="open post",
        )


def close_organisation(*, by: Actor, organisation: UUID) -> Organisation:
    """Take an organisation off the record from today on; its posts close and their terms end.

    Whoever keeps promises or work of it asks first whether anything is open.
    """
    with transaction.atomic():
        body = _locked(by, organisation)
        for post in Post.objects.select_for_update(of=("self",)).filter(
            organisation=body, closed_on__isnull=True
        ):
            shut(post, by)
        body.closed_on = clock.today()
        body.changed_by, body.changed_why, body.changed_at = by.name, "closed", clock.now()
        body.save()
    return body


def _locked(by: Actor, organisation: UUID) -> Organisation:
    body = (
        Organisation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("place")
        .filter(pk=organisation, kind__in=BESIDE, closed_on__isnull=True)
        .first()
    )
    if body is None:
        raise NotFound
    require(by, Permission.PARTNER_EDIT, body.place.code)
    return body
