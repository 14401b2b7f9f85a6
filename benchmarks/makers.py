"""A maker of drives, small enough to be set up in a moment."""

from benchmarks.ground import NOW

FIRMWARE = ("2.0", "2.1", "2.2", "2.3", "2.4")


def a_drive_maker() -> dict[str, int]:
    """Register a product with a board, firmware and parameters; return firmware ids by version."""
    from longmark.catalog import services as catalog
    from longmark.core.actors import SYSTEM
    from longmark.core.vocabulary import IdentifiedBy, ItemKind

    def item(name: str, kind: ItemKind, identified_by: IdentifiedBy = IdentifiedBy.NOTHING):  # type: ignore[no-untyped-def]
        details = catalog.ItemDetails(identified_by=identified_by)
        return catalog.register_item(name, kind=kind, details=details, actor=SYSTEM, now=NOW)

    def releases(of, *versions: str):  # type: ignore[no-untyped-def]
        return [
            catalog.register_release(of, version, actor=SYSTEM, now=NOW) for version in versions
        ]

    product = item("TG-200", ItemKind.PRODUCT, IdentifiedBy.SERIAL)
    board = item("CB-21", ItemKind.HARDWARE, IdentifiedBy.SERIAL)
    firmware = releases(item("tg200-fw", ItemKind.FIRMWARE), *FIRMWARE)
    fits = {
        (product, "control-board"): releases(board, "B", "C", "D"),
        (product, "parameters"): releases(item("tg-params", ItemKind.PARAMETERS), "v5", "v6", "v7"),
        (product, "main-firmware"): firmware,
    }
    for (owner, name), allowed in fits.items():
        slot = catalog.define_slot(owner, name, actor=SYSTEM, now=NOW)
        catalog.allow_fits(slot, allowed, actor=SYSTEM, now=NOW)
    return {release.version: release.pk for release in firmware}
