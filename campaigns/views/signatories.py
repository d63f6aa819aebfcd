"""The list of signatories, page by page; searched and filtered by the server, so that it takes no script."""

from dataclasses import dataclass
from functools import cached_property

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation

from campaigns import countries, counts, cursors, grouping, initials, listing, reading
from campaigns.choices import ListOrder
from campaigns.models import Campaign
from campaigns.searching import search_pieces
from config.publicpages import public

LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Asked:
    """What an address asks of the list."""

    campaign: Campaign
    query: QueryDict

    @cached_property
    def typed(self) -> str:
        return self.query.get("q", "").strip()[:LONGEST_SEARCH]

    @cached_property
    def wanted(self) -> listing.Wanted:
        return listing.Wanted(
            pieces=search_pieces(self.typed),
            country=self.query.get("country", "")[:2],
            org_type=self.query.get("type", "")[:20],
        )

    @cached_property
    def initial(self) -> str:
        return initials.initial_of(self.query.get("from", ""))

    @cached_property
    def cursor(self) -> str:
        beginning = cursors.before(self.initial) if self.initial else ""
        return self.query.get("after", "") or beginning

    @cached_property
    def order(self) -> ListOrder:
        """Of a page behind another one or from a letter on: by name, if the address says nothing else."""
        usual = ListOrder.NAME if self.cursor else self.campaign.list_order
        return ListOrder.NAME if self.initial else grouping.order_of(self.query.get("group", ""), usual)

    @property
    def is_part(self) -> bool:
        """Whether some are looked for, and not all of them are to be seen."""
        return bool(self.typed) or not self.wanted.is_all

    @property
    def is_unreadable(self) -> bool:
        return bool(self.typed) and not self.wanted.pieces

    def address(self, **changes: str) -> str:
        """The query of an address that asks for the same, but for these changes."""
        chosen = self.order if self.query.get("group") else ""
        kept = {
            "q": self.typed,
            "country": self.wanted.country,
            "type": self.wanted.org_type,
            "group": chosen,
        }
        query = QueryDict(mutable=True)
        query.update({name: value for name, value in (kept | changes).items() if value})
        return query.urlencode()


@public(query=("q", "country", "type", "group", "from", "after"))
def signatories(request: HttpRequest, slug: str) -> HttpResponse:
    now, language = timezone.now(), translation.get_language()
    campaign = get_object_or_404(reading.campaigns_to_read(now), slug=slug)
    asked, tally = Asked(campaign, request.GET), counts.tally(campaign)
    groups = grouping.groups(campaign, asked.order, language, tally)
    page = _page(asked, groups)
    context = {
        "campaign": campaign,
        "text": reading.letter_text(campaign, language),
        "tally": tally,
        "as_of": now,
        "sections": grouping.flat(page, campaign, language)
        if asked.is_part
        else grouping.sections(page, campaign, groups, language, tally=tally, cursor=asked.cursor),
        "groups": listing.BY_NAME if asked.is_part else groups,
        "with_disputes": True,
        "asked": asked,
        "countries": [
            pair
            for pair in countries.choices(language, campaign.naming_policy)
            if pair[0] in tally.by_country
        ],
        "types": listing.types(campaign),
        "orders": _orders(asked),
        "initials": _initials(asked),
        "found": len(page.signatures),
        "next": asked.address(after=page.following, group=asked.order) if page.following else "",
    }
    return render(request, "campaigns/signatories.html", context)


def _page(asked: Asked, groups: listing.Groups) -> listing.Page:
    if asked.is_unreadable:
        return listing.Page()
    try:
        return listing.page(asked.campaign, asked.wanted, groups=groups, cursor=asked.cursor)
    except ValueError as error:
        raise Http404 from error


def _orders(asked: Asked) -> list[dict[str, object]]:
    """The ways to group the whole list, as links."""
    names = (
        (ListOrder.NAME, translation.gettext("By name")),
        (ListOrder.COUNTRY, translation.gettext("By country or territory")),
        (ListOrder.TYPE, translation.gettext("By type")),
    )
    return [
        {"name": name, "query": asked.address(group=order), "is_current": order == asked.order}
        for order, name in names
    ]


def _initials(asked: Asked) -> list[dict[str, object]]:
    """A to Z where the list is by name and not searched, the letters that lead somewhere."""
    if asked.typed or (asked.order != ListOrder.NAME and not asked.is_part):
        return []
    return [
        {
            "label": initials.label(each),
            "query": asked.address(**{"from": each, "group": "" if asked.is_part else ListOrder.NAME}),
            "is_current": each == asked.initial,
        }
        for each in initials.taken(asked.campaign, asked.wanted)
    ]
