"""Write requirements/*.lock from pyproject.toml: every version pinned, every file hashed, no host.

Run on any machine: settings of this machine's pip and uv (mirrors, extra indexes, local wheels)
are left out, so the hashes are those of the public registry's files, and the lock installs from
the registry and behind any mirror alike.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
INSTALLERS = "setuptools>=77\nuv\n"
"""What installs everything else: uv the packages, setuptools the project itself."""


def compile_lock(name: str, *arguments: str, upgrade: bool, source: str = "pyproject.toml") -> None:
    """Write one lock file; keeps the versions it has unless `upgrade`."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("UV_", "PIP_"))}
    command = [ROOT / ".venv/bin/uv", "--no-config", "pip", "compile", source, "--quiet"]
    command += ["--universal", "--python-version", "3.11", "--generate-hashes"]
    command += ["--no-emit-index-url", "--no-emit-find-links", "--no-header", "--no-annotate"]
    command += ["--output-file", f"requirements/{name}.lock", *arguments]
    command += ["--upgrade"] if upgrade else []
    subprocess.run(command, cwd=ROOT, env=environ, check=True, input=INSTALLERS, text=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions allowed")
    upgrade = parser.parse_args().upgrade
    compile_lock("runtime", upgrade=upgrade)
    compile_lock("dev", "--extra=dev", "--constraint=requirements/runtime.lock", upgrade=upgrade)
    compile_lock("install", upgrade=upgrade, source="-")
    return 0


if __name__ == "__main__":
    sys.exit(main())
