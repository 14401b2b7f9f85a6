"""Labels of units: the code, the papers they are printed on, and how they are drawn."""
