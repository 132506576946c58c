"""Secrets the program makes for itself on first run, kept in `var/` readable by its user only."""

import os
import secrets
from pathlib import Path


def kept_secret(path: Path) -> str:
    """The secret in this file; made (50 random bytes) if there is none.

    Two processes starting at once get the same one: the file appears complete or not at all.
    """
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    own = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with open(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(50))
    try:
        os.link(own, path)
    except FileExistsError:
        pass  # another process was first: its secret is the one
    finally:
        own.unlink()
    return path.read_text().strip()
