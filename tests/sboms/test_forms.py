"""Browser input about SBOMs."""

from django.core.files.uploadedfile import SimpleUploadedFile

from longmark.sboms.forms import ComponentFilterForm, SbomForm, WithdrawalForm


def test_an_upload_needs_a_file_and_no_label():
    assert SbomForm({}, {"sbom": SimpleUploadedFile("a.json", b"{}")}).is_valid()
    assert set(SbomForm({}, {}).errors) == {"sbom"}


def test_an_empty_file_reaches_the_reader_which_says_why():
    assert SbomForm({}, {"sbom": SimpleUploadedFile("a.json", b"")}).is_valid()


def test_a_label_is_short():
    form = SbomForm({"label": "x" * 101}, {"sbom": SimpleUploadedFile("a.json", b"{}")})

    assert set(form.errors) == {"label"}


def test_a_withdrawal_needs_a_reason():
    assert set(WithdrawalForm({"reason": " "}).errors) == {"reason"}


def test_a_filter_needs_nothing():
    assert ComponentFilterForm({}).is_valid()
