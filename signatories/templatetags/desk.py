"""What templates of the desk ask for beside their context."""

import json
import re

from django import template
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

from signatories.desk.secondfactor import lacks_second_factor
from signatories.states import EvidenceKind

register = template.Library()

_PUBLIC_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


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
    """The detail of an event, which is a code, as people read it; a signature's public id says nothing, its note names it."""
    if _PUBLIC_ID.fullmatch(detail):
        return ""
    return str(EvidenceKind(detail).label) if detail in EvidenceKind.values else detail
