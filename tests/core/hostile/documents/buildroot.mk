BUSYBOX_VERSION = 1.36.1
# Only with less, which is not built
BUSYBOX_IGNORE_CVES += CVE-2026-0001
