"""No form of the site takes a file but those that say so: a request that brings one elsewhere is turned down before a byte of
it is kept.

    @accepts_bodies_up_to(size + OF_THE_FORM)
    @takes_one_file("picture", up_to=size, for_whom=may_upload)
    def upload(request, ...): ...

The file is held in memory, in one piece, under the name of its one field. Whoever reads it must not trust it: it is made anew
(`campaigns.marks`) or refused.
"""

import io
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect

View = Callable[..., HttpResponseBase]
# Bytes that a form needs beside its file.
OF_THE_FORM = 16 * 1024


class RefuseFiles(FileUploadHandler):
    """Stands where Django would keep uploads in memory or on disk."""

    def new_file(self, *args: object, **kwargs: object) -> NoReturn:
        raise BadRequest("A file where none is asked for.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Never asked: no file begins."""

    def file_complete(self, file_size: int) -> None:
        """Never asked: no file begins."""


class OneFile(FileUploadHandler):
    """Keeps one file of one field in memory; a second one, one of another field or one that is too large ends the request."""

    def __init__(self, field: str, up_to: int) -> None:
        super().__init__()
        self.field, self.up_to = field, up_to
        self.held: io.BytesIO | None = None

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        if field_name != self.field or self.held is not None:
            raise BadRequest("A file where none is asked for.")
        self.held = io.BytesIO()
        super().new_file(field_name, *args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > self.up_to:
            raise BadRequest("The file is too large.")
        if self.held is not None:
            self.held.write(raw_data)

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":
        if self.held is None:
            return None
        self.held.seek(0)
        # Name and kind are what somebody wrote: nobody looks at them.
        return InMemoryUploadedFile(self.held, self.field, "file", None, file_size, None)


def takes_one_file(
    field: str, *, up_to: int, for_whom: Callable[[HttpRequest], object]
) -> Callable[[View], View]:
    """Lets a view of the staff take one file in `field`, of at most `up_to` bytes.

    `for_whom` raises PermissionDenied before anything of the body is read; only then is the form's token looked at, which is
    in the body.
    """

    def declare(view: View) -> View:
        protected = csrf_protect(view)

        # Django's way to let the handler be chosen before the token is read: exempt without, protected within.
        @csrf_exempt
        @wraps(view)
        def taking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            for_whom(request)
            request.upload_handlers = [OneFile(field, up_to)]
            return protected(request, *args, **kwargs)

        taking.takes_file = field  # type: ignore[attr-defined]
        return taking

    return declare
