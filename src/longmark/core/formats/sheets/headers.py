"""Headers: many spellings, English and German, of the columns of an import of units.

A header is folded (case, accents, punctuation) before it is looked up. What is not known is a slot
(``control-board``, ``Control board serial``) or a parameter (``P10.07``); whether the item has such
a slot is not known here. Sources of the synonyms: SAP's EQUI/EQUZ exports and the lists of ERPs.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from longmark.core.errors import Invalid


class Column(StrEnum):
    """What a column means."""

    ITEM = "item"
    SERIAL = "serial"
    DISCRIMINATOR = "discriminator"
    RELEASE = "release"
    EVENT = "event"
    DATE = "date"
    EVIDENCE = "evidence"
    SOURCE = "source"
    CUSTOMER = "customer"
    SITE = "site"
    COUNTRY = "country"
    DISTRIBUTOR = "distributor"
    NEW_SERIAL = "new serial"
    RESULT = "result"
    RMA = "RMA number"
    WARRANTY_UNTIL = "warranty until"
    REPLACED_BY = "replaced by"
    REASON = "reason"
    BUILT_ON = "built on"
    SHIPPED_ON = "shipped on"
    COMMISSIONED_ON = "commissioned on"
    ALIAS = "alias"
    WRONG = "declared wrong"
    PART = "part inside"
    PART_SLOT = "slot of part"
    HOST = "sits in"
    HOST_SLOT = "slot in it"
    STATUS = "system status"
    IGNORED = "ignored"
    SLOT = "slot"
    SLOT_SERIAL = "slot serial"
    SLOT_QUANTITY = "slot quantity"
    PARAMETER = "parameter"


_SPELLINGS = {
    Column.ITEM: "item|item name|product|produkt|artikel|artikelnr|artikelnummer|material"
    "|materialnummer|matnr|type|typ|part no|model|modell|geraetetyp",
    Column.SERIAL: "serial|serial no|serial number|sn|s n|sernr|serialnr|serialnummer|seriennr"
    "|serien nr|seriennummer|fabriknummer|geraetenummer|batch|charge|chargennummer|lot",
    Column.DISCRIMINATOR: "discriminator|plant|werk|fertigungswerk|serial range|nummernkreis",
    Column.RELEASE: "release|revision|rev|hardware revision|hw revision|hardwarestand"
    "|aenderungsstand|ausgabestand",
    Column.EVENT: "event|event kind|kind|ereignis|vorgang|bewegung|bewegungsart",
    Column.DATE: "date|occurred at|occurred on|datum|event date|ereignisdatum|gueltig ab|valid from"
    "|zeitpunkt",
    Column.BUILT_ON: "built on|build date|baudatum|gebaut am|fertigungsdatum",
    Column.SHIPPED_ON: "shipped on|shipping date|delivered on|delivery date|lieferdatum"
    "|auslieferdatum|geliefert am",
    Column.COMMISSIONED_ON: "commissioned on|commissioning date|start up date|inbetriebnahmedatum"
    "|in betrieb seit",
    Column.EVIDENCE: "evidence|evidence level|nachweis|nachweisstufe|belegstufe",
    Column.SOURCE: "source|quelle|herkunft|reference|referenz|beleg|belegnr|belegnummer|auftrag",
    Column.CUSTOMER: "customer|kunde|kundennr|kundennummer|kunnr|operator|betreiber|warenempfaenger"
    "|ship to|customer number|customer no",
    Column.SITE: "site|standort|location|werk des kunden|plant of customer|techn platz|anlage",
    Column.COUNTRY: "country|country code|land|laendercode|laenderschluessel|bestimmungsland",
    Column.DISTRIBUTOR: "distributor|haendler|vertriebspartner|distributeur|reseller",
    Column.NEW_SERIAL: "new serial|new serial no|new serial number|new sn|new s n|neue seriennr"
    "|neue seriennummer|neue sernr",
    Column.RESULT: "result|test result|outcome|ergebnis|pruefergebnis|testergebnis",
    Column.RMA: "rma|rma no|rma number|rma nr|rma nummer|reklamation|reklamationsnummer"
    "|reklamationsnr|retourennummer|return order",
    Column.WARRANTY_UNTIL: "warranty until|warranty end|warranty expires|warranty expiry"
    "|garantie bis|garantieende|gewaehrleistung bis|gewaehrleistungsende|gwlen",
    Column.REPLACED_BY: "replaced by|replacement|replacement serial|replaced by serial"
    "|ersetzt durch|ersatzgeraet|ersatz|austauschgeraet",
    Column.REASON: "reason|cause|grund|ursache|begruendung",
    Column.WRONG: "declared wrong|declared in error|told in error|storno|storniert|irrtum",
    Column.PART: "part inside|teil darin",
    Column.PART_SLOT: "slot of part|platz des teils",
    Column.HOST: "sits in|installed in|superior equipment|uebergeordnetes equipment|sitzt in",
    Column.HOST_SLOT: "slot in it|position in superior equipment|platz darin",
    Column.STATUS: "system status|systemstatus|status text",
    Column.IGNORED: "refused because|what to do|row|zeile|remark|remarks|bemerkung|bemerkungen"
    "|comment|notes|notiz",
}
_ALIASES = {
    "equipment": "equipment|equnr|equipmentnummer|equipment number|equi nr",
    "mac": "mac|mac address|mac adresse",
    "idevid": "idevid",
    "customer-tag": "customer tag|asset tag|inventarnummer|betriebsmittelkennzeichen",
    "link": "identification link|id link",
}
_NAMES = {spelling: name for name, text in _ALIASES.items() for spelling in text.split("|")}
DATED = (Column.BUILT_ON, Column.SHIPPED_ON, Column.COMMISSIONED_ON)
"""Columns that say when something happened to a unit, each another thing, all in one row."""

_MEANINGS = {
    spelling: column for column, text in _SPELLINGS.items() for spelling in text.split("|")
}
_PARAMETER = re.compile(r"[A-Za-z]{1,3}\d{1,4}\.\d{1,4}(?:\.\d{1,4})?")
_SERIAL_ENDING = re.compile(
    r"(.+?) (?:serial|serial no|serial number|sn|s n|seriennr|serien nr|seriennummer|batch|charge)"
)
_QUANTITY_ENDING = re.compile(r"(.+?) (?:quantity|qty|count|pieces|menge|anzahl|stueck|stueckzahl)")
_SLASHED_SN = re.compile(r"\bs/n\b", re.IGNORECASE)
_ENDINGS = (
    (_SERIAL_ENDING, Column.SLOT_SERIAL),
    (_QUANTITY_ENDING, Column.SLOT_QUANTITY),
)
_NAMED = (
    Column.SLOT,
    Column.SLOT_SERIAL,
    Column.SLOT_QUANTITY,
    Column.PARAMETER,
    Column.ALIAS,
)
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class Header:
    """One column: its meaning, and for slots and parameters which."""

    column: Column
    name: str
    stated: str


def folded_header(text: str) -> str:
    """Return the form in which headers are compared.

    >>> folded_header("  Geräte-Typ "), folded_header("S/N"), folded_header("Board (serial)")
    ('geraete typ', 's n', 'board serial')
    """
    lowered = unicodedata.normalize("NFKC", text).lower().translate(_GERMAN)
    bare = "".join(c for c in unicodedata.normalize("NFD", lowered) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", bare))


def header(text: str) -> Header:
    """Return what a column of this name holds; an unknown name is taken for a slot."""
    stated = text.strip()
    if _PARAMETER.fullmatch(stated):
        return Header(Column.PARAMETER, stated.upper(), stated)
    folded = folded_header(stated)
    if not folded:
        return Header(Column.IGNORED, "", stated)
    if folded in _MEANINGS:
        return Header(_MEANINGS[folded], folded, stated)
    if folded in _NAMES:
        return Header(Column.ALIAS, _NAMES[folded], stated)
    return _slot_header(stated)


def _slot_header(stated: str) -> Header:
    """Write a slot as slots are written: small letters, hyphens, slashes between levels."""
    parts = [folded_header(part) for part in _SLASHED_SN.sub("sn", stated).split("/")]
    column = Column.SLOT
    for ending, meaning in _ENDINGS:
        if found := ending.fullmatch(parts[-1]):
            column, parts[-1] = meaning, found[1]
            break
    name = "/".join(part.replace(" ", "-") for part in parts if part)
    return Header(column, name, stated)


def headers(texts: Sequence[str], *, required: Sequence[Column]) -> tuple[Header, ...]:
    """Return the meaning of each column of a sheet.

    Raises:
        Invalid: two columns mean the same, or a required one is missing.
    """
    found = _settled([header(text) for text in texts])
    _refuse_twins(found)
    present = {each.column for each in found}
    if not present.isdisjoint(DATED):
        present.add(Column.DATE)
    for column in required:
        if column not in present:
            raise Invalid(
                'No column "{missing}" in the first row. It has: {present}.',
                field="header",
                missing=column.value,
                present=", ".join(text for text in texts if text.strip()) or "nothing",
            )
    return found


def _settled(found: Sequence[Header]) -> tuple[Header, ...]:
    """Take the only day in a row for the day of its event, if it has one or is about building."""
    columns = [each.column for each in found]
    dated = [column for column in columns if column in DATED]
    is_of_event = Column.EVENT in columns or Column.BUILT_ON in dated
    if len(dated) != 1 or Column.DATE in columns or not is_of_event:
        return tuple(found)
    return tuple(
        Header(Column.DATE, each.name, each.stated) if each.column in DATED else each
        for each in found
    )


def _refuse_twins(found: Sequence[Header]) -> None:
    first: dict[tuple[Column, str], str] = {}
    for each in found:
        named = each.column in _NAMED
        meaning = (each.column, each.name if named else "")
        if each.column is not Column.IGNORED and meaning in first:
            raise Invalid(
                'The columns "{one}" and "{other}" mean the same: keep one of them.',
                field="header",
                one=first[meaning],
                other=each.stated,
            )
        first[meaning] = each.stated
