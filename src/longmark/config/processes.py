"""The one default process tree: web and worker, started and stopped together."""

import signal
import subprocess
import sys
import threading

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from longmark.config.schedule import FEED_HANDLERS, HANDLERS, PERIODIC
from longmark.config.worker import work

WEB_THREADS = 4
FEEDS_END_WITHIN_SECONDS = 5.0


def serve(host: str, port: int, *, web_processes: int, with_worker: bool) -> None:
    """Serve pages and API until stopped, with a worker beside unless told otherwise."""
    worker = (
        subprocess.Popen([sys.executable, "-m", "longmark", "worker"]) if with_worker else None
    )  # our own command
    try:
        Server(
            "longmark.config.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=web_processes,
            blocking_threads=WEB_THREADS,
            respawn_failed_workers=True,
            log_level=LogLevels.warning,
        ).serve()
    finally:
        if worker is not None:
            worker.terminate()
            worker.wait(timeout=30)


def run_worker() -> None:
    """Work until interrupted or terminated; the job at hand is finished or taken up later."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    # A feed may run for hours. It is cut off at the end, and goes on where it was.
    feeds = threading.Thread(target=work, args=(FEED_HANDLERS, stop), daemon=True)
    feeds.start()
    work(HANDLERS, stop, PERIODIC)
    feeds.join(timeout=FEEDS_END_WITHIN_SECONDS)
