import os
import subprocess
import sys
from pathlib import Path

import pytest

from liren import cli


def liren(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The command as a shell runs it."""
    return subprocess.run(
        [sys.executable, "-m", "liren.cli", *words],
        capture_output=True,
        text=True,
        env={**os.environ, **environ},
    )


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["help"]])
def test_help_names_every_command_with_its_purpose(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(words) == 0
    shown = capsys.readouterr().out
    for name in [*cli.OWN, "demo"]:
        assert f"  {name} " in shown
    for line in shown.splitlines():
        if line.startswith("  "):
            assert len(line.split(None, 1)) == 2, f"no purpose: {line}"


@pytest.mark.parametrize("name", sorted(cli.OWN))
def test_each_own_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([name, "--help"])
    assert ended.value.code == 0
    assert f"liren {name}" in capsys.readouterr().out


def test_management_commands_are_called_with_dashes() -> None:
    done = liren("find-nothing-here")
    assert done.returncode != 0
    assert "find_nothing_here" in done.stderr


def test_a_wrong_database_address_is_a_sentence_and_nothing_is_started(tmp_path: Path) -> None:
    done = liren("migrate", DATABASE_URL="mysql://x", LIREN_VAR=str(tmp_path))
    assert done.returncode == 1
    assert "DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "pg").exists()
