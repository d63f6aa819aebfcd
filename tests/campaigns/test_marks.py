"""The host's mark: any picture becomes a small PNG of bare pixels, anything else is refused in words, and it has one address."""

import io
import random
import struct
import zlib
from contextlib import suppress

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from campaigns import marks
from campaigns.models import Campaign, Host
from tests.builders import make_campaign, make_picture

HTML = b"<!doctype html><script>alert(1)</script>"


def opened(file):
    return Image.open(io.BytesIO(file))


def chunks_of(png):
    place, kinds = 8, []
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        kinds.append(png[place + 4 : place + 8].decode())
        place += 12 + length
    return kinds


def bomb(width, height):
    """A PNG that claims its size and holds almost nothing."""

    def chunk(kind, held):
        return struct.pack(">I", len(held)) + kind + held + struct.pack(">I", zlib.crc32(kind + held))

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGBA"), ("WEBP", "RGBA"), ("JPEG", "RGB"), ("JPEG", "CMYK")]
)
def test_a_picture_becomes_a_png_that_fits(kind, mode):
    mark = opened(marks.made_from(make_picture(kind, mode=mode, size=(900, 200))))

    assert (mark.format, mark.size) == ("PNG", (480, 107))


@pytest.mark.parametrize(
    ("size", "expected"), [((200, 800), (40, 160)), ((60, 20), (60, 20)), ((1, 4000), (1, 160))]
)
def test_it_keeps_its_shape_and_is_not_blown_up(size, expected):
    assert opened(marks.made_from(make_picture(size=size))).size == expected


def test_what_is_transparent_stays_so_and_edges_keep_their_colour():
    mark = opened(marks.made_from(make_picture())).convert("RGBA")

    assert mark.getpixel((300, 5)) == (0, 0, 0, 0)
    assert mark.getpixel((80, 80)) == (20, 70, 160, 255)
    half_seen = [each for each in mark.get_flattened_data() if 100 < each[3] < 200]
    assert half_seen
    assert all(abs(red - 20) < 20 and abs(blue - 160) < 20 for red, _green, blue, _alpha in half_seen)


def test_a_transparent_margin_is_cut_off():
    picture = Image.new("RGBA", (400, 300))
    picture.paste((200, 0, 0, 255), (100, 50, 160, 70))
    file = io.BytesIO()
    picture.save(file, "PNG")

    assert opened(marks.made_from(file.getvalue())).size == (60, 20)


def test_a_picture_in_which_there_is_nothing_is_refused():
    file = io.BytesIO()
    Image.new("RGBA", (40, 20)).save(file, "PNG")

    with pytest.raises(marks.NotAMark, match="transparent all over"):
        marks.made_from(file.getvalue())


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16"])
def test_pictures_of_few_and_of_deep_greys_are_taken(mode):
    grey = 255 if mode == "1" else 200
    picture = Image.new("I;16", (40, 20), grey * 256) if mode == "I;16" else Image.new("L", (40, 20), grey)
    file = io.BytesIO()
    picture.convert(mode).save(file, "PNG")

    shown = opened(marks.made_from(file.getvalue())).convert("RGB").getpixel((5, 5))

    assert shown == (grey, grey, grey)


def test_the_most_colourful_picture_is_small_enough_for_a_bad_phone():
    file = io.BytesIO()
    Image.frombytes("RGBA", (480, 160), random.Random(2).randbytes(480 * 160 * 4)).save(file, "PNG")

    assert len(marks.made_from(file.getvalue())) <= 40_000


def test_the_same_file_gives_the_same_bytes():
    assert marks.made_from(make_picture()) == marks.made_from(make_picture())


def test_nothing_but_pixels_comes_out():
    exif = Image.Exif()
    exif[0x013B] = "Canary Photographer"
    exif[0x010E] = "Canary taken in the office"
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "Canary comment")
    words.add_itxt("XML:com.adobe.xmp", "<x>Canary</x>", zip=True)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    told = {"exif": exif, "icc_profile": profile}
    files = [
        make_picture("PNG", pnginfo=words, **told),
        make_picture("JPEG", mode="RGB", comment=b"Canary comment", **told),
        make_picture("WEBP", xmp=b"<x>Canary</x>", **told),
    ]

    for file in files:
        assert b"Canary" in file
        mark = marks.made_from(file)
        assert b"Canary" not in mark
        assert set(chunks_of(mark)) <= {"IHDR", "PLTE", "tRNS", "IDAT", "IEND"}


def test_a_photograph_taken_sideways_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter

    assert opened(marks.made_from(make_picture("JPEG", mode="RGB", size=(100, 50), exif=exif))).size == (
        50,
        100,
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_metadata_that_lie_about_themselves_are_refused_in_words(kind):
    # A width that is a word: Pillow reads it, and fails when it turns the picture and writes the rest again.
    sideways, width = struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0), struct.pack(">HHI4s", 0x0100, 2, 1, b"me")
    exif = b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 2) + width + sideways + bytes(4)

    with pytest.raises(marks.NotAMark):
        marks.made_from(make_picture(kind, mode="RGB", exif=exif))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_page_behind_or_inside_a_picture_does_not_come_along(kind):
    mode = "RGB" if kind == "JPEG" else "RGBA"

    mark = marks.made_from(make_picture(kind, mode=mode) + HTML)

    assert b"script" not in mark
    assert mark.endswith(b"IEND\xaeB`\x82")


@pytest.mark.parametrize(
    "file",
    [
        b"",
        HTML,
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b"\x89PNG\r\n\x1a\n" + HTML,
        HTML + make_picture(),
        make_picture("GIF"),
        make_picture("TIFF"),
        make_picture("BMP", mode="RGB"),
        make_picture("ICO"),
        make_picture()[:-200],
        make_picture("JPEG", mode="RGB")[:900],
        make_picture("WEBP")[:-200],
    ],
    ids=lambda file: f"{file[:12]!r} {len(file)}",
)
def test_what_is_no_picture_of_the_three_kinds_or_breaks_off_is_refused_in_words(file):
    with pytest.raises(marks.NotAMark, match="This is no PNG, JPEG or WebP picture, or it is damaged"):
        marks.made_from(file)


@pytest.mark.parametrize("side", [4001, 12_000, 60_000])
def test_a_bomb_is_refused_before_it_unpacks(side):
    with pytest.raises(marks.NotAMark, match="too many pixels"):
        marks.made_from(bomb(side, side))


def test_a_file_that_is_too_large_is_not_even_looked_at():
    with pytest.raises(marks.NotAMark, match="larger than 1"):
        marks.made_from(make_picture() + bytes(marks.LARGEST_FILE))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_no_damage_whatever_ends_in_anything_but_a_mark_or_a_refusal(kind):
    whole = make_picture(kind, size=(60, 40), mode="RGB")
    dice = random.Random(3)
    for _ in range(400):
        damaged = bytearray(whole)
        for _ in range(dice.randint(1, 8)):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        with suppress(marks.NotAMark):
            assert marks.made_from(bytes(damaged)).startswith(b"\x89PNG")


# --- its address --------------------------------------------------------------------------------------------


@pytest.fixture
def campaign(db):
    campaign = make_campaign("hrd-agenda")
    marks.put_on(campaign.host, make_picture())
    return campaign


def address(campaign, language="en"):
    return f"/{language}/{campaign.slug}/mark-{campaign.host.mark_digest}.png"


def test_the_mark_has_an_address_that_everybody_may_load(client, campaign):
    response = client.get(address(campaign))

    assert response.status_code == 200
    assert response.content == marks.made_from(make_picture())
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response["Content-Security-Policy"].startswith("default-src 'none'")
    assert response["Cache-Control"] == "public, max-age=0, s-maxage=2, stale-while-revalidate=4"
    assert client.get(address(campaign), headers={"If-None-Match": response["ETag"]}).status_code == 304


def test_asking_for_the_head_alone_works_and_posting_does_not(client, campaign):
    response = client.head(address(campaign))

    assert (response.status_code, response.content, response["Content-Type"]) == (200, b"", "image/png")
    assert client.post(address(campaign)).status_code == 405


def test_another_digest_is_another_address_and_without_a_mark_there_is_none(client, campaign):
    old = address(campaign)
    assert client.get("/en/hrd-agenda/mark-0000000000000000.png").status_code == 404

    marks.put_on(campaign.host, make_picture(size=(50, 50)))

    assert client.get(old).status_code == 404
    assert client.get(address(campaign)).status_code == 200

    marks.take_off(campaign.host)

    assert (campaign.host.mark, campaign.host.mark_digest) == (b"", "")
    assert client.get(old).status_code == 404
    assert bytes(Host.objects.get().mark) == b""


@pytest.mark.parametrize("stage", ["draft", "circulating"])
def test_before_the_letter_is_public_its_mark_is_not_there_and_no_cache_keeps_that(client, campaign, stage):
    Campaign.objects.update(stage=stage)

    response = client.get(address(campaign))

    assert response.status_code == 404
    assert "s-maxage" not in response.get("Cache-Control", "")


def test_a_mark_costs_one_query(client, campaign, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get(address(campaign))
