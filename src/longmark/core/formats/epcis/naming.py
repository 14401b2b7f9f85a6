"""Names of pieces and parties in EPCIS: EPC URNs, GS1 Digital Links, and our own where none fits.

A GTIN names an item and has fourteen digits here (GS1 General Specifications 3.3); with a serial
number (21) or a batch (10) it names a piece. Units without a GTIN bear ``urn:longmark:unit:…``.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from longmark.core.errors import Invalid
from longmark.core.identity.gtin import check_digit, gtin_of

LIMIT_CHARACTERS: Final = 2_000
RESOLVER: Final = "https://id.gs1.org"
_OWN_UNIT: Final = "urn:longmark:unit:"
_OWN_PARTY: Final = "urn:longmark:party:"
_SERIAL: Final = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}")  # GS1's character set 82
_CLASSIC: Final = re.compile(r"urn:epc:(?:id:sgtin|class:lgtin):(\d{6,12})\.(\d{1,7})\.(.+)")
_PARTY: Final = re.compile(r"urn:epc:id:(?:pgln|sgln):(\d{6,12})\.(\d{0,6})(?:\..*)?")
_KEYS: Final = {"gtin": "01", "ser": "21", "lot": "10", "cpv": "22"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A unit as others know it: by the GTIN of its item, or the item's name, and its number."""

    item: str
    serial: str
    discriminator: str = ""
    gtin: str = ""
    is_batch: bool = False


def uri_of(piece: Piece) -> str:
    """Return the URI of a piece: a GS1 Digital Link if GS1 has a place for its number.

    >>> uri_of(Piece("TG-200", "1001", gtin="04012345000016"))
    'https://id.gs1.org/01/04012345000016/21/1001'
    >>> uri_of(Piece("TG-200", "10 01"))
    'urn:longmark:unit:TG-200:10%2001'
    """
    if piece.gtin and not piece.discriminator and _SERIAL.fullmatch(piece.serial):
        key = "10" if piece.is_batch else "21"
        return f"{RESOLVER}/01/{piece.gtin}/{key}/{quote(piece.serial, safe='')}"
    parts = [piece.item, piece.serial, *filter(None, [piece.discriminator])]
    return _OWN_UNIT + ":".join(quote(part, safe="") for part in parts)


def piece_of(uri: object) -> Piece:
    """Return the piece that a URI names; its item by GTIN or by name.

    >>> piece_of("urn:epc:id:sgtin:4012345.000001.1001")
    Piece(item='04012345000016', serial='1001', discriminator='', gtin='', is_batch=False)

    Raises:
        Invalid: it names something else, or the GTIN in it is none.
    """
    text = uri.strip() if isinstance(uri, str) else ""
    if 0 < len(text) <= LIMIT_CHARACTERS:
        if text.startswith(_OWN_UNIT):
            return _own(text)
        if found := _CLASSIC.fullmatch(text):
            company, reference, serial = found.groups()
            if len(company) + len(reference) == 13:
                return Piece(_composed(company, reference), _plain(serial))
        if text.startswith(("http://", "https://")) and (linked := _linked(text)):
            return linked
    raise Invalid(
        '"{uri}" is the name of no single piece: what is read is sgtin, lgtin, a GS1 Digital Link'
        " with 01 and 21 or 10, and urn:longmark:unit.",
        field="epc",
        uri=str(uri)[:200],
    )


def _plain(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise Invalid("{text} is not in UTF-8.", field="epc", text=text[:200]) from None


def _own(text: str) -> Piece:
    parts = [_plain(part) for part in text.removeprefix(_OWN_UNIT).split(":")]
    if not 2 <= len(parts) <= 3 or not all(parts):
        raise Invalid("{uri} names no item and serial number.", field="epc", uri=text[:200])
    return Piece(parts[0], parts[1], parts[2] if len(parts) == 3 else "")


def _composed(company: str, reference: str) -> str:
    """Return the GTIN of an EPC: the indicator goes in front, the check digit behind."""
    digits = reference[0] + company + reference[1:]
    return digits + check_digit(digits)


def _linked(text: str) -> Piece | None:
    """Read a Digital Link, on whatever host it is."""
    try:
        segments = urlsplit(text).path.strip("/").split("/")
    except ValueError:
        return None
    keys = [_KEYS.get(segment, segment) for segment in segments]
    if "01" not in keys:
        return None
    at = keys.index("01")
    if len(segments) < at + 2:
        return None
    gtin = gtin_of(segments[at + 1])
    if not gtin:
        raise Invalid("The GTIN in {uri} is none: its check digit is wrong, or digits are missing.",
                      field="epc", uri=text[:200])  # fmt: skip
    stated = dict(zip(keys[at + 2 :: 2], segments[at + 3 :: 2], strict=False))
    serial, batch = _plain(stated.get("21", "")), _plain(stated.get("10", ""))
    return Piece(gtin, serial or batch) if serial or batch else None


def party_uri(name: str, number: str) -> str:
    """Return the URI of a party: by its GLN if its number is one, else by its name."""
    if len(number) == 13 and gtin_of(number):  # both end in the same kind of check digit
        return f"{RESOLVER}/417/{number}"
    return _OWN_PARTY + quote(name, safe="")


def party_of(uri: object) -> str:
    """Return the GLN or the name of the party in a URI, empty if it names none.

    >>> party_of("urn:epc:id:pgln:4012345.00001"), party_of("https://id.gs1.org/417/4012345000016")
    ('4012345000016', '4012345000016')
    """
    text = uri.strip() if isinstance(uri, str) else ""
    if text.startswith(_OWN_PARTY):
        return _plain(text.removeprefix(_OWN_PARTY))
    if (found := _PARTY.fullmatch(text)) and len(found[1]) + len(found[2]) == 12:
        return found[1] + found[2] + check_digit(found[1] + found[2])
    if text.startswith(("http://", "https://")):
        segments = text.split("?")[0].split("/")
        for key in ("417", "414"):
            if key in segments[3:-1]:
                return segments[segments.index(key, 3) + 1]
    return ""
