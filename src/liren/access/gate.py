"""The one gate: ``require`` in actions, ``visible_to`` in queries."""

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from liren.base.errors import NotAllowed

from .actor import Actor, code_range

M = TypeVar("M", bound=Model)


def require(actor: Actor, permission: str, code: str) -> None:
    """Let pass only who holds ``permission`` at the place ``code``.

    Raises ``NotAllowed`` (403) otherwise. The system actor passes.
    """
    if not actor.may(permission, code):
        raise NotAllowed(_("This is outside what your post covers."))


def in_codes(field: str, codes: Iterable[str]) -> Q:
    """Return a condition: ``field`` is one of the codes or below one of them.

    Written as ``>= lo AND < hi`` because only that shape keeps the index under row-level
    security (a prefix LIKE does not).
    """
    condition = Q(pk__in=[])
    for number, code in enumerate(codes):
        low, high = code_range(code)
        if field == "community" and len(code) == 12:
            # Nothing lies below: an index that goes on by time stays in order.
            one = Q(community=code)
        else:
            one = Q(**{f"{field}__gte": low, f"{field}__lt": high})
        condition = one if number == 0 else condition | one
    return condition


def visible_to(
    actor: Actor,
    queryset: "QuerySet[M]",
    permission: str,
    *,
    code_field: str = "place_code",
    party: Q | None = None,
    hidden: Q | None = None,
) -> "QuerySet[M]":
    """Return the rows the actor may see: by grant or as a named party, minus what is hidden.

    ``party`` names the rows the actor belongs to whatever their posts; ``hidden`` names rows no
    grant opens (the complained-of never see the complaint, G7). The system actor sees all.
    """
    if actor.is_system:
        return queryset
    by_grant = in_codes(code_field, actor.codes(permission))
    if hidden is not None:
        by_grant &= ~hidden
    return queryset.filter(by_grant | party) if party is not None else queryset.filter(by_grant)
