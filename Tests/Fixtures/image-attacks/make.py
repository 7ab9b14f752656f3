"""Writes this folder's hostile images that take an encoder to make. The tests cut and patch the rest themselves.

Needs numpy and Pillow.
"""

import io
import os
import struct
import zlib

import numpy as np
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))


def put(name, data):
    with open(os.path.join(HERE, name), "wb") as file:
        file.write(data)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, depth, kind, packed, extra=b""):
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", packed) + chunk(b"IEND", b""))


def zeros(count):
    packer = zlib.compressobj(9)
    return packer.compress(bytes(count)) + packer.flush()


# 200 bytes of image, 32 MiB behind them.
put("idat-bomb.png", png(8, 8, 8, 2, zeros(32 << 20)))
# A profile and a text of 16 MiB each, for a decoder that inflates what it does not need.
put("metadata-bomb.png", png(8, 8, 8, 2, zeros(8 * 25), chunk(b"iCCP", b"bomb\0\0" + zeros(16 << 20))
                             + chunk(b"zTXt", b"bomb\0\0" + zeros(16 << 20))))
# The last of 64 indices is beyond the two entries.
put("palette-index.png", png(8, 8, 8, 3, zlib.compress((b"\0" + b"\0\1" * 4) * 7 + b"\0" + b"\0" * 7 + b"\2"),
                             chunk(b"PLTE", bytes(6))))
put("palette-missing.png", png(8, 8, 8, 3, zeros(8 * 9)))
# The header promises a row more than there is.
put("rows-missing.png", png(8, 9, 8, 2, zeros(8 * 25)))
put("depth-3.png", png(8, 8, 3, 0, zeros(8 * 4)))

picture = Image.fromarray((np.arange(24 * 16 * 3) % 251).astype(np.uint8).reshape(16, 24, 3))


def jpeg(**options):
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=80, **options)
    return data.getvalue()


def scan_starts(data):
    return [at for at in range(len(data) - 1) if data[at:at + 2] == b"\xff\xda"]


# The first scan again and again, up to the limit and beyond it.
progressive = jpeg(progressive=True)
starts = scan_starts(progressive)
first = progressive[starts[0]:progressive.index(b"\xff\xc4", starts[0])]
for scans in (100, 101):
    put(f"scans-{scans}.jpg", progressive[:starts[0]] + first * (scans - len(starts)) + progressive[starts[0]:])
# Entropy-coded data cut in half, the end marker kept.
baseline = jpeg()
data_start = scan_starts(baseline)[0]
put("cut-with-end.jpg", baseline[:data_start + (len(baseline) - data_start) // 2] + b"\xff\xd9")
put("small.jpg", jpeg(optimize=True))
put("small.png", png(5, 4, 8, 2, zlib.compress(b"".join(b"\0" + bytes(range(r, r + 15)) for r in range(4)))))
