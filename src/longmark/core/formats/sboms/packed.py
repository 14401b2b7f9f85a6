"""Sequences of a hundred thousand records in the memory of a few thousand."""

import zlib
from collections.abc import Collection, Iterable, Iterator
from typing import Final, TypeVar

import msgspec

Record = TypeVar("Record")

BATCH_RECORDS: Final = 1_000
_LEVEL: Final = 1


class Packed(Collection[Record]):
    """Records that are added one by one and read from the first to the last, as often as wanted.

    A thousand of them at a time are packed, to a tenth or less of what they take as objects.
    """

    def __init__(self, kind: type[Record]) -> None:
        """``kind`` is what they are: a type that msgspec writes and reads."""
        self._decoder = msgspec.msgpack.Decoder(list[kind])  # type: ignore[valid-type]
        self._batches: list[bytes] = []
        self._last: list[Record] = []
        self._count = 0

    def append(self, record: Record) -> None:
        """Add a record."""
        self._count += 1
        self._last.append(record)
        if len(self._last) == BATCH_RECORDS:
            packed = zlib.compress(msgspec.msgpack.encode(self._last), _LEVEL)
            self._batches.append(packed)
            self._last = []

    def extend(self, records: Iterable[Record]) -> None:
        """Add records."""
        for record in records:
            self.append(record)

    def __iter__(self) -> Iterator[Record]:
        for batch in self._batches:
            yield from self._decoder.decode(zlib.decompress(batch))
        yield from self._last

    def __len__(self) -> int:
        return self._count

    def __contains__(self, record: object) -> bool:
        return any(each == record for each in self)
