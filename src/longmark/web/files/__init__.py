"""Lists as files: each list of the pages is declared once, with its columns, and served alike."""

from collections.abc import Mapping

from longmark.web.files import (
    catalog,
    connections,
    fleet,
    ground,
    imports,
    intel,
    names,
    parameters,
    parties,
    sboms,
    units,
)
from longmark.web.files.tables import Table

TABLES: tuple[Table, ...] = (
    *catalog.TABLES,
    *parties.TABLES,
    *units.TABLES,
    *fleet.TABLES,
    *parameters.TABLES,
    *imports.TABLES,
    *sboms.TABLES,
    *names.TABLES,
    *intel.TABLES,
    *connections.TABLES,
    *ground.TABLES,
)

BY_NAME: Mapping[str, Table] = {table.name: table for table in TABLES}
