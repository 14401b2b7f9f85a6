"""From a weakness to the people: vulnerability → releases → units → parties. Queries only."""
