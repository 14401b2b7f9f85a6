"""The frame around every page."""

from django.test import Client

POLICY = "default-src 'none'"


def test_stranger_is_sent_to_the_sign_in_page(db: None) -> None:
    response = Client().get("/components/")

    assert response["Location"] == "/accounts/login/?next=/components/"


def test_sign_in_page_is_ours(db: None) -> None:
    page = Client().get("/accounts/login/").content.decode()

    assert "Longmark sends no passwords by mail" in page
    assert "longmark/longmark.css" in page


def test_gallery_shows_every_component(signed_in: Client) -> None:
    page = signed_in.get("/components/").content.decode()

    assert "CVE-2020-11899" in page
    assert page.count('id="hatch"') == 1


def test_policy_allows_only_our_own(signed_in: Client) -> None:
    policy = signed_in.get("/components/")["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_chosen_colours_are_kept(signed_in: Client) -> None:
    signed_in.post("/theme/", {"theme": "dark", "next": "/components/"})

    assert 'data-theme="dark"' in signed_in.get("/components/").content.decode()


def test_theme_leads_back_only_to_us(signed_in: Client) -> None:
    response = signed_in.post("/theme/", {"theme": "dark", "next": "https://elsewhere.example/"})

    assert response["Location"] == "/"


def test_who_may_not_read_is_told_what_is_missing(as_otto: Client) -> None:
    response = as_otto.get("/components/")

    assert response.status_code == 403
    assert "An administrator can" in response.content.decode()
