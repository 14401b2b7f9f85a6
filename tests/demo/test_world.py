"""The story of the demo world, computed from what it holds."""

import re
from datetime import timedelta

import pytest
from django.db.models import Q
from django.test import Client

from longmark.accounts.models import Person
from longmark.catalog import queries as catalog
from longmark.demo import world
from longmark.demo.story import DRILL
from longmark.findings.models import Finding
from longmark.findings.queries.listing import Narrowing
from longmark.fleet.models import Census, Event, Import, Refusal, Unit
from longmark.fleet.models.photos import Photo
from longmark.fleet.queries import contents, reach
from longmark.impact.queries import desk, reaching, subjects
from longmark.intel.models import Intake
from longmark.ledger.models import Entry
from longmark.parties.models import Party, Site
from longmark.sboms import queries as sboms
from longmark.sboms.queries import hardware
from longmark.sboms.queries.lifespans import Asked, View, due_page
from tests.demo.conftest import UNITS, Made
from tests.world import NINE

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("made"),
    pytest.mark.xdist_group("demo"),
]


def test_the_same_seed_makes_the_same_world(made: Made) -> None:
    assert made.digest == made.digest_before


def test_the_exploited_vulnerability_is_first_on_the_desk() -> None:
    worst = desk.worst_first(Narrowing(changed_since=NINE - timedelta(days=1))).items

    assert worst[0].concern.vulnerability.name == DRILL
    assert worst[0].concern.vulnerability.exploited_on is not None
    assert desk.worst_first().items[0].concern.vulnerability.name == DRILL


def test_the_drill_affects_the_old_firmware_and_nothing_else() -> None:
    subject = subjects.subject_of(DRILL)

    versions = {str(each.release) for each in subject.releases if each.is_affected}
    assert versions == {
        f"tg200-fw {version}" for version in ("1.6", "1.8", "2.0", "2.1", "2.2", "2.3", "2.3.1")
    }


def test_the_desk_the_drill_and_the_fleet_count_the_same() -> None:
    impact = reaching.impact_of(subjects.subject_of(DRILL))

    listed = reaching.units_reached(impact.subject, limit=10 * UNITS).items
    unknown = sum(each.is_unknown for each in listed)
    tally = desk.worst_first().items[0].tally
    assert (tally.unit_count, tally.unknown_unit_count) == (impact.unit_count, unknown)
    assert len(listed) - unknown == impact.unit_count
    assert impact.whose.unit_count == impact.unit_count
    assert sum(each.unit_count for each in impact.countries) == impact.unit_count


def test_patches_that_a_release_declares_settle_the_exploited_kernel_weakness() -> None:
    findings = Finding.objects.filter(vulnerability__name="CVE-2022-0847")

    assert {finding.verdict for finding in findings} == {"fixed"}


def test_what_the_supplier_left_out_cannot_be_judged() -> None:
    release = catalog.release_named(catalog.item_named("tgmb-fw"), "1.3")

    quality = sboms.quality(release)
    verdicts = Finding.objects.filter(release=release).values_list("verdict", flat=True)
    assert quality.component_count - quality.version_known_count == 2
    assert "unknown" in set(verdicts)


def test_parts_are_past_their_end_near_it_cared_for_or_unknown(made: Made) -> None:
    def listed(view: View) -> set[str]:
        return {str(one.component) for one in due_page(Asked(view), today=NINE.date()).items}

    assert {"openssl 1.1.1k", "mbedtls 2.16.12", "motor-control 7.2"} <= listed(View.PAST)
    assert "fieldlink-stack 5.0.0" in listed(View.SOON)
    assert "motor-control 8.0" in listed(View.SUPPORT)
    assert "busybox 1.36.1" in listed(View.UNKNOWN)
    assert any(stop.path == "/lifespans/" for stop in made.tour.stops)


def test_the_newest_board_has_another_ethernet_controller() -> None:
    board = catalog.item_named("CB-21")

    carried = {
        each.version: {part.stated.name for part in hardware.parts_page(each).items}
        for each in catalog.releases_of(board)
    }
    assert "KSZ8081" in carried["C"] - carried["D"]
    assert "LAN9252" in carried["D"] - carried["C"]


def test_one_release_in_use_has_no_sbom() -> None:
    release = catalog.release_named(catalog.item_named("tg200-fw"), "2.2.1")

    assert sboms.documents_of(release) == []
    assert reach.releases_in_use([release.item_id])[release.pk] > 0


def test_a_third_of_the_operators_is_known_to_distributors_only() -> None:
    drives = Unit.objects.filter(item__kind="product", item__name__in=["TG-200", "TG-700"])
    sold = drives.exclude(state="built")

    hidden = sold.filter(operator=None).exclude(distributor=None).count()
    assert 0.25 < hidden / sold.count() < 0.45
    assert drives.count() == UNITS


def test_the_company_deals_with_whom_the_specification_says() -> None:
    kinds = list(Party.objects.values_list("kind", flat=True))

    assert (kinds.count("customer"), kinds.count("distributor")) == (180, 9)
    assert 400 <= Site.objects.count() <= 450
    assert Party.objects.filter(kind="customer").values("country").distinct().count() == 14
    assert Person.objects.count() == 7


def test_only_the_lists_that_contradict_are_refused() -> None:
    quarrelsome = {
        "customer-stocktaking.csv",
        "distributor-operators.csv",
        "service-diary-export.csv",
    }

    assert set(Refusal.objects.values_list("source__filename", flat=True)) == quarrelsome
    assert Refusal.objects.count() == 7
    assert not Import.objects.exclude(state="applied").exists()


def test_a_number_that_was_used_twice_names_two_cards() -> None:
    twins = Unit.objects.filter(item__name="TG-MB", serial="MB-000001")

    assert sorted(twins.values_list("discriminator", flat=True)) == ["", "ERP 2"]


def test_old_drives_hold_boards_without_a_number() -> None:
    oldest = Unit.objects.filter(item__name="TG-200").order_by("serial").first()

    assert oldest is not None
    assert not Unit.objects.filter(host_id=oldest.pk).exists()


def test_every_file_that_is_shipped_is_taken_in_whole() -> None:
    refused = {intake.filename: intake.refused_count for intake in Intake.objects.all()}

    assert len(refused) == 7
    assert set(refused.values()) == {0}


def test_history_was_booked_when_it_happened_or_later() -> None:
    events = Event.objects.all()

    assert not events.filter(recorded_at__gt=NINE).exists()
    assert events.filter(recorded_at__lt=NINE - timedelta(days=5 * 365)).exists()
    by_hand, contested = 3, 1
    assert events.filter(corrects__isnull=False).count() == by_hand + contested
    assert Import.objects.filter(filename__startswith="late-paperwork").count() > 3


def test_the_ledger_tells_the_history_in_order() -> None:
    instants = list(Entry.objects.order_by("id").values_list("recorded_at", flat=True))

    assert instants == sorted(instants)
    assert not Entry.objects.filter(action__contains="failed").exists()


def test_the_census_counts_every_unit_that_sits_in_no_other() -> None:
    """A batch is counted in the units that hold its pieces."""
    roots = Unit.objects.filter(Q(host_id=None)).exclude(item__identified_by="batch").count()

    assert sum(Census.objects.values_list("count", flat=True)) == roots


def test_a_pump_set_holds_a_drive_with_all_that_is_in_it_and_seals_of_a_batch() -> None:
    pump_set = Unit.objects.filter(item__name="PS-40").order_by("serial_folded")[0]

    found = {each.path: each for root in contents.contents(pump_set) for each in root.flat()}
    assert {"drive", "drive/control-board", "drive/control-board/main-firmware"} <= set(found)
    (seals,) = [each for each in contents.contents(pump_set) if each.path == "seals"]
    assert (seals.child and seals.child.serial, seals.installation.quantity) == ("L-2231", 3)


def test_lives_take_every_course() -> None:
    kinds = set(Event.objects.values_list("kind", flat=True))

    assert {"tested", "lost", "decommissioned", "replaced-by", "warranty-started"} <= kinds
    assert Unit.objects.filter(serial="TG2-9999-00001").exists()
    assert Event.objects.filter(precision="unknown").exists()


def test_the_tour_leads_through_the_story(made: Made) -> None:
    titles = [stop.title for stop in made.tour.stops]

    assert titles[1] == DRILL
    assert "in 90 days" in made.tour.stops[-1].text
    assert all(stop.path.startswith("/") for stop in made.tour.stops)
    assert made.told[-1].startswith(str(NINE.year))


def test_every_stop_of_the_tour_is_a_page(made: Made, client: Client) -> None:
    client.force_login(Person.objects.get(username="petra"))

    answers = {
        stop.path: client.get(stop.path, follow=True).status_code for stop in made.tour.stops
    }

    assert set(answers.values()) == {200}


def test_making_it_again_changes_nothing(made: Made) -> None:
    told: list[str] = []

    again = world.make(NINE, report=told.append, units=UNITS)

    assert again.was_there
    assert again.stops == made.tour.stops
    assert told == ["The demo world is here already; nothing was changed."]


def test_a_card_in_a_board_in_a_drive_has_firmware_of_its_own() -> None:
    card = Unit.objects.get(item__name="IO-12", serial="IO-00001")

    board, drive = contents.host_path(card)
    held = {each.path: each for root in contents.contents(drive) for each in root.flat()}
    seat = held["control-board/option/option-firmware"].installation
    assert (board.item.name, drive.item.name) == ("CB-70", "TG-700")
    assert str(seat.release) == "io12-fw 1.1"


def test_a_technician_booked_a_photo_of_a_plate(made: Made) -> None:
    photo = Photo.objects.get()

    assert (photo.actor_name, photo.media_type) == ("Tom Reyes", "image/png")
    path = next(stop.path for stop in made.tour.stops if "photographed" in stop.text)
    assert path == f"/units/{photo.unit_id}/"


def test_the_tour_leads_to_returns_conflicts_and_what_strangers_see(
    made: Made, client: Client
) -> None:
    told = {stop.path: stop.text for stop in made.tour.stops}

    assert re.search(r"[1-9]\d* may not go out", told["/rmas/"])
    assert "contradict" in told["/conflicts/"]
    (public,) = [path for path in told if path.startswith("/u/")]
    assert "TG-700" in client.get(public).content.decode()
