"""No form of the site takes a file, so none is read: a request that brings one is turned down before a byte of it is kept."""

from typing import NoReturn

from django.core.exceptions import BadRequest
from django.core.files.uploadhandler import FileUploadHandler


class RefuseFiles(FileUploadHandler):
    """Stands where Django would keep uploads in memory or on disk. A view that wants files has to bring a handler of its own,
    which takes known kinds alone and re-encodes them."""

    def new_file(self, *args: object, **kwargs: object) -> NoReturn:
        raise BadRequest("A file where none is asked for.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Never asked: no file begins."""

    def file_complete(self, file_size: int) -> None:
        """Never asked: no file begins."""
