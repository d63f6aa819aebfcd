"""Style sheets are written in parts and sent whole: no page of production waits for an import."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command

from config.staticfiles import SentStaticFiles

OWN = Path(settings.BASE_DIR) / "static/css"


@pytest.fixture
def collected(settings, tmp_path):
    """Everything that collectstatic makes of this project, as a site has it."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "config.staticfiles.SentStaticFiles"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    names = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    return {name: (tmp_path / sent).read_text() for name, sent in names.items() if name.endswith(".css")}


def sent(folder, **sheets):
    """What is sent of style sheets with these names and texts."""
    written = FileSystemStorage(location=folder)  # where collectstatic has put them before it goes on
    for name, text in sheets.items():
        written.save(f"css/{name}.css", ContentFile(text.encode()))
    storage = SentStaticFiles(location=folder, base_url="/static/")
    found = {f"css/{name}.css": (written, f"css/{name}.css") for name in sheets}
    names = {name: hashed for name, hashed, _processed in storage.post_process(found)}
    return {name: (folder / names[f"css/{name}.css"]).read_text() for name in sheets}


def test_every_style_sheet_of_ours_is_sent_with_what_it_imports(collected):
    ours = {path.name for path in OWN.glob("*.css")}

    assert {name for name in collected if name.startswith("css/")} == {f"css/{name}" for name in ours}
    for name in ours:
        assert "@import" not in collected[f"css/{name}"]
    # Its own rules, those of the letter, the tokens.
    for rule in (".steps", ".letter-text", "--accent"):
        assert rule in collected["css/form.css"]


def test_the_style_sheets_of_others_stay_as_they_are(collected):
    theirs = collected["admin/css/login.css"]

    assert re.search(r"\n\s+\w", theirs), "not minified"


def test_what_only_authors_read_is_left_out_and_what_browsers_read_is_not(tmp_path):
    text = "/* Why. */\n.a :is(b, i) > c {\n  width: calc(1px + 2px);\n}\n\n@media (width >= 30rem) { .a { color: red; } }\n"

    assert sent(tmp_path, one=text) == {
        "one": ".a :is(b,i)>c{width:calc(1px + 2px)}@media (width>=30rem){.a{color:red}}"
    }


def test_imports_stand_where_they_were_written_however_deep(tmp_path):
    sheets = {
        "top": '/* First. */\n@import url("middle.css");\n\n.top { order: 3; }\n',
        "middle": '@import url("ground.css");\n.middle { order: 2; }\n',
        "ground": ".ground { order: 1; }\n",
    }

    assert sent(tmp_path, **sheets)["top"] == ".ground{order:1}.middle{order:2}.top{order:3}"


def test_another_import_gives_the_whole_another_name(tmp_path):
    """Browsers keep a file for ever under its name, so the name has to follow what was put into it."""
    names = set()
    for order in (1, 2):
        folder = tmp_path / str(order)
        sent(folder, top='@import url("ground.css");\n', ground=f".ground {{ order: {order}; }}\n")
        names |= {path.name for path in folder.glob("css/top.*.css")}

    assert len(names) == 2


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('@import url("gone.css");', r"css/top.css imports css/gone.css, which is not there"),
        (
            '@import url("ground.css");\n',
            r"css/top.css imports itself, by way of css/top.css, css/ground.css",
        ),
        (
            '.a { order: 1; }\n@import url("ground.css");',
            r"css/top.css has an import that is not at its head",
        ),
        (
            '@import url("ground.css") print;',
            r"css/top.css has an import that is not at its head, or not written",
        ),
        ("@import 'ground.css';", r"css/top.css has an import that is not at its head, or not written"),
    ],
    ids=["of nothing", "in a circle", "after a rule", "for paper", "written otherwise"],
)
def test_an_import_that_browsers_would_not_follow_as_it_is_sent_stops_the_build(tmp_path, text, why):
    with pytest.raises(ImproperlyConfigured, match=why):
        sent(tmp_path, top=text, ground='@import url("top.css");\n')


def test_what_a_comment_says_of_imports_is_no_import(tmp_path):
    text = '/* Not @import url("gone.css"); */\n.a { order: 1; /* @import */ }\n'

    assert sent(tmp_path, top=text) == {"top": ".a{order:1}"}


def test_nothing_is_read_or_written_where_nothing_is_to_be_done(tmp_path):
    storage = SentStaticFiles(location=tmp_path, base_url="/static/")

    assert list(storage.post_process({"css/top.css": (storage, "not there")}, dry_run=True)) == []
