"""Writes of Party branches as organisations: name, place, public contact, the posts in them."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.base import clock
from liren.base.errors import Invalid, NotFound
from liren.base.text import clean_line
from liren.territory.models import Place
from liren.territory.queries import at_code

from ..enums import OrganisationKind
from ..models import Organisation, Post


def open_branch(
    *, by: Actor, place: UUID, name: str, contact: str = "", synthetic: bool = False
) -> Organisation:
    """Put a branch on the register of a place: a community, a grid or a building.

    Refuses (``Invalid``) a name that is on record in the community; ``NotAllowed`` without
    ``branch.edit`` at the place.
    """
    with transaction.atomic():
        where = Place.objects.filter(pk=place, closed_on__isnull=True).first()
        if where is None:
            raise NotFound
        require(by, Permission.BRANCH_EDIT, where.code)
        called = _name(name)
        _free(where.community, called)
        return Organisation.objects.create(
            community=where.community,
            place=where,
            kind=OrganisationKind.BRANCH,
            name=called,
            contact=clean_line(contact, 120, empty_ok=True),
            synthetic=synthetic,
            changed_by=by.name,
            changed_why="open branch",
        )


def edit_branch(*, by: Actor, organisation: UUID, name: str, contact: str) -> Organisation:
    """Change what a branch is called and how the public reaches it; refuses what opening does."""
    with transaction.atomic():
        row = _locked(by, organisation)
        called = _name(name)
        if called != row.name:
            _free(row.community, called)
        row.name, row.contact = called, clean_line(contact, 120, empty_ok=True)
        row.changed_by, row.changed_why, row.changed_at = by.name, "edit branch", clock.now()
        row.save()
    return row


def seat_in_branch(*, by: Actor, post: UUID, organisation: UUID | None) -> Post:
    """Let a post of the Party line belong to a branch, or (None) to none.

    Refuses (``Invalid``) a post that can do more than keep a branch's meetings and tasks, and one
    that belongs to another body: whoever keeps branches does not move the desk's posts.
    """
    with transaction.atomic():
        row = (
            Post.objects.select_for_update(of=("self",))
            .select_related("type", "organisation")
            .filter(pk=post, closed_on__isnull=True)
            .first()
        )
        if row is None:
            raise NotFound
        require(by, Permission.BRANCH_EDIT, row.place_code)
        other = row.organisation is not None and row.organisation.kind != OrganisationKind.BRANCH
        if other or set(row.type.permissions) - {str(Permission.BRANCH_EDIT)}:
            raise Invalid(fields={"post": _("This post does not belong to a branch.")})
        if organisation is not None and _locked(by, organisation).community != row.community:
            raise Invalid(fields={"post": _("This post does not belong to a branch.")})
        row.organisation_id = organisation
        row.changed_by, row.changed_why, row.changed_at = by.name, "branch", clock.now()
        row.save()
    return row


def close_branch(*, by: Actor, organisation: UUID) -> Organisation:
    """Take a branch off the register from today on; its posts stay, without a branch.

    Whoever keeps tasks or meetings of it asks first whether anything is open.
    """
    with transaction.atomic():
        row = _locked(by, organisation)
        for post in row.posts.select_for_update(of=("self",)).filter(closed_on__isnull=True):
            post.organisation = None
            post.changed_by, post.changed_why, post.changed_at = by.name, "branch", clock.now()
            post.save()
        row.closed_on = clock.today()
        row.changed_by, row.changed_why, row.changed_at = by.name, "close branch", clock.now()
        row.save()
    return row


def _name(name: str) -> str:
    try:
        return clean_line(name, 120)
    except Invalid as error:
        raise Invalid(fields={"name": str(error)}) from error


def _locked(by: Actor, organisation: UUID) -> Organisation:
    row = (
        Organisation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("place")
        .filter(pk=organisation, kind=OrganisationKind.BRANCH, closed_on__isnull=True)
        .first()
    )
    if row is None:
        raise NotFound
    require(by, Permission.BRANCH_EDIT, row.place.code)
    return row


def _free(community: str, name: str) -> None:
    # The community's row stands for the register: two at once cannot enter the same name.
    where = at_code(community)
    Place.objects.select_for_update(no_key=True).get(pk=where.pk)
    known = Organisation.objects.filter(community=community, closed_on__isnull=True, name=name)
    if known.exists():
        raise Invalid(fields={"name": _("An organisation of this name is on record here.")})
