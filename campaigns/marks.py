"""The host's mark: whatever picture somebody uploads, what is kept and shown is a small PNG that we wrote ourselves.

A picture is a program's input like any other: it may claim a million by a million pixels, carry a page of HTML behind its
last byte, or tell in its metadata where and by whom it was taken. So its kind is read from its content, its size is looked
at before a pixel is unpacked, and only pixels come out at the other end.
"""

import io
import struct
import zlib
from hashlib import sha256

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from campaigns.models import Host

# No SVG, which runs scripts; no GIF or TIFF, whose decoders we need not trust.
KINDS = ("PNG", "JPEG", "WEBP")
# Bytes of an upload, and pixels that it may unpack to (four bytes each, in memory, for a moment).
LARGEST_FILE = 1024 * 1024
MOST_PIXELS = 16_000_000
# Pixels: a mark twice as sharp as it is shown; smaller ones are not blown up.
WIDTH, HEIGHT = 480, 160
# Bytes of the PNG that readers load. With sixteen colours any picture of this size stays below.
LARGEST_MARK = 40_000
COLOURS = (256, 128, 64, 32, 16)
DIGEST_LENGTH = 16


class NotAMark(Exception):
    """The file can't become a mark; the words say why and what would."""


def put_on(host: Host, file: bytes) -> None:
    """Makes an uploaded picture the host's mark. Raises NotAMark."""
    host.mark = made_from(file)
    host.mark_digest = digest_of(host.mark)
    host.save(update_fields=["mark", "mark_digest"])


def take_off(host: Host) -> None:
    host.mark, host.mark_digest = b"", ""
    host.save(update_fields=["mark", "mark_digest"])


def digest_of(mark: bytes) -> str:
    """What the mark's address is made of: another picture is another address."""
    return sha256(mark).hexdigest()[:DIGEST_LENGTH]


def made_from(file: bytes) -> bytes:
    """A PNG of at most WIDTH × HEIGHT pixels and LARGEST_MARK bytes: the picture's pixels and nothing else. Raises NotAMark.

    The same file gives the same bytes.
    """
    if len(file) > LARGEST_FILE:
        raise NotAMark(
            _("The file is larger than %(size)s. Please send a smaller picture.")
            % {"size": filesizeformat(LARGEST_FILE)}
        )
    return _written(_fitted(_unpacked(file)))


def _unpacked(file: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(file), formats=KINDS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise _too_many_pixels()
            # Of a moving picture the first frame. A telephone's photograph says in its metadata which way is up.
            upright = ImageOps.exif_transpose(picture)
            return _eight_bits(upright).convert("RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except (
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        IndexError,
        KeyError,
        TypeError,
        OverflowError,
        AttributeError,
        struct.error,
        zlib.error,
    ) as error:
        # What Pillow's readers raise at files that are none, that break off, or that lie about themselves.
        raise NotAMark(_("This is no PNG, JPEG or WebP picture, or it is damaged.")) from error


def _too_many_pixels() -> NotAMark:
    return NotAMark(_("The picture has too many pixels. Please send one of at most 4,000 by 4,000."))


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Greys of sixteen bits as greys of eight: Pillow's own conversion makes everything above 255 white."""
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda grey: grey / 256).convert("L")
    return picture


def _fitted(picture: Image.Image) -> Image.Image:
    # With the colours weighted by how much is seen of them, else what is transparent bleeds into the edges.
    weighted = picture.crop(_seen(picture)).convert("RGBa")
    weighted.thumbnail((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    pixels = weighted.convert("RGBA")
    if pixels.getchannel("A").getextrema() == (255, 255):
        pixels = pixels.convert("RGB")
    # From the bare pixels, so that no profile, comment or text comes along.
    return Image.frombytes(pixels.mode, pixels.size, pixels.tobytes())


def _seen(picture: Image.Image) -> tuple[int, int, int, int]:
    """The part in which there is anything: a transparent margin would make the mark small and put it out of line."""
    seen = picture.getchannel("A").getbbox()
    if seen is None:
        raise NotAMark(_("The picture is transparent all over."))
    return seen


def _written(picture: Image.Image) -> bytes:
    made = _png(picture)
    for colours in COLOURS:
        if len(made) <= LARGEST_MARK:
            break
        # The one method that keeps transparency.
        made = _png(picture.quantize(colours, method=Image.Quantize.FASTOCTREE))
    return made


def _png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, format="PNG", optimize=True)
    return file.getvalue()
