"""Settings of the tests: a data folder of their own, cheap passwords, nothing else."""

import atexit
import os
import shutil
import tempfile

folder = tempfile.mkdtemp(prefix="longmark-tests-")
atexit.register(shutil.rmtree, folder, ignore_errors=True)
os.environ.setdefault("LONGMARK_DATA", folder)
os.environ.setdefault("LONGMARK_SECRET_KEY", "only-for-tests")
os.environ.setdefault("LONGMARK_PARAMETER_KEY", "only-for-tests")

from longmark.config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file, as in life: threads see each other's writes, and locks are those of SQLite.
    DATABASES["default"]["TEST"] = {"NAME": f"{folder}/test.sqlite3"}  # noqa: F405
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"  # noqa: F405
