"""How much of a foreign document is read, and the refusals when there is more.

The bars lie far above real documents (the largest seen: 3,500 components, 30 MB) and far
below what would exhaust a worker; the lengths keep every text that is indexed below the
2,704 bytes that a PostgreSQL B-tree row takes.
"""

from collections.abc import Iterable, Sequence

from longmark.core.formats.sboms.document import ComponentEntry, Problem, SbomInvalid

FILE_BYTES = 200 * 1024 * 1024
DOCUMENT_BYTES = 100 * 1024 * 1024  # without overlong texts
PIECE_BYTES = 40 * 1024 * 1024  # of JSON that becomes one tree, which takes six times as much
LARGE_BYTES = 8 * 1024 * 1024
CUT_IN_BYTES = 16 * 1024 * 1024
LONG_TEXT_BYTES = 64 * 1024
DEPTH = 200
COMPONENTS = 200_000
DEPENDENCIES = 2_000_000
NAME_LENGTH = 1_000
VERSION_LENGTH = 500
IDENTITY_LENGTH = 2_000  # purl and CPE
REFERENCE_LENGTH = 4_000
PROBLEMS_LISTED = 20
DEFECTS_LISTED = 200


def refuse_file_size(size: int) -> None:
    """Refuse a file that is larger than is looked into.

    Raises:
        SbomInvalid: it is larger than 200 MB.
    """
    _refuse_larger(size, FILE_BYTES)


def refuse_size(size: int) -> None:
    """Refuse a document that says more than is read.

    Raises:
        SbomInvalid: it is larger than 100 MB.
    """
    _refuse_larger(size, DOCUMENT_BYTES)


def _refuse_larger(size: int, limit: int) -> None:
    if size > limit:
        raise SbomInvalid(
            "The document has {size} MB; at most {limit} MB are read. Split it by product part.",
            size=round(size / 1024 / 1024),
            limit=limit // 1024 // 1024,
        )


def refuse_nul(position: int | None) -> None:
    """Refuse a document with a NUL character, which no database takes as text.

    Raises:
        SbomInvalid: ``position`` says where one is.
    """
    if position is not None:
        raise SbomInvalid(
            "The document holds a NUL character, at byte {position}.", position=f"{position:,}"
        )


def no_such_encoding(encoding: str, position: int) -> SbomInvalid:
    """Return the refusal of a document that is not in its encoding."""
    return SbomInvalid(
        "The document is not {encoding}: byte {position} does not belong to that encoding. "
        "Save it as UTF-8.",
        encoding=encoding.upper(),
        position=f"{position:,}",
    )


def refuse_count(count: int) -> None:
    """Refuse a document that names more components than are read.

    Raises:
        SbomInvalid: there are more than 200,000.
    """
    if count > COMPONENTS:
        raise SbomInvalid(
            "The document names more than {limit} components. Split it by product part.",
            limit=f"{COMPONENTS:,}",
        )


def refuse_depth(depth: int) -> None:
    """Refuse a document that nests deeper than is read.

    Raises:
        SbomInvalid: it nests deeper than 200 levels.
    """
    if depth > DEPTH:
        raise SbomInvalid("The document nests deeper than {limit} levels.", limit=DEPTH)


def refuse_problems(problems: Iterable[Problem]) -> None:
    """Refuse the document if there is any problem, listing the first twenty.

    Raises:
        SbomInvalid: ``problems`` is not empty.
    """
    listed: list[Problem] = []
    for problem in problems:
        listed.append(problem)
        if len(listed) == PROBLEMS_LISTED:
            break
    if not listed:
        return
    raise SbomInvalid(
        "The document does not follow its format: {first}",
        problems=tuple(listed),
        first=str(listed[0]),
    )


class Noted:
    """Oddities of one kind: the first two hundred are kept, the others counted."""

    def __init__(self) -> None:
        self.first: list[Problem] = []
        self.count = 0

    def append(self, problem: Problem) -> None:
        """Note one."""
        self.count += 1
        if self.count <= DEFECTS_LISTED:
            self.first.append(problem)

    def extend(self, problems: Iterable[Problem]) -> None:
        """Note several."""
        for problem in problems:
            self.append(problem)


def listed_defects(defects: Sequence[Problem], *others: Noted) -> tuple[Problem, ...]:
    """Return the first two hundred defects, and one that counts the rest."""
    count = len(defects) + sum(each.count for each in others)
    known = [*defects, *(problem for each in others for problem in each.first)]
    if count <= DEFECTS_LISTED:
        return tuple(known)
    rest = Problem("", f"{count - DEFECTS_LISTED:,} more of these kinds are not listed.")
    return (*known[:DEFECTS_LISTED], rest)


def text_problems(entry: ComponentEntry, place: str) -> list[Problem]:
    """Return which texts of the entry are longer than is read."""
    texts = (
        ("ref", entry.ref, REFERENCE_LENGTH),
        ("name", entry.name, NAME_LENGTH),
        ("version", entry.version or "", VERSION_LENGTH),
        ("group", entry.group or "", NAME_LENGTH),
        ("supplier", entry.supplier or "", NAME_LENGTH),
        ("purl", entry.purl or "", IDENTITY_LENGTH),
        *(("cpe", cpe, IDENTITY_LENGTH) for cpe in entry.cpes),
    )
    return [
        Problem(
            f"{place}.{field}", f"Is {len(text):,} characters long; at most {limit:,} are read."
        )
        for field, text, limit in texts
        if len(text) > limit
    ]
