"""The systems that there are connectors for, and what each needs to be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from longmark.core.formats.connectors.asking import Connector
from longmark.core.formats.connectors.erpnext import ERPNext
from longmark.core.formats.connectors.inventree import InvenTree
from longmark.core.formats.connectors.odoo import Odoo
from longmark.core.vocabulary import ConnectedSystem


@dataclass(frozen=True)
class System:
    """A system: its name, its connector, and whether user and database are to be stated."""

    title: str
    connector: Connector
    needs_user: bool = False
    takes_database: bool = False


SYSTEMS: Final[Mapping[ConnectedSystem, System]] = {
    ConnectedSystem.INVENTREE: System("InvenTree", InvenTree()),
    ConnectedSystem.ERPNEXT: System("ERPNext", ERPNext(), needs_user=True),
    ConnectedSystem.ODOO: System("Odoo", Odoo(), takes_database=True),
}
