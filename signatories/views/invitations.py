"""By which circulation link somebody came. Its key stands in the address once; from there on it travels sealed in the form."""

from django.http import HttpRequest

from campaigns import circulation
from campaigns.models import Campaign, CirculationLink
from signatories import tokens

SEAL_LIFE = 24 * 60 * 60


def link_of(request: HttpRequest, campaign: Campaign) -> CirculationLink | None:
    """The link that the address names, or the form; None where there is none, or where it was ended meanwhile."""
    if sealed := request.POST.get("invited"):
        try:
            content = tokens.unseal(sealed, "circulation", max_age=SEAL_LIFE)
        except tokens.BadSeal:
            return None
        return circulation.standing(campaign).filter(pk=content["circulation"]).first()
    key = request.GET.get("key", "")
    return circulation.of_key(campaign, key) if key else None


def sealed(link: CirculationLink | None) -> str:
    return tokens.seal({"circulation": link.pk}) if link else ""
