"""The audit: one append-only table filled by triggers.

No write can forget it, because it is not the writer who writes it. The actor and the reason come
from NOT NULL columns of the changed row itself (a session setting would be lost on Citus workers).
Each table declares what is kept: everything, a digest (personal data: deletion stays possible),
or nothing (the ballot box).
"""

from collections.abc import Iterable
from enum import StrEnum

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from liren.base import clock


class Keep(StrEnum):
    """What the audit keeps of a row."""

    FULL = "full"
    DIGEST = "digest"


def audited(keep: Keep) -> list[pgtrigger.Trigger]:
    """Return the triggers that copy every change of a table into the audit."""
    return [
        pgtrigger.Trigger(
            name="audit",
            when=pgtrigger.After,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            func=(
                "IF TG_OP = 'DELETE' THEN"
                f" PERFORM liren_audit(TG_TABLE_NAME::text, TG_OP, to_jsonb(OLD), '{keep}');"
                " RETURN OLD;"
                " END IF;"
                f" PERFORM liren_audit(TG_TABLE_NAME::text, TG_OP, to_jsonb(NEW), '{keep}');"
                " RETURN NEW;"
            ),
        )
    ]


def append_only() -> list[pgtrigger.Trigger]:
    """Return the trigger that refuses changing or deleting rows of a table."""
    return [
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
    ]


def erasable(
    columns: Iterable[str], emptied: dict[str, str], *, copied: Iterable[str] = ()
) -> list[pgtrigger.Trigger]:
    """Return the triggers of an append-only table whose words can be erased, once.

    Two kinds of change are let through. Erasing: ``erased`` goes from false to true, the columns
    in ``emptied`` take the given SQL values, and none of the other ``columns`` changes. Following:
    only ``copied`` columns change, which repeat where a place hangs today.
    """
    listed, follows = list(columns), set(copied)

    def unchanged(names: Iterable[str]) -> str:
        return " AND ".join(f'NEW."{c}" IS NOT DISTINCT FROM OLD."{c}"' for c in names)

    same = unchanged(listed)
    empty = " AND ".join(f'NEW."{c}" = {value}' for c, value in emptied.items())
    rest = unchanged([*(c for c in listed if c not in follows), "erased", *emptied])
    allowed = f"(NOT OLD.erased AND NEW.erased AND {empty} AND {same})"
    if follows:
        moved = " OR ".join(f'NEW."{c}" IS DISTINCT FROM OLD."{c}"' for c in sorted(follows))
        allowed += f" OR ({rest} AND ({moved}))"
    return [
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Delete),
        pgtrigger.Protect(
            name="only_erase",
            operation=pgtrigger.Update,
            condition=pgtrigger.Condition(f"NOT ({allowed})"),
        ),
    ]


class Tracked(models.Model):
    """A row that says who changed it last and why; the audit copies both."""

    changed_by = models.CharField(_("changed by"), max_length=80)
    changed_why = models.CharField(_("reason of the change"), max_length=200)
    changed_at = models.DateTimeField(_("changed at"), default=clock.now)

    class Meta:
        abstract = True
