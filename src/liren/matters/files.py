"""Photos on disk: outside the web root, by community, served only through the gate."""

import os
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse

from liren.base.errors import NotFound
from liren.base.images import Image

from .models import Attachment, Entry, Matter


def root() -> Path:
    """Return the folder of stored photos."""
    return Path(settings.MEDIA_ROOT)


def attach(matter: Matter, entry: Entry, photos: Sequence[Image]) -> list[Attachment]:
    """Store re-encoded photos with their rows.

    Files are written before the commit, so a row never points at nothing; a rolled-back report
    leaves a file without a row, which ``sweep`` removes. Photos of a shielded matter
    are withheld until the office looked (G7).
    """
    rows = []
    for photo in photos:
        row = Attachment(
            community=matter.community,
            place_code=matter.place_code,
            matter=matter,
            entry=entry,
            width=photo.width,
            height=photo.height,
            size=len(photo.data),
            withheld=matter.shielded,
        )
        folder = root() / matter.community / f"{row.pk.hex[:4]}"
        row.file = f"{matter.community}/{row.pk.hex[:4]}/{row.pk}.jpg"
        row.thumb = f"{matter.community}/{row.pk.hex[:4]}/{row.pk}-s.jpg"
        folder.mkdir(parents=True, exist_ok=True)
        _write(root() / row.file, photo.data)
        _write(root() / row.thumb, photo.thumb)
        rows.append(row)
    Attachment.objects.bulk_create(rows)
    return rows


def _write(path: Path, data: bytes) -> None:
    partial = path.with_suffix(".part")
    partial.write_bytes(data)
    os.replace(partial, path)


def response(row: Attachment, *, small: bool = False) -> HttpResponse:
    """Return the answer that hands a photo out: never guessed at, kept by this browser only.

    Raises ``NotFound`` when the file is gone.
    """
    path = root() / (row.thumb if small else row.file)
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise NotFound from error
    answer = HttpResponse(data, content_type="image/jpeg")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, max-age=3600"
    answer["Content-Disposition"] = "inline"
    return answer


def sweep(*, older_than: timedelta = timedelta(days=1)) -> int:
    """Delete old files no row points at; return how many. Young ones may be on their way."""
    limit = time.time() - older_than.total_seconds()
    gone = 0
    for folder in root().glob("*/*"):
        found = [p for p in folder.iterdir() if p.is_file() and p.stat().st_mtime < limit]
        ids = {p.name[:36] for p in found}
        known = {
            str(pk)
            for pk in Attachment.objects.filter(pk__in=[i for i in ids if _is_uuid(i)]).values_list(
                "pk", flat=True
            )
        }
        for path in found:
            if path.name[:36] not in known:
                path.unlink(missing_ok=True)
                gone += 1
    return gone


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def remove(rows: Sequence[Attachment]) -> int:
    """Delete photos: the rows now, the files once the transaction is committed."""
    paths = [root() / path for row in rows for path in (row.file, row.thumb)]
    Attachment.objects.filter(pk__in=[row.pk for row in rows]).delete()

    def unlink() -> None:
        for path in paths:
            path.unlink(missing_ok=True)

    transaction.on_commit(unlink)
    return len(rows)
