"""Look into an uploaded file before any reader does: is it what it says, and is it safe to open?

The reader (calamine) lays a sheet out as a full rectangle in memory, so two cells in opposite
corners are as dangerous as a zip bomb: it aborts the whole process. Both are caught here.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, Final, Literal

import defusedxml.ElementTree
from django.core.files.base import File
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from liren.base.errors import Invalid

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAX_BYTES: Final = 20 * 1024 * 1024
MAX_UNPACKED: Final = 256 * 1024 * 1024
MAX_PARTS: Final = 2_000
MAX_CELLS: Final = 8_000_000
MAX_HEIGHT: Final = 1_048_576

Form = Literal["xlsx", "xls", "ods", "csv"]


class SheetError(Invalid):
    """The file as a whole cannot be used; `code` says why, the message what to do."""

    default_code = "sheet"


def _refusal(code: str, message: StrOrPromise) -> SheetError:
    return SheetError(message, code=f"sheet_{code}")


def damaged() -> SheetError:
    """For a file that is cut off or broken inside."""
    return _refusal(
        "damaged",
        _("This sheet is damaged or did not arrive completely. Please save it and send it again."),
    )


def not_a_sheet() -> SheetError:
    """For a file that is something else."""
    return _refusal(
        "not", _("This file is not a sheet we can read. Excel (.xlsx, .xls), .ods and CSV work.")
    )


def _bomb() -> SheetError:
    return _refusal(
        "bomb",
        _(
            "This sheet is far larger inside than a list can be. "
            "Please copy the rows into a new sheet and send that."
        ),
    )


def _encrypted() -> SheetError:
    return _refusal(
        "encrypted", _("This sheet is locked with a password. Please save it without one.")
    )


def read_bytes(upload: bytes | IO[bytes] | File[bytes], max_bytes: int) -> bytes:
    """The upload's content. Raises SheetError when it is empty or too large."""
    if isinstance(upload, bytes):
        data = upload
    else:
        upload.seek(0)
        data = upload.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise SheetError(
            format_lazy(
                _("This file is too large: at most {most} MB. Please split it into several."),
                most=max_bytes // (1024 * 1024),
            ),
            code="sheet_large",
        )
    if not data:
        raise _refusal("empty", _("This file is empty. Please choose the sheet again."))
    return data


def inspect(data: bytes) -> Form:
    """What the bytes are, whatever the file is called. Raises SheetError unless safe to open."""
    if data.startswith(b"PK"):
        return _inspect_zip(data)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise _encrypted()
        return "xls"
    head = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"mime-version:", b"<meta")):
        raise _refusal(
            "page",
            _(
                "This is a web page saved under a sheet's name. "
                "Please open it in Excel or WPS and save it as .xlsx."
            ),
        )
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if data.startswith((b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")) or (
        b"\0" in data and not utf16
    ):
        raise not_a_sheet()
    return "csv"


def _inspect_zip(data: bytes) -> Form:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        parts = {part.filename: part for part in archive.infolist()}
    except (zipfile.BadZipFile, ValueError, OSError, struct.error, NotImplementedError):
        raise damaged() from None
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts.values()) > MAX_UNPACKED:
        raise _bomb()
    if any(part.flag_bits & 1 for part in parts.values()):
        raise _encrypted()
    if "xl/workbook.xml" in parts:
        form: Form = "xlsx"
    elif "content.xml" in parts and b"opendocument.spreadsheet" in data[:200]:
        form = "ods"
    else:
        raise not_a_sheet()
    for name, part in parts.items():
        inside = _unpacked(data, part)
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            _check_extent_xlsx(inside)
        elif form == "ods" and name == "content.xml":
            _check_extent_ods(inside)
        elif form == "ods" and name == "META-INF/manifest.xml" and b"encryption-data" in inside:
            raise _encrypted()
    return form


def _unpacked(data: bytes, part: zipfile.ZipInfo) -> bytes:
    """The part's real content. Its declared size is not believed: the reader does not ask it."""
    try:
        lengths = struct.unpack_from("<HH", data, part.header_offset + 26)
    except struct.error:
        raise damaged() from None
    begin = part.header_offset + 30 + sum(lengths)
    packed = data[begin : begin + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        return packed
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise damaged()
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inside = stream.decompress(packed, part.file_size + 1)
    except zlib.error:
        raise damaged() from None
    if len(inside) > part.file_size:
        raise _bomb()
    if len(inside) < part.file_size or zlib.crc32(inside) != part.CRC:
        raise damaged()
    return inside


_FAR_ROWS: Final = re.compile(rb"""\br\s*=\s*["'][A-Za-z]{0,3}([0-9]{6,})["']""")
_ANY_ROWS: Final = re.compile(rb"""<[\w:]*row\b[^>]*?\br\s*=\s*["']([0-9]+)["']""")
_COLUMNS: Final = re.compile(rb"""\br\s*=\s*["']([A-Za-z]+)[0-9]""")
_WIDE: Final = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{2,})[0-9]""")


def _check_extent_xlsx(sheet: bytes) -> None:
    """Refuse a sheet whose cells span a rectangle of more than MAX_CELLS."""
    if b"\0" in sheet[:200]:
        raise damaged()  # UTF-16, which no program writes here, would blind the searches below
    wide = {_column_number(letters) for letters in set(_WIDE.findall(sheet))}
    width = max(wide, default=26)
    far = [int(row) for row in _FAR_ROWS.findall(sheet)]
    height = max(far, default=99_999)
    if width * height <= MAX_CELLS:
        return
    # The bounds were generous: count properly, which takes longer.
    width = max(map(_column_number, set(_COLUMNS.findall(sheet))), default=1)
    if not far:
        height = max(map(int, _ANY_ROWS.findall(sheet)), default=sheet.count(b"<"))
    if width * height > MAX_CELLS or height > MAX_HEIGHT:
        raise _bomb()


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:8]:
        number = number * 26 + letter - 64
    return number


def _check_extent_ods(content: bytes) -> None:
    """The same, where cells and rows are written once with a count of repetitions."""
    height = rows = width = columns = 0
    row_filled = False
    try:
        for event, node in defusedxml.ElementTree.iterparse(
            io.BytesIO(content), events=("start", "end"), forbid_dtd=True
        ):
            name = node.tag.rpartition("}")[2]
            if event == "start":
                if name == "table":
                    height = rows = width = 0
                elif name == "table-row":
                    columns, row_filled = 0, False
            elif name in ("table-cell", "covered-table-cell"):
                columns += _repeated(node, "number-columns-repeated")
                if len(node) or any(key.endswith("value-type") for key in node.attrib):
                    width, row_filled = max(width, columns), True
                node.clear()
            elif name == "table-row":
                rows += _repeated(node, "number-rows-repeated")
                height = rows if row_filled else height
                node.clear()
                if width * height > MAX_CELLS:
                    raise _bomb()
    except SheetError:
        raise
    except Exception:  # whatever a hostile document makes the parser raise
        raise damaged() from None


def _repeated(node: object, what: str) -> int:
    for key, value in node.attrib.items():  # type: ignore[attr-defined]  # an Element, which defusedxml does not type
        if key.endswith(what):
            return min(int(value), 10**9)
    return 1
