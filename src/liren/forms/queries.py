"""Reading forms, and the rows that fill them."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.access.gate import require, visible_to
from liren.base import sources
from liren.base.errors import Gone, Invalid, NotFound
from liren.base.sheets import Layout, fill_template, template_layout

from . import rules
from .models import Form

MOST = 5000


def visible(actor: Actor) -> "QuerySet[Form]":
    """Return the forms in force where the actor exports sheets."""
    return visible_to(
        actor,
        Form.objects.filter(current=True),
        Permission.SHEET_EXPORT,
        code_field="community",
    )


def get(actor: Actor, key: UUID) -> Form:
    """Return a form in force by its key; raise ``NotFound``."""
    found = visible(actor).filter(key=key).first()
    if found is None:
        raise NotFound
    return found


def source_of(form: Form) -> sources.Source:
    """Return the list that fills a form; raise ``Gone`` when no app offers it any more."""
    found = sources.source(form.source)
    if found is None:
        raise Gone
    return found


def readable(actor: Actor) -> list[sources.Source]:
    """Return the lists the actor may read."""
    return [one for one in sources.all_sources() if actor.has(one.permission)]


def layout_of(form: Form) -> Layout:
    """Return where the form's columns are."""
    return template_layout(bytes(form.file), header_row=form.header_row)


def suggested(layout: Layout, source: sources.Source) -> dict[str, tuple[str, float]]:
    """Return what the columns may mean, by the likeness of their words."""
    names = {field.key: (str(field.label), *field.names) for field in source.fields}
    return rules.suggest(layout.headers, names)


def filled(
    actor: Actor, form: Form, query: sources.Query, *, reason: str = "", most: int = MOST
) -> bytes:
    """Return the form filled with the rows of its list that fit ``query``.

    Only rows the actor may see; persons masked unless ``reason`` unmasks them through the list's
    own logged action. Refuses a form nobody has mapped, more than ``most`` rows (``Invalid``), and
    who may not read the list or unmask (``NotAllowed``).
    """
    source = source_of(form)
    for permission in (source.permission, Permission.SHEET_EXPORT):
        if not actor.has(permission):
            require(actor, permission, form.community)
    if not form.mapping:
        raise Invalid(_("Please say first what belongs into its columns."))
    rows = list(source.rows(actor, query, most))
    if len(rows) > most:
        raise Invalid(
            _("More than %(n)d rows. Please narrow the list by its filters.") % {"n": most}
        )
    if reason and source.unmask is not None and has_personal(form, source):
        with transaction.atomic():
            source.unmask(actor, rows, reason)
    mapping: dict[str, str] = {}
    constants: dict[str, Any] = {}
    for letter, what in form.mapping.items():
        mapping[letter] = what
        if what.startswith(rules.CONSTANT):
            constants[what] = what[1:]
    lines = [{**row, **constants, rules.SERIAL: n} for n, row in enumerate(rows, 1)]
    return fill_template(bytes(form.file), mapping, lines, header_row=form.header_row)


def has_personal(form: Form, source: sources.Source) -> bool:
    """Tell whether the form asks for anything that is masked."""
    personal = {field.key for field in source.fields if field.personal}
    return any(what in personal for what in form.mapping.values())
