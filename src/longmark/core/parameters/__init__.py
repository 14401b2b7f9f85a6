"""Parameters: what they mean, how their values compare, and what nobody booked."""

from longmark.core.parameters.definitions import (
    Definition,
    ParameterType,
    checked,
    parameter_name,
)

__all__ = ["Definition", "ParameterType", "checked", "parameter_name"]
