"""The one default process tree: web and worker, started and stopped together."""

import logging
import signal
import socket
import subprocess
import sys
import threading

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from longmark.config import memory
from longmark.config.schedule import FEED_HANDLERS, HANDLERS, PERIODIC
from longmark.config.worker import work
from longmark.core.errors import Invalid, Refused

WEB_THREADS = 4
WORKER_CACHE_KB = 65_536
WORKER_LOOKED_AT_SECONDS = 0.5
WORKER_AGAIN_SECONDS = 2.0
WORKER_ENDS_WITHIN_SECONDS = 30
FEEDS_END_WITHIN_SECONDS = 5.0

log = logging.getLogger(__name__)


def free_address(host: str, port: int) -> str:
    """Return the address by which `host` is listened at.

    Raises:
        Invalid: it is no name or address of this machine.
        Refused: something listens there already, or may not be listened at.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Invalid('"{host}" is no name or address of this machine.', host=host) from None
    family, kind, _proto, _name, address = min(found)  # IPv4 before IPv6
    # Web processes share a port, and so would two installations without this look.
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise Refused(
                "Nothing can be served at {host}, port {port}: {why}. Name another port: --port"
                " 8001.",
                host=host,
                port=port,
                why=error.strerror or str(error),
            ) from None
    return str(address[0])


def serve(host: str, port: int, *, web_processes: int, with_worker: bool) -> None:
    """Serve pages and API until stopped, with a worker beside unless told otherwise."""
    stop = threading.Event()
    keeper = threading.Thread(target=_keep_worker, args=(stop,))
    if with_worker:
        keeper.start()
    memory.tidy_up()  # what is here now, every web process has too
    try:
        Server(
            "longmark.config.web:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=web_processes,
            blocking_threads=WEB_THREADS,
            respawn_failed_workers=True,
            log_level=LogLevels.warning,
        ).serve()
    finally:
        stop.set()
        if with_worker:
            keeper.join(timeout=WORKER_ENDS_WITHIN_SECONDS)


def _keep_worker(stop: threading.Event) -> None:
    """Keep a worker running, and start another when one was killed; end it in the end."""
    while not stop.is_set():
        command = [sys.executable, "-m", "longmark", "worker"]
        worker = subprocess.Popen(command)  # noqa: S603  # our own command
        while worker.poll() is None and not stop.wait(WORKER_LOOKED_AT_SECONDS):
            pass
        if worker.poll() is None:
            worker.terminate()
            worker.wait(timeout=WORKER_ENDS_WITHIN_SECONDS)
        elif not stop.wait(WORKER_AGAIN_SECONDS):
            log.error("The worker ended with %s; another is started.", worker.returncode)


def run_worker() -> None:
    """Work until interrupted or terminated; the job at hand is finished or taken up later."""
    memory.limit_database(cache_kb=WORKER_CACHE_KB)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    # A feed may run for hours. It is cut off at the end, and goes on where it was.
    feeds = threading.Thread(target=work, args=(FEED_HANDLERS, stop), daemon=True)
    feeds.start()
    work(HANDLERS, stop, PERIODIC)
    feeds.join(timeout=FEEDS_END_WITHIN_SECONDS)
