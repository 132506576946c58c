"""The `liren` command: a few commands of its own, and every Django management command.

Management commands are written with underscores (`import_divisions.py`) and called with dashes
(`liren import-divisions`).
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from liren.config import paths, postgres

OFFLINE = {"check", "collectstatic", "help", "version", "--version"}
"""Management commands that need no database: the cluster is not started for them."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0 if it did what was asked."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liren.config.settings")
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["--database"] and len(arguments) > 1:
        os.environ["LIREN_DATABASE"] = arguments[1]
        del arguments[:2]
    name, *rest = arguments or ["--help"]
    try:
        if name in {"-h", "--help", "help"} and not rest:
            print(overview())
            return 0
        if name in OWN:
            return OWN[name](rest)
        if name not in OFFLINE and not {"-h", "--help"} & set(rest):
            postgres.ensure()
    except postgres.PostgresError as error:
        print(error, file=sys.stderr)
        return 1
    from django.core.management import execute_from_command_line

    if not name.startswith("-"):
        name = name.replace("-", "_")
    execute_from_command_line(["liren", name, *rest])
    return 0


def overview() -> str:
    """What `liren --help` says: our own commands and our apps' commands, each with its purpose."""
    import django
    from django.core.management import get_commands, load_command_class

    django.setup()
    listed = [(name, _first_line(command.__doc__)) for name, command in OWN.items()]
    for name, app in sorted(get_commands().items()):
        # get_commands() gives a command's instance where an app overrides it; ours are by name.
        if isinstance(app, str) and app.startswith("liren."):
            shown = _first_line(load_command_class(app, name).help)
            listed.append((name.replace("_", "-"), shown))
    width = max(len(name) for name, _ in listed) + 2
    lines = [
        "usage: liren [--database NAME] COMMAND [OPTION …]",
        "",
        "  --database NAME  another database of the same server (as LIREN_DATABASE does);",
        "                   measurements use liren_bench, so that the demo stays as it is",
        "",
    ]
    lines += [f"  {name:<{width}}{text}" for name, text in listed]
    lines += [
        "",
        "`liren COMMAND --help` explains one command. Django's own management commands (migrate,",
        "shell, createsuperuser, …) work too: `liren help --commands` lists them all.",
    ]
    return "\n".join(lines)


def _first_line(text: str | None) -> str:
    return (text or "").strip().partition("\n")[0]


def serve(arguments: Sequence[str]) -> int:
    """Serve the site and run its background jobs."""
    from liren.config.serve import serve as run

    return run(arguments)


def setup_db(arguments: Sequence[str]) -> int:
    """Start PostgreSQL if it is ours to start, create and migrate the database, compile texts."""
    argparse.ArgumentParser(prog="liren setup-db", description=setup_db.__doc__).parse_args(
        arguments
    )
    from django.core.management import execute_from_command_line

    from liren.config import messages

    postgres.ensure()
    execute_from_command_line(["liren", "migrate", "--verbosity=0"])
    messages.compile_all(paths.SOURCE_DIR)
    return 0


def stop_db(arguments: Sequence[str]) -> int:
    """Stop the private PostgreSQL, if it runs."""
    parser = argparse.ArgumentParser(prog="liren stop-db", description=stop_db.__doc__)
    parser.add_argument("--destroy", action="store_true", help="also delete it with all its data")
    options = parser.parse_args(arguments)
    cluster = postgres.Cluster(paths.VAR_DIR)
    print("PostgreSQL stopped." if cluster.stop() else "PostgreSQL was not running.")
    if options.destroy:
        cluster.destroy()
        print("Its data are deleted.")
    return 0


def messages(arguments: Sequence[str]) -> int:
    """Bring each app's catalogue of texts up to date with the code, or check that it is."""
    from liren.config import messages as texts

    parser = argparse.ArgumentParser(prog="liren messages", description=messages.__doc__)
    parser.add_argument(
        "--check",
        action="store_true",
        help="change nothing; fail if a text is missing, unused, untranslated, fuzzy, or "
        "translated differently by two apps",
    )
    parser.add_argument("--compile", action="store_true", help="only make the .mo files")
    parser.add_argument("app", nargs="*", help="folder names, such as matters (all)")
    options = parser.parse_args(arguments)
    if options.compile:
        texts.compile_all(paths.SOURCE_DIR)
        return 0
    known = {app.folder.name: app for app in texts.apps(paths.SOURCE_DIR)}
    if unknown := set(options.app) - known.keys():
        parser.error(f"no such app: {', '.join(sorted(unknown))}")
    chosen = [known[name] for name in options.app or known]
    if not options.check:
        for app in chosen:
            if texts.update(app):
                print(app.po.relative_to(paths.SOURCE_DIR))
    faults = [fault for app in chosen for fault in texts.check(app)]
    # Always over all of them: an app alone cannot clash.
    faults += texts.clashes(known.values())
    print("\n".join(faults) if faults else "All texts are translated.")
    return 1 if faults and options.check else 0


OWN: dict[str, Callable[[Sequence[str]], int]] = {
    "serve": serve,
    "setup-db": setup_db,
    "stop-db": stop_db,
    "messages": messages,
}


if __name__ == "__main__":
    sys.exit(main())
