"""What a rejection by condition looks for: parts that must all hold, and the states it may touch."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from signatories.identity import matching
from signatories.models import Evidence, Signature
from signatories.models.signature import SignatureQuerySet
from signatories.states import EvidenceKind, Flag, State
from signatories.transitions import Refused

# Nothing else is ever touched: what somebody accepted, least of all.
SWEEPABLE = (State.SUBMITTED, State.CONFIRMED, State.ON_HOLD)
SHORTEST_NAME = 2
# So many characters of a network's hash are its code: enough to tell networks apart, too few to be taken for anything else.
NETWORK_CODE = 6


class BadCondition(Refused):
    """A condition that says nothing, or something that would find what nobody means."""


@dataclass(frozen=True, kw_only=True)
class Condition:
    """`domain` takes the domains under it along, `exact_domain` doesn't. Everything that is given must hold.

    Times are from `since` on and before `until`; `network` is the code of a network. `spare_believed`: leaves those for which there is evidence beside the proven mailbox.
    """

    domain: str = ""
    exact_domain: str = ""
    since: datetime | None = None
    until: datetime | None = None
    network: str = ""
    flag: str = ""
    name: str = ""
    country: str = ""
    language: str = ""
    via: str = ""
    states: tuple[str, ...] = SWEEPABLE
    spare_believed: bool = True

    @property
    def parts(self) -> dict[str, Any]:
        """What was given, by its name; states and sparing only narrow it."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: given[name] for name in PARTS if given[name]}

    def refuse_nonsense(self) -> None:
        """Raises BadCondition where it is empty, or where a part means more than it seems to."""
        if not self.parts:
            raise BadCondition(
                _("An empty condition would take everybody who waits. Give at least one part.")
            )
        if self.domain and matching.registrable_domain(self.domain) != self.domain:
            raise BadCondition(
                _("“%(domain)s” is not a domain that somebody registered.") % {"domain": self.domain}
            )
        if self.name and len(self.name) < SHORTEST_NAME:
            raise BadCondition(_("One letter is found in nearly every name."))
        if self.network and len(self.network) < NETWORK_CODE:
            raise BadCondition(_("There is no such network."))
        if self.since and self.until and self.since >= self.until:
            raise BadCondition(_("The end is before the beginning."))
        if self.flag and self.flag not in Flag.values:
            raise BadCondition(_("There is no such flag."))
        if not self.states or not set(self.states) <= set(SWEEPABLE):
            raise BadCondition(_("Only unconfirmed and waiting signatures are rejected by condition."))

    def found(self, campaign: Campaign) -> SignatureQuerySet:
        """The signatures of `campaign` that it finds now."""
        found = self.found_with_believed(campaign)
        return found.filter(~Q(believed())) if self.spare_believed else found

    def found_with_believed(self, campaign: Campaign) -> SignatureQuerySet:
        """The same, with those that would be spared."""
        self.refuse_nonsense()
        found = Signature.objects.filter(campaign=campaign, state__in=self.states)
        for name, value in self.parts.items():
            found = found.filter(_MEANS[name](value))
        return found

    def to_json(self) -> dict[str, Any]:
        parts = {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in self.parts.items()
        }
        return {"parts": parts, "states": list(self.states), "spare_believed": self.spare_believed}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Condition":
        """What `to_json` made."""
        parts = dict(stored["parts"])
        for name in ("since", "until"):
            if name in parts:
                parts[name] = datetime.fromisoformat(parts[name])
        return cls(**parts, states=tuple(stored["states"]), spare_believed=stored["spare_believed"])


def believed() -> Exists:
    """Whether there is evidence for a signature beside its mailbox: a person looked at it and found something."""
    standing = Evidence.objects.standing().filter(signature=OuterRef("pk"))
    return Exists(standing.exclude(kind=EvidenceKind.MAILBOX))


def _at(domain: Q) -> Q:
    return Q(contacts__is_primary=True) & domain


_MEANS = {
    "domain": lambda value: _at(
        Q(contacts__mailbox_domain=value) | Q(contacts__mailbox_domain__endswith=f".{value}")
    ),
    "exact_domain": lambda value: _at(Q(contacts__mailbox_domain=value)),
    "since": lambda value: Q(submitted_at__gte=value),
    "until": lambda value: Q(submitted_at__lt=value),
    "network": lambda value: Q(network_hash__startswith=value),
    "flag": lambda value: Q(flags__contains=[value]),
    "name": lambda value: (
        Q(organisation__name__icontains=value) | Q(organisation__native_name__icontains=value)
    ),
    "country": lambda value: Q(country_code=value),
    "language": lambda value: Q(language=value),
    "via": lambda value: Q(via=value),
}
PARTS = tuple(_MEANS)
