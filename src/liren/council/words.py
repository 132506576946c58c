"""Why things fit and when they are there, in words."""

from datetime import date, time

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _

from .models import Item, Kind
from .queries import Suggestion
from .rules import Why

DAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)


def kind_name(kind: Kind) -> str:
    """Return what a kind is called, in the reader's language."""
    return kind.name_en if kind.name_en and _english() else kind.name


def unit_name(kind: Kind) -> str:
    """Return what a kind is counted in."""
    return kind.unit_en if kind.unit_en and _english() else kind.unit


def _english() -> bool:
    return not (get_language() or "zh").startswith("zh")


def day(value: date) -> str:
    """Return a day as people read it: with the year where it is another one."""
    return date_format(value, "Y-m-d")


def days(first: date, last: date | None) -> str:
    """Return a period."""
    if last is None:
        return _("from %(day)s on") % {"day": day(first)}
    if first == last:
        return day(first)
    return _("%(first)s to %(last)s") % {"first": day(first), "last": day(last)}


def weekdays(listed: tuple[int, ...] | list[int]) -> str:
    """Return days of the week; nothing for all of them."""
    if not listed or len(listed) == 7:
        return ""
    return pgettext("between days", ", ").join(str(DAYS[n - 1]) for n in listed)


def hours(opens: time | None, closes: time | None) -> str:
    """Return the hours of a day; nothing for any."""
    if opens is None or closes is None:
        return ""
    return f"{opens:%H:%M}–{closes:%H:%M}"


def when(row: Item) -> str:
    """Return when a line's thing is there or needed."""
    parts = [days(row.starts, row.ends), weekdays(row.weekdays), hours(row.opens, row.closes)]
    return " · ".join(part for part in parts if part)


def much(row: Item, kinds: dict[str, Kind]) -> str:
    """Return how much, with what it is counted in."""
    kind = kinds.get(row.kind)
    unit = unit_name(kind) if kind else ""
    return f"{row.capacity} {unit}".strip()


def reasons(found: Suggestion, kinds: dict[str, Kind]) -> list[str]:
    """Return why a need and a resource fit, a sentence a reason."""
    fits, said = found.match, []
    kind = kinds.get(found.need.kind)
    for why in fits.reasons:
        if why is Why.KIND:
            said.append(_("both: %(kind)s") % {"kind": kind_name(kind) if kind else ""})
        elif why is Why.DAYS:
            said.append(_("both %(days)s") % {"days": days(*fits.days)})
        elif why is Why.WEEKDAYS:
            said.append(
                _("on %(days)s") % {"days": weekdays(fits.weekdays)}
                if weekdays(fits.weekdays)
                else ""
            )
        elif why is Why.HOURS and fits.hours:
            said.append(hours(*fits.hours))
        elif why is Why.SAME_PLACE:
            said.append(_("at the same place"))
        elif why is Why.SAME_GRID:
            said.append(_("in the same grid"))
        elif why is Why.SAME_COMMUNITY:
            said.append(_("in the same community"))
        elif why in (Why.ENOUGH, Why.PART):
            words = (
                _("%(has)s there, %(needs)s needed")
                if why is Why.ENOUGH
                else _("only %(has)s there, %(needs)s needed")
            )
            said.append(words % {"has": much(found.resource, kinds), "needs": found.need.capacity})
    if found.metres is not None:
        said.append(
            ngettext("%(n)d metre apart", "%(n)d metres apart", found.metres) % {"n": found.metres}
        )
    return [part for part in said if part]
