"""The queue, and the way to the page of each signature. Nothing is added, edited or deleted here: buttons decide."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.admin.scope import CampaignScoped, ViewOnly
from signatories.admin import (
    asking,
    case_page,
    convening,
    decisions,
    disputes,
    exporting,
    filters,
    hiding,
    merging,
    referring,
    sections,
    sweep_forms,
    wishes,
)
from signatories.admin.bulk import accept_what_meets_the_bar, send_held_mail
from signatories.admin.casefile import in_case
from signatories.desk import work
from signatories.desk.search import search
from signatories.models import Signature
from signatories.models.signature import SignatureQuerySet
from signatories.states import ExportSet

LONGEST_ID = len(str(2**63))
BUTTONS = {
    "accept": decisions.accept,
    "accept-on-domain": decisions.accept_on_domain,
    "record-domain": decisions.record_domain,
    "agree": decisions.agree,
    "ask-colleague": decisions.ask_colleague,
    "hold": decisions.hold,
    "ask": asking.ask,
    "ask-text": asking.ask_text,
    "reject": decisions.reject,
    "revoke": decisions.revoke,
    "put-back": decisions.put_back,
    "turn-down-appeal": asking.turn_down_appeal,
    "add-evidence": decisions.add_evidence,
    "not-duplicate": decisions.not_duplicate,
    "add-note": decisions.add_note,
    "ask-to-vouch": referring.ask_to_vouch,
    "show-contact": decisions.reveal,
    "send-again": decisions.send_again,
    "uphold-disputes": disputes.uphold_disputes,
    "turn-down-disputes": disputes.turn_down_disputes,
    "show-disputers": disputes.reveal_disputers,
    "hide": hiding.hide,
    "unlink-section": sections.unlink_section,
    "convenor": convening.convenor,
    "take-name": wishes.take_name,
    "refuse-name": wishes.refuse_name,
    "check-publicity": wishes.check_publicity,
    "refuse-publicity": wishes.refuse_publicity,
    "look-at-vouching": wishes.look_at_vouching,
}


@admin.register(Signature)
class SignatureAdmin(ViewOnly, CampaignScoped):
    list_display = [
        "organisation_name",
        "country",
        "mailbox_domain",
        "level",
        "flags_in_words",
        "age",
        "standing",
    ]
    list_display_links = ["organisation_name"]
    list_filter = [
        filters.StateFilter,
        filters.CampaignFilter,
        filters.CountryFilter,
        filters.TypeFilter,
        filters.LevelFilter,
        filters.FlagFilter,
        filters.SecondEyesFilter,
        filters.MailFilter,
        filters.AnsweredFilter,
        filters.AppealedFilter,
        filters.DisputedFilter,
        filters.WishFilter,
        filters.NetworkFilter,
    ]
    search_fields = ["organisation__name"]  # that there is a search; what it finds is in `desk.search`
    search_help_text = _("Name, acronym, reference or domain of the mailbox")
    ordering = ["state", "confirmed_at", "pk"]
    sortable_by = ["organisation_name", "country"]
    list_per_page = 50
    show_full_result_count = False
    actions = [
        accept_what_meets_the_bar,
        send_held_mail,
        convening.make_convenors,
        convening.make_signatories,
    ]
    view_on_site = False
    change_list_template = "admin/signatories/signature/change_list.html"

    def within_reach(self, request: HttpRequest) -> SignatureQuerySet:
        return Signature.objects.visible_to(request.user)

    def get_queryset(self, request: HttpRequest) -> SignatureQuerySet:
        return work.in_list(self.within_reach(request)).order_by(*self.ordering)

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[SignatureQuerySet, bool]:
        return search(queryset, search_term), False

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("signatories.change_signature")

    def has_convene_permission(self, request: HttpRequest) -> bool:
        return convening.may_convene(request.user)

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site.admin_view
        return [
            *(
                path(f"<int:pk>/{address}/", site(view), name=f"signatories_signature_{view.__name__}")
                for address, view in BUTTONS.items()
            ),
            path(
                "<int:pk>/evidence/<int:evidence>/take-back/",
                site(decisions.take_back_evidence),
                name="signatories_signature_take_back_evidence",
            ),
            path("next/", site(decisions.next_case), name="signatories_signature_next"),
            path(
                "<int:pk>/merge/<int:other>/",
                site(merging.merge_with),
                name="signatories_signature_merge_with",
            ),
            path(
                "<int:pk>/merge/<int:merge>/undo/",
                site(merging.undo_merge),
                name="signatories_signature_undo_merge",
            ),
            path(
                "<int:pk>/signatories-to-ask/",
                site(referring.choose_referrer),
                name="signatories_signature_choose_referrer",
            ),
            path(
                "<int:pk>/referral/<int:referral>/agree/",
                site(referring.agree_to_ask),
                name="signatories_signature_agree_to_ask",
            ),
            path(
                "<int:pk>/referral/<int:referral>/call-off/",
                site(referring.call_off),
                name="signatories_signature_call_off",
            ),
            path("<int:pk>/section/", site(sections.section_of), name="signatories_signature_section_of"),
            path(
                "<int:pk>/section/<int:network>/",
                site(sections.link_section),
                name="signatories_signature_link_section",
            ),
            path("export/public/", site(self.export_public), name="signatories_signature_export_public"),
            path("export/manage/", site(self.export_manage), name="signatories_signature_export_manage"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        more = {"files": self._files(request), "sweep_address": self._sweep_address(request)}
        return super().changelist_view(request, {**(extra_context or {}), **more})

    def _sweep_address(self, request: HttpRequest) -> str:
        """Where what the list shows now is rejected by condition; '' for those who don't moderate."""
        return sweep_forms.address_of(request) if self.has_moderate_permission(request) else ""

    def _files(self, request: HttpRequest) -> list[tuple[str, Any]]:
        """The files that the user may take out of the list as it is filtered now, with their labels."""
        everything, accepted = request.GET.copy(), request.GET.copy()
        accepted["state"] = filters.ALL  # the public list has a state of its own
        offered = [
            (ExportSet.PUBLIC, accepted, _("Public list (CSV)")),
            (ExportSet.MANAGE, everything, _("Everything, with contacts (CSV)")),
        ]
        return [
            (f"{reverse(f'admin:signatories_signature_export_{export_set}')}?{query.urlencode()}", label)
            for export_set, query, label in offered
            if exporting.campaigns_to_export(request, export_set).exists()
        ]

    def export_public(self, request: HttpRequest) -> HttpResponseBase:
        return exporting.export_public(request, self._filtered(request))

    def export_manage(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = exporting.export_manage(request, self._filtered(request))
        return response

    def _filtered(self, request: HttpRequest) -> SignatureQuerySet:
        """What the list shows under the filters and the search that stand in the address."""
        try:
            found = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters as error:
            raise Http404 from error
        return cast("SignatureQuerySet", found)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Shows the case. It takes no POST: whatever a forged form says, nothing is read from it (scenario M7)."""
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        wanted = int(object_id) if object_id.isdecimal() and len(object_id) < LONGEST_ID else 0
        signature = in_case(self.within_reach(request), request.user).filter(pk=wanted).first()
        if signature is None:
            signature = self.get_object(request, object_id)  # not within reach: says so, and logs who asked
        return case_page.show(request, signature)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        found = self.get_object(request, object_id)
        return HttpResponseRedirect(
            reverse("admin:signatories_signature_change", args=[found.pk]) + "#events"
        )

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404

    @admin.display(description=_("organisation"), ordering="organisation__sort_key")
    def organisation_name(self, signature: Signature) -> str:
        return signature.shown_name

    @admin.display(description=_("country or territory"), ordering="country_code")
    def country(self, signature: Signature) -> str:
        return work.country_of(signature)

    @admin.display(description=_("mailbox"))
    def mailbox_domain(self, signature: Signature) -> str:
        # A domain is a name, too.
        domain = None if signature.is_masked else getattr(signature, "mailbox_domain", None)
        return f"@{domain or '–'}"

    @admin.display(description=_("level"))
    def level(self, signature: Signature) -> str:
        return work.level(signature).label

    @admin.display(description=_("flags"))
    def flags_in_words(self, signature: Signature) -> str:
        return work.flags_in_words(signature) or "–"

    @admin.display(description=_("state"), ordering="state")
    def standing(self, signature: Signature) -> str:
        return work.standing(signature)

    @admin.display(description=_("age"), ordering="confirmed_at")
    def age(self, signature: Signature) -> str:
        return work.age(signature.confirmed_at or signature.submitted_at, timezone.now())
