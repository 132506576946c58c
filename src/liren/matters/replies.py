"""The reply to a ticket from another system, built from the timeline. Reads only.

Always in Chinese: the system that sent the ticket speaks it. It names posts and days, never
persons: who called, their number and their door are left out even where a handler wrote them down,
and of a shielded reporter nothing is said at all (G7).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from liren.base import clock
from liren.base.sheets import Column
from liren.base.text import mask_id, mask_phone
from liren.people.models import Account

from .enums import Ending, External, LinkKind, Status, Verb
from .models import Entry, Link, Matter, Reply

LANGUAGE = "zh-hans"
# Sent back, and nothing was done since that the answer does not know of.
SENT = Q(reply__sent_at__isnull=False, status__in=(Status.ANSWERING, Status.CLOSED)) & (
    Q(handled_at__isnull=True) | Q(reply__sent_at__gte=F("handled_at"))
)
SOON_HOURS = 48
_TRIED = (Verb.TRY_REACH, Verb.CLOSE_UNREACHABLE)

_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)[1-9]\d{16}[\dXx](?!\d)")
COLUMNS = (
    Column("number", gettext_lazy("Ticket number"), text_only=True, width=22),
    Column("result", gettext_lazy("Result")),
    Column("reply", gettext_lazy("Reply"), width=60),
    Column("handler", gettext_lazy("Handled by")),
    Column("reported", gettext_lazy("Received at"), width=18),
    Column("due", gettext_lazy("Limit"), width=18),
    Column("handled", gettext_lazy("Handled at"), width=18),
    Column("closed", gettext_lazy("Closed at"), width=18),
    Column("answer", gettext_lazy("Call-back")),
    Column("ours", gettext_lazy("Our number"), text_only=True, width=16),
)


def is_sent(matter: Matter, reply: Reply | None) -> bool:
    """Tell whether the answer stands as sent back: the condition ``SENT`` for one matter."""
    return (
        reply is not None
        and reply.sent_at is not None
        and matter.status in (Status.ANSWERING, Status.CLOSED)
        and (matter.handled_at is None or reply.sent_at >= matter.handled_at)
    )


def can_send(matter: Matter) -> bool:
    """Tell whether there is an answer to send back."""
    return matter.status in (Status.ANSWERING, Status.CLOSED)


def replies_of(matters: Iterable[Matter]) -> dict[UUID, Reply]:
    """Return what was written for these matters, by matter. One statement."""
    rows = Reply.objects.filter(matter__in=[m.pk for m in matters]).select_related("sent_by_post")
    return {reply.matter_id: reply for reply in rows}


def texts(matters: Iterable[Matter], community: Mapping[str, str]) -> dict[UUID, str]:
    """Return the generated reply of each matter. Four statements, however many there are.

    ``community``: the names of the communities by code. Matters come with ``holder`` and
    ``reporter`` selected.
    """
    listed = list(matters)
    merged = {
        link.source_id: link.target
        for link in Link.objects.filter(
            source__in=[m.pk for m in listed if m.ending == Ending.MERGED],
            kind=LinkKind.DUPLICATE_OF,
            active=True,
        ).select_related("target", "target__reporter")
    }
    wanted = {m.pk for m in listed} | {target.pk for target in merged.values()}
    entries: dict[UUID, list[Entry]] = {}
    rows = Entry.objects.filter(
        Q(internal=False) | Q(verb=Verb.TRY_REACH), matter__in=wanted
    ).select_related("by_post", "to_post")
    for entry in rows.order_by("at", "pk"):
        entries.setdefault(entry.matter_id, []).append(entry)
    accounts = _with_accounts(listed)
    with override(LANGUAGE):
        return {
            m.pk: _text(
                m,
                m.reporter_id in accounts,
                entries.get(m.pk, []),
                community.get(m.community, ""),
                merged.get(m.pk),
                entries.get(merged[m.pk].pk, []) if m.pk in merged else [],
            )
            for m in listed
        }


def answers(matters: Iterable[Matter]) -> dict[UUID, str]:
    """Return what the caller of each matter said, or that nobody asked yet. Two statements."""
    listed = list(matters)
    accounts = _with_accounts(listed)
    entries: dict[UUID, list[Entry]] = {}
    for entry in Entry.objects.filter(matter__in=[m.pk for m in listed], verb__in=_TRIED).order_by(
        "at", "pk"
    ):
        entries.setdefault(entry.matter_id, []).append(entry)
    with override(LANGUAGE):
        return {
            m.pk: answer_of(m, entries.get(m.pk, []), on_page=m.reporter_id in accounts)
            for m in listed
        }


def is_unanswered(matter: Matter) -> bool:
    """Tell whether it would be sent back without a word of the caller's about the result."""
    return matter.status == Status.ANSWERING or (
        matter.status == Status.CLOSED and matter.ending == Ending.OUTSIDE and matter.solved is None
    )


def _with_accounts(matters: Iterable[Matter]) -> set[UUID | None]:
    """Return which reporters read the result on their own page."""
    persons = {m.reporter_id for m in matters if m.reporter_id}
    found = Account.objects.filter(person__in=persons, is_active=True)
    return set(found.values_list("person", flat=True))


def _text(
    matter: Matter,
    on_page: bool,
    entries: list[Entry],
    community: str,
    into: Matter | None,
    there: list[Entry],
) -> str:
    system = External(matter.external_system).label if _known(matter) else ""
    parts = [
        _("On ticket %(number)s (%(system)s), %(community)s reports:")
        % {"number": matter.external_number, "system": system, "community": community},
        _("1. What was done. %(steps)s") % {"steps": "；".join(_steps(matter, entries)) + "。"},
    ]
    told = matter
    if into is not None:
        # What the joined matter says is told only where nobody's shield is on it, and where it is
        # about none of us: whoever writes the reply may be who it is about.
        open_to_all = not (into.shielded or into.about_posts or into.about_persons)
        if open_to_all:
            told = into
            steps = "；".join(_steps(into, there))
            parts[1] += _("It was joined with a matter of the same cause: %(steps)s.") % {
                "steps": steps
            }
        entries = there if open_to_all else []
    parts.append(_("2. Result. %(result)s") % {"result": _result(told, entries)})
    answer = answer_of(matter, entries if into is None else [], on_page=on_page)
    if answer:
        parts.append(_("3. Call-back. %(answer)s") % {"answer": answer})
    return without_persons("\n".join(parts), matter, told)


def _known(matter: Matter) -> bool:
    return matter.external_system in External.values


def _day(at: datetime) -> str:
    local = timezone.localtime(at, clock.SHANGHAI)
    year = "" if local.year == clock.today().year else f"{local.year}年"
    return f"{year}{local.month}月{local.day}日"


def _steps(matter: Matter, entries: list[Entry]) -> list[str]:
    about = set(matter.about_posts)
    said = {
        Verb.REPORT: _("%(day)s received, sent to %(to)s"),
        Verb.ASSIGN: _("%(day)s sent to %(to)s"),
        Verb.PASS_UP: _("%(day)s passed on to %(to)s"),
        Verb.ACCEPT: _("%(day)s accepted by %(by)s"),
        Verb.WHISTLE: _("%(day)s called %(to)s in"),
        Verb.ARRIVE: _("%(day)s %(by)s was on the spot"),
        Verb.HANDLE: _("%(day)s handled by %(by)s"),
        Verb.VERIFY: _("%(day)s checked on the spot by %(by)s"),
        Verb.EXPLAIN: _("%(day)s explained by %(by)s"),
        Verb.GRANT_EXTENSION: _("%(day)s more time was granted"),
    }
    found = []
    for entry in entries:
        sentence = said.get(Verb(entry.verb))
        if sentence is None:
            continue
        names = {
            key: post.title if post is not None and post.pk not in about else _("the community")
            for key, post in (("by", entry.by_post), ("to", entry.to_post))
        }
        found.append(sentence % {"day": _day(entry.at), **names})
    return found or [_("%(day)s received") % {"day": _day(matter.reported_at)}]


def _result(matter: Matter, entries: list[Entry]) -> str:
    if matter.ending == Ending.OUTSIDE:
        words = next((e.text for e in reversed(entries) if e.verb == Verb.REFER_OUTSIDE), "")
        return _("This is not the community's to decide; %(who)s is responsible. %(words)s") % {
            "who": matter.outside_authority,
            "words": words,
        }
    if matter.ending == Ending.WITHDRAWN:
        return _("The caller withdrew it.")
    if matter.result:
        return matter.result + ("" if matter.result[-1] in "。！？.!?" else "。")
    return _("It is being handled; we will report again when it is done.")


def answer_of(matter: Matter, entries: list[Entry], *, on_page: bool) -> str:
    """Return what the caller said, in official words; nothing of a shielded one's.

    Only what is on record: where nobody asked yet it says so. ``on_page``: the caller has an
    account and reads the result there.
    """
    if matter.shielded:
        return ""
    tried = [
        d for e in entries if e.verb == Verb.CLOSE_UNREACHABLE for d in e.data.get("tried_on", [])
    ]
    days = "、".join(f"{d.month}月{d.day}日" for d in map(date.fromisoformat, tried))
    if matter.ending == Ending.UNREACHABLE:
        return _("The caller could not be reached on several days%(days)s.") % {
            "days": f"（{days}）" if days else ""
        }
    if is_unanswered(matter):
        since = matter.handled_at
        asked = [e.at for e in entries if e.verb == Verb.TRY_REACH and (not since or e.at >= since)]
        if asked:
            return _("The caller was rung up on %(days)s and not reached yet.") % {
                "days": "、".join(dict.fromkeys(map(_day, asked)))
            }
        if on_page and matter.status == Status.ANSWERING:
            return _("The result stands on the caller's own page; no answer yet.")
        return _("The caller has not been called back yet.")
    if matter.solved is None:
        return ""
    said = _("The caller says it is solved") if matter.solved else _("The caller says: not solved")
    rated = {
        "yes": _("and is satisfied with the handling"),
        "soso": _("and finds the handling so-so"),
        "no": _("and is not satisfied with the handling"),
    }.get(matter.satisfied)
    return f"{said}，{rated}。" if rated else f"{said}。"


def without_numbers(text: str) -> str:
    """Mask the telephone and identity numbers somebody wrote into a text."""
    text = _MOBILE.sub(lambda m: mask_phone(m[0]), text)
    return _IDENTITY.sub(lambda m: mask_id(m[0]), text)


def without_persons(text: str, *matters: Matter) -> str:
    """Take out what would tell a person: names of the reporter, numbers, the exact door."""
    text = without_numbers(text)
    for matter in matters:
        names = {matter.contact_name, matter.reporter.name if matter.reporter else ""}
        for name in sorted(filter(None, names), key=len, reverse=True):
            if len(name) >= 2:
                text = text.replace(name, _("the caller"))
        if len(matter.place_note) >= 3:
            text = text.replace(matter.place_note, _("the spot"))
    return text


def sheet_row(matter: Matter, text: str, answer: str) -> dict[str, Any]:
    """Return a ticket as a row of the sheet that goes back."""
    with override(LANGUAGE):
        if matter.status == Status.CLOSED:
            result = str(Ending(matter.ending).label)
        elif matter.result:
            result = _("handled")
        else:
            result = _("being handled")
        return {
            "number": matter.external_number,
            "result": result,
            "reply": text,
            "handler": matter.holder.title if matter.holder else "",
            "reported": matter.reported_at,
            "due": matter.external_due or matter.due,
            "handled": matter.handled_at,
            "closed": matter.closed_at,
            "answer": answer,
            "ours": matter.number,
        }
