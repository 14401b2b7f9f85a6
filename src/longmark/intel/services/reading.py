"""Files of advisories, read in a process of their own while this one writes.

To read takes as long as to write, and each keeps one processor busy. The other process knows
nothing of the database: it reads the file, and hands over batches through a pipe, a few ahead.
Small files are read here; a process takes longer to start than they take.
"""

import gc
import subprocess
import sys
from collections import deque
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

import msgspec

from longmark.core.errors import Invalid
from longmark.core.formats.advisories.batches import Reading, documents, read_batches
from longmark.core.formats.advisories.detection import Format

APART_BYTES: Final = 2**18
AHEAD_BATCHES: Final = 2

_BATCH, _BROKEN, _END = b"B", b"!", b"."
_LENGTH_BYTES: Final = 8
_decoder: Final = msgspec.msgpack.Decoder(list[Reading])


def readings(path: Path, found: Format, *, skip: int) -> Generator[list[Reading]]:
    """Yield the readings of a file in batches, without the first ``skip`` documents.

    Raises:
        Invalid: the file is broken, or grows beyond the limits.
    """
    if path.stat().st_size >= APART_BYTES:
        yield from _read_apart(path, found, skip)
        return
    with path.open("rb") as file:
        yield from read_batches(documents(file, found, skip=skip), found)


def _read_apart(path: Path, found: Format, skip: int) -> Generator[list[Reading]]:
    # -P: what lies in the folder where somebody happens to be is no module of ours.
    command = [sys.executable, "-P", "-m", __name__, str(path), found.value, str(skip)]
    with subprocess.Popen(  # noqa: S603 our own module
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    ) as reader:
        assert reader.stdout is not None
        try:
            while (sent := _received(reader.stdout)) is not None:
                yield _decoder.decode(sent)
        finally:
            reader.kill()


def _received(pipe: IO[bytes]) -> bytes | None:
    kind = pipe.read(1)
    if kind == _END:
        return None
    length = int.from_bytes(pipe.read(_LENGTH_BYTES))
    content = pipe.read(length)
    if kind not in (_BATCH, _BROKEN) or len(content) < length:
        raise RuntimeError("The process that reads the file has ended before its end.")
    if kind == _BROKEN:
        raise Invalid("{reason}", reason=content.decode())
    return content


def _send(path: Path, found: Format, skip: int, pipe: IO[bytes]) -> None:
    """Write the batches of a file, then that it has ended, or why it cannot be read on.

    A thread waits for the pipe, so that reading goes on while a batch is not yet asked for.
    """
    gc.disable()  # records hold no cycles, and very many come to life at once
    with ThreadPoolExecutor(1) as writer, path.open("rb") as file:
        written: deque[Future[None]] = deque()
        try:
            for batch in read_batches(documents(file, found, skip=skip), found):
                if len(written) == AHEAD_BATCHES:
                    written.popleft().result()
                written.append(writer.submit(_write, pipe, _BATCH, msgspec.msgpack.encode(batch)))
        except Invalid as invalid:
            writer.submit(_write, pipe, _BROKEN, str(invalid).encode()).result()
        else:
            writer.submit(pipe.write, _END).result()


def _write(pipe: IO[bytes], kind: bytes, content: bytes) -> None:
    pipe.write(kind + len(content).to_bytes(_LENGTH_BYTES))
    pipe.write(content)


def _main(path: str, found: str, skip: str) -> None:
    with suppress(BrokenPipeError):  # who asked has gone
        _send(Path(path), Format(found), int(skip), sys.stdout.buffer)
        sys.stdout.flush()


if __name__ == "__main__":
    _main(*sys.argv[1:])
