"""Row-level security: PostgreSQL refuses what the gate should have refused.

Requests run as the role ``liren_app``, which owns nothing, with the range of place codes they may
touch in two settings. Policies compare ``place_code >= lo AND place_code < hi``: of the shapes we
measured only this one (and ``= ANY``) keeps the index.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.special import RunSQL

from .actor import Actor, code_range, common_prefix

ROLE = "liren_app"

CREATE_ROLE = f"""
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN
    CREATE ROLE {ROLE} NOLOGIN NOBYPASSRLS;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
"""


PRIVILEGES = """
GRANT USAGE ON SCHEMA public TO $ROLE;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO $ROLE;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO $ROLE;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO $ROLE;
GRANT $ROLE TO current_user;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON access_auditrow, access_auditseal FROM $ROLE;
"""


def scope_of(actor: Actor) -> tuple[str, str]:
    """Return the range of codes the database may show this actor.

    Pages of one community open that community; otherwise the smallest range that holds all the
    actor's grants (the gate narrows it further). An actor with neither gets the empty range.
    """
    if actor.is_system:
        return code_range("")
    code = actor.home or common_prefix(g.code for g in actor.grants)
    return code_range(code) if code else ("", "")


@contextmanager
def scope(low: str, high: str) -> Iterator[None]:
    """Run a block in one transaction, as the serving role, seeing codes in [low, high) only.

    Refuses (``ValueError``) codes that are not digits: they are written as literals, because
    ``SET LOCAL`` takes no parameters and ``set_config`` does not reach Citus workers.
    Inside a transaction that is already open the previous settings are restored at the end.
    """
    for part in (low, high):
        if not all((c.isdecimal() and c.isascii()) or c == ":" for c in part):
            raise ValueError(part)
    nested = connection.in_atomic_block
    with transaction.atomic():
        before = _set(ROLE, low, high, asking=nested)
        yield
        # Only in tests and jobs is there an outer transaction; a rolled-back block has its
        # settings restored by PostgreSQL itself.
        if before is not None and not connection.needs_rollback:
            _set(*before)


@contextmanager
def everywhere() -> Iterator[None]:
    """Run a block that sees every community's rows.

    For what belongs to one person wherever it was written: their messages, their export, their
    deletion. The queries inside name that person; nothing else may use this.
    """
    with scope(*code_range("")):
        yield


_ASK = (
    "SELECT current_setting('role'), coalesce(current_setting('liren.lo', true), ''),"
    " coalesce(current_setting('liren.hi', true), '');"
)


def _set(role: str, low: str, high: str, *, asking: bool = False) -> tuple[str, str, str] | None:
    """Set role and range; with ``asking`` return what they were, in the same round trip."""
    with connection.cursor() as cursor:
        cursor.execute(
            (_ASK if asking else "")
            + f"SET LOCAL ROLE {role}; SET LOCAL liren.lo = '{low}'; SET LOCAL liren.hi = '{high}'"
        )
        if not asking:
            return None
        row = cursor.fetchone()
    return (row[0], row[1], row[2])


def policy(table: str, column: str = "place_code") -> list[Operation]:
    """Return migration operations that put ``table`` under the policy, by its code ``column``.

    With ``column`` "community" the row is seen by everybody whose range touches the community.
    """
    lo = "coalesce(nullif(current_setting('liren.lo', true), ''), '')"
    hi = "nullif(current_setting('liren.hi', true), '')"
    if column == "community":
        lo = f"left({lo}, 12)"
    # An empty upper bound is NULL: no row.
    test = f'{column} >= ({lo}) COLLATE "C" AND {column} < ({hi}) COLLATE "C"'
    return [
        RunSQL(
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;"
            f"CREATE POLICY {table}_scope ON {table} TO {ROLE} USING ({test}) WITH CHECK ({test});",
            f"DROP POLICY {table}_scope ON {table};ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;",
        )
    ]


def grant_privileges(**_kwargs: Any) -> None:
    """Let the serving role use all tables but only read the audit (triggers write it)."""
    with connection.cursor() as cursor:
        cursor.execute(PRIVILEGES.replace("$ROLE", ROLE))
