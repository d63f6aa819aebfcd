"""For machines that watch the site and robots that index it."""

from datetime import UTC, timedelta

from django.conf import settings
from django.db import connection
from django.db.utils import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns.weblinks import absolute

# RFC 9116 asks for less than a year.
SECURITY_LIFE = timedelta(days=180)
ROBOTS = "User-agent: *\nDisallow: /admin/\nDisallow: /staff/\nDisallow: /*/confirm/\nDisallow: /*/manage/\nDisallow: /*/dispute/\n"


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the database answers, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return HttpResponse("no database\n", content_type="text/plain", status=503)
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{ROBOTS}Sitemap: {absolute('/sitemap.xml')}\n", content_type="text/plain")


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Where weaknesses are reported (RFC 9116). It is renewed with each answer, so it never runs out; 404 without a contact."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = (timezone.now() + SECURITY_LIFE).astimezone(UTC).replace(microsecond=0)
    lines = {
        "Contact": settings.SECURITY_CONTACT,
        "Expires": expires.isoformat().replace("+00:00", "Z"),
        "Preferred-Languages": ", ".join(code for code, _name in settings.LANGUAGES),
        "Canonical": absolute(request.path),
    }
    text = "".join(f"{name}: {value}\n" for name, value in lines.items())
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
