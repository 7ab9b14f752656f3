"""Writes this folder's images, and beside each NAME.npy: uint8 [H, W, 3], upright, as Pillow decodes it.

Needs numpy and Pillow. PNG and Netpbm files are written here byte by byte, since Pillow does not write every variant.
Where Pillow's convert('RGB') clips 16-bit grey, the answer is computed instead: PNG keeps the high byte, Netpbm scales.
"""

import io
import os
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps, PngImagePlugin

HERE = os.path.dirname(os.path.abspath(__file__))
RANDOM = np.random.default_rng(17)


def put(name, data):
    with open(os.path.join(HERE, name), "wb") as file:
        file.write(data)


def answer(name, pixels):
    assert pixels.dtype == np.uint8 and pixels.ndim == 3 and pixels.shape[2] == 3
    np.save(os.path.join(HERE, os.path.splitext(name)[0] + ".npy"), pixels)


def pillow(data):
    return np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))


def both(name, data, pixels=None):
    put(name, data)
    answer(name, pillow(data) if pixels is None else pixels)


def photo(width, height, channels=3):
    """A smooth gradient with some noise: friendly to JPEG, different in every corner."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    planes = [x / width * 200, y / height * 200, (x + 2 * y) / (width + 2 * height) * 255, 60 + x * 0 + y]
    image = np.stack(planes[:channels], axis=2) + RANDOM.integers(0, 24, (height, width, channels))
    return np.clip(image, 0, 255).astype(np.uint8)


# PNG

ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def rows(samples, depth):
    """Filtered rows of samples [H, W, C]; the filter types take turns between none and up."""
    data, previous = b"", None
    for index, row in enumerate(samples.reshape(samples.shape[0], -1)):
        if depth == 16:
            line = row.astype(">u2").tobytes()
        elif depth == 8:
            line = row.astype(np.uint8).tobytes()
        else:
            bits = ((row[:, None] >> np.arange(depth - 1, -1, -1)) & 1).astype(np.uint8)
            line = np.packbits(bits.reshape(-1)).tobytes()
        if index % 2 and previous is not None:
            data += b"\2" + bytes((a - b) & 255 for a, b in zip(line, previous))
        else:
            data += b"\0" + line
        previous = line
    return data


def png(samples, depth, kind, extra=b"", interlaced=False, after=b""):
    height, width = samples.shape[:2]
    if interlaced:
        passes = [samples[y::dy, x::dx] for x, y, dx, dy in ADAM7]
        data = b"".join(rows(part, depth) for part in passes if part.size)
    else:
        data = rows(samples, depth)
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, int(interlaced))
    packed = zlib.compress(data, 9)
    cut = len(packed) // 2
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", packed[:cut])
            + chunk(b"IDAT", packed[cut:]) + after + chunk(b"IEND", b""))


KINDS = {0: ("grey", 1, (1, 2, 4, 8, 16)), 2: ("rgb", 3, (8, 16)), 3: ("palette", 1, (1, 2, 4, 8)),
         4: ("grey-alpha", 2, (8, 16)), 6: ("rgb-alpha", 4, (8, 16))}
for kind, (word, channels, depths) in KINDS.items():
    for depth in depths:
        samples = RANDOM.integers(0, 1 << depth, (7, 13, channels))
        extra = b""
        if kind == 3:
            colours = RANDOM.integers(0, 256, (1 << depth, 3)).astype(np.uint8)
            extra = chunk(b"PLTE", colours.tobytes()) + chunk(b"tRNS", bytes([0, 128]))
        elif kind == 0 and depth == 8:
            extra = chunk(b"gAMA", struct.pack(">I", 100000)) + chunk(b"tRNS", struct.pack(">H", int(samples[0, 0, 0])))
        elif kind == 2:
            extra = chunk(b"tRNS", struct.pack(">HHH", *(int(s) for s in samples[0, 0])))
        name = f"png-{word}-{depth}"
        plain = png(samples, depth, kind, extra)
        high_byte = (samples >> 8).astype(np.uint8).repeat(3, axis=2) if kind == 0 and depth == 16 else None
        both(name + ".png", plain, high_byte)
        put(name + "-interlaced.png", png(samples, depth, kind, extra, interlaced=True))


# Orientation


def tiff(orientation, order, kind=3):
    mark, start = ("<", b"II*\0") if order == "little" else (">", b"MM\0*")
    value = struct.pack(mark + {1: "B3x", 3: "H2x", 4: "I"}[kind], orientation)
    other = struct.pack(mark + "HHII", 0x010F, 2, 4, 0)
    entry = struct.pack(mark + "HHI", 0x0112, kind, 1) + value
    return start + struct.pack(mark + "IH", 8, 2) + other + entry + struct.pack(mark + "I", 0)


def jpeg(pixels, mode="RGB", **options):
    data = io.BytesIO()
    Image.fromarray(pixels, mode).save(data, "JPEG", **options)
    return data.getvalue()


upright = photo(21, 13)
stored = jpeg(upright, quality=92, subsampling=0)
for orientation in range(1, 9):
    block = b"Exif\0\0" + tiff(orientation, "little" if orientation % 2 else "big")
    segment = b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block
    both(f"orientation-{orientation}.jpg", stored[:2] + segment + stored[2:])
both("orientation-6-chunk.png", png(upright.astype(int), 8, 2, chunk(b"eXIf", tiff(6, "big"))))
both("orientation-8-chunk-late.png", png(upright.astype(int), 8, 2, after=chunk(b"eXIf", tiff(8, "little", kind=4))))

# JPEG

both("jpeg-grey.jpg", jpeg(photo(19, 11, 1)[:, :, 0], "L", quality=90))
both("jpeg-grey-progressive.jpg", jpeg(photo(19, 11, 1)[:, :, 0], "L", quality=90, progressive=True))
both("jpeg-420.jpg", jpeg(photo(37, 29), quality=85, subsampling=2))
both("jpeg-422-restarts.jpg", jpeg(photo(67, 29), quality=85, subsampling=1, restart_marker_blocks=2))
both("jpeg-progressive.jpg", jpeg(photo(37, 29), quality=85, subsampling=2, progressive=True))
both("jpeg-rgb.jpg", jpeg(photo(23, 17), quality=90, keep_rgb=True))
both("jpeg-1x1.jpg", jpeg(photo(1, 1), quality=90))
inks = jpeg(photo(23, 17, 4), "CMYK", quality=90)
both("jpeg-cmyk.jpg", inks)
adobe = inks.index(b"\xff\xee")
length = struct.unpack(">H", inks[adobe + 2:adobe + 4])[0]
assert inks[adobe + 4:adobe + 9] == b"Adobe" and inks[adobe + 1 + length] == 0
both("jpeg-ycck.jpg", inks[:adobe + 1 + length] + b"\2" + inks[adobe + 2 + length:])
both("jpeg-cmyk-no-adobe.jpg", inks[:adobe] + inks[adobe + 2 + length:])

# Netpbm

for magic, channels in ((2, 1), (3, 3), (5, 1), (6, 3)):
    for maximum in (1, 6, 100, 255, 1023, 65535):
        samples = RANDOM.integers(0, maximum + 1, (4, 5, channels))
        samples[0, 0] = maximum
        header = f"P{magic}\n# a comment\n5 4 # another\n{maximum}\n".encode()
        if magic < 4:
            body = "\n".join(" ".join(str(s) for s in row.reshape(-1)) for row in samples).encode() + b"\n"
        else:
            body = samples.astype(">u2" if maximum > 255 else np.uint8).tobytes()
        scaled = np.array([round(int(s) / maximum * 255) for s in samples.reshape(-1)], np.uint8)
        pixels = np.broadcast_to(scaled.reshape(samples.shape), (4, 5, 3)).copy()
        if maximum <= 255 or channels == 3:
            assert (pixels == pillow(header + body)).all()
        both(f"netpbm-p{magic}-{maximum}.{'pgm' if channels == 1 else 'ppm'}", header + body, pixels)

# Resize: torchvision's Resize on a PIL image; the shorter side is the name's last number. The two axes are resized one
# after the other, rows first, since Pillow from 13 on takes the columns of tall images first.

def resized(width, height, side):
    other = side * max(width, height) // min(width, height)
    return (side, other) if width <= height else (other, side)

for width, height, side in ((7, 5, 16), (64, 3, 2), (3, 64, 5), (300, 17, 9), (33, 33, 33), (33, 41, 33), (1, 1, 5),
                            (2, 90, 1), (90, 91, 31), (128, 127, 126), (12, 9, 100)):
    pixels = RANDOM.integers(0, 256, (height, width, 3)).astype(np.uint8)
    size = resized(width, height, side)
    name = f"resize-{width}x{height}-{side}.ppm"
    put(name, f"P6 {width} {height} 255\n".encode() + pixels.tobytes())
    image = Image.fromarray(pixels)
    if image.size != size:
        image = image.resize((size[0], height), Image.Resampling.BILINEAR)
        image = image.resize(size, Image.Resampling.BILINEAR)
    answer(name, np.asarray(image))

# Bicubic likewise, of images of their own seed; flat halves show the filter's overshoot being cut off at 0 and 255.

RANDOM = np.random.default_rng(3)
for width, height, side in ((7, 5, 16), (64, 3, 2), (3, 64, 5), (300, 17, 9), (33, 41, 33), (1, 1, 5), (2, 90, 1),
                            (90, 91, 31), (128, 127, 126), (12, 9, 100)):
    pixels = RANDOM.integers(0, 256, (height, width, 3)).astype(np.uint8)
    pixels[:, :width // 2] = np.where(pixels[:, :width // 2] < 128, 0, 255)
    size = resized(width, height, side)
    name = f"bicubic-{width}x{height}-{side}.ppm"
    put(name, f"P6 {width} {height} 255\n".encode() + pixels.tobytes())
    image = Image.fromarray(pixels)
    image = image.resize((size[0], height), Image.Resampling.BICUBIC)
    answer(name, np.asarray(image.resize(size, Image.Resampling.BICUBIC)))

# WebP, Exif data where ImageMagick leaves them in PNG files, and a PNG without its end. `jpeg-arithmetic*.jpg` are libjpeg's,
# with arith_code set, since Pillow only reads arithmetic coding.


def webp(image, **options):
    stream = io.BytesIO()
    image.save(stream, "WEBP", **options)
    return stream.getvalue()


RANDOM = np.random.default_rng(5)
upright = Image.Exif()
upright[0x0112] = 6
both("webp-lossy.webp", webp(Image.fromarray(photo(23, 17)), quality=80))
both("webp-lossless.webp", webp(Image.fromarray(photo(23, 17)), lossless=True))
both("webp-alpha.webp", webp(Image.fromarray(photo(23, 17, 4), "RGBA"), lossless=True, exact=True))
both("webp-orientation-6.webp", webp(Image.fromarray(photo(23, 17)), lossless=True, exif=upright.tobytes()))
digits = upright.tobytes().hex()
profile = f"\nexif\n{len(digits) // 2:8}\n" + "\n".join(digits[i:i + 72] for i in range(0, len(digits), 72)) + "\n"
for name, compressed in (("ztxt", True), ("text", False)):
    stream, text = io.BytesIO(), PngImagePlugin.PngInfo()
    text.add_text("Raw profile type exif", profile, zip=compressed)
    Image.fromarray(photo(23, 17)).save(stream, "PNG", pnginfo=text)
    both(f"orientation-6-{name}.png", stream.getvalue())
stream = io.BytesIO()
Image.fromarray(photo(23, 17)).save(stream, "PNG")
both("png-no-end.png", stream.getvalue()[:-12])
for name in ("jpeg-arithmetic.jpg", "jpeg-arithmetic-progressive.jpg"):
    with open(os.path.join(HERE, name), "rb") as file:
        both(name, file.read())
