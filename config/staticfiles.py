"""Style sheets as production sends them: what one imports stands in it, and nothing in it that only its authors read.

A page waits for its one style sheet. Over a slow connection the first answers come in a single trip as long as page and style
sheet together fit TCP's first window, ten segments or 14,600 bytes (RFC 6928); each file or kilobyte more is a trip more.
Where the files are served as they are written, browsers follow the imports by themselves.
"""

import re
from collections.abc import Iterator
from typing import Any

import rcssmin
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

OWN_STYLES = "css/"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_IMPORT = re.compile(r'@import url\("([\w-]+\.css)"\);')
_HEAD = re.compile(rf"(?:\s|{_COMMENT.pattern}|{_IMPORT.pattern})*", re.DOTALL)

# What collectstatic found: where each file is, and under which name.
Found = dict[str, tuple[Storage, str]]


class SentStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise ships no types
    """Names by content and compressed forms, as whitenoise makes them, of our style sheets made whole and small."""

    def post_process(self, paths: Found, dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Raises ImproperlyConfigured for an import that browsers would not follow, or not to an end."""
        if dry_run:
            return
        whole = InMemoryStorage()
        for name in paths:
            if name.startswith(OWN_STYLES) and name.endswith(".css"):
                whole.save(name, ContentFile(rcssmin.cssmin(_with_imports(name, paths)).encode()))
        mended = {name: (whole, name) if whole.exists(name) else found for name, found in paths.items()}
        yield from super().post_process(mended, dry_run=dry_run, **options)


def _with_imports(name: str, paths: Found, above: tuple[str, ...] = ()) -> str:
    """The style sheet with what it imports in front; `above` are those that import it."""
    if name in above:
        raise ImproperlyConfigured(f"{name} imports itself, by way of {', '.join(above)}.")
    if name not in paths:
        raise ImproperlyConfigured(f"{above[-1]} imports {name}, which is not there.")
    storage, path = paths[name]
    with storage.open(path) as file:
        text = file.read().decode()
    head = _HEAD.match(text)
    imports, rules = (head[0], text[head.end() :]) if head else ("", text)
    if "@import" in _COMMENT.sub("", rules):
        raise ImproperlyConfigured(
            f'{name} has an import that is not at its head, or not written @import url("x.css");'
        )
    parts = [
        _with_imports(OWN_STYLES + other, paths, (*above, name))
        for other in _IMPORT.findall(_COMMENT.sub("", imports))
    ]
    return "".join([*parts, rules])
