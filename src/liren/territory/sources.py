"""The places of a community as a list that fills forms. Places are public."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from liren.access.actor import Actor, Permission
from liren.access.gate import in_codes
from liren.base import sources
from liren.base.sources import SourceField

from .codes import LENGTHS, prefixes
from .enums import Level
from .models import Place

LEVELS = (Level.GRID, Level.BUILDING, Level.UNIT)
FIELDS = (
    SourceField("full_name", _("full name"), ("地址", "详细地址", "位置", "全称", "楼栋单元")),
    SourceField("name", _("name"), ("名称", "楼栋名称", "单元名称")),
    SourceField("level", _("Level"), ("类型", "层级", "类别")),
    SourceField("code", _("code"), ("编码", "代码", "网格编码", "楼栋编码")),
    SourceField("community", _("community"), ("社区", "所属社区", "社区名称")),
    SourceField("grid", _("grid"), ("网格", "所属网格", "网格名称")),
    SourceField("building", _("building"), ("楼栋", "楼号", "所属楼栋", "幢")),
    SourceField("compound", _("compound"), ("小区", "小区名称", "所属小区")),
    SourceField("households", _("households"), ("户数", "住户数", "总户数")),
)


def rows(actor: Actor, query: sources.Query, most: int) -> Iterator[dict[str, Any]]:
    """Yield grids, buildings and entrances (or one level of them) where the actor exports."""
    codes = actor.codes(Permission.SHEET_EXPORT)
    level = query.get("level", "")
    wanted = [level] if level in LEVELS else list(LEVELS)
    places = list(
        Place.objects.filter(in_codes("code", codes), level__in=wanted, closed_on__isnull=True)
        .prefetch_related("sets")
        .order_by("code")[: most + 1]
    )
    above = {code for place in places for code in prefixes(place.code)}
    names = {
        (p.level, p.code): p.name
        for p in Place.objects.filter(code__in=above, level__in=(Level.COMMUNITY, *LEVELS))
    }
    homes: dict[str, int] = {}
    counted = (
        Place.objects.filter(in_codes("code", codes), level=Level.HOUSEHOLD, closed_on__isnull=True)
        .annotate(entrance=Left("code", LENGTHS[Level.UNIT]))
        .values_list("entrance")
        .annotate(n=Count("pk"))
    )
    for entrance, n in counted:
        for one in prefixes(entrance):
            homes[one] = homes.get(one, 0) + n
    compounds = {
        place.code: sets[0].name
        for place in places
        if (sets := [s for s in place.sets.all() if s.kind == "compound"])
    }

    def over(place: Place, level: Level) -> str:
        return next((names[level, c] for c in prefixes(place.code) if (level, c) in names), "")

    for place in places:
        yield {
            "full_name": str(place),
            "name": place.name,
            "level": str(Level(place.level).label),
            "code": place.code,
            "community": over(place, Level.COMMUNITY),
            "grid": over(place, Level.GRID),
            "building": over(place, Level.BUILDING),
            "compound": next((compounds[c] for c in prefixes(place.code) if c in compounds), ""),
            "households": homes.get(place.code, 0),
        }


def register() -> None:
    """Offer the list; called as the app starts."""
    sources.register(
        sources.Source("places", _("Places"), FIELDS, rows, permission=Permission.SHEET_EXPORT)
    )
