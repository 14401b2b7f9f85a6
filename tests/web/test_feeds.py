"""The health page of the feeds: what is followed, switched and run from the browser."""

import pytest
from django.test import Client

from longmark.core.vocabulary import FeedKind
from longmark.intel.models import Feed, FeedRun
from longmark.jobs.models import Job

pytestmark = pytest.mark.django_db

FORM = {"address": "https://mirror.example/kev.json", "period_minutes": "30", "stale_hours": "12"}


def test_feed_is_switched_on_from_the_list_and_nothing_is_asked_yet(signed_in: Client):
    page = signed_in.post("/settings/feeds/kev/enable/", follow=True).content.decode()

    assert Feed.objects.get().is_enabled
    assert "kev is followed. It runs within a minute." in page
    assert not Job.objects.exists()


def test_run_can_be_asked_for_and_watched(signed_in: Client):
    response = signed_in.post("/settings/feeds/kev/run/")

    assert response["Location"] == f"/jobs/{Job.objects.get().pk}/"
    assert "Watch" in signed_in.get("/settings/feeds/").content.decode()
    assert signed_in.post("/settings/feeds/kev/run/").status_code == 409


def test_mirror_and_period_are_kept(signed_in: Client):
    response = signed_in.post("/settings/feeds/kev/", FORM)

    assert response.status_code == 302
    feed = Feed.objects.get()
    assert (feed.address, feed.period.seconds) == (FORM["address"], 1_800)


def test_ecosystems_are_chosen_one_a_line(signed_in: Client):
    form = FORM | {"address": "https://mirror.example/osv", "ecosystems": "PyPI\n\n Go \n"}

    signed_in.post("/settings/feeds/osv/", form)

    assert Feed.objects.get().options["ecosystems"] == ["PyPI", "Go"]


@pytest.mark.parametrize("wrong", [{"address": "ftp://x"}, {"period_minutes": "1"}])
def test_nonsense_comes_back_with_its_text(signed_in: Client, wrong):
    response = signed_in.post("/settings/feeds/kev/", FORM | wrong)

    assert response.status_code == 422
    assert not Feed.objects.exists()


def test_viewer_sees_the_feeds_and_no_buttons(as_viewer: Client):
    page = as_viewer.get("/settings/feeds/").content.decode()

    assert "CISA KEV" in page
    assert "Switch on" not in page
    assert as_viewer.post("/settings/feeds/kev/run/").status_code == 403
    assert not FeedRun.objects.exists()


def test_unknown_feed_and_act_are_told_in_a_page(signed_in: Client):
    assert signed_in.get("/settings/feeds/gossip/").status_code == 404
    assert signed_in.post("/settings/feeds/kev/paint/").status_code == 404


def test_supplier_is_followed_by_its_domain(signed_in: Client):
    response = signed_in.post("/settings/feeds/providers/", {"domain": "Acme.example"})

    assert response["Location"] == "/settings/feeds/csaf-acme.example/"
    assert signed_in.get(response["Location"]).status_code == 200
    assert (
        signed_in.post("/settings/feeds/providers/", {"domain": "acme.example"}).status_code == 422
    )


def test_what_is_no_domain_comes_back_with_its_text(signed_in: Client):
    response = signed_in.post("/settings/feeds/providers/", {"domain": "not a domain"})

    assert response.status_code == 422
    assert "is no domain" in response.content.decode()


@pytest.mark.parametrize("feed", [one.value for one in FeedKind if one is not FeedKind.CSAF])
def test_every_feed_is_switched_on_with_one_click(feed: str, signed_in: Client) -> None:
    answer = signed_in.post(f"/settings/feeds/{feed}/enable/", follow=True)

    assert answer.status_code == 200
    assert f"{feed} is followed" in answer.content.decode()
