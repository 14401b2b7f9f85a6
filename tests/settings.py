"""Settings of the tests: a data folder of their own, cheap passwords, nothing else."""

import os
import tempfile

os.environ.setdefault("LONGMARK_DATA", tempfile.mkdtemp(prefix="longmark-tests-"))
os.environ.setdefault("LONGMARK_SECRET_KEY", "only-for-tests")

from longmark.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
