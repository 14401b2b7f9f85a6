"""The words that columns, API and files share: one closed list per property.

What a person reads for each word is the pages' business.
"""

from enum import StrEnum


class ItemKind(StrEnum):
    """What an item is. A product bears the CE mark."""

    PRODUCT = "product"
    HARDWARE = "hardware"
    FIRMWARE = "firmware"
    SOFTWARE = "software"
    PARAMETERS = "parameters"


class IdentifiedBy(StrEnum):
    """How physical pieces of an item are told apart."""

    SERIAL = "serial"
    BATCH = "batch"
    NOTHING = "nothing"


class ReleaseStatus(StrEnum):
    """Where a release stands. Superseded ones are still out there."""

    DRAFT = "draft"
    RELEASED = "released"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class PartyKind(StrEnum):
    """What a party is to the manufacturer, first of all."""

    CUSTOMER = "customer"
    DISTRIBUTOR = "distributor"
    SUPPLIER = "supplier"
    IMPORTER = "importer"
    MANUFACTURER = "manufacturer"
    AUTHORITY = "authority"


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class AliasKind(StrEnum):
    """In whose words an alias names a unit."""

    SERIAL = "serial"  # its serial number before it was corrected or marked anew
    EQUIPMENT = "equipment"
    MAC = "mac"
    IDEVID = "idevid"  # IEEE 802.1AR
    CUSTOMER_TAG = "customer-tag"
    LINK = "link"  # IEC 61406


class ImportState(StrEnum):
    """How far a list of units has come. Nothing is written while it is staged."""

    UNMAPPED = "unmapped"  # nobody has said yet which column is which
    READING = "reading"  # being looked at
    STAGED = "staged"
    APPLYING = "applying"
    APPLIED = "applied"
    UNDOING = "undoing"
    UNDONE = "undone"  # all that could be taken back was
    DISCARDED = "discarded"


class ConflictState(StrEnum):
    """What was decided of a claim that contradicts what is believed."""

    OPEN = "open"
    KEPT = "kept"  # what is believed stays
    REPLACED = "replaced"  # the claim is true instead
    BOTH = "both"  # both happened, one after the other


class WatchedState(StrEnum):
    """What became of a file in the watched folder."""

    SEEN = "seen"  # it may still grow
    QUEUED = "queued"
    TAKEN = "taken"
    WAITING = "waiting"  # it was looked at, and a person is asked
    REFUSED = "refused"


class IntakeState(StrEnum):
    """Where the reading of an advisory file stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class RefusalKind(StrEnum):
    """What was refused of an advisory file: a whole record, or a link between two."""

    RECORD = "record"
    LINK = "link"


class SignalKind(StrEnum):
    """Who says that a vulnerability is exploited."""

    KEV = "kev"
    EUVD = "euvd"


class FeedKind(StrEnum):
    """Which upstream a feed follows; each kind has a protocol of its own."""

    OSV = "osv"
    NVD = "nvd"
    CVE = "cve"
    LINUX = "linux"  # the kernel's own CVE records
    KEV = "kev"
    EPSS = "epss"
    EUVD = "euvd"
    CSAF = "csaf"  # one provider each


class BundleDirection(StrEnum):
    """Whether a bundle was made here or came from elsewhere."""

    OUT = "out"
    IN = "in"


class RunState(StrEnum):
    """Where one run of a feed stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class ConnectedSystem(StrEnum):
    """Which system of stock and customers a connection leads to."""

    INVENTREE = "inventree"
    ERPNEXT = "erpnext"
    ODOO = "odoo"


class NoteState(StrEnum):
    """What became of a note that is to be written into another system."""

    WAITING = "waiting"
    WRITTEN = "written"
    GIVEN_UP = "given-up"  # what it was about is gone there, or is not to be had


def choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    """Return a closed list as a column's choices.

    >>> choices(IdentifiedBy)[0]
    ('serial', 'serial')
    """
    return [(word.value, word.value) for word in words]
