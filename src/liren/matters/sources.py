"""The list of matters, with its filters, as a list that fills forms."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liren.access.actor import Actor, Permission
from liren.access.gate import in_codes
from liren.base import sources
from liren.base.errors import Invalid
from liren.base.sources import SourceField
from liren.base.text import mask_name, mask_phone
from liren.territory.models import Place

from . import actions, desk, figures, replies
from .enums import Ending, External, Origin, Status
from .kinds import kind_name
from .models import Matter

UNMASK_MOST = 100
FIELDS = (
    SourceField("number", _("Our number"), ("编号", "事项编号", "序列号", "登记编号")),
    SourceField("ticket", _("Ticket number"), ("工单编号", "工单号", "受理编号", "热线编号")),
    SourceField("system", _("Where the tickets come from"), ("来源", "工单来源", "诉求来源")),
    SourceField("origin", _("How it came"), ("反映渠道", "渠道", "受理方式", "来源渠道")),
    SourceField(
        "reported", _("Reported"), ("反映时间", "受理时间", "上报时间", "登记时间", "日期")
    ),
    SourceField("place", _("Place"), ("地址", "事发地址", "地点", "位置", "小区楼栋")),
    SourceField("category", _("Category"), ("分类", "类别", "诉求分类", "问题类型", "事项类型")),
    SourceField(
        "text", _("What it says"), ("诉求内容", "问题描述", "反映内容", "事项内容", "内容")
    ),
    SourceField("state", _("State"), ("状态", "办理状态", "进度", "办理进度")),
    SourceField("holder", _("Who has it"), ("承办人", "责任人", "责任单位", "承办单位", "办理人")),
    SourceField("due", _("Until"), ("办理时限", "截止时间", "办结时限")),
    SourceField("handled", _("Handled at"), ("办理时间", "处理时间")),
    SourceField("closed", _("Closed at"), ("办结时间", "办结日期", "完成时间")),
    SourceField("result", _("Result"), ("办理结果", "处理结果", "办理情况", "处置情况")),
    SourceField("reply", _("Reply"), ("答复内容", "回复内容", "反馈内容", "答复口径")),
    SourceField("solved", _("Solved"), ("是否解决", "解决情况")),
    SourceField("satisfied", _("Satisfied"), ("是否满意", "满意度", "满意情况", "评价")),
    SourceField("name", _("Caller"), ("诉求人", "姓名", "反映人", "联系人"), personal=True),
    SourceField("phone", _("Telephone"), ("联系电话", "电话", "手机号", "联系方式"), personal=True),
)


def _asked(actor: Actor, query: sources.Query) -> "QuerySet[Matter]":
    # The list's own reading of its address: the sheet holds what the screen shows.
    from .forms.office import HiddenListForm, ListForm
    from .views.office.list import kinds, read

    hidden = HiddenListForm(query)
    criteria, sort, _marks = read(ListForm(query, kinds=kinds(actor)), hidden)
    cell = figures.cell_of(hidden.cleaned_data.get("figure") or "")
    if cell is not None:
        criteria = desk.Criteria()
    # Seen in one community and taken out in another are two permissions.
    listed = desk.narrowed(actor, criteria).filter(
        in_codes("place_code", actor.codes(Permission.SHEET_EXPORT))
    )
    column, descending = desk.SORTS.get(sort, desk.SORTS[desk.DEFAULT_SORT])
    sign = "-" if descending else ""
    if cell is not None:
        listed = figures.behind(listed, cell)
    return listed.order_by(f"{sign}{column}", f"{sign}pk")


def rows(actor: Actor, query: sources.Query, most: int) -> Iterator[dict[str, Any]]:
    """Yield the matters of the desk that fit the filters; callers masked.

    Of a shielded one neither the caller, nor their words, nor their answer leave the desk (G7);
    numbers written into the words of others are masked like the column of numbers (G3).
    """
    found = list(
        _asked(actor, query).select_related("place", "category", "holder", "reporter")[: most + 1]
    )
    communities = dict(
        Place.objects.filter(code__in={m.community for m in found}).values_list("code", "name")
    )
    tickets = [m for m in found if m.external_number]
    written = replies.replies_of(tickets)
    generated = replies.texts(tickets, communities)
    for matter in found:
        name = matter.reporter.name if matter.reporter else matter.contact_name
        phone = matter.reporter.phone if matter.reporter else matter.contact_phone
        own = written.get(matter.pk)
        ended = matter.status == Status.CLOSED
        yield {
            "_key": matter.pk,
            "number": matter.number,
            "ticket": matter.external_number,
            "system": str(External(matter.external_system).label)
            if matter.external_system in External.values
            else "",
            "origin": str(Origin(matter.origin).label),
            "reported": matter.reported_at,
            "place": str(matter.place),
            "category": kind_name(matter.category) if matter.category else "",
            "text": gettext("(the caller stays unknown)")
            if matter.shielded
            else replies.without_numbers(matter.text),
            "state": str(Ending(matter.ending).label if ended else Status(matter.status).label),
            "holder": matter.holder.title if matter.holder else "",
            "due": matter.due,
            "handled": matter.handled_at,
            "closed": matter.closed_at,
            "result": replies.without_persons(matter.result, matter),
            "reply": (own.text if own else "") or generated.get(matter.pk, ""),
            "solved": None if matter.shielded else matter.solved,
            "satisfied": "" if matter.shielded else str(_SATISFIED.get(matter.satisfied, "")),
            "name": "" if matter.shielded or not name else mask_name(name),
            "phone": "" if matter.shielded or not phone else mask_phone(phone),
        }


_SATISFIED = {"yes": _("satisfied"), "soso": _("so-so"), "no": _("not satisfied")}


def unmask(actor: Actor, listed: list[dict[str, Any]], reason: str) -> None:
    """Fill in the telephone numbers left with matters; each stands on its timeline with the reason.

    Shielded matters and callers with a record of their own stay masked, names always do. Refuses
    more than ``UNMASK_MOST`` at once (``Invalid``) and whoever may not unmask (``NotAllowed``).
    """
    keys: list[UUID] = [row["_key"] for row in listed if row["phone"]]
    if len(keys) > UNMASK_MOST:
        raise Invalid(
            gettext("At most %(n)d telephone numbers at once. Please narrow the list.")
            % {"n": UNMASK_MOST}
        )
    open_ones = set(
        desk.mine(actor)
        .filter(pk__in=keys, reporter__isnull=True, shielded=False, contact_phone__isnull=False)
        .values_list("pk", flat=True)
    )
    for row in listed:
        if row["_key"] in open_ones:
            row["phone"] = actions.reveal(by=actor, matter=row["_key"], words=reason)


def register() -> None:
    """Offer the list; called as the app starts."""
    sources.register(
        sources.Source(
            "matters",
            _("Matters"),
            FIELDS,
            rows,
            permission=Permission.MATTER_DISPATCH,
            list_url="matters_office:list",
            unmask=unmask,
            unmask_permission=Permission.PEOPLE_UNMASK,
        )
    )
