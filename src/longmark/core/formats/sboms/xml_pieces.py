"""Large XML, taken apart while it is read: its tree takes twelve times what its text does.

The entries of long lists leave the tree as they end, and come in small trees of their own.
"""

from collections.abc import Collection, Iterator
from typing import Final, NamedTuple, cast

from lxml import etree

from longmark.core.formats.sboms.document import SbomInvalid
from longmark.core.formats.sboms.json_pieces import BATCH_ENTRIES
from longmark.core.formats.sboms.xml_text import (
    SAFE,
    local_name,
    namespace,
    refusal_of,
    refuse_depth_of,
    refuse_doctype,
    refuse_doctype_of,
)

BLOCK_BYTES: Final = 1 << 20
PIECE_BYTES: Final = 16 << 20


class Piece(NamedTuple):
    """A tree with some entries of one list, the first of which has the number ``start``; at last,
    with no ``name``, the tree without them."""

    name: str
    start: int
    root: etree._Element


def pieces_of(content: bytes, lists: Collection[str], entries: Collection[str]) -> Iterator[Piece]:
    """Yield an XML document in pieces: ``entries`` directly in ``lists`` directly in the root.

    Raises:
        SbomInvalid: it is not well-formed, has a document type declaration, nests deeper than 200
            levels, or holds too much beside such entries or within one.
    """
    refuse_doctype(content)
    taking = _Taking(lists)
    tags = [f"{{*}}{name}" for name in entries]
    parser = etree.XMLPullParser(events=("end",), tag=tags, **SAFE)
    beside = 0
    for start in range(0, len(content), BLOCK_BYTES):
        block = content[start : start + BLOCK_BYTES]
        ended = _fed(parser, block)
        beside = 0 if taking.wait_for(ended) else beside + len(block)
        _refuse_piece(beside)
        yield from taking.ready()
    try:
        root = parser.close()
    except (etree.XMLSyntaxError, ValueError) as error:
        raise refusal_of(error) from None
    taking.wait_for(_fed(parser, b""))
    refuse_doctype_of(root)
    yield from taking.rest()
    taking.drop_foreign()
    refuse_depth_of(root)
    yield Piece("", 0, root)


def _fed(parser: etree.XMLPullParser, block: bytes) -> list[etree._Element]:
    try:
        if block:
            parser.feed(block)
        ended = (node for _event, node in parser.read_events())
        return [node for node in ended if isinstance(node, etree._Element)]
    except (etree.XMLSyntaxError, ValueError) as error:
        raise refusal_of(error) from None


def _refuse_piece(size: int) -> None:
    if size > PIECE_BYTES:
        raise SbomInvalid(
            "In XML at most {limit} MB are read in one piece; here more is nested in one entry, or"
            " stands beside components and dependencies. Send it as JSON, or split it.",
            limit=PIECE_BYTES >> 20,
        )


class _Taking:
    """Entries that have ended, on their way out of the tree."""

    def __init__(self, lists: Collection[str]) -> None:
        self._lists = lists
        self._waiting: list[etree._Element] = []
        self._taken: dict[etree._Element, int] = {}

    def wait_for(self, ended: list[etree._Element]) -> bool:
        """Note those that are entries of a list; tell whether there were any."""
        entries = [node for node in ended if self._is_entry(node)]
        self._waiting += entries
        return bool(entries)

    def _is_entry(self, node: etree._Element) -> bool:
        owner = node.getparent()
        root = owner.getparent() if owner is not None else None
        is_listed = root is not None and root.getparent() is None
        return is_listed and owner is not None and local_name(owner) in self._lists

    def ready(self) -> Iterator[Piece]:
        """Yield a piece if enough are waiting."""
        while len(self._waiting) > BATCH_ENTRIES:
            yield from self._pieces(BATCH_ENTRIES)

    def rest(self) -> Iterator[Piece]:
        """Yield all that are waiting, when the document has ended."""
        while self._waiting:
            yield from self._pieces(BATCH_ENTRIES)

    def drop_foreign(self) -> None:
        """Drop elements of other formats from the lists: they may follow entries, and these have
        gone."""
        for owner in self._taken:
            for node in list(owner):
                if namespace(node) != namespace(owner):
                    owner.remove(node)

    def _pieces(self, most: int) -> Iterator[Piece]:
        """Take the entries of one list; the parser still holds to the last that it read, which is
        not among them."""
        owner = self._waiting[0].getparent()
        root = owner.getparent() if owner is not None else None
        assert owner is not None and root is not None, "an entry sits in a list in the root"
        batch = [node for node in self._waiting[:most] if node.getparent() is owner]
        del self._waiting[: len(batch)]
        refuse_doctype_of(root)
        top = _like(root)
        top.append(piece := _like(owner))
        piece.extend(batch)
        refuse_depth_of(top)
        start = self._taken.get(owner, 0)
        self._taken[owner] = start + len(batch)
        # What was read so far of the rest stands in the tree that the batch came from.
        yield Piece(local_name(owner), start, top)


def _like(node: etree._Element) -> etree._Element:
    """Return an element of the same name and attributes, with nothing in it."""
    alike = etree.Element(node.tag, nsmap=cast("dict[str, str]", node.nsmap))
    alike.attrib.update(node.attrib)
    return alike
