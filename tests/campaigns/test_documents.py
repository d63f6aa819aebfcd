"""letter.pdf and card.png: set from data, tagged, the same bytes for the same input, and nothing in a name runs."""

import io
import struct
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from campaigns import marks
from campaigns.models import CampaignText, LetterText
from campaigns.typesetting import setting
from campaigns.typesetting.tree import tree
from campaigns.typesetting.words import breakable, tags
from campaigns.versions import freeze
from signatories.models import Organisation, Signature
from tests.builders import make_campaign, make_picture, make_signature

NOW = datetime(2026, 9, 1, 14, 5, 42, tzinfo=UTC)
DATES = {"opens_at": datetime(2020, 1, 1, tzinfo=UTC), "closes_at": datetime(2050, 1, 1, tzinfo=UTC)}
TEXTS = {
    "ar": ("المدافعون في القلب", "السيد الأمين العام،\n\nنرجو **العمل**."),
    "zh-hans": ("以人权捍卫者为核心", "尊敬的秘书长：\n\n请**行动**。"),
    "ru": ("Правозащитники в центре", "Уважаемый Генеральный секретарь!\n\nПросим **действовать**."),
}


@pytest.fixture
def campaign(db):
    campaign = make_campaign("hrd-agenda", title="Defenders at the heart", frozen=False, **DATES)
    version = campaign.letter_versions.get()
    for language, (title, body) in TEXTS.items():
        LetterText.objects.create(
            version=version, language=language, title=title, body=body, status="courtesy"
        )
    freeze(version)
    return campaign


def pdf_of(client, language="en", slug="hrd-agenda", *, at=NOW):
    with time_machine.travel(at, tick=False):
        response = client.get(f"/{language}/{slug}/letter.pdf")
    assert response.status_code == 200
    return response.content


def reader_of(document):
    return PdfReader(io.BytesIO(document))


def text_of(document):
    return "\n".join(page.extract_text() for page in reader_of(document).pages)


def tags_of(document):
    """All structure types of the document, in reading order."""

    def walk(element):
        element = element.get_object() if hasattr(element, "get_object") else element
        if isinstance(element, list):
            for each in element:
                yield from walk(each)
        elif isinstance(element, dict):
            if "/S" in element:
                yield element["/S"][1:]
            yield from walk(element.get("/K", []))

    return list(walk(reader_of(document).trailer["/Root"]["/StructTreeRoot"]["/K"]))


def test_the_document_is_the_letter_with_its_signatories(client, campaign):
    for name in ("Beta Example", "Alpha Example"):
        make_signature(campaign, name=name, country_code="KE")
    make_signature(campaign, name="Canary withheld", country_code="XK")
    Signature.objects.filter(organisation__name="Canary withheld").update(publication_mode="withheld")

    document = pdf_of(client)
    text = " ".join(text_of(document).split())

    for expected in (
        "The next Secretary-General",
        "Defenders at the heart",
        "Dear Secretary-General",
        "Speak out.",
        "Train your staff.",
        "3 organisations, of which 2 are named, from 1 country or territory",
        "1 organisation has signed without its name being published, for safety.",
        "Alpha Example Kenya Beta Example Kenya",
        "Letter version 1 · Signatories as of 1 September 2026, 14:05 UTC",
        "Page 1 of 1",
        campaign.letter_versions.get().sha256[:40],
    ):
        assert expected in text
    assert "Canary" not in text
    assert b"Canary" not in document


def test_the_document_is_tagged_as_pdf_ua_wants_it(client, campaign):
    make_signature(campaign)
    document = pdf_of(client)
    root = reader_of(document).trailer["/Root"]

    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader_of(document).metadata.title == "Defenders at the heart"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    found = tags_of(document)
    assert found.count("Title") == 1
    assert [tag for tag in found if tag.startswith("H")] == ["H1", "H1"]
    assert {"P", "L", "LI", "LBody", "Link"} <= set(found)
    for page in reader_of(document).pages:
        assert page["/Tabs"] == "/S"
        for note in page.get("/Annots", []):
            assert note.get_object()["/Contents"]


def test_the_same_input_gives_the_same_bytes_within_a_minute_and_on_another_day_but_for_the_moment(
    client, campaign
):
    make_signature(campaign, name="Alpha Example")
    first = pdf_of(client)
    setting._pdf.cache_clear()

    assert pdf_of(client, at=NOW + timedelta(seconds=17)) == first
    setting._pdf.cache_clear()
    setting._compilers.clear()
    assert pdf_of(client) == first
    assert pdf_of(client, at=NOW + timedelta(minutes=1)) != first
    assert b"CreationDate" not in first
    assert b"ModDate" not in first


def test_s18_a_name_that_is_hidden_is_gone_from_the_very_next_document(client, campaign):
    make_signature(campaign, name="In Danger Example")
    assert "In Danger Example" in text_of(pdf_of(client))

    Signature.objects.update(publication_mode="withheld")

    assert "In Danger" not in text_of(pdf_of(client))


@pytest.mark.parametrize(
    ("language", "lang", "title"),
    [
        ("ar", "ar", TEXTS["ar"][0]),
        ("zh-hans", "zh", TEXTS["zh-hans"][0]),
        ("ru", "ru", TEXTS["ru"][0]),
        ("fr", "fr", "Defenders at the heart"),
    ],
)
def test_every_language_has_its_document(client, campaign, language, lang, title):
    document = pdf_of(client, language)

    assert reader_of(document).trailer["/Root"]["/Lang"].startswith(lang)
    assert reader_of(document).metadata.title == title
    assert b"<pdfuaid:part>1</pdfuaid:part>" in reader_of(document).trailer["/Root"]["/Metadata"].get_data()


def test_arabic_stands_at_the_right(client, campaign):
    places = []
    reader_of(pdf_of(client, "ar")).pages[0].extract_text(
        visitor_text=lambda text, cm, _tm, _font, _size: places.append(cm[4]) if text.strip() else None
    )

    assert max(places) > 500


HOSTILE = (
    '#panic("x")',
    '#read("/etc/passwd")',
    "$ x $ `raw` *b* _e_ <label> @ref = H",
    '"]); #eval("1")',
    '\\u{41} "quoted" \\',
    "https://x.example/ // comment /* more */",
)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_that_somebody_typed_runs_as_markup(client, campaign, hostile):
    make_signature(campaign, name="Placeholder Example")
    Organisation.objects.update(name=hostile, native_name=hostile, country_label=hostile)
    CampaignText.objects.update(addressee_office=hostile, addressee_person=hostile)

    text = "".join(text_of(pdf_of(client)).split())

    typed = "".join(hostile.split())
    assert text.replace("\u200b", "").lower().count(typed.lower()) == 4


def test_markup_in_the_letter_itself_does_not_run_either(client, db):
    body = "#panic() \\#x $y$ *Stars* _lines_ [link](https://x.example/#read)\n\n" + "\n\n".join(HOSTILE)
    make_campaign("hrd-agenda", title="#panic()", body=body)

    assert "#panic()" in text_of(pdf_of(client))


def test_a_sign_that_no_font_has_is_a_square_and_the_document_still_tagged(client, campaign):
    make_signature(campaign, name="Placeholder Example")
    Organisation.objects.update(name="N’Ko ߒߞߏ \U0001f9ff \ue000 \U00020bb7 end")

    document = pdf_of(client)

    assert "N’Ko □□□" in text_of(document)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in reader_of(document).trailer["/Root"]["/Metadata"].get_data()


@pytest.mark.parametrize(
    "name",
    ["हिन्दी संगठन", "องค์กร", "ድርጅት", "အဖွဲ့အစည်း", "អង្គការ", "組織", "단체", "ארגון", "ორგანიზაცია", "সংগঠন"],
)
def test_names_of_many_scripts_are_set_without_squares(client, campaign, name):
    make_signature(campaign, name="Placeholder Example")
    Organisation.objects.update(native_name=name)

    assert "□" not in text_of(pdf_of(client))


@hypothesis_settings(max_examples=60)
@given(st.text(max_size=40), st.text(st.characters(codec="utf-8"), max_size=40))
def test_no_text_whatever_stops_a_document(name, body):
    each = {"name": breakable(name), "native": None, "rest": breakable(body)}

    document = setting.pdf(
        "letter", document_data(sections=[{"title": breakable(name), "lines": [each]}], body=tree(body))
    )

    assert document.startswith(b"%PDF-1.")


@hypothesis_settings(max_examples=60)
@given(st.text("#*-+>1. \n\t[]()!_`ab", max_size=120))
def test_no_markdown_whatever_stops_a_document(body):
    assert setting.pdf("letter", document_data(sections=[], body=tree(body))).startswith(b"%PDF-1.")


def document_data(**parts):
    here = {"lang": "en", "dir": "ltr"}
    return {
        **here,
        "accent": "#1d4f73",
        "title": {"text": "Title", **here},
        "host": "Host",
        "around": here,
        "addressee": {"person": "", "office": "Office"},
        "date": "",
        "asks_heading": "Asks",
        "asks": [],
        "signatories_heading": "Signatories",
        "headline": "None",
        "notes": [],
        "foot": "Foot",
        "page": "{n} / {m}",
        "remarks": [],
        "address": "https://letters.example/",
        **parts,
    }


def test_headings_of_a_document_leave_no_level_out():
    levels = [node["level"] for node in tree("#### Deep\n\n## Two\n\n#### Four\n\n### Three\n\n## Two")]

    assert levels == [1, 1, 2, 2, 1]


def test_a_list_longer_than_a_document_says_where_all_names_are(client, campaign, monkeypatch):
    monkeypatch.setattr("campaigns.typesetting.document.MOST_NAMES", 1)
    monkeypatch.setattr("campaigns.views.copies.MOST_NAMES", 1)
    for name in ("Alpha Example", "Beta Example"):
        make_signature(campaign, name=name)

    text = " ".join(text_of(pdf_of(client)).split())

    assert "The first 1 names are printed here; the page of the letter has all of them." in text
    assert "Beta Example" not in text


def test_a_long_word_has_places_to_break_and_a_short_one_none():
    assert breakable("a" * 50) == "a" * 24 + "\u200b" + "a" * 24 + "\u200b" + "aa"
    assert breakable("Organisation-for-defenders of rights") == "Organisation-for-defenders of rights"


@pytest.mark.parametrize(
    ("language", "expected"),
    [("zh-hans", ("zh", "ltr")), ("ckb", ("ckb", "rtl")), ("", ("en", "ltr")), ("#panic()", ("en", "ltr"))],
)
def test_a_language_reaches_the_document_in_its_own_form_or_not_at_all(language, expected):
    assert tuple(tags(language).values()) == expected


TITLES = (
    "Short",
    "W" * 255,
    "Put human rights defenders at the heart of the UN’s agenda " * 4,
    "المدافعون عن حقوق الإنسان " * 9,
    "以人权捍卫者为核心" * 28,
    "#panic() $x$ *b*",
)


@pytest.mark.parametrize("language", ["en", "ar", "zh-hans"])
@pytest.mark.parametrize("title", TITLES)
def test_the_card_is_1200_by_630_whatever_the_title(client, db, title, language):
    make_signature(make_campaign("hrd-agenda", title=title[:255]))

    response = client.get(f"/{language}/hrd-agenda/card.png")

    assert response["Content-Type"] == "image/png"
    assert struct.unpack(">II", response.content[16:24]) == (1200, 630)
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_the_card_follows_the_count(client, campaign):
    first = client.get("/en/hrd-agenda/card.png").content
    assert client.get("/en/hrd-agenda/card.png").content == first

    make_signature(campaign)

    assert client.get("/en/hrd-agenda/card.png").content != first


# --- the host's mark ------------------------------------------------------------------------------------------------


def pixels_of(card):
    return Image.open(io.BytesIO(card)).convert("RGB")


@pytest.mark.parametrize("language", ["en", "ar", "zh-hans"])
def test_the_document_has_the_hosts_mark_with_its_name_and_stays_tagged(client, campaign, language):
    without = pdf_of(client, language)
    marks.put_on(campaign.host, make_picture())

    document = pdf_of(client, language)

    assert [len(page.images) for page in reader_of(without).pages] == [0]
    assert [len(page.images) for page in reader_of(document).pages] == [1]
    assert tags_of(document).count("Figure") == 1
    assert tags_of(without).count("Figure") == 0
    assert alternatives_of(document) == ["Example Host"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in reader_of(document).trailer["/Root"]["/Metadata"].get_data()


def alternatives_of(document):
    reader = reader_of(document)
    held = (reader.get_object(number) for number in range(1, int(reader.trailer["/Size"])))
    return [str(each["/Alt"]) for each in held if isinstance(each, dict) and "/Alt" in each]


def test_documents_follow_the_mark_and_are_the_same_bytes_for_the_same_one(client, campaign):
    marks.put_on(campaign.host, make_picture())
    first, first_card = pdf_of(client), client.get("/en/hrd-agenda/card.png").content
    setting._pdf.cache_clear()
    setting._png.cache_clear()
    assert (pdf_of(client), client.get("/en/hrd-agenda/card.png").content) == (first, first_card)

    marks.put_on(campaign.host, make_picture(size=(90, 90)))

    assert pdf_of(client) != first
    assert client.get("/en/hrd-agenda/card.png").content != first_card
    marks.take_off(campaign.host)
    assert [len(page.images) for page in reader_of(pdf_of(client)).pages] == [0]


@pytest.mark.parametrize(("language", "side"), [("en", "left"), ("ar", "right")])
def test_the_card_has_the_mark_beside_the_name_at_the_side_where_lines_begin(
    client, campaign, language, side
):
    assert blue_columns(client.get(f"/{language}/hrd-agenda/card.png").content) == set()

    marks.put_on(campaign.host, make_picture(size=(160, 160)))

    found = blue_columns(client.get(f"/{language}/hrd-agenda/card.png").content)
    assert (min(found) < 90) == (side == "left")
    assert (max(found) > 1110) == (side == "right")
    assert max(found) - min(found) in range(44, 49)


def blue_columns(card):
    """Where, across the lower end of the card, the blue of the mark is."""
    picture = pixels_of(card)
    return {x for x in range(1200) for y in range(530, 610, 3) if picture.getpixel((x, y)) == (20, 70, 160)}


@pytest.mark.parametrize("size", [(1, 1), (480, 10), (3, 160), (480, 160)])
def test_marks_of_odd_shapes_stop_no_document(client, campaign, size):
    marks.put_on(campaign.host, make_picture(size=size))

    assert pdf_of(client).startswith(b"%PDF-1.")
    assert pixels_of(client.get("/en/hrd-agenda/card.png").content).size == (1200, 630)


def test_the_document_begins_its_list_with_the_convenors(client, campaign):
    for name, role in (("Zoo", "convenor"), ("Apple", "signatory"), ("Nest", "signatory")):
        signature = make_signature(campaign, name=name)
        Signature.objects.filter(pk=signature.pk).update(role=role)
    hidden = make_signature(campaign, name="Canary")
    Signature.objects.filter(pk=hidden.pk).update(role="convenor", publication_mode="withheld")

    words = " ".join(text_of(pdf_of(client)).split())

    places = [words.index(each) for each in ("Convenors", "Zoo", "Other signatories", "Apple", "Nest")]
    assert places == sorted(places)
    assert words.count("Zoo") == 1
    assert "Canary" not in words


def test_the_document_has_the_groups_that_the_letter_has(client, campaign):
    campaign.list_order = "country"
    campaign.save()
    make_signature(campaign, name="Apple", country_code="NP")
    make_signature(campaign, name="Nest", country_code="KE")

    document = pdf_of(client)

    words = " ".join(text_of(document).split())
    places = [words.index(each) for each in ("Kenya", "Nest", "Nepal", "Apple")]
    assert places == sorted(places)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in reader_of(document).trailer["/Root"]["/Metadata"].get_data()


def test_no_end_of_a_page_comes_between_a_name_and_its_country(client, campaign):
    for number in range(160):
        words = " ".join(f"word{place}" for place in range(8 + number % 17))
        make_signature(campaign, name=f"Begin{number:03} {words} end{number:03}", country_code="KE")

    pages = [" ".join(page.extract_text().split()) for page in reader_of(pdf_of(client)).pages]

    assert len(pages) > 5
    for number in range(160):
        (page,) = [text for text in pages if f"Begin{number:03}" in text]
        assert f"end{number:03} Kenya" in page, number
