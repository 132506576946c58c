"""A household sheet through the web: looked through first, taken in when somebody has decided."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import IO, Any
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.access.gate import require, visible_to
from liren.base import clock
from liren.base.crypto import key_hash
from liren.base.errors import Gone, Invalid, NotFound
from liren.base.sheets import MAX_BYTES, Row, SheetError, SheetResult, error_report
from liren.base.sheets.guard import read_bytes
from liren.base.text import clean_line
from liren.territory import queries as territory
from liren.territory.actions.frame import lock_community

from .. import hooks
from ..enums import RegisterState, Tenure
from ..models import RegisterRun
from .actions import read_register, reason_of, write
from .layout import COLUMNS
from .plan import Plan, plan_register
from .words import passed_over

WEB_ROWS = 20_000
"""What one request takes on: some seconds. Larger sheets go through the command line."""

WEB_BYTES = MAX_BYTES
KEPT_DAYS, REPORT_DAYS = 1, 7
FAULTS_SHOWN = 50
_DECIMALS = ("area", "longitude", "latitude")
_STORED = [column for column in COLUMNS if column.key != "note"]
_LIST_FIELDS = ("sheet", "report", "digest", "summary")


# -- reading ---------------------------------------------------------------------------------------


def runs(actor: Actor, community: str) -> QuerySet[RegisterRun]:
    """Return the runs of a community the actor may import into, newest first, without contents."""
    found = RegisterRun.objects.filter(community=community)
    shown = visible_to(actor, found, Permission.SHEET_IMPORT, code_field="community")
    return shown.defer(*_LIST_FIELDS).order_by("-at")


def run_of(actor: Actor, pk: UUID) -> RegisterRun:
    """Return one run. Raises ``NotFound`` for one the actor may not see."""
    found = RegisterRun.objects.filter(pk=pk).defer("report", "digest")
    run = visible_to(actor, found, Permission.SHEET_IMPORT, code_field="community").first()
    if run is None:
        raise NotFound
    return run


def report_of(actor: Actor, pk: UUID) -> bytes:
    """Return the wrong rows of a run as a sheet, with what is wrong in each.

    They stand there as they were sent, nothing masked, so they go back to whoever sent them and
    to nobody else (G3). Raises ``NotFound`` where there were none or they are not the actor's,
    ``Gone`` after a week.
    """
    run = run_of(actor, pk)
    if not run.rows_wrong or run.by != actor.name:
        raise NotFound
    if run.report is None:
        raise Gone(_("These rows were kept for a week. Please send the sheet again."))
    return base64.b64decode(run.report)


def is_open(run: RegisterRun) -> bool:
    """Tell whether a run still waits for a decision."""
    fresh = clock.now() - run.at < timedelta(days=KEPT_DAYS)
    return run.state == RegisterState.WAITING and fresh


# -- writing ---------------------------------------------------------------------------------------


def look_through(
    *, by: Actor, community: str, file: bytes | IO[bytes] | File[bytes], name: str
) -> RegisterRun:
    """Read a sheet and work out what it would change; write nothing but the run itself.

    Promises: columns we have no name for are not kept, not even until the decision; the same file
    sent twice by the same person is one run.
    Refuses: ``NotAllowed``, ``NotFound`` (community), ``SheetError`` (status 413 when too large).
    """
    require(by, Permission.SHEET_IMPORT, community)
    place = territory.community(community)
    try:
        data = read_bytes(file, WEB_BYTES)
        sheet = read_register(data, max_rows=WEB_ROWS)
    except SheetError as error:
        raise _with_advice(error, community) from None
    # What is kept is what is looked through: the same rows give the same answer afterwards.
    kept = pack(sheet)
    plan = plan_register(place, unpack(kept))
    with transaction.atomic():
        lock_community(community)
        digest = key_hash(base64.b64encode(data).decode(), "sheet")
        run = RegisterRun.objects.select_for_update().filter(
            community=community, by=by.name, digest=digest, state=RegisterState.WAITING
        ).first() or RegisterRun(community=community, by=by.name, digest=digest)
        run.file_name = clean_line(name[-100:], 120, empty_ok=True) or _("a sheet")
        run.by_label = hooks.describe(by)[:80]
        run.at = clock.now()
        run.sheet = kept
        _preview(run, plan)
        _stamp(run, by, "looked through")
        run.save()
    return run


def _with_advice(error: SheetError, community: str) -> SheetError:
    if error.code not in ("sheet_rows", "sheet_large"):
        return error
    advice = SheetError(
        _(
            "Here a sheet may have %(rows)s rows and %(mb)s MB. Please split it, for example by "
            "compound. For more at once, whoever runs the system enters: "
            "liren import-places FILE.xlsx --community %(code)s"
        )
        % {"rows": f"{WEB_ROWS:,}", "mb": WEB_BYTES // (1024 * 1024), "code": community},
        code=error.code,
    )
    advice.status = 413
    return advice


def take_in(*, by: Actor, pk: UUID, good_rows_only: bool, seen: str) -> tuple[RegisterRun, bool]:
    """Take in a sheet that was looked through; ``seen`` is the look the person decided on.

    Promises: everything or nothing is written; the second of two equal requests changes nothing
    and finds the first one's result. Returns the run and False when the community has changed
    since the look, so that something else would be written: then nothing is, and the run holds
    the new look.
    Refuses: ``NotFound``, ``NotAllowed``; ``Gone`` once the rows are no longer kept; ``Invalid``
    with wrong rows unless ``good_rows_only``, or with nothing to write; ``Changed`` as ``write``.
    """
    with transaction.atomic():
        run = _locked(by, pk)
        if run.state == RegisterState.DONE:
            return run, True
        if run.sheet is None or not is_open(run):
            raise Gone(
                _("Nobody decided within a day, so the rows are gone. Please send it again.")
            )
        lock_community(run.community)
        plan = plan_register(territory.community(run.community), unpack(run.sheet))
        _preview(run, plan)
        if look_of(run) != seen:
            _stamp(run, by, "looked through again")
            run.save()
            return run, False
        if plan.faulty and not good_rows_only:
            raise Invalid(_("Some rows are wrong. Please correct them first, or leave them out."))
        if not plan.changes:
            raise Invalid(_("Everything in the sheet is here already."))
        write(by=by, community=run.community, why=reason_of(run.file_name), plan=plan)
        run.good_rows_only = good_rows_only and bool(plan.faulty)
        _finish(run, by, RegisterState.DONE)
    return run, True


def drop(*, by: Actor, pk: UUID) -> RegisterRun:
    """Put a sheet aside: its rows go at once. Once decided, nothing happens any more."""
    with transaction.atomic():
        run = _locked(by, pk)
        if run.state == RegisterState.WAITING:
            run.report = None
            _finish(run, by, RegisterState.DROPPED)
    return run


def look_of(run: RegisterRun) -> str:
    """Return a short text that differs when the run would write or refuse something else."""
    said = [run.rows_new, run.rows_changed, run.rows_same, run.rows_wrong, run.summary]
    return f"{zlib.crc32(json.dumps(said, sort_keys=True).encode()):08x}"


def _locked(by: Actor, pk: UUID) -> RegisterRun:
    run = RegisterRun.objects.select_for_update().filter(pk=pk).first()
    if run is None or not by.may(Permission.SHEET_IMPORT, run.community):
        raise NotFound
    return run


def _finish(run: RegisterRun, by: Actor, state: RegisterState) -> None:
    run.state, run.sheet, run.finished_at = state, None, clock.now()
    _stamp(run, by, f"register {state}")
    run.save()


def _stamp(run: RegisterRun, by: Actor, why: str) -> None:
    run.changed_by, run.changed_why, run.changed_at = by.name, why, clock.now()


def _preview(run: RegisterRun, plan: Plan) -> None:
    faulty = plan.faulty
    run.rows = len(plan.sheet.rows)
    run.rows_new, run.rows_changed, run.rows_same = plan.rows_new, plan.rows_changed, plan.rows_same
    run.rows_wrong = len(faulty)
    run.summary = {
        "sheet": plan.sheet.sheet,
        "counts": plan.counts,
        "changes": plan.changes,
        "faults": [
            [row.number, [[key, str(said)] for key, said in row.errors.items()]]
            for row in faulty[:FAULTS_SHOWN]
        ],
        **passed_over(plan),
    }
    report = base64.b64encode(error_report(plan.sheet, COLUMNS)).decode() if faulty else None
    run.report = report


# -- keeping a sheet until the decision ------------------------------------------------------------


def pack(sheet: SheetResult) -> str:
    """Return the declared columns of a sheet as text; remarks and unknown columns are left out."""
    columns = [column for column in _STORED if column.key in sheet.columns]
    places = [sheet.columns[column.key] for column in columns]
    rows = [
        (
            row.number,
            [_plain(row.values.get(column.key)) for column in columns],
            {key: str(said) for key, said in row.errors.items()},
            [_plain(row.raw[at]) if at < len(row.raw) else None for at in places],
        )
        for row in sheet.rows
    ]
    content = {
        "sheet": sheet.sheet,
        "keys": [column.key for column in columns],
        "header": [sheet.header[at] for at in places],
        "ignored": list(sheet.ignored),
        "note": "note" in sheet.columns,
        "rows": rows,
    }
    packed = zlib.compress(json.dumps(content, ensure_ascii=False).encode(), 6)
    return base64.b64encode(packed).decode()


def unpack(text: str) -> SheetResult:
    """Return what `pack` was given, as far as it was kept."""
    content: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(text)))
    keys: Sequence[str] = content["keys"]
    columns = {key: at for at, key in enumerate(keys)}
    if content["note"]:
        columns["note"] = len(keys)
    sheet = SheetResult(
        content["sheet"], tuple(content["header"]), columns, tuple(content["ignored"])
    )
    for number, values, errors, raw in content["rows"]:
        read = {key: _read(key, value) for key, value in zip(keys, values, strict=True)}
        sheet.rows.append(Row(number, read, errors, tuple(raw)))
    return sheet


def _plain(value: Any) -> str | float | None:
    if value is None or isinstance(value, int | float):
        return value
    return str(value) or None


def _read(key: str, value: Any) -> Any:
    if value is None:
        return None
    if key == "tenure":
        return Tenure(value)
    return Decimal(value) if key in _DECIMALS else value
