"""What follows from what: ledger entry → services of upper contexts, in one table."""

from longmark.reactions.following import follow

__all__ = ["follow"]
