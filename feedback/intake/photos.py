"""Photos given with a record: decoded to prove them, turned upright, stripped of place and device, made small. Pure."""

import hashlib
import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from PIL import Image, ImageOps, UnidentifiedImageError

LONG_SIDE = 2560
"""pixels; larger photos are scaled down, which keeps a receipt readable and an upload small"""
MOST_PIXELS = 80_000_000
READABLE = ("JPEG", "PNG", "WEBP", "GIF", "BMP")


class NoImage(Exception):
    """The bytes are not a picture this module can read."""


@dataclass(frozen=True)
class Photo:
    """A photo ready to be stored: bytes without any metadata, their type, SHA-256 and file ending."""

    content: bytes
    content_type: str
    sha256: str
    ending: str


def clean_photo(stream: IO[bytes]) -> Photo:
    """Decode, turn upright, scale to LONG_SIDE and encode anew: nothing but pixels survives. Raises NoImage."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(stream, formats=READABLE)
            if picture.width * picture.height > MOST_PIXELS:
                raise NoImage
            # a JPEG decoder can skip detail it will not need; no effect on other formats
            picture.draft("RGB", (LONG_SIDE, LONG_SIDE))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((LONG_SIDE, LONG_SIDE))
            return _encode(upright, keep_png=picture.format == "PNG")
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NoImage from error
    except (OSError, SyntaxError, ValueError, EOFError, TypeError, IndexError, MemoryError) as error:
        # what the decoders raise for damaged files
        raise NoImage from error


def _encode(picture: Image.Image, *, keep_png: bool) -> Photo:
    out = BytesIO()
    bare: Image.Image
    if keep_png:
        bare = picture.convert("RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB")
        bare.info.clear()
        bare.save(out, "PNG")
        kind, ending = "image/png", "png"
    else:
        bare = picture.convert("RGB")
        bare.info.clear()
        bare.save(out, "JPEG", quality=86, exif=b"")
        kind, ending = "image/jpeg", "jpg"
    content = out.getvalue()
    return Photo(content, kind, hashlib.sha256(content).hexdigest(), ending)
