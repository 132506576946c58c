"""Figures of a quarter: rates with denominators, what they leave out, their lists; as sheets."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from liren.access.actor import Actor, Permission
from liren.access.web import actor_of, needs
from liren.base.sheets import Column, Kind, write_sheet
from liren.base.sheets.write import DANGEROUS
from liren.matters import figures as reads
from liren.matters.figures import Cell, Figures, Line
from liren.territory import queries as territory
from liren.territory.codes import COMMUNITY_LENGTH
from liren.territory.enums import Level
from liren.territory.models import Place


@dataclass(frozen=True, slots=True)
class Words:
    """A rate in plain words: its name, what is counted, of which, and of which not."""

    title: str | Promise
    counts: str | Promise
    of: str | Promise


WORDS = {
    "accepted": Words(
        gettext_lazy("Answered in time"),
        gettext_lazy("needs somebody took on within the promised time"),
        gettext_lazy("needs somebody took on, and those nobody took on though the time is over"),
    ),
    "solved": Words(
        pgettext_lazy("figures", "Solved"),
        gettext_lazy("needs whose reporter says: solved"),
        gettext_lazy("needs whose reporter said whether it is solved"),
    ),
    "satisfied": Words(
        pgettext_lazy("figures", "Satisfied"),
        gettext_lazy("needs whose reporter is satisfied"),
        gettext_lazy("needs whose reporter said how satisfied they are"),
    ),
}
LEFT_OUT = {
    "withdrawn": gettext_lazy("withdrawn by the reporter"),
    "merged": gettext_lazy("merged with another matter"),
    "root": gettext_lazy("root causes, opened by the office"),
    "waiting": gettext_lazy("still within the time to take them on"),
    "outside": gettext_lazy("outside our authority"),
    "explained": gettext_lazy("explained, and accepted so"),
    "unreachable": gettext_lazy("reporter not reached"),
    "open": gettext_lazy("reporter not asked or not answered yet"),
    "unrated": gettext_lazy("not rated"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: a quarter, and a place of the actor's ("" for all)."""

    quarter: reads.Quarter
    place: str

    def query(self) -> str:
        """Return it as it stands in an address."""
        return urlencode({"quarter": self.quarter.key, "place": self.place})


def asked(request: HttpRequest, actor: Actor) -> Asked:
    """Read the address. Quarters and places of the tree are all there is to ask for: filters that
    overlap could be subtracted from each other (G10).
    """
    known = reads.quarters()
    wished = request.GET.get("quarter", "")
    quarter = next((one for one in known if one.key == wished), known[0])
    place = request.GET.get("place", "")
    mine = any(place.startswith(code) for code in reads.scope(actor))
    fits = mine and place.isascii() and place.isdigit() and len(place) in (12, 15)
    return Asked(quarter, place if fits else "")


@require_safe
@needs(Permission.MATTER_DISPATCH)
def figures(request: HttpRequest) -> HttpResponse:
    """Show a quarter's figures of a place."""
    actor = actor_of(request)
    wish = asked(request, actor)
    found = reads.figures(actor, wish.quarter, wish.place)
    context: dict[str, Any] = {
        "here": "figures",
        "quarters": [(one.key, name_of(one)) for one in reads.quarters()],
        "places": places(actor, wish.place),
        "asked": wish,
        "query": wish.query(),
        "running": wish.quarter == reads.quarters()[0],
        "name": name_of(wish.quarter),
        "place_name": found.whole.name,
        "tiles": [_tile(found, indicator) for indicator in reads.INDICATORS],
        "reported": found.whole.reported,
        "reported_url": _url(found.whole, "all"),
        "tables": [
            (title, head, [_row(line, wish) for line in lines])
            for title, head, lines in _tables(found)
        ],
        "titles": [WORDS[name].title for name in reads.INDICATORS],
        "words": [(WORDS[name], _never(name)) for name in reads.INDICATORS],
        "part": len(wish.place) > COMMUNITY_LENGTH,
        "suppressed": found.suppressed,
        "small": found.small,
        "nowhere": not reads.scope(actor),
        "least": reads.K,
    }
    return render(request, "office/figures.html", context)


def name_of(quarter: reads.Quarter) -> str:
    """Return a quarter as people say it."""
    return _("%(year)d, quarter %(number)d") % {"year": quarter.year, "number": quarter.number}


def places(actor: Actor, chosen: str) -> list[tuple[str, str]]:
    """Return the places to choose from: communities, and the grids of the one looked at."""
    found: list[tuple[str, str]] = []
    for code in reads.scope(actor):
        communities = (
            [Place.objects.get(code=code)]
            if len(code) == COMMUNITY_LENGTH
            else territory.below(code, Level.COMMUNITY)
        )
        for one in communities:
            found.append((one.code, one.name))
            alone = len(code) == COMMUNITY_LENGTH
            if alone or chosen.startswith(one.code):
                grids = territory.below(one.code, Level.GRID)
                found += [(grid.code, f"　{grid.name}") for grid in grids]
    return found


def _tables(found: Figures) -> list[tuple[str, str, list[Line]]]:
    tables = [
        (_("By kind"), _("Kind"), found.kinds),
        (_("By place"), _("Place"), found.places),
    ]
    return [table for table in tables if table[2]]


def _url(line: Line, part: str) -> str:
    if line.cell is None:
        return ""
    cell = Cell(part, line.cell.quarter, line.cell.community, line.cell.kind, line.cell.place)
    return f"{reverse('matters_office:list')}?figure={cell.token()}"


def _pair(line: Line, indicator: str) -> dict[str, Any]:
    yes_part, no_part = reads.INDICATORS[indicator]
    pair, rate = line.pairs.get(indicator), line.rate(indicator)
    return {
        "shown": pair is not None,
        "yes": pair[0] if pair else None,
        "whole": pair[1] if pair else None,
        "percent": rate.percent if rate else None,
        "yes_url": _url(line, yes_part),
        "whole_url": _url(line, f"{yes_part}+{no_part}"),
    }


def _tile(found: Figures, indicator: str) -> dict[str, Any]:
    left = found.left.get(indicator)
    named = [(LEFT_OUT[name], count) for name, count in left.named.items()] if left else []
    return {
        "title": WORDS[indicator].title,
        "say": WORDS[indicator].counts,
        "left": named,
        "others": left.others if left else 0,
        "heard": found.heard if indicator == "solved" else None,
        **_pair(found.whole, indicator),
    }


def _row(line: Line, wish: Asked) -> dict[str, Any]:
    return {
        "name": _line_name(line),
        "rest": line.key == reads.REST,
        "there": f"?{urlencode({'quarter': wish.quarter.key, 'place': line.key})}"
        if line.cell and line.cell.kind is None and len(line.key) >= COMMUNITY_LENGTH
        else "",
        "reported": line.reported,
        "url": _url(line, "all"),
        "pairs": [_pair(line, indicator) for indicator in reads.INDICATORS],
    }


def _line_name(line: Line) -> str:
    if line.key == reads.REST:
        return _("those not shown, together")
    return line.name or line.key or _("no category yet")


def _never(indicator: str) -> list[str]:
    """Return everything a rate leaves out, in words."""
    return [str(LEFT_OUT[name]) for name in reads.EXCLUDED[indicator]]


# -- as a sheet --------------------------------------------------------------------------------


@require_safe
@needs(Permission.MATTER_DISPATCH)
def sheet(request: HttpRequest) -> HttpResponse:
    """Hand out what the page shows, not a number more: as .xlsx, or as CSV with ``as=csv``."""
    actor = actor_of(request)
    wish = asked(request, actor)
    found = reads.figures(actor, wish.quarter, wish.place)
    columns = _columns()
    rows = list(_sheet_rows(found))
    if request.GET.get("as") == "csv":
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow([column.title for column in columns])
        writer.writerows([[_plain(value) for value in row] for row in rows])
        # The mark in front tells Excel that this is UTF-8.
        response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
        ending = "csv"
    else:
        response = HttpResponse(
            write_sheet(rows, columns, sheet_name=name_of(wish.quarter)),
            content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )
        ending = "xlsx"
    parts = [_("Figures"), found.whole.name, wish.quarter.key]
    name = " ".join(part for part in parts if part)
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.{ending}") or ""
    return response


def _columns() -> list[Column]:
    columns = [
        Column(key="table", title=_("Table")),
        Column(key="line", title=_("Item")),
        Column(key="reported", title=pgettext("how many", "Reported"), kind=Kind.INTEGER),
    ]
    for key, words in WORDS.items():
        title = str(words.title)
        columns += [
            Column(key=f"{key}_yes", title=title, kind=Kind.INTEGER),
            Column(key=f"{key}_whole", title=_("%(what)s: of") % {"what": title}),
            Column(key=f"{key}_rate", title=_("%(what)s, percent") % {"what": title}),
        ]
    return columns


def _sheet_rows(found: Figures) -> Iterator[list[Any]]:
    yield _sheet_row("", replace_name(found.whole, _("All")))
    for title, _head, lines in _tables(found):
        for line in lines:
            yield _sheet_row(title, line)
    for indicator, left in found.left.items():
        title = _("%(what)s: not counted") % {"what": WORDS[indicator].title}
        for reason, count in left.named.items():
            yield [title, str(LEFT_OUT[reason]), count]
        if left.others is None:
            yield [title, _("other reasons"), _fewer()]
        elif left.others:
            yield [title, _("other reasons"), left.others]
    for name, words in WORDS.items():
        yield [str(words.title), _definition(words, _never(name))]
    yield ["", _aside()]
    if found.suppressed:
        yield ["", _rule()]


def replace_name(line: Line, name: str) -> Line:
    """Return the line under another name."""
    return Line(line.key, name, line.reported, line.pairs, line.cell)


def _sheet_row(table: str, line: Line) -> list[Any]:
    row: list[Any] = [table, _line_name(line), _shown(line.reported)]
    for indicator in reads.INDICATORS:
        pair, rate = line.pairs.get(indicator), line.rate(indicator)
        if pair is None or rate is None:
            row += [_shown(None)] * 3
        else:
            row += [*pair, rate.percent if rate.judged else _("too few to judge")]
    return row


def _shown(value: int | None) -> int | str:
    return _("not shown") if value is None else value


def _fewer() -> str:
    return _("fewer than %(n)d") % {"n": reads.K}


def _definition(words: Words, never: list[str]) -> str:
    return _("%(what)s = %(counts)s, of %(of)s. Not counted: %(never)s.") % {
        "what": words.title,
        "counts": words.counts,
        "of": words.of,
        "never": _(", ").join(never),
    }


def _aside() -> str:
    return _(
        "Needs whose reporter stays unknown, and needs about leaders or staff, are in no figure: "
        "a number could tell those they are about."
    )


def _rule() -> str:
    return _(
        "A number below %(n)d is not shown for itself; lines with one are counted together."
    ) % {"n": reads.K}


def _plain(value: Any) -> Any:
    """Return a cell of a CSV no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(DANGEROUS) else value
