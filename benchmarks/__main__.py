"""Run benchmarks, each in a process and a data folder of its own."""

import argparse
import importlib
import os
import subprocess
import sys
import tempfile
from contextlib import nullcontext

from benchmarks.figures import show

NAMES = (
    "startup",
    "units",
    "sboms",
    "advisories",
    "matching",
    "peers",
    "impact",
    "hostile",
    "large",
    "fleet",
)


def main() -> int:
    """Run the named benchmarks, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument(
        "--units", type=int, default=0, help="how many units or components (each has its default)"
    )
    parser.add_argument(
        "--keep", metavar="FOLDER", help="keep what was made here, and use it again next time"
    )
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if unknown := sorted(set(arguments.names) - set(NAMES)):
        parser.error(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(NAMES)}.")
    if arguments.here:
        return _run_here(arguments.names[0], arguments.units)
    ended = [_run_apart(name, arguments.units, arguments.keep) for name in arguments.names or NAMES]
    return max(ended)


def _run_apart(name: str, units: int, keep: str | None) -> int:
    print(f"\n{name}", flush=True)
    command = [sys.executable, "-m", "benchmarks", "--here", "--units", str(units), name]
    kept = nullcontext(keep) if keep else None
    with kept or tempfile.TemporaryDirectory(prefix="longmark-bench-") as folder:
        environment = {**os.environ, "LONGMARK_DATA": folder, "LONGMARK_LOG_LEVEL": "ERROR"}
        return subprocess.run(command, env=environment, check=False).returncode


def _run_here(name: str, units: int) -> int:
    if units:
        os.environ["LONGMARK_BENCH_UNITS"] = str(units)
    show(importlib.import_module(f"benchmarks.{name}").run())
    return 0


if __name__ == "__main__":
    sys.exit(main())
