"""The mark of the demo's host, invented and drawn here: an open door with light behind it."""

import io

from PIL import Image, ImageDraw

# Drawn so many times larger, so that its edges come out smooth.
FINER = 4
SIDE = 160
# With a ground of its own, so that it stands on any other.
BLUE, LIGHT, WOOD = "#2d6a9f", "#f6e7b8", "#1d4f73"


def drawn() -> bytes:
    """A PNG."""
    picture = Image.new("RGBA", (SIDE * FINER, SIDE * FINER))
    drawing = ImageDraw.Draw(picture)

    def scaled(*numbers: float) -> list[float]:
        return [number * FINER for number in numbers]

    drawing.rounded_rectangle(scaled(0, 0, 159, 159), radius=36 * FINER, fill=BLUE)
    drawing.pieslice(scaled(44, 28, 116, 100), 180, 360, fill=LIGHT)
    drawing.rectangle(scaled(44, 64, 116, 132), fill=LIGHT)
    # The wing of the door, swung open towards the reader.
    drawing.polygon(scaled(116, 42, 84, 56, 84, 146, 116, 132), fill=WOOD)
    drawing.ellipse(scaled(88, 94, 95, 101), fill=LIGHT)
    file = io.BytesIO()
    picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(file, format="PNG")
    return file.getvalue()
