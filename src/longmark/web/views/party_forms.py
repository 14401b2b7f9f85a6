"""Writing parties: who they are, their sites, whom to tell; and forgetting whom to tell."""

from typing import TYPE_CHECKING

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from longmark.core.actors import Action
from longmark.core.vocabulary import PartyKind
from longmark.parties import queries as parties
from longmark.parties import services
from longmark.web.doors import PageRequest, page
from longmark.web.filters import PARTY_KINDS, chosen
from longmark.web.forms.parties import ContactForm, PartyForm, SiteForm
from longmark.web.sheets import Done, Sheet, answer, posted

if TYPE_CHECKING:
    from longmark.parties.models import Contact, Party, Site


@page(Action.CHANGE_PARTIES)
def register_party(request: PageRequest) -> HttpResponse:
    form = PartyForm(posted(request), initial={"kind": chosen(request, "kind", PARTY_KINDS)})
    sheet = Sheet(
        title=_("Register a party"),
        lede=_("A customer, a distributor, a supplier, or someone else that you deal with."),
        submit=_("Register the party"),
        refused=_("The party was not registered:"),
        back=reverse("web:parties"),
        crumbs=[(reverse("web:parties"), _("Customers and other parties"))],
    )

    def act() -> "Party":
        stated = form.cleaned_data
        return services.register_party(
            stated["name"],
            kind=PartyKind(stated["kind"]),
            country=stated["country"],
            number=stated["number"] or None,
            language=stated["language"],
            actor=request.actor,
            now=timezone.now(),
        )

    said = _("%(party)s is registered. Next: whom to tell there.")
    return answer(request, sheet, form, act, lambda one: Done(_page(one), said % {"party": one}))


@page(Action.CHANGE_PARTIES)
def register_site(request: PageRequest, pk: int) -> HttpResponse:
    party = parties.party(pk)
    form = SiteForm(posted(request))
    sheet = Sheet(
        title=_("Register a site of %(party)s") % {"party": party.name},
        submit=_("Register the site"),
        refused=_("The site was not registered:"),
        back=_page(party),
        crumbs=_crumbs(party),
    )

    def act() -> "Site":
        stated = form.cleaned_data
        return services.register_site(party, **stated, actor=request.actor, now=timezone.now())

    said = _("%(site)s is a site of %(party)s now.")
    return answer(
        request,
        sheet,
        form,
        act,
        lambda one: Done(_page(party) + "#sites", said % {"site": one, "party": party}),
    )


@page(Action.CHANGE_PARTIES)
def register_contact(request: PageRequest, pk: int) -> HttpResponse:
    party = parties.party(pk)
    sites = {str(site.pk): site for site in parties.sites_of(party)}
    form = ContactForm(posted(request), party, sites.values())
    sheet = Sheet(
        title=_("Register a contact at %(party)s") % {"party": party.name},
        lede=_("Who is told when their units are affected. The ledger keeps no name and address."),
        submit=_("Register the contact"),
        refused=_("The contact was not registered:"),
        back=_page(party),
        crumbs=_crumbs(party),
    )

    def act() -> "Contact":
        stated = dict(form.cleaned_data)
        site = sites.get(stated.pop("site"))
        return services.register_contact(
            party, **stated, site=site, actor=request.actor, now=timezone.now()
        )

    said = _("%(contact)s is to be told at %(party)s.")
    return answer(
        request,
        sheet,
        form,
        act,
        lambda one: Done(_page(party) + "#contacts", said % {"contact": one, "party": party}),
    )


@page(Action.CHANGE_PARTIES)
def erase_contact(request: PageRequest, pk: int) -> HttpResponse:
    contact = parties.contact(pk)
    party = contact.party
    others = len(parties.contacts_of(party)) - 1
    sheet = Sheet(
        title=_("Erase %(contact)s") % {"contact": contact.name},
        submit=_("Erase the contact"),
        refused=_("The contact was not erased:"),
        back=_page(party),
        crumbs=_crumbs(party),
        warning=_consequence(party, others),
        is_dangerous=True,
    )

    def act() -> None:
        services.erase_contact(contact, actor=request.actor, now=timezone.now())

    said = _("The contact was erased: name and addresses are gone.")
    return answer(
        request,
        sheet,
        forms.Form(posted(request)),
        act,
        lambda _none: Done(_page(party) + "#contacts", said),
    )


def _consequence(party: "Party", others: int) -> str:
    lost = _(
        "Name, mail address and telephone number are removed for good. The ledger keeps that"
        " there was a contact, and who erased it."
    )
    if others:
        return lost
    silent = _("It is the only one: of %(party)s, nobody is left then who could be told.")
    silent %= {"party": party.name}
    return f"{lost} {silent}"


def _page(party: "Party") -> str:
    return reverse("web:party", args=[party.pk])


def _crumbs(party: "Party") -> list[tuple[str, str]]:
    return [(reverse("web:parties"), _("Customers and other parties")), (_page(party), party.name)]
