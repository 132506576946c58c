"""The community's own categories: every edit writes a version, old matters keep theirs."""

from dataclasses import asdict, dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotFound
from liren.base.ids import new_code
from liren.base.text import clean_line
from liren.organisation.models import Line

from .. import queries
from ..enums import Unit
from ..models import Category

KEYWORDS_MAX = 40
LIMIT_MAX = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What can be edited of a category. Limits are in their units; keywords suggest it."""

    name: str
    name_en: str = ""
    line: UUID
    start_level: str
    accept_within: int
    accept_unit: str
    handle_within: int
    handle_unit: str
    needs_check: bool = False
    keywords: tuple[str, ...] = ()
    authority: str = ""
    urgent_advice: str = ""


def edit(
    *,
    by: Actor,
    community: str,
    key: str,
    wording: Wording,
    why: str = "",
    seen: UUID | None = None,
) -> Category:
    """Write a new version of a category for one community; matters so far keep the old one.

    A shipped category becomes the community's own by its first edit. ``seen`` is the version the
    person looked at. Refuses who may not edit here (``NotAllowed``), a key that is not in force
    (``NotFound``), what somebody changed meanwhile (``Changed``), and limits, levels or names that
    cannot be (``Invalid``).
    """
    require(by, Permission.CATEGORY_EDIT, community)
    with transaction.atomic():
        now = _locked(community, key)
        if seen is not None and now.pk != seen:
            raise Changed(theirs={"name": now.name, "at": now.changed_at, "text": now.changed_why})
        checked = _checked(community, now.parent_key, wording, but=key)
        if now.community == community and _same(now, checked):
            return now
        return _write(by, community, now, checked, why)


def add(*, by: Actor, community: str, parent: str, wording: Wording, why: str = "") -> Category:
    """Add a category of the community's own below a group (or, with no parent, a group)."""
    require(by, Permission.CATEGORY_EDIT, community)
    with transaction.atomic():
        group = None
        if parent:
            group = _locked(community, parent)
            if group.parent_key:
                raise Invalid(fields={"parent": _("Categories have two levels only.")})
        checked = _checked(community, parent, wording)
        last = queries.categories(community).aggregate(last=Max("order"))["last"] or 0
        base = Category(
            key=f"{parent or 'own'}.{new_code(6).lower()}"
            if parent
            else f"own-{new_code(6).lower()}",
            parent_key=parent,
            order=min(last + 1, 32767),
        )
        return _write(by, community, base, checked, why)


def restore(*, by: Actor, community: str, key: str, why: str = "") -> Category | None:
    """Take back the community's own version: the shipped one is in force again.

    A category the community added itself is no longer offered (None); its matters keep it.
    Refuses (``NotFound``) a category that is not the community's own, and (``Invalid``) a group
    that still has categories in it.
    """
    require(by, Permission.CATEGORY_EDIT, community)
    with transaction.atomic():
        own = (
            Category.objects.select_for_update()
            .filter(community=community, key=key, current=True)
            .first()
        )
        if own is None:
            raise NotFound
        shipped = Category.objects.filter(community="", key=key, current=True).first()
        inside = queries.categories(community).filter(parent_key=key).exists()
        if shipped is None and inside:
            raise Invalid(_("Take out the categories of this group first."))
        own.current = False
        own.changed_by, own.changed_why = by.name, (why or "restored")[:200]
        own.changed_at = clock.now()
        own.save()
    return shipped


def _locked(community: str, key: str) -> Category:
    """Return the category in force, locked: of two editors the second sees the first's version."""
    rows = Category.objects.select_for_update().filter(
        key=key, current=True, community__in=("", community)
    )
    found = list(rows.order_by("-community"))
    if not found:
        raise NotFound
    return found[0]


def _checked(community: str, parent: str, wording: Wording, *, but: str = "") -> Wording:
    wrong: dict[str, str] = {}
    name = clean_line(wording.name, 40)
    siblings = queries.categories(community).filter(parent_key=parent, name=name)
    if siblings.exclude(key=but).exists():
        wrong["name"] = _("There is a category of this name already.")
    for field, within, unit in (
        ("accept_within", wording.accept_within, wording.accept_unit),
        ("handle_within", wording.handle_within, wording.handle_unit),
    ):
        if not 1 <= within <= LIMIT_MAX:
            wrong[field] = _("Between 1 and %(most)d.") % {"most": LIMIT_MAX}
        if unit not in Unit.values:
            wrong[field] = _("Please choose one.")
    if wording.accept_unit == wording.handle_unit and wording.accept_within > wording.handle_within:
        wrong["accept_within"] = _("It cannot take longer to accept than to handle.")
    line = Line.objects.filter(pk=wording.line, community__in=("", community)).first()
    if line is None:
        wrong["line"] = _("Please choose one.")
    elif not line.steps.filter(level=wording.start_level).exists():
        wrong["start_level"] = _("The line has no step at this level.")
    keywords = tuple(
        dict.fromkeys(clean_line(word, 20) for word in wording.keywords if word.strip())
    )
    if len(keywords) > KEYWORDS_MAX:
        wrong["keywords"] = _("At most %(most)d words.") % {"most": KEYWORDS_MAX}
    if wrong:
        raise Invalid(fields=wrong)
    return Wording(
        **{
            **asdict(wording),
            "name": name,
            "name_en": clean_line(wording.name_en, 60, empty_ok=True),
            "keywords": keywords,
            "authority": clean_line(wording.authority, 80, empty_ok=True),
            "urgent_advice": clean_line(wording.urgent_advice, 120, empty_ok=True),
        }
    )


def _same(row: Category, wording: Wording) -> bool:
    values = {**asdict(wording), "line_id": wording.line, "keywords": list(wording.keywords)}
    del values["line"]
    return all(getattr(row, name) == value for name, value in values.items())


def _write(by: Actor, community: str, base: Category, wording: Wording, why: str) -> Category:
    own = Category.objects.filter(community=community, key=base.key)
    last = own.aggregate(last=Max("version"))["last"] or 0
    own.filter(current=True).update(
        current=False, changed_by=by.name, changed_why="newer version", changed_at=clock.now()
    )
    values = {**asdict(wording), "line_id": wording.line, "keywords": list(wording.keywords)}
    del values["line"]
    return Category.objects.create(
        community=community,
        key=base.key,
        version=last + 1,
        parent_key=base.parent_key,
        order=base.order,
        changed_by=by.name,
        changed_why=clean_line(why, 200, empty_ok=True) or "edited",
        **values,
    )
