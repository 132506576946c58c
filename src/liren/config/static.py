"""How CSS, scripts and images are served: under a name that contains their hash, for ever."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.base import ContentFile
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

SOURCE_MAP = re.compile(
    rb"(?m)^[ \t]*(?:/\*[#@]\s*sourceMappingURL=[^*\n]*\*/|//[#@]\s*sourceMappingURL=.*)[ \t]*\r?$"
)


def without_source_map(content: bytes) -> bytes:
    """A CSS or JavaScript file without its pointer to a source map."""
    return SOURCE_MAP.sub(b"", content)


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # WhiteNoise has no types
    """WhiteNoise's hashed, compressed storage, for files whose source maps are not served.

    The packages we copy from name maps we leave behind; Django would refuse to collect them.
    """

    def post_process(
        self, paths: dict[str, tuple[Any, str]], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str | None, bool | Exception]]:
        """Drop the pointers in the collected copies, then hash and compress."""
        if not dry_run:
            for name in paths:
                if name.endswith((".css", ".js")):
                    with self.open(name) as file:
                        content = file.read()
                    cleaned = without_source_map(content)
                    if cleaned != content:
                        self.delete(name)
                        # The plain save: ours would hash a file not yet processed.
                        StaticFilesStorage.save(self, name, ContentFile(cleaned))
                        paths[name] = (self, name)
        yield from super().post_process(paths, dry_run, **options)


def collect() -> bool:
    """Run `collectstatic` if any source file changed since the last time; True if it ran.

    Hashing and compressing take seconds, and most starts follow no change.
    """
    state = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = Path(storage.path(name)).stat()
            state.update(f"{name}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".sources"
    if stamp.exists() and stamp.read_text() == state.hexdigest():
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(state.hexdigest())
    return True
