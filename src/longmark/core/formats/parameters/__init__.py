"""Sets of parameter values and their definitions, as devices and tools write them."""

from longmark.core.formats.parameters.reading import read_parameters
from longmark.core.formats.parameters.records import FileFormat, ParameterFile, ParametersInvalid

__all__ = ["FileFormat", "ParameterFile", "ParametersInvalid", "read_parameters"]
