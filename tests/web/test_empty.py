"""Lists of an installation that holds nothing yet."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.web.test_pages import LISTS


@pytest.mark.parametrize("name", LISTS)
def test_list_of_an_empty_installation_stands(name: str, signed_in: Client) -> None:
    assert signed_in.get(reverse(f"web:{name}")).status_code == 200
