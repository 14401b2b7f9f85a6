"""End of life: what is told where, saying something, and taking it back."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from longmark.catalog import services as catalog
from longmark.core.actors import SYSTEM
from longmark.ledger.models import Entry
from longmark.sboms.models import Component, Lifespan
from tests.findings.world import an_sbom
from tests.sboms.lifespans import a_lifespan, a_list_of_lifespans
from tests.web.world import World
from tests.world import NINE

SAID = {"product": "libmodbus", "versions": "3.1", "said_by": "Contract 12"}
SOON = timedelta(days=40)


def component(world: World) -> Component:
    return world.document.occurrences.get(number=1).component


def page(browser: Client, name: str, *args: object, **query: object) -> str:
    return browser.get(reverse(f"web:{name}", args=args), query).content.decode()


def state(browser: Client, **fields: str):
    return browser.post(reverse("web:lifespan-add"), SAID | fields)


def test_a_component_shows_when_it_ends_and_who_says_so(world: World, signed_in: Client):
    row = a_lifespan(said_by="Contract 12")

    text = page(signed_in, "component", component(world).pk)

    assert "Past its end" in text
    assert "11 Sep 2023" in text
    assert "Contract 12" in text
    assert reverse("web:lifespan", args=[row.pk]) in text


def test_of_a_component_of_which_nobody_speaks_the_end_is_not_known(
    world: World, signed_in: Client
):
    text = page(signed_in, "component", component(world).pk)

    assert "Nobody here says how long it is cared for." in text
    assert "Supported" not in text


def test_of_what_has_no_identity_nothing_can_be_stated(world: World, signed_in: Client):
    bare = {"type": "library", "name": "some-hal", "version": "1.8"}
    nameless = an_sbom(world.drives.fw_23, bare).occurrences.get(number=1).component

    text = page(signed_in, "component", nameless.pk)

    assert "Correct its identity first." in text
    assert "It cannot be judged" in text
    assert reverse("web:lifespan-add") not in text


def test_what_ends_within_a_year_is_told_apart_from_what_is_supported(
    world: World, signed_in: Client
):
    a_lifespan(end_of_life_on=timezone.localdate() + SOON)

    assert "Ends soon" in page(signed_in, "component", component(world).pk)
    assert "libmodbus" in page(signed_in, "lifespans", view="soon")
    assert "libmodbus" not in page(signed_in, "lifespans", view="soon", days=30)
    assert "1 component ends within a year" in page(signed_in, "desk")


def test_numbers_lead_to_what_they_count(world: World, signed_in: Client):
    a_lifespan()
    release, drive = world.drives.fw_23, world.drives.drive

    for text, owner in (
        (page(signed_in, "release", release.pk), f"release={release.pk}"),
        (page(signed_in, "item", drive.pk), f"item={drive.pk}"),
    ):
        assert f"/lifespans/?view=past&amp;{owner}" in text
    rows = signed_in.get(reverse("web:lifespans"), {"release": release.pk}).context["page"].items
    assert [str(row.component) for row in rows] == ["libmodbus 3.1.4"]
    rows = signed_in.get(reverse("web:lifespans"), {"item": drive.pk}).context["page"].items
    assert [str(row.component) for row in rows] == ["libmodbus 3.1.4"]


def test_the_tree_of_a_release_marks_what_is_past_its_end(world: World, signed_in: Client):
    before = page(signed_in, "release", world.drives.fw_23.pk)
    a_lifespan()

    assert "Past its end" not in before.replace("Past their end", "")
    assert "Past its end" in page(signed_in, "release", world.drives.fw_23.pk)


def test_the_desk_tells_what_is_past_its_end_and_what_ends_before_its_product(
    world: World, signed_in: Client
):
    today = timezone.localdate()
    a_lifespan()
    assert "1 component is past its end" in page(signed_in, "desk")

    row = Lifespan.objects.get()
    signed_in.post(reverse("web:lifespan-withdraw", args=[row.pk]), {"reason": "Misread."})
    a_lifespan(end_of_life_on=today + 12 * SOON)
    assert "before the support of its product" not in page(signed_in, "desk")
    catalog.decide_support_period(
        world.drives.drive,
        starts_on=today,
        years=10,
        expected_use_years=10,
        reasoning="Customers use it for that long.",
        actor=SYSTEM,
        now=NINE,
    )

    text = page(signed_in, "desk")
    assert "1 component ends before the support of its product does" in text
    assert "is past its end" not in text
    assert "libmodbus" in page(signed_in, "lifespans", view="support")


def test_what_somebody_states_holds_at_once(world: World, signed_in: Client):
    answer = state(signed_in, end_of_life_on="2031-05-01", source="Shelf 3", note="Renewed yearly")

    row = Lifespan.objects.get()
    assert answer.url == reverse("web:lifespan", args=[row.pk])
    assert (row.end_of_life_on, row.author_name) == (date(2031, 5, 1), "Petra Lindqvist")
    text = signed_in.get(answer.url).content.decode()
    for told in ("Contract 12", "Shelf 3", "Renewed yearly", "libmodbus 3.1.4"):
        assert told in text
    assert Entry.objects.filter(action="sboms.lifespan-added").count() == 1


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"product": ""}, "required"),
        ({"said_by": ""}, "required"),
        ({"product": "x" * 201}, "at most 200"),
        ({"versions": ">= 2 < 1"}, "It was not taken"),
        ({"versions": "1\x00"}, "It was not taken"),
        ({"end_of_life_on": "someday"}, "valid date"),
        (
            {"support_ends_on": "2030-01-02", "end_of_life_on": "2030-01-01"},
            "after the end of life",
        ),
    ],
)
def test_what_cannot_be_read_comes_back_as_it_was_written(
    fields: dict[str, str], text: str, db: None, signed_in: Client
):
    answer = state(signed_in, **fields)

    assert answer.status_code == 422
    assert text in answer.content.decode()
    assert not Lifespan.objects.exists()


def test_a_second_statement_on_the_same_versions_is_refused(world: World, signed_in: Client):
    state(signed_in, end_of_life_on="2031-05-01")

    answer = state(signed_in, end_of_life_on="2032-05-01")

    assert answer.status_code == 422
    assert "Withdraw it first" in answer.content.decode()


def test_the_form_is_filled_in_from_the_page_that_leads_to_it(world: World, signed_in: Client):
    text = page(signed_in, "component", component(world).pk)
    query = text.split(f"{reverse('web:lifespan-add')}?")[1].split('"')[0].replace("&amp;", "&")

    form = signed_in.get(f"{reverse('web:lifespan-add')}?{query}").context["form"]
    answer = state(signed_in, **form.initial)

    assert answer.status_code == 302
    assert Component.objects.get(lifespan__lifespan=Lifespan.objects.get()) == component(world)


def test_withdrawn_it_no_longer_holds_and_stays_to_be_read(world: World, signed_in: Client):
    row = a_lifespan()
    address = reverse("web:lifespan-withdraw", args=[row.pk])

    assert signed_in.post(address, {"reason": ""}).status_code == 422
    signed_in.post(address, {"reason": "Read from the wrong page."})

    assert "Past its end" not in page(signed_in, "component", component(world).pk)
    assert "Read from the wrong page." in page(signed_in, "lifespan", row.pk)
    assert "libmodbus 3.1" not in page(signed_in, "lifespans-said")
    assert "libmodbus 3.1" in page(signed_in, "lifespans-said", all=1)
    assert signed_in.post(address, {"reason": "Again."}).status_code == 422


def test_a_list_is_taken_and_what_was_refused_of_it_is_told(world: World, signed_in: Client):
    rows = b"product,cycle,eol\nlibmodbus,3.1,2026-06-30\nopenssl,1.1.1,soon\n"
    file = SimpleUploadedFile("ends.csv", rows)

    answer = signed_in.post(reverse("web:lifespans-take"), {"file": file})

    text = signed_in.get(answer.url).content.decode()
    assert "ends.csv" in text
    assert "soon" in text
    row = Lifespan.objects.get()
    assert (row.origin, row.said_by) == ("imported", "ends.csv")


def test_the_number_of_a_list_leads_to_its_own_rows(world: World, signed_in: Client):
    first = a_list_of_lifespans()
    a_list_of_lifespans(b"product,cycle,eol\nzlib,1.2,2030-01-01\n", "more.csv")

    assert f"edition={first.pk}&amp;all=1" in page(signed_in, "lifespan-list", first.pk)
    said = page(signed_in, "lifespans-said", edition=first.pk, all=1)
    assert "libmodbus" in said
    assert "zlib" not in said
    assert "ends.csv" in said


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b"\n"),
        ("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(40)),
        ("deep.json", b"[" * 100_000),
        ("other.csv", b"colour,shape\nred,round\n"),
        ("all.csv", b"product,cycle,eol\nopenssl,1.1.1,true\n"),
    ],
)
def test_what_is_no_list_is_refused_and_nothing_taken(
    name: str, content: bytes, db: None, signed_in: Client
):
    file = SimpleUploadedFile(name, content)

    answer = signed_in.post(reverse("web:lifespans-take"), {"file": file})

    assert answer.status_code == 422
    assert "The list was not taken" in answer.content.decode()
    assert not Lifespan.objects.exists()


def test_a_viewer_reads_and_is_offered_nothing_to_say(world: World, as_viewer: Client):
    row = a_lifespan()

    for name, args in (("lifespans", []), ("lifespans-said", []), ("lifespan", [row.pk])):
        text = page(as_viewer, name, *args)
        assert "libmodbus" in text
        assert reverse("web:lifespan-add") not in text
        assert reverse("web:lifespan-withdraw", args=[row.pk]) not in text
    for path in (
        reverse("web:lifespan-add"),
        reverse("web:lifespans-take"),
        reverse("web:lifespan-withdraw", args=[row.pk]),
    ):
        assert as_viewer.get(path).status_code == 403
        assert as_viewer.post(path, SAID | {"reason": "No."}).status_code == 403
    assert not Lifespan.objects.get().is_withdrawn


def test_downloads_hold_the_rows_of_the_table(world: World, signed_in: Client):
    a_lifespan()

    past = signed_in.get("/lifespans.csv", {"view": "past"})
    soon = signed_in.get("/lifespans.csv", {"view": "soon"})
    book = signed_in.get("/lifespans.xlsx", {"view": "past"})

    lines = b"".join(past.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "libmodbus" in lines[1]
    assert "2023-09-11" in lines[1]
    assert len(b"".join(soon.streaming_content).splitlines()) == 1
    assert b"".join(book.streaming_content)[:2] == b"PK"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("release=999", 404),
        ("release=99999999999999999999", 404),
        ("item=999", 404),
        ("edition=999", 404),
        ("after=nonsense", 422),
        ("view=nonsense&days=999999999&release=x&q=%00", 200),
    ],
)
def test_addresses_that_were_bent_are_answered(
    query: str, status: int, world: World, signed_in: Client
):
    name = "lifespans-said" if "edition" in query else "lifespans"

    assert signed_in.get(f"{reverse(f'web:{name}')}?{query}").status_code == status


@pytest.mark.parametrize("count", [1, 60])
def test_pages_cost_the_same_for_any_number(
    count: int, world: World, signed_in: Client, django_assert_max_num_queries
):
    rows = [a_lifespan(versions=f">= 3.1 < 9.{number}") for number in range(count)]

    with django_assert_max_num_queries(6):
        signed_in.get(reverse("web:lifespans-said"))
    with django_assert_max_num_queries(6):
        signed_in.get(reverse("web:lifespan", args=[rows[0].pk]))
    with django_assert_max_num_queries(37):
        signed_in.get(reverse("web:component", args=[component(world).pk]))
    with django_assert_max_num_queries(10):
        signed_in.get(reverse("web:lifespans"), {"release": world.drives.fw_23.pk})
