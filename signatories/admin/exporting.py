"""Files from the filtered list: a page that says what will be in it, and a POST that sends it (scenarios C11, C12)."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from campaigns.choices import PublicationMode
from campaigns.models import Campaign
from signatories import exports
from signatories.exports.csvfile import DELIMITERS
from signatories.models import Signature
from signatories.models.signature import SignatureQuerySet
from signatories.states import ExportSet
from signatories.transitions import Refused


class PublicFileForm(forms.Form):
    """One campaign at a time, and how the reader's spreadsheet likes it."""

    campaign = forms.ModelChoiceField(
        label=_("Campaign"), queryset=Campaign.objects.none(), to_field_name="slug"
    )
    delimiter = forms.ChoiceField(
        label=_("Between the cells"), choices=[(each, each) for each in DELIMITERS], initial=","
    )
    without_bom = forms.BooleanField(
        label=_("Without byte order mark"),
        required=False,
        help_text=_("For programs that mind it; spreadsheets need it to read other scripts."),
    )

    def __init__(self, *args: Any, campaigns: QuerySet[Campaign], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["campaign"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # for the type checker
        field.queryset = campaigns
        only = list(campaigns[:2])
        self.initial.setdefault("campaign", only[0].slug if len(only) == 1 else None)


class ManageFileForm(PublicFileForm):
    reason = forms.CharField(
        label=_("What the file is for"), max_length=255, help_text=_("It is recorded with your name.")
    )
    with_withheld = forms.BooleanField(
        label=_("With withheld signatures"),
        required=False,
        help_text=_(
            "Their names are known to the host alone. Take them out only if it cannot be done otherwise."
        ),
    )
    field_order = ["campaign", "reason", "with_withheld"]


def campaigns_to_export(request: HttpRequest, export_set: ExportSet) -> QuerySet[Campaign]:
    """The campaigns of which the user may take out this set."""
    if not request.user.has_perm("signatories.view_signature"):
        return Campaign.objects.none()
    if export_set == ExportSet.PUBLIC:
        return Campaign.objects.visible_to(request.user)
    if not request.user.has_perm("signatories.export_contacts"):
        return Campaign.objects.none()
    return Campaign.objects.managed_by(request.user)


def export_public(request: HttpRequest, signatures: SignatureQuerySet) -> HttpResponseBase:
    return _export(request, signatures.filter(pk__in=Signature.objects.public()), ExportSet.PUBLIC)


@reauthentication_required  # type: ignore[untyped-decorator]  # allauth ships no types
def export_manage(request: HttpRequest, signatures: SignatureQuerySet) -> HttpResponseBase:
    """Everything, with contacts: asks for the password once more, also before the page is shown."""
    return _export(request, signatures, ExportSet.MANAGE)


def _export(request: HttpRequest, signatures: SignatureQuerySet, export_set: ExportSet) -> HttpResponseBase:
    campaigns = campaigns_to_export(request, export_set)
    if not campaigns.exists():
        raise PermissionDenied
    form_class = PublicFileForm if export_set == ExportSet.PUBLIC else ManageFileForm
    if request.method == "POST":
        form = form_class(request.POST, campaigns=campaigns)
        if form.is_valid():
            return _send(request, signatures, export_set, form.cleaned_data)
    else:
        chosen = {"campaign": request.GET["campaign"]} if request.GET.get("campaign") else {}
        form = form_class(campaigns=campaigns, initial=chosen)
    return _page(request, signatures, export_set, form)


def _send(
    request: HttpRequest, signatures: SignatureQuerySet, export_set: ExportSet, answers: dict[str, Any]
) -> HttpResponseBase:
    try:
        return exports.export_response(
            user=request.user,
            campaign=answers["campaign"],
            export_set=export_set,
            queryset=signatures,
            reason=answers.get("reason", ""),
            filters=request.META.get("QUERY_STRING", ""),
            with_withheld=answers.get("with_withheld", False),
            delimiter=answers["delimiter"],
            bom=not answers["without_bom"],
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        raise PermissionDenied from refusal


def _page(
    request: HttpRequest, signatures: SignatureQuerySet, export_set: ExportSet, form: PublicFileForm
) -> HttpResponse:
    campaigns = campaigns_to_export(request, export_set)
    mine = Signature.objects.filter(campaign__in=campaigns, pk__in=signatures.order_by().values("pk"))
    context = {
        **admin.site.each_context(request),
        "opts": Signature._meta,
        "title": ExportSet(export_set).label,
        "form": form,
        "is_public": export_set == ExportSet.PUBLIC,
        "count": mine.count(),
        "withheld": mine.filter(publication_mode=PublicationMode.WITHHELD).count(),
        "query": request.META.get("QUERY_STRING", ""),
    }
    return TemplateResponse(request, "admin/signatories/signature/export.html", context)
