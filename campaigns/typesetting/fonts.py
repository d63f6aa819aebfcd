"""The fonts of documents and cards: those that come with the installation, so that every machine sets the same bytes."""

from functools import cache
from importlib.resources import files

import typst

# Packages of free fonts (SIL Open Font License). Latin, Greek and Cyrillic come with typst itself: Libertinus Serif.
_PACKAGES = {"fontpkg_amiri": "files", "manimgx_fonts": "", "manimgx_fonts_cjk": ""}


@cache
def fonts() -> typst.Fonts:
    """Every font there is, read once; the machine's own stay out."""
    folders = [str(files(package).joinpath(folder)) for package, folder in _PACKAGES.items()]
    return typst.Fonts(include_system_fonts=False, font_paths=folders)
