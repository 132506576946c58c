"""Photos on disk: outside the web root, by community, served only through the gate."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from .models import Attachment, Entry, Matter

if TYPE_CHECKING:
    from liren.base.images import Image


def root() -> Path:
    """Return the folder of stored photos."""
    return Path(settings.MEDIA_ROOT)


def attach(matter: Matter, entry: Entry, photos: "Sequence[Image]") -> list[Attachment]:
    """Store re-encoded photos with their rows.

    Files are written before the commit and removed again when the transaction fails, so a row
    never points at nothing. Photos of a shielded matter are withheld until the office looked (G7).
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
