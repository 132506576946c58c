"""The desk's side navigation: one line a page, shown to whoever may open it."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liren.access.actor import Actor, Permission
from liren.look.parts import Link, Section


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the desk. ``view`` is its URL name; pages of apps not installed are left out."""

    key: str
    label: str | Promise
    view: str
    icon: str
    permission: str = Permission.MATTER_DISPATCH


SECTIONS: list[tuple[str | Promise, list[Page]]] = [
    (
        "",
        [
            Page("board", _("Board"), "office:board", "board"),
            Page("list", _("Matters"), "matters_office:list", "list"),
            Page(
                "record",
                pgettext_lazy("for a resident", "Write down"),
                "matters_office:record",
                "edit",
                Permission.MATTER_RECORD,
            ),
            Page("hotline", _("Hotline tickets"), "matters_office:hotline", "phone"),
            Page("unanswered", _("Asked and not answered"), "recruitment:unanswered", "clock"),
            Page("responsible", _("Who is responsible"), "recruitment:responsible", "search"),
            Page(
                "requests",
                _("Residents' requests"),
                "people_office:requests",
                "people",
                Permission.PEOPLE_EDIT,
            ),
            Page("root", _("Root causes"), "matters_office:roots", "refresh"),
            Page("map", _("Map"), "matters_office:map", "map"),
            Page("figures", _("Figures"), "office:figures", "chart"),
        ],
    ),
    (
        _("Organisation"),
        [
            Page(
                "core", _("The core's board"), "insight:board", "flag", Permission.MATTER_SUPERVISE
            ),
            Page("network", _("Network"), "network:overview", "grid"),
            Page(
                "recruitment",
                _("Finding leaders"),
                "recruitment:overview",
                "person-plus",
                Permission.POST_EDIT,
            ),
            Page("calls", _("Calls"), "calls_office:list", "megaphone", Permission.CALL_MAKE),
            Page("mobile", _("Mobile posts"), "mobileposts:overview", "pin"),
            Page("branches", _("Branches"), "branches:overview", "flag", Permission.BRANCH_EDIT),
            Page("meetings", _("Meetings"), "meetings:overview", "talk", Permission.BRANCH_EDIT),
        ],
    ),
    (
        _("Together"),
        [
            Page("together", _("Everybody's part"), "insight:together", "link"),
            Page("council", _("Joint council"), "council:overview", "building"),
            Page(
                "partners",
                _("Partners"),
                "partners_office:overview",
                "handshake",
                Permission.PARTNER_EDIT,
            ),
            Page(
                "seconded",
                _("Seconded staff"),
                "partners_office:seconded",
                "people",
                Permission.PARTNER_EDIT,
            ),
        ],
    ),
    (
        _("From above"),
        [
            Page("demands", _("Demands from above"), "demands:overview", "shield"),
            Page("orders", _("Supervision orders"), "demands:orders", "bell"),
            Page(
                "forms", _("Forms from above"), "forms:overview", "table", Permission.SHEET_EXPORT
            ),
        ],
    ),
    (
        _("Settings"),
        [
            Page(
                "categories",
                _("Categories"),
                "matters_office:categories",
                "grid",
                Permission.CATEGORY_EDIT,
            ),
            Page(
                "calendar",
                _("Working calendar"),
                "office:calendar",
                "calendar",
                Permission.CATEGORY_EDIT,
            ),
            Page(
                "register",
                pgettext_lazy("sheet", "Household sheet"),
                "register:runs",
                "upload",
                Permission.SHEET_IMPORT,
            ),
            Page(
                "posters",
                _("Posters"),
                "matters_office:posters",
                "qr",
                Permission.PLACE_EDIT,
            ),
        ],
    ),
]


def sections(actor: Actor) -> list[Section]:
    """Return the navigation for this person."""
    found = []
    for title, pages in SECTIONS:
        links = [link for page in pages if (link := _link(page, actor)) is not None]
        if links:
            found.append(Section(title=str(title), links=links))
    return found


def _link(page: Page, actor: Actor) -> Link | None:
    if not actor.has(page.permission):
        return None
    try:
        return Link(key=page.key, label=str(page.label), url=reverse(page.view), icon=page.icon)
    except NoReverseMatch:
        return None
