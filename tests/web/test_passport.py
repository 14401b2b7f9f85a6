"""The public page of a unit: what a stranger sees, and all that a stranger must not see."""

from datetime import date

import pytest
from django.conf import LazySettings
from django.test import Client

from longmark.catalog import queries as catalog_reads
from longmark.catalog import services as catalog
from longmark.catalog.models import Passport
from longmark.core.actors import SYSTEM
from longmark.core.life.links import token
from longmark.core.vocabulary import AliasKind, ReleaseStatus
from longmark.fleet.models import Unit
from longmark.fleet.services.aliases import record_alias
from longmark.fleet.services.links import links
from longmark.ledger.models import Entry
from tests.findings.world import an_sbom, refresh
from tests.fleet.world import built, day
from tests.web.world import CVE, World
from tests.world import NINE, a_release

DECLARATION = "https://maker.example/declaration"


@pytest.fixture
def world(kept_world: World) -> World:
    return kept_world


def opened(world: World, **others: str) -> None:
    catalog.open_passport(world.drives.drive, **others, actor=SYSTEM, now=NINE)


def seen(client: Client, unit: Unit, **asked: str) -> str:
    answer = client.get(f"/u/{links(now=NINE).token_of(unit.pk)}", asked)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def with_sbom(world: World, version: str) -> None:
    """Let the newer firmware have an SBOM in which the vulnerable library is gone."""
    release = world.drives.fw_24 if version == "2.4.0" else a_release(version)
    an_sbom(release, {"type": "library", "name": "zlib", "version": "1.3.1"})
    refresh(release)


def test_a_stranger_sees_the_product_its_support_and_whom_to_tell(
    world: World, client: Client, settings: LazySettings
) -> None:
    settings.COMPANY, settings.SECURITY_CONTACT = "Tallgrass Drives", "security@tallgrass.example"
    catalog.decide_support_period(
        world.drives.drive,
        starts_on=date(2026, 1, 2),
        years=7,
        expected_use_years=7,
        reasoning="as long as pumps run",
        actor=SYSTEM,
        now=NINE,
    )
    opened(world, declaration_url=DECLARATION)
    told = seen(client, world.affected)

    for fact in ("1001", world.drives.drive.name, "Tallgrass Drives", "2 Jan 2033", DECLARATION):
        assert fact in told
    assert "mailto:security@tallgrass.example" in told
    assert "as long as pumps run" not in told


def test_what_is_of_this_unit_alone_is_not_on_the_page(world: World, client: Client) -> None:
    record_alias(
        world.affected, kind=AliasKind.CUSTOMER_TAG, value="PUMP-7", since=day(1), actor=SYSTEM,
        now=NINE,
    )  # fmt: skip
    opened(world)
    told = seen(client, world.affected)

    unit = Unit.objects.get(pk=world.affected.pk)
    assert unit.operator is not None
    assert unit.site is not None
    secrets = [
        unit.operator.name, unit.site.name, unit.site.city or "Pumpwerk", str(unit.pk), "B-1",
        "PUMP-7", CVE, "libmodbus", "CB-21", "2.3.1", "affected", "1002",
    ]  # fmt: skip
    assert [each for each in secrets if each.lower() in told.lower()] == []


def test_units_of_a_product_show_the_same_whatever_is_inside(world: World, client: Client) -> None:
    with_sbom(world, "2.4.0")
    opened(world)
    pages = [
        seen(client, unit).replace(unit.serial, "").replace(links(now=NINE).token_of(unit.pk), "")
        for unit in (world.affected, world.unknown)
    ]

    assert pages[0] == pages[1]


def test_a_security_update_is_one_that_is_rid_of_something_known(
    world: World, client: Client
) -> None:
    opened(world)
    assert "A security update is available" not in seen(client, world.affected)

    with_sbom(world, "2.4.0")
    assert "A security update is available: tg200-fw 2.4.0" in seen(client, world.affected)


@pytest.mark.parametrize("status", [ReleaseStatus.SUPERSEDED, ReleaseStatus.WITHDRAWN])
def test_what_is_not_out_is_not_told(world: World, client: Client, status: ReleaseStatus) -> None:
    catalog.change_release_status(world.drives.fw_24, status, actor=SYSTEM, now=NINE)
    opened(world)

    assert "2.4.0" not in seen(client, world.affected)


def test_a_draft_is_not_told(world: World, client: Client) -> None:
    release = a_release("2.9.0", item=world.drives.fw_24.item, status=ReleaseStatus.DRAFT)
    slot = catalog_reads.slot(world.drives.board, "main-firmware")
    catalog.allow_fits(slot, [release], actor=SYSTEM, now=NINE)
    opened(world)

    assert "2.9.0" not in seen(client, world.affected)


def test_every_reason_to_show_nothing_gives_the_same_answer(world: World, client: Client) -> None:
    made = links(now=NINE)
    opened(world)
    gone = built(world.drives.board_unit("B-9"))  # of an item whose page was never opened
    tokens = [
        made.token_of(gone.pk),
        token(world.affected.pk, key=1, secret=b"guessed"),
        token(world.affected.pk, key=7, secret=made.secret),
        made.token_of(type(gone.pk)(int=0)),
        "1001",
        str(world.affected.pk),
    ]
    answers = [client.get(f"/u/{each}") for each in tokens]

    assert {answer.status_code for answer in answers} == {404}
    bare = {
        answer.content.decode().replace(each, "").replace(each.upper(), "")
        for each, answer in zip(tokens, answers, strict=True)
    }
    assert len(bare) == 1


def test_a_page_that_was_closed_shows_nothing(world: World, client: Client) -> None:
    opened(world)
    catalog.close_passport(world.drives.drive, actor=SYSTEM, now=NINE)

    assert client.get(f"/u/{links(now=NINE).token_of(world.affected.pk)}").status_code == 404


def test_pages_are_kept_by_nobody_and_found_by_no_search(world: World, client: Client) -> None:
    opened(world)
    answer = client.get(f"/u/{links(now=NINE).token_of(world.affected.pk)}")

    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "no-referrer"


def test_the_public_page_costs_no_more_for_more_units(
    world: World, client: Client, django_assert_max_num_queries
) -> None:
    opened(world)
    seen(client, world.affected)
    with django_assert_max_num_queries(20) as few:
        seen(client, world.affected)
    for number in range(10):
        built(world.drives.unit(f"30{number:02}"))
    with django_assert_max_num_queries(len(few)):
        seen(client, world.affected)


def test_the_page_only_reads(world: World, client: Client) -> None:
    path = f"/u/{links(now=NINE).token_of(world.affected.pk)}"

    assert client.post(path).status_code == 405


def test_whoever_is_signed_in_goes_on_to_the_unit(world: World, as_technician: Client) -> None:
    made = links(now=NINE).token_of(world.affected.pk)
    answer = as_technician.get(f"/u/{made}", follow=True)

    assert answer.redirect_chain[-1][0].endswith(f"{world.affected.pk}/")


def test_whoever_is_signed_in_may_look_at_the_public_page(
    world: World, as_technician: Client
) -> None:
    opened(world)

    assert "Newest version" in seen(as_technician, world.affected, public="")


def test_the_way_from_the_plate_to_the_unit_goes_through_the_door(
    world: World, client: Client, as_technician: Client
) -> None:
    path = f"/u/{links(now=NINE).token_of(world.affected.pk)}/unit/"

    assert client.get(path).status_code == 302
    assert "/accounts/login/" in client.get(path)["Location"]
    assert as_technician.get("/u/nonsense/unit/").status_code == 404


@pytest.mark.parametrize(
    ("host", "begin"), [("id.maker.example", "https://longmark.maker.example/accounts/"),
                        ("longmark.maker.example", "/accounts/")]
)  # fmt: skip
def test_sign_in_is_where_the_session_is_known(
    world: World, client: Client, settings: LazySettings, host: str, begin: str
) -> None:
    settings.LINK_URL = "https://id.maker.example"
    settings.PUBLIC_URL = "https://longmark.maker.example"
    settings.ALLOWED_HOSTS = ["id.maker.example", "longmark.maker.example"]
    told = client.get("/u/nonsense", headers={"host": host}).content.decode()

    assert f'href="{begin}' in told


def test_the_page_is_opened_and_closed_from_the_item(world: World, as_admin: Client) -> None:
    path = f"/items/{world.drives.drive.pk}/passport/"
    as_admin.post(path, {"is_open": "on", "declaration_url": DECLARATION, "instructions_url": ""})
    assert Passport.objects.get().declaration_url == DECLARATION

    as_admin.post(path, {"declaration_url": "", "instructions_url": ""})
    assert not Passport.objects.get().is_open
    actions = Entry.objects.filter(action__startswith="catalog.passport").order_by("id")
    assert list(actions.values_list("action", flat=True)) == [
        "catalog.passport-opened",
        "catalog.passport-closed",
    ]


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "maker.example/x", "https://", "https://a b", "https://[x"]
)
def test_a_link_that_no_browser_should_open_is_refused(
    world: World, as_admin: Client, url: str
) -> None:
    path = f"/items/{world.drives.drive.pk}/passport/"
    answer = as_admin.post(path, {"is_open": "on", "declaration_url": url})

    assert answer.status_code == 422
    assert "declaration_url" in answer.context["form"].errors
    assert not Passport.objects.exists()


def test_only_who_may_change_the_catalog_opens_it(world: World, as_technician: Client) -> None:
    path = f"/items/{world.drives.drive.pk}/passport/"

    assert as_technician.post(path, {"is_open": "on"}).status_code == 403
