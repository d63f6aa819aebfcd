"""What templates of the desk ask for beside their context."""

import json
import re

from django import template
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext_lazy as _

from signatories.desk.secondfactor import lacks_second_factor
from signatories.states import EvidenceKind, Outcome, PartInCampaign, Vouch
from signatories.telling import MERGE_DETAIL, SWEEP_DETAIL

register = template.Library()

_PUBLIC_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
IN_WORDS = {
    **dict(EvidenceKind.choices),
    **dict(Outcome.choices),
    **dict(Vouch.choices),
    **dict(PartInCampaign.choices),
    "inside": _("from the organisation itself"),
    "outside": _("from somebody else"),
    "disputers": _("who disputes it"),
    MERGE_DETAIL: _("two signatures of one organisation"),
}


@register.simple_tag
def is_demo() -> bool:
    """Whether this is the demo, which says so on every page of the staff."""
    return bool(settings.DEMO)


@register.simple_tag
def second_factor_required() -> bool:
    """Whether staff can do nothing without a second factor."""
    return bool(settings.STAFF_MFA_REQUIRED)


@register.simple_tag(takes_context=True)
def must_set_up_second_factor(context: template.Context) -> bool:
    """Whether the reader of this page has no second factor, but needs one."""
    return lacks_second_factor(context["request"].user)


@register.filter
def as_json(value: object) -> str:
    """For a data attribute that a script reads: nothing stands inside a script element."""
    return json.dumps(value, cls=DjangoJSONEncoder)


@register.filter
def in_words(detail: str) -> str:
    """The detail of an event, a code, as people read it; a signature's public id says nothing, its note names it."""
    if _PUBLIC_ID.fullmatch(detail):
        return ""
    if detail.startswith(SWEEP_DETAIL):
        number = detail.removeprefix(SWEEP_DETAIL)
        return str(_("rejection by condition no. %(number)s") % {"number": number})
    return str(IN_WORDS.get(detail, detail))
