"""Forms about what components are called."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy

from longmark.core.identity.rules import NameRuleKind
from longmark.names.services.rules import Said
from longmark.web.forms.widgets import Rows

LIMIT_NAME = 500


class NameForm(forms.Form):
    """What is said of a stated name; what each kind of rule asks for stands in its subclass."""

    KIND: ClassVar[NameRuleKind]

    stated = forms.CharField(
        label=gettext_lazy("What SBOMs say"),
        max_length=LIMIT_NAME,
        help_text=gettext_lazy(
            "A purl, a CPE name, a repository, or bare:GROUP:NAME. Versions in it do not count."
        ),
        widget=forms.TextInput(attrs={"class": "mono", "autocomplete": "off"}),
    )

    def said(self) -> Said:
        """Return what was written, for the service."""
        stated = self.cleaned_data
        return Said(
            stated=stated["stated"],
            kind=self.KIND,
            target=stated.get("target", ""),
            versions=stated["versions"],
            is_declared=stated.get("is_declared", False),
            purl=stated.get("purl", ""),
            cpes=[line.strip() for line in stated.get("cpes", "").splitlines() if line.strip()],
        )


def _target(label: Any, hint: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LIMIT_NAME,
        help_text=hint,
        widget=forms.TextInput(attrs={"class": "mono", "autocomplete": "off"}),
    )


def _versions() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Versions"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("As in = 2.1 or >= 1.0 < 2.0. Empty means all."),
        widget=forms.TextInput(attrs={"class": "mono", "autocomplete": "off"}),
    )


def _reason() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2_000,
        help_text=gettext_lazy("Others will read it when they doubt."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _source() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Where that can be read"), max_length=LIMIT_NAME, required=False
    )


class KnownAsForm(NameForm):
    """A further name."""

    KIND = NameRuleKind.KNOWN_AS
    ROWS: ClassVar[Rows] = (("versions", "source"),)

    target = _target(
        gettext_lazy("is also known as"),
        gettext_lazy("A CPE name, a purl, a repository, or product:ID of the built-in table."),
    )
    is_declared = forms.BooleanField(
        label=gettext_lazy("Trust it as the SBOM’s own word, not as a known name"), required=False
    )
    reason, versions, source = _reason(), _versions(), _source()


class IsNotForm(NameForm):
    """A name that is never to be used."""

    KIND = NameRuleKind.IS_NOT
    ROWS: ClassVar[Rows] = (("versions", "source"),)

    target = _target(
        gettext_lazy("is not"),
        gettext_lazy("Never looked up so, whoever says that it is: SBOM, table or map."),
    )
    reason, versions, source = _reason(), _versions(), _source()


class CorrectedForm(NameForm):
    """An identity in place of the stated one."""

    KIND = NameRuleKind.CORRECTED
    ROWS: ClassVar[Rows] = (("versions", "source"),)

    purl = forms.CharField(
        label=gettext_lazy("really is, as a purl"),
        max_length=2_000,
        required=False,
        help_text=gettext_lazy("Without a version it takes the one that the SBOM states."),
        widget=forms.TextInput(attrs={"class": "mono", "autocomplete": "off"}),
    )
    cpes = forms.CharField(
        label=gettext_lazy("and as CPE names"),
        required=False,
        max_length=20_000,
        help_text=gettext_lazy("One a line. They stand in place of those in the SBOM."),
        widget=forms.Textarea(attrs={"rows": 3, "class": "mono"}),
    )
    reason, versions, source = _reason(), _versions(), _source()


FORMS = {form.KIND: form for form in (KnownAsForm, IsNotForm, CorrectedForm)}


class MapForm(forms.Form):
    """A table from purls to CPE names, and what it is called."""

    file = forms.FileField(label=gettext_lazy("Table"))
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy("It takes the place of the map of this name."),
    )
    edition = forms.CharField(
        label=gettext_lazy("Edition"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("As in 2025-05-19."),
    )
    source = _source()
    is_for_ecosystems = forms.BooleanField(
        label=gettext_lazy("Use it for npm, PyPI and the like too: finds more, and more is wrong"),
        required=False,
    )


class WithdrawalForm(forms.Form):
    """Why a rule or a map no longer holds."""

    reason = _reason()
