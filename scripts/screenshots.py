"""Pictures of every screen into var/screenshots: the journeys of the tests, with pictures on."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "screenshots"


def main() -> int:
    """Run the journeys; the pictures lie in var/screenshots afterwards."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "tests/journeys"],
        cwd=ROOT,
        env={**os.environ, "LIREN_SCREENSHOTS": str(FOLDER)},
        check=False,
    )
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER}")
    return done.returncode


if __name__ == "__main__":
    raise SystemExit(main())
