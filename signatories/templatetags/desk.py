"""What templates of the desk ask for beside their context."""

from django import template
from django.conf import settings

from signatories.states import EvidenceKind

register = template.Library()


@register.simple_tag
def is_demo() -> bool:
    """Whether this is the demo, which says so on every page of the staff."""
    return bool(settings.DEMO)


@register.filter
def in_words(detail: str) -> str:
    """The detail of an event, which is a code, as people read it."""
    return str(EvidenceKind(detail).label) if detail in EvidenceKind.values else detail
