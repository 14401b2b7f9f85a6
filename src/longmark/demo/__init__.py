"""The demo world of a maker of frequency drives: fictional company, real parts, real weaknesses."""
