"""A few drawn pictures that stand for the photos of the field: a wall before and after the work."""

import hashlib
from io import BytesIO
from random import Random

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageDraw

WIDTH, HEIGHT = 640, 480
WALLS = ((232, 226, 214), (214, 222, 226), (226, 220, 228))
TILE, PIPE, METER, SHADE = (205, 200, 190), (222, 196, 74), (140, 148, 156), (120, 116, 110)
FOLDER = "evidence/demo"


class Pictures:
    """Pictures by kind: 0 before, 1 after. They are stored once, under their fingerprint."""

    def __init__(self) -> None:
        self.kept = {done: [_store(_draw(wall, done=bool(done))) for wall in WALLS] for done in (0, 1)}

    def one(self, number: int, rnd: Random) -> tuple[str, str]:
        """(stored name, SHA-256) of one picture: an even `number` before the work, an odd one after it."""
        some = self.kept[number % 2]
        return some[int(rnd.random() * len(some))]


def _draw(wall: tuple[int, int, int], *, done: bool) -> bytes:
    image = Image.new("RGB", (WIDTH, HEIGHT), wall)
    pen = ImageDraw.Draw(image)
    for x in range(0, WIDTH, 80):
        pen.line((x, 260, x, HEIGHT), fill=TILE, width=2)
    for y in range(260, HEIGHT, 55):
        pen.line((0, y, WIDTH, y), fill=TILE, width=2)
    pen.rectangle((0, 0, 46, HEIGHT), fill=SHADE)
    if done:
        pen.line((46, 120, 420, 120, 420, 330), fill=PIPE, width=16, joint="curve")
        pen.rounded_rectangle((360, 300, 480, 400), radius=12, fill=METER)
        pen.rectangle((382, 322, 458, 350), fill=(240, 240, 236))
    else:
        pen.line((180, 90, 430, 96), fill=SHADE, width=2)
        pen.ellipse((404, 314, 436, 346), outline=SHADE, width=3)
    held = BytesIO()
    image.save(held, "JPEG", quality=80)
    return held.getvalue()


def _store(content: bytes) -> tuple[str, str]:
    print_ = hashlib.sha256(content).hexdigest()
    name = f"{FOLDER}/{print_[:24]}.jpg"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(content))
    return name, print_
