"""Files that anybody may take."""

from django.http import HttpRequest, HttpResponse


def public_csv(request: HttpRequest, slug: str) -> HttpResponse:
    raise NotImplementedError
