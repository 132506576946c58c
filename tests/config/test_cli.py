import subprocess
import sys
from pathlib import Path

import pytest

from liren import cli


def liren(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    import os

    return subprocess.run(
        [sys.executable, "-m", "liren.cli", *words],
        capture_output=True,
        text=True,
        env={**os.environ, **environ},
    )


@pytest.mark.parametrize("words", [(), ("--help",), ("-h",), ("help",)])
def test_help_names_every_command_of_ours_with_its_purpose(words: tuple[str, ...]) -> None:
    done = liren(*words)
    assert done.returncode == 0
    for name in cli.OWN:
        assert f"  {name} " in done.stdout
    for line in done.stdout.splitlines():
        if line.startswith("  "):
            assert len(line.split(None, 1)) == 2, f"no purpose: {line}"


@pytest.mark.parametrize("name", sorted(cli.OWN))
def test_each_own_command_explains_itself(name: str) -> None:
    done = liren(name, "--help")
    assert done.returncode == 0
    assert f"liren {name}" in done.stdout


def test_management_commands_are_called_with_dashes() -> None:
    done = liren("find-nothing-here")
    assert done.returncode != 0
    assert "find_nothing_here" in done.stderr


def test_a_wrong_database_address_is_a_sentence_not_a_traceback(tmp_path: Path) -> None:
    done = liren("migrate", DATABASE_URL="mysql://x", LIREN_VAR=str(tmp_path))
    assert done.returncode == 1
    assert "DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_is_left_in_var_by_asking_for_help(tmp_path: Path) -> None:
    liren("migrate", "--help", LIREN_VAR=str(tmp_path))
    assert not (tmp_path / "pg").exists()
