"""What the actions share: whose affairs these are, and the lock on a person."""

from uuid import UUID

from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.base.errors import NotAllowed, NotFound

from ..models import Person
from ..queries import mandated


def own(by: Actor, *, scope: str = "") -> UUID:
    """Return the person in whose affairs the actor speaks: themselves, or who mandated them.

    With ``scope`` a mandate must cover it; without, only the person themselves may (signing in,
    giving mandates and deletion are nobody else's). Raises ``NotAllowed``.
    """
    if by.person is None:
        raise NotAllowed(_("Please sign in first."))
    if by.acting_for is None:
        return by.person
    if not scope or not mandated(by.acting_for, by.person, scope):
        raise NotAllowed(_("The mandate does not cover this; only the person may do it."))
    return by.acting_for


def place_of(person: Person) -> str:
    """Return the code the gate asks about: where they live, or at least in which community."""
    return person.place_code or person.community


def lock(person: UUID, by: Actor | None = None, permission: str = "") -> Person:
    """Return a person locked for a change; with ``permission``, only within the actor's posts.

    Raises ``NotFound`` both when there is nobody and when they live elsewhere: who lives where is
    not told by the difference.
    """
    found = Person.objects.select_for_update(no_key=True).filter(pk=person).first()
    if found is None:
        raise NotFound
    if permission:
        assert by is not None
        if not by.may(Permission.PEOPLE_VIEW, place_of(found)):
            raise NotFound
        require(by, permission, place_of(found))
    return found
