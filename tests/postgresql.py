"""Run a command with a throw-away PostgreSQL cluster behind ``DATABASE_URL``.

    python -m tests.postgresql pytest -n 2

Uses the server that ``DATABASE_URL`` names, or else finds PostgreSQL's binaries and starts
a cluster of its own in a temporary folder, reachable by a Unix socket alone. Without either
it says so and ends well, unless ``LONGMARK_REQUIRE_POSTGRESQL`` is set.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

SEARCHED = ("/usr/lib/postgresql", "/usr/local/pgsql", "/opt/homebrew/opt", "/usr/local/opt")
OLDEST_VERSION = 15
UNPRIVILEGED = "nobody"
SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60")


def binaries() -> Path | None:
    """Return the folder of the newest PostgreSQL here, if there is one."""
    found = [path.parent for root in SEARCHED for path in Path(root).glob("**/bin/initdb")]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve().parent)
    usable = [folder for folder in found if (folder / "pg_ctl").exists()]
    return max(usable, key=_version, default=None)


def main(command: Sequence[str]) -> int:
    """Run the command and return its exit code."""
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return subprocess.call(command)
    folder = binaries()
    if folder is None or _version(folder) < OLDEST_VERSION:
        sys.stderr.write(
            f"No PostgreSQL {OLDEST_VERSION} here: its half of the suite is not run.\n"
        )
        return 1 if os.environ.get("LONGMARK_REQUIRE_POSTGRESQL") else 0
    with _cluster(folder) as url:
        return subprocess.call(command, env={**os.environ, "DATABASE_URL": url})


@contextmanager
def _cluster(folder: Path) -> Iterator[str]:
    # A short path: that of a Unix socket holds about a hundred characters.
    with tempfile.TemporaryDirectory(prefix="lm-pg-", dir="/tmp") as root:
        home = Path(root)
        data = home / "data"
        as_user = _as_user(home)
        subprocess.run(
            [
                *as_user,
                folder / "initdb",
                "-D",
                data,
                "-U",
                "longmark",
                "--auth=trust",
                "-E",
                "UTF8",
            ],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        options = " ".join(f"-c {each}" for each in SETTINGS)
        control = [*as_user, folder / "pg_ctl", "-D", data, "-w"]
        start = ["-l", home / "log", "-o", f"-c listen_addresses='' -k {home} {options}", "start"]
        subprocess.run([*control, *start], check=True, stdout=subprocess.DEVNULL)
        try:
            yield f"postgresql://longmark@{quote(str(home), safe='')}/postgres"
        finally:
            stop = [*control, "-m", "immediate", "stop"]
            subprocess.run(stop, check=False, stdout=subprocess.DEVNULL)


def _as_user(home: Path) -> list[str]:
    """PostgreSQL refuses to run as root: hand it to a user without rights."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam("postgres" if _exists("postgres") else UNPRIVILEGED)
    os.chown(home, user.pw_uid, user.pw_gid)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _exists(name: str) -> bool:
    return any(entry.pw_name == name for entry in pwd.getpwall())


def _version(folder: Path) -> int:
    answer = subprocess.run(
        [folder / "pg_ctl", "--version"], capture_output=True, text=True, check=False
    )
    digits = answer.stdout.split()[-1] if answer.stdout else "0"
    return int(digits.partition(".")[0])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
