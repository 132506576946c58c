"""Where things are kept. Nothing here creates a directory or touches the disk."""

import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[3]
"""The checkout (or, installed as a wheel, a directory we never write to)."""

SOURCE_DIR = Path(__file__).resolve().parents[1]
"""The package itself: one folder an app."""

VAR_DIR = Path(os.environ.get("LIREN_VAR") or BASE_DIR / "var").absolute()
"""Everything the program makes for itself: database, secret key, uploads, copied assets."""

ASSETS_DIR = VAR_DIR / "assets"
"""Files copied out of npm packages: `static/` is served, `fonts/` is for PDFs only."""
