"""What posts mean for a person's rights: who holds one hands it over before they can be deleted."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liren.access import rls
from liren.access.actor import Actor
from liren.access.web import register_explainer
from liren.people import hooks, rights
from liren.people.models import Person

from .models import Post, Term
from .queries import holding, last_term

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

KEEP_DAYS = Term.personal["person"].retention_days or 0
WHY = Term.personal["person"].law


def refuse(person: UUID) -> "StrOrPromise":
    """Refuse while a post is held: what it answers for would go into a void."""
    if Term.objects.filter(holding(), person=person).exists():
        return _("You hold a post. Please hand it over first, then delete your data.")
    return ""


def kept(person: UUID) -> Iterable[rights.Kept]:
    """Keep the name beside past terms for as long as the terms are kept."""
    ends = [day for day in Term.objects.filter(person=person).values_list("ends", flat=True) if day]
    if ends:
        yield rights.Kept(
            Person._meta.get_field("name").verbose_name,
            WHY,
            max(ends) + timedelta(days=KEEP_DAYS),
            fields=frozenset({"name"}),
        )


def describe(actor: Actor) -> str:
    """Return how an actor is named to a resident: the titles of their posts and their name."""
    titles = Post.objects.filter(pk__in=list(actor.posts)).order_by("place_code", "pk")
    named = "、".join(titles.values_list("title", flat=True)[:2])
    name = ""
    if actor.person is not None:
        names = Person.objects.filter(pk=actor.person).values_list("name", flat=True)
        name = names.first() or ""
    return " · ".join(part for part in (named, name) if part)


def why_not(actor: Actor) -> str:
    """Tell somebody whose post has ended that this is why, and that nothing is lost with it."""
    if actor.person is None or actor.grants:
        return ""
    with rls.everywhere():
        term = last_term(actor.person)
    if term is None or term.ends is None:
        return ""
    return gettext(
        "Your term as “%(post)s” ended on %(day)s, and these pages closed with it. What was open "
        "stays with the post. Thank you for what you did."
    ) % {"post": term.post.title, "day": term.ends.isoformat()}


def register() -> None:
    """Take part; called as the app starts."""
    rights.register(rights.Part("organisation", refuse=refuse, kept=kept))
    hooks.connect_posts(describe)
    register_explainer(why_not)
