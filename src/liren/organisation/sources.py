"""Posts as a list that fills forms: what is public of them, nothing of a holder's own life."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from liren.access.actor import Actor, Permission
from liren.access.gate import in_codes
from liren.base import sources
from liren.base.sources import SourceField
from liren.base.text import mask_name
from liren.territory.enums import Level

from .models import Post, Term
from .queries import holding

FIELDS = (
    SourceField("title", _("title"), ("岗位名称", "岗位", "职务", "职务名称")),
    SourceField("type", _("kind of post"), ("岗位类别", "类别", "身份")),
    SourceField("place", _("Place"), ("负责区域", "所辖区域", "责任区", "地址", "楼栋", "网格")),
    SourceField("level", _("Level"), ("层级", "级别")),
    SourceField("holder", _("holder"), ("姓名", "负责人", "责任人", "人员姓名"), personal=True),
    SourceField("since", _("from"), ("任职时间", "上岗时间", "开始时间")),
    SourceField("until", _("until"), ("任期至", "结束时间")),
    SourceField("organisation", _("organisation"), ("所属单位", "单位", "工作单位", "组织")),
    SourceField("contact", _("public contact"), ("公开电话", "联系电话", "办公电话", "联系方式")),
    SourceField("state", _("held or vacant"), ("在岗情况", "是否空缺", "状态")),
)


def rows(actor: Actor, query: sources.Query, most: int) -> Iterator[dict[str, Any]]:
    """Yield the open posts where the actor exports, with who holds them today, masked.

    The contact is the organisation's public one; a holder's own number is never among the fields.
    """
    posts = (
        Post.objects.filter(
            in_codes("place_code", actor.codes(Permission.SHEET_EXPORT)), closed_on__isnull=True
        )
        .select_related("type", "place", "organisation")
        .prefetch_related(
            Prefetch("terms", Term.objects.filter(holding()).select_related("person"), "now")
        )
        .order_by("place_code", "title")
    )
    for post in posts[: most + 1]:
        terms: list[Term] = post.now
        yield {
            "title": post.title,
            "type": post.type.name,
            "place": str(post.place),
            "level": str(Level(post.place.level).label),
            "holder": "、".join(mask_name(term.person.name) for term in terms),
            "since": terms[0].starts if terms else None,
            "until": terms[0].ends if terms else None,
            "organisation": post.organisation.name if post.organisation else "",
            "contact": post.organisation.contact if post.organisation else "",
            "state": __("held") if terms else __("vacant"),
        }


def register() -> None:
    """Offer the list; called as the app starts."""
    sources.register(
        sources.Source(
            "posts",
            _("Posts and their holders"),
            FIELDS,
            rows,
            permission=Permission.SHEET_EXPORT,
        )
    )
