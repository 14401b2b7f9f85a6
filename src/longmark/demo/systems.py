"""The connected system: the company's ERPNext, entered and switched off, so that nothing is asked.

The demo world has no network and its address leads nowhere (RFC 2606). What there is to see is what
a person has entered, and that nothing was pulled; ``Try the connection`` says why it cannot be.
"""

from datetime import datetime

from longmark.connections.services.connections import Settings, make_connection
from longmark.core.vocabulary import ConnectedSystem
from longmark.demo.stage import Stage

NAME = "works-erp"
ENTERED_DAYS_AGO = 6


def plan(stage: Stage) -> None:
    """Plan the day on which the administrator enters it."""
    stage.plan(stage.instant(ENTERED_DAYS_AGO, 9, 40), lambda at: _enter(stage, at))


def _enter(stage: Stage, at: datetime) -> None:
    stated = Settings(
        address="https://erp.tallgrass.example",
        user="0f1e2d3c4b5a697",
        secret="demo-no-key-of-anything",  # noqa: S106  # no system takes it
        zone="America/Chicago",
        is_enabled=False,
    )
    make_connection(NAME, ConnectedSystem.ERPNEXT, stated, actor=stage.actor("ada"), now=at)
