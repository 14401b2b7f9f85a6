import pytest

from longmark.core.errors import Invalid
from longmark.core.life.aliases import folded_alias, folded_as_mac, plausible_alias
from longmark.core.vocabulary import AliasKind

MAC = AliasKind.MAC


@pytest.mark.parametrize(
    "text",
    [
        "00:1b:63:84:45:e6",
        "00-1B-63-84-45-E6",
        "001b.6384.45e6",
        "001B638445E6",
        " 00 1b 63 84 45 e6",
    ],
)
def test_a_mac_address_is_one_however_it_is_written(text):
    assert plausible_alias(MAC, text) == "00:1B:63:84:45:E6"
    assert folded_alias(MAC, text.strip()) == "001B638445E6"


@pytest.mark.parametrize("text", ["00:1b:63:84:45", "00:1b:63:84:45:zz", "00:1b:63:84:45:e6:00"])
def test_what_is_no_mac_address_is_refused(text):
    with pytest.raises(Invalid, match="is no MAC address"):
        plausible_alias(MAC, text)


@pytest.mark.parametrize(
    "text", ["example.com/u/1", "ftp://example.com/1", "https:///1", "https://[/"]
)
def test_what_is_no_identification_link_is_refused(text):
    with pytest.raises(Invalid, match="is no identification link"):
        plausible_alias(AliasKind.LINK, text)


@pytest.mark.parametrize("text", ["", "  ", "x" * 201, "a\x00b"])
def test_a_name_must_be_there_short_and_printable(text):
    with pytest.raises(Invalid):
        plausible_alias(AliasKind.EQUIPMENT, text)


def test_the_begin_of_a_mac_address_is_found_by_its_digits():
    assert folded_as_mac("00-1b-63") == "001B63"
    assert folded_as_mac("10012345-x") == ""
