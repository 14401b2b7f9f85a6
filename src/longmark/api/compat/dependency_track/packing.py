"""How documents come packed: as Base64 in JSON, by gzip; undone piece by piece."""

import binascii
import gzip
import zlib
from typing import BinaryIO, Final

from longmark.core.errors import Invalid
from longmark.core.formats.sboms.limits import FILE_BYTES
from longmark.foundation.uploads import PIECE_BYTES, held

TOO_LARGE: Final = "More than {limit} MB of JSON; send the BOM as a file part of a form, by POST."

_GZIP: Final = b"\x1f\x8b"
_ZSTANDARD: Final = b"\x28\xb5\x2f\xfd"
_QUARTET: Final = 4
_ESCAPES: Final = ((b"\\/", b"/"), (b"\\n", b""), (b"\\r", b""), (b"\\t", b""))
_BLANKS: Final = b" \t\r\n"


class Decoder:
    """Base64 that comes in pieces, as it stands in JSON."""

    def __init__(self) -> None:
        self._file = held()
        self._rest = b""
        self._size = 0
        self._is_valid = True

    def take(self, part: bytes) -> None:
        """Decode one more piece.

        Raises:
            Invalid: the document is larger than is read.
        """
        encoded = self._rest + part
        if encoded.endswith(b"\\"):  # an escape that was cut in two
            encoded, torn = encoded[:-1], b"\\"
        else:
            torn = b""
        for escape, meant in _ESCAPES:
            encoded = encoded.replace(escape, meant)
        encoded = encoded.translate(None, _BLANKS)
        whole = len(encoded) // _QUARTET * _QUARTET
        self._rest = encoded[whole:] + torn
        self._write(encoded[:whole])

    def _write(self, encoded: bytes) -> None:
        try:
            content = binascii.a2b_base64(encoded, strict_mode=True) if encoded else b""
        except binascii.Error:
            self._is_valid = False
            return
        self._size += len(content)
        _refuse_larger(self._size, "bom")
        self._file.write(content)

    def file(self) -> BinaryIO | None:
        """Return what was decoded, ``None`` if it is no Base64."""
        if self._rest or not self._is_valid:
            return None
        self._file.seek(0)
        return self._file


def decoded(encoded: bytes) -> BinaryIO | None:
    """Return what Base64 holds, ``None`` if it is none."""
    decoder = Decoder()
    decoder.take(encoded)
    return decoder.file()


def filed(content: bytes) -> BinaryIO:
    """Return bytes as a file."""
    file = held()
    file.write(content)
    file.seek(0)
    return file


def unpacked(file: BinaryIO, name: str) -> BinaryIO:
    """Return a document, unpacked if it is a gzip file; told by its content.

    Raises:
        Invalid: it is torn, too large, or a Zstandard file.
    """
    file.seek(0)
    head = file.read(len(_ZSTANDARD))
    file.seek(0)
    if head == _ZSTANDARD:
        raise Invalid("Is a Zstandard file; send it as gzip or unpacked.", field=name)
    if not head.startswith(_GZIP):
        return file
    whole, size = held(), 0
    try:
        with gzip.open(file) as packed:
            while piece := packed.read(PIECE_BYTES):
                size += len(piece)
                _refuse_larger(size, name)
                whole.write(piece)
    except (OSError, EOFError, zlib.error):
        raise Invalid("Is a torn gzip file.", field=name) from None
    whole.seek(0)
    return whole


def _refuse_larger(size: int, name: str) -> None:
    if size > FILE_BYTES:
        raise Invalid("Holds more than {limit} MB.", field=name, limit=FILE_BYTES >> 20)
