"""Load every template of the project, so that a broken tag, a missing parent or a bad include name is found at once."""

import sys

import django
from django.conf import settings
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template


def main() -> int:
    django.setup()
    broken = 0
    for folder in (settings.BASE_DIR / "templates", *settings.BASE_DIR.glob("*/templates")):
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = str(file.relative_to(folder))
            try:
                get_template(name)
            except (TemplateSyntaxError, TemplateDoesNotExist) as error:
                broken += 1
                print(f"{name}: {error!r}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
