"""Advisories from outside, read into one normal form: OSV, NVD, CVE JSON; KEV and EPSS."""
