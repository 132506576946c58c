"""Writes of lines: a community picks a shipped line and edits its own version of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotFound
from liren.base.text import clean_line
from liren.territory.codes import LENGTHS
from liren.territory.enums import Level
from liren.territory.models import Place

from ..enums import OrganisationKind
from ..models import Line, LineStep, PostType
from ..queries import line_for, steps_of

MOST_STEPS = 12


@dataclass(frozen=True, slots=True)
class Step:
    """A step as an editor gives it; the order is the place in the list, nearest first."""

    type: str
    organisation_kind: str = ""
    everywhere: bool = True


def edit_line(
    *,
    by: Actor,
    community: str,
    code: str,
    steps: Sequence[Step],
    name: str = "",
    most_posts: int | None = None,
    seen: int = 0,
) -> Line:
    """Put a community's own version of a line into force from today on.

    Promises: what was in force until yesterday stays on record; a line of the same day is
    replaced. ``seen`` is ``version_of`` the steps the editor was shown; ``Changed`` when somebody
    edited the line meanwhile. Refuses (``Invalid``) a line without steps, a step given twice, one
    that goes down again after having gone up (a cycle), a level the community has no place of and
    asks for everywhere, a holder in every household (a home is nobody's post); ``NotFound`` for a
    line nobody ships; ``NotAllowed`` without ``post.edit``.
    """
    require(by, Permission.POST_EDIT, community)
    with transaction.atomic():
        shipped = line_for(community, code)
        if shipped is None:
            raise NotFound
        types = _checked(community, steps)
        line, made = Line.objects.select_for_update().get_or_create(
            community=community,
            code=code,
            defaults={
                "name": shipped.name,
                "name_en": shipped.name_en,
                "most_posts": shipped.most_posts,
                "changed_by": by.name,
                "changed_why": "own version",
            },
        )
        if seen and seen != version_of(list(steps_of(shipped if made else line))):
            raise Changed
        today = clock.today()
        LineStep.objects.filter(line=line, starts=today).delete()
        steps_of(line).update(ends=today - timedelta(days=1))
        LineStep.objects.bulk_create(
            LineStep(
                line=line,
                order=order,
                level=kind.level,
                type=kind,
                organisation_kind=step.organisation_kind,
                everywhere=step.everywhere,
                starts=today,
            )
            for order, (step, kind) in enumerate(zip(steps, types, strict=True))
        )
        line.name = clean_line(name, 60, empty_ok=True) or line.name
        line.most_posts = most_posts if most_posts is not None else line.most_posts
        line.changed_by, line.changed_why = by.name, "edit line"
        line.changed_at = clock.now()
        line.save()
    return line


def version_of(steps: Sequence[LineStep]) -> int:
    """Return a number that differs when the line was edited."""
    return sum(one.pk.int for one in steps) % 2_147_483_647 or 1


def _checked(community: str, steps: Sequence[Step]) -> list[PostType]:
    """Return the types of the steps, or say in a sentence what is wrong with the line."""

    def refuse(said: str) -> Invalid:
        return Invalid(said, fields={"steps": said})

    if not steps:
        raise refuse(_("A line needs at least one step."))
    if len(steps) > MOST_STEPS:
        raise refuse(_("A line has twelve steps at most."))
    rows = PostType.objects.filter(community__in=("", community)).in_bulk([s.type for s in steps])
    missing = [s.type for s in steps if s.type not in rows]
    if missing or any(
        s.organisation_kind and s.organisation_kind not in OrganisationKind for s in steps
    ):
        raise refuse(_("This kind of post is not known here."))
    types = [rows[s.type] for s in steps]
    if len({t.code for t in types}) < len(types):
        raise refuse(_("Each kind of post can be on the line only once."))
    lengths = [LENGTHS[Level(t.level)] for t in types]
    if lengths != sorted(lengths, reverse=True):
        raise refuse(_("A line goes upward only: from the entrance to the community and beyond."))
    asked = {t.level for t, s in zip(types, steps, strict=True) if s.everywhere}
    if Level.HOUSEHOLD in asked:
        raise refuse(_("Nobody can ask every household for a holder; some may have one."))
    here = set(
        Place.objects.filter(code__gte=community, code__lt=community + ":", closed_on__isnull=True)
        .order_by()
        .values_list("level", flat=True)
        .distinct()
    )
    for level in asked:
        if LENGTHS[Level(level)] > LENGTHS[Level.COMMUNITY] and level not in here:
            said = _("This community has no places of the level “%(level)s”.")
            raise refuse(said % {"level": Level(level).label})
    return types
