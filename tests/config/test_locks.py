"""The lock files install the same bits everywhere: pinned, hashed, and naming no host.

A host in a lock file ties everybody to one registry, or worse, to one machine's mirror.
"""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
NPM = [ROOT, ROOT / "requirements" / "postgres"]
# Put together here, so that this file does not contain what it looks for.
REGISTRIES = re.compile(
    r"\b(?:"
    + "|".join(["py" + "pi[.]", "python" + "hosted", "npm" + "js", "npm" + "mirror"])
    + ")",
    re.IGNORECASE,
)


def tracked_text_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def requirements(lock: Path) -> list[str]:
    """The lock's entries, each on one line."""
    joined = lock.read_text().replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_requirement_is_pinned_and_hashed(lock: Path) -> None:
    for entry in requirements(lock):
        assert re.match(r"[a-z0-9.-]+==\S+ ", entry), entry[:80]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry), entry[:80]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_names_no_index_and_no_address(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    assert not re.search(r"(?m)^\s*(-i|-f|--index|--extra-index|--find-links|--trusted)", text)
    assert not re.search(r"\s@\s", text), "a direct reference"


def test_what_serves_is_a_subset_of_what_is_developed_with() -> None:
    runtime, dev = ({line.split()[0] for line in requirements(ROOT / "requirements" / name)}
                    for name in ("runtime.lock", "dev.lock"))  # fmt: skip
    assert runtime <= dev


def test_the_locks_hold_every_dependency_the_project_declares() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    def names(declared: list[str]) -> set[str]:
        return {re.split(r"[\[<>=~! ]", line)[0].lower() for line in declared}

    for lock, declared in {
        "runtime.lock": project["dependencies"],
        "dev.lock": project["dependencies"] + project["optional-dependencies"]["dev"],
    }.items():
        locked = {line.split("==")[0] for line in requirements(ROOT / "requirements" / lock)}
        assert names(declared) <= locked, f"run `make lock`: {lock} is behind pyproject.toml"


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = project["dependencies"] + project["optional-dependencies"]["dev"]
    wanted = {re.split(r"[\[<>=~! ]", line)[0].lower() for line in declared}
    for folder in NPM:
        package = json.loads((folder / "package.json").read_text())
        for kind in ("dependencies", "devDependencies"):
            wanted |= package.get(kind, {}).keys()
    explained = (ROOT / "docs" / "dependencies.md").read_text().lower()
    assert {name for name in wanted if f"`{name}`" not in explained} == set()


@pytest.mark.parametrize("folder", NPM, ids=lambda path: path.name)
def test_npm_packages_are_hashed_and_come_from_no_named_place(folder: Path) -> None:
    lock = json.loads((folder / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    for name, entry in packages.items():
        assert entry.get("integrity", "").startswith("sha512-"), name
        assert "resolved" not in entry, name
    assert "omit-lockfile-registry-resolved=true" in (folder / ".npmrc").read_text().splitlines()
    assert "registry=" not in (folder / ".npmrc").read_text().replace("-registry-", "")


def test_no_file_names_a_registry() -> None:
    found = []
    for path in tracked_text_files():
        try:
            text = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
        found += [f"{path.relative_to(ROOT)}: {hit[0]}" for hit in REGISTRIES.finditer(text)]
    assert found == []
