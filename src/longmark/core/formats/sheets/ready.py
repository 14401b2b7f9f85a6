"""Ready maps for what known systems export.

SAP: fields of the tables EQUI, EQUZ, ILOA and EQBS, and the texts of their columns in the lists of
equipment (IH08) and of serial numbers (IQ09), English and German. ERPNext: labels and names of the
fields of *Serial No*. Odoo: labels and names of the fields of *stock.lot*. InvenTree: the headers
of its export of stock items, before and after exports became plug-ins (2025).

Clocks of ERPNext, Odoo and InvenTree are those of the server or of who exports, and no zone is
stated: only the day is taken, or what came in today would lie in the future for another zone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from longmark.core.formats.sheets.headers import Column, folded_header, header
from longmark.core.formats.sheets.mapping import PASSED_OVER, ColumnMap

_DAYS = frozenset({"built on", "shipped on", "date"})
_KNOWN = {"event": "serial assigned", "date": "unknown"}


@dataclass(frozen=True)
class ReadyMap:
    """A map for one system. ``marks``: of each line of headers one is there; ``|`` parts them."""

    name: str
    marks: Sequence[str]
    columns: Mapping[str, str]
    fixed: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    cleaned: Mapping[str, str] = field(default_factory=dict)
    may_lack_days: bool = False  # then a table without any says no more than that there are units

    def fits(self, folded: frozenset[str]) -> bool:
        """Whether a table with these headers is of this system."""
        return all(not folded.isdisjoint(mark.split("|")) for mark in self.marks)

    def for_headers(self, texts: Sequence[str]) -> ColumnMap:
        """Return the map for a table; headers that it does not know are passed over."""
        known = {
            spelling: column
            for spellings, column in self.columns.items()
            for spelling in spellings.split("|")
        }
        present = {folded_header(text) for text in texts if text.strip()}
        columns = {folded: column for folded, column in known.items() if folded in present}
        columns |= dict.fromkeys(sorted(present - columns.keys()), PASSED_OVER)
        if self.may_lack_days and _DAYS.isdisjoint(columns.values()):
            columns |= {each: PASSED_OVER for each, to in columns.items() if to == "customer"}
            return ColumnMap(columns, {**_KNOWN, **self.fixed}, self.words, self.cleaned)
        return ColumnMap(columns, self.fixed, self.words, self.cleaned)


SAP = ReadyMap(
    "SAP equipment and serial numbers",
    marks=(
        "equnr|equipment|equipmentnummer|equipment number|equi nr",
        "sernr|serialnummer|serial number|serialnr|serial no|serien nr|seriennummer",
        "matnr|material|materialnummer|material number|materialnr",
    ),
    columns={
        "matnr|material|materialnummer|material number|materialnr": "item",
        "sernr|serialnummer|serial number|serialnr|serial no|serien nr|seriennummer": "serial",
        "equnr|equipment|equipmentnummer|equipment number|equi nr": "equipment",
        "baujj|baujahr|construction year|year of construction|constructyear": "built on",
        "auldt|auslieferdatum|lieferdatum|delivery date": "shipped on",
        "inbdt|inbetriebnahme|inbetriebnahmedat|inbetriebnahmedatum|inbetr ab|start up date"
        "|startup date|start up from": "commissioned on",
        "datab|gueltig ab|valid from|erdat|angelegt am|created on": "date",
        "kunnr|kunde|kund1|customer|debitor|auftraggeber|sold to party|warenempfaenger"
        "|ship to party|betreiber|end customer|endkunde": "customer",
        "land1|land|laenderschluessel|country|country key": "country",
        "hequi|uebergeordnetes equipment|uebergeord equipment|superord equipment"
        "|superordinate equipment|superior equipment": "sits in",
        "heqnr|position|einbauposition|position in superior equipment": "slot in it",
        "sttxt|systemstatus|system status|status|statustext|status text": "system status",
    },
    fixed={"source": "SAP"},
    cleaned={
        "item": "padding", "serial": "padding", "equipment": "padding", "customer": "padding",
        "built on": "day", "shipped on": "day", "commissioned on": "day", "date": "day",
        "sits in": "padding", "slot in it": "slot",
    },
)  # fmt: skip
ERPNEXT = ReadyMap(
    "ERPNext Serial No",
    marks=("serial no", "item code"),
    columns={
        "item code": "item",
        "serial no": "serial",
        "creation date|purchase date|posting date": "built on",
        "delivery date": "shipped on",
        "customer name|customer": "customer",
        "creation|created on": "date",
        "delivery document no|creation document no|purchase document no|reference name"
        "|reference document": "source",
    },
    fixed={"source": "ERPNext"},
    cleaned={"built on": "clock", "shipped on": "clock", "date": "clock"},
    may_lack_days=True,
)
ODOO = ReadyMap(
    "Odoo lots and serial numbers",
    marks=(
        "lot serial number|los seriennummer|chargen seriennummer|name",
        "product|produkt|product id",
        "company|unternehmen|company id|internal reference|interne referenz|ref|on hand quantity"
        "|vorhandene menge|product qty|created on|erstellt am|angelegt am|create date",
    ),
    columns={
        "product|produkt|product id": "item",
        "lot serial number|los seriennummer|chargen seriennummer|name": "serial",
        "created on|erstellt am|angelegt am|create date": "built on",
        "last delivery partner|last delivery partner id": "customer",
    },
    fixed={"source": "Odoo"},
    cleaned={"item": "code", "built on": "clock"},
    may_lack_days=True,
)
INVENTREE = ReadyMap(
    "InvenTree stock items",
    marks=(
        "serial|serial number",
        "part name|part ipn|part detail name|part detail ipn",
        "status|status code|status text|in stock|stock item id",
    ),
    columns={
        "part ipn|part detail ipn|part name|part detail name": "item",
        "serial|serial number": "serial",
        "creation date|created": "built on",
        "updated|last updated": "date",
        "status|status code|status text": "event",
        "customer detail name|customer name": "customer",
        "sales order reference": "source",
    },
    fixed={"source": "InvenTree"},
    words={
        "event": {
            "60": "scrapped", "destroyed": "scrapped", "85": "returned", "returned": "returned",
            "70": "lost", "lost": "lost", "*": "serial assigned",
        }
    },
    cleaned={"built on": "clock", "date": "clock"},
)  # fmt: skip

READY = (SAP, ERPNEXT, INVENTREE, ODOO)


def ready_map_for(texts: Sequence[str]) -> ReadyMap | None:
    """Return the ready map of the system that a table comes from; nothing if none is known."""
    if any(header(text).column is Column.EVENT for text in texts):
        return None  # a list of units, whatever its other columns are called
    folded = frozenset(folded_header(text) for text in texts)
    return next((each for each in READY if each.fits(folded)), None)
