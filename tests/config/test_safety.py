"""What every answer carries, and what a deployment behind TLS adds."""

import os
import subprocess
import sys

import pytest
from django.test import Client

ASK = """
import json
from longmark.config import settings
names = ["DEBUG", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS"]
print(json.dumps({name: getattr(settings, name) for name in [*names, "ALLOWED_HOSTS"]}))
"""


def settings_with(tmp_path, **variables: str) -> str:
    environment = {**os.environ, "LONGMARK_DATA": str(tmp_path), **variables}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    asked = subprocess.run(
        [sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, check=True
    )
    return asked.stdout


def test_it_is_safe_without_any_setting(tmp_path):
    said = settings_with(tmp_path)

    assert '"DEBUG": false' in said
    assert '"ALLOWED_HOSTS": ["localhost"' in said


def test_behind_tls_cookies_are_secure_and_hsts_is_sent(tmp_path):
    said = settings_with(tmp_path, LONGMARK_PUBLIC_URL="https://longmark.example")

    assert '"SESSION_COOKIE_SECURE": true, "CSRF_COOKIE_SECURE": true' in said
    assert '"SECURE_HSTS_SECONDS": 31536000' in said
    assert '"longmark.example"' in said


@pytest.mark.django_db
def test_every_page_forbids_scripts_from_elsewhere_and_frames():
    answer = Client().get("/accounts/login/")
    policy = [each.strip() for each in answer["Content-Security-Policy"].split(";")]

    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert not [each for each in policy if "unsafe" in each]
    assert (answer["X-Frame-Options"], answer["X-Content-Type-Options"]) == ("DENY", "nosniff")


@pytest.mark.django_db
def test_nobody_signs_themselves_up():
    answer = Client().get("/accounts/signup/")

    assert b"password1" not in answer.content
