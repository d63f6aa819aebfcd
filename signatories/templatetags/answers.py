"""What somebody has typed, for reading through before it is sent."""

from dataclasses import dataclass
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

register = template.Library()


@dataclass(frozen=True)
class Answer:
    name: str
    label: str
    value: str


@register.simple_tag
def answers(form: forms.Form) -> list[Answer]:
    """Labels and values of a valid form in its own order, without what people don't see and what was left empty."""
    read = [Answer(field.name, str(field.label), _in_words(form, field)) for field in form if _is_seen(field)]
    return [answer for answer in read if answer.value]


def _is_seen(field: BoundField) -> bool:
    return not field.is_hidden and field.field.widget.attrs.get("tabindex") != "-1"


def _in_words(form: forms.Form, field: BoundField) -> str:
    value = form.cleaned_data.get(field.name)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(field.field, forms.ChoiceField):
        choices: Any = field.field.choices  # any kind that Django takes; here always pairs
        return str(dict(choices).get(value, value))
    return str(value or "")
