"""A few pages behind the real middleware: public ones, private ones, and ones that break the rules."""

from django.contrib.messages import get_messages
from django.contrib.messages import info as inform
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import (
    Http404,
    HttpResponse,
    HttpResponsePermanentRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.middleware.csrf import get_token
from django.template import engines
from django.template.response import SimpleTemplateResponse
from django.urls import path
from django.utils.translation import get_language

import config.urls
from config.headers import policy
from config.publicpages import public
from config.refusals import accepts_bodies_up_to


@public(query=("q",))
def page(request):
    return HttpResponse(
        f"{get_language()} {request.GET.dict()} {request.COOKIES} {request.user} {request.get_full_path()}"
    )


@public()
def count(_request):
    count.renders += 1
    return JsonResponse({"count": 80, "render": count.renders}, headers={"ETag": 'W/"80"'})


count.renders = 0


@public(s_maxage=30, stale=10, max_age=5)
def moved(_request):
    return HttpResponsePermanentRedirect("/en/page/")


@public()
def embargoed(_request):
    return HttpResponse("press only", headers={"Cache-Control": "private, no-store"})


@public()
def missing(_request):
    raise Http404


@public()
def forbidden(_request):
    return HttpResponse("no", status=403)


@public()
def with_form(request):
    return HttpResponse(get_token(request))


@public()
def with_cookie(_request):
    response = HttpResponse("x")
    response.set_cookie("a", "1")
    return response


@public()
def with_session(request):
    return HttpResponse(request.session.get("name"))


@public()
def with_template(request):
    template = engines["django"].from_string(
        "{% for m in messages %}{{ m }}{% endfor %}{{ user.is_authenticated }}"
    )
    return SimpleTemplateResponse(template, {"messages": get_messages(request), "user": request.user})


def leave_message(request):
    inform(request, "for me alone")
    return HttpResponse("left")


def read_messages(request):
    return HttpResponse("".join(str(message) for message in get_messages(request)))


def false_public(request):
    get_token(request)
    return HttpResponse("x", headers={"Cache-Control": "public, s-maxage=60"})


def form(request):
    return HttpResponse(request.POST.get("name", "nothing"))


@accepts_bodies_up_to(1024 * 1024)
def upload(request):
    request.upload_handlers = [MemoryFileUploadHandler(request)]  # the site itself refuses every file
    return HttpResponse(sum(file.size for file in request.FILES.values()))


def stream(_request):
    return StreamingHttpResponse(iter([b"a", b"b"]))


def embed(_request):
    return HttpResponse("x", headers={"Content-Security-Policy": policy(frame_ancestors="*")})


urlpatterns = [
    path("en/page/", page),
    path("fr/page/", page),
    path("page/", page),
    path("count.json", count),
    path("en/moved/", moved),
    path("en/embargoed/", embargoed),
    path("en/missing/", missing),
    path("en/forbidden/", forbidden),
    path("en/with-form/", with_form),
    path("en/with-cookie/", with_cookie),
    path("en/with-session/", with_session),
    path("en/with-template/", with_template),
    path("en/leave-message/", leave_message),
    path("en/read-messages/", read_messages),
    path("en/false-public/", false_public),
    path("en/form/", form),
    path("en/upload/", upload),
    path("en/stream/", stream),
    path("en/embed/", embed),
    path("en/totp/", form, name="mfa_activate_totp"),
    *config.urls.urlpatterns,  # the site's error pages name its own addresses
]
