"""Keeping forms: uploaded, mapped, put away. Every change is a version."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.base import clock, sources
from liren.base.errors import Changed, Invalid, NotFound
from liren.base.sheets import template_layout
from liren.base.text import clean_line

from . import queries, rules
from .models import Form

MAX_BYTES = 2 * 1024 * 1024
CONSTANT_MAX = 100


def keep(*, by: Actor, community: str, name: str, source: str, filename: str, file: bytes) -> Form:
    """Keep an empty form, not mapped yet. Its header row is found; a person may correct it.

    Refuses a file that is no .xlsx, damaged or larger than 2 MB (``SheetError``), an unknown list
    or an empty name (``Invalid``), and who does not export sheets there (``NotAllowed``).
    """
    require(by, Permission.SHEET_EXPORT, community)
    if sources.source(source) is None:
        raise Invalid(fields={"source": _("Please choose the list that fills it.")})
    if len(file) > MAX_BYTES:
        raise Invalid(fields={"file": _("The form is larger than 2 MB.")})
    layout = template_layout(file)
    return Form.objects.create(
        community=community,
        name=clean_line(name, 80),
        source=source,
        filename=clean_line(filename, 500, empty_ok=True)[-120:],
        file=file,
        header_row=layout.header_row,
        changed_by=by.name,
        changed_why="form uploaded",
        changed_at=clock.now(),
    )


def map_columns(
    *, by: Actor, form: UUID, mapping: Mapping[str, str], header_row: int, seen: int
) -> Form:
    """Confirm what belongs into a form's columns.

    The first time the form itself is completed; later a new version is written and the old one
    kept. Refuses a column or field that is not there, a mapping without any field (``Invalid``)
    and a form somebody else changed since ``seen`` (``Changed``).
    """
    with transaction.atomic():
        row = _locked(by, form)
        if row.version != seen:
            raise Changed
        layout = template_layout(bytes(row.file), header_row=header_row)
        source = queries.source_of(row)
        known = {field.key for field in source.fields} | {rules.SERIAL}
        clean: dict[str, str] = {}
        for letter, what in mapping.items():
            if letter not in layout.headers:
                raise Invalid(_("The form has no column “%(name)s”.") % {"name": letter[:10]})
            if what.startswith(rules.CONSTANT):
                what = rules.CONSTANT + clean_line(what[1:], CONSTANT_MAX)
            elif what not in known:
                raise Invalid(_("Please choose what belongs into the column."))
            clean[letter] = what
        if not any(what in known - {rules.SERIAL} for what in clean.values()):
            raise Invalid(_("Please map at least one column to a field."))
        if row.mapping and (row.mapping != clean or row.header_row != header_row):
            Form.objects.filter(pk=row.pk).update(
                current=False, changed_by=by.name, changed_why="replaced", changed_at=clock.now()
            )
            row.pk, row._state.adding = Form().pk, True
            row.version += 1
        row.mapping, row.header_row, row.current = clean, header_row, True
        row.changed_by, row.changed_why, row.changed_at = by.name, "columns mapped", clock.now()
        row.save()
    return row


def put_away(*, by: Actor, form: UUID) -> None:
    """Take a form out of the list; its versions are kept. Undone by ``take_out_again``."""
    with transaction.atomic():
        row = _locked(by, form)
        row.current = False
        row.changed_by, row.changed_why, row.changed_at = by.name, "put away", clock.now()
        row.save(update_fields=["current", "changed_by", "changed_why", "changed_at"])


def take_out_again(*, by: Actor, form: UUID) -> None:
    """Bring the newest version of a form back into the list; nothing happens when it is there."""
    with transaction.atomic():
        row = (
            Form.objects.select_for_update(no_key=True)
            .filter(key=form)
            .order_by("-version")
            .first()
        )
        if row is None or not by.may(Permission.SHEET_EXPORT, row.community):
            raise NotFound
        row.current = True
        row.changed_by, row.changed_why, row.changed_at = by.name, "taken out again", clock.now()
        row.save(update_fields=["current", "changed_by", "changed_why", "changed_at"])


def _locked(by: Actor, key: UUID) -> Form:
    row = Form.objects.select_for_update(no_key=True).filter(key=key, current=True).first()
    if row is None or not by.may(Permission.SHEET_EXPORT, row.community):
        raise NotFound
    return row
