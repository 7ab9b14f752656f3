#!/usr/bin/env python3
"""Makes the seeds: copies of test fixtures, a tiny trained network, its model files, an architecture file, and small files of
each kind that costs more than its size lets one think, or contradicts itself.

Usage: Fuzz/make-seeds.py, with PyTorch installed and condensenet-convert built at .build/release.
"""
import importlib.machinery
import io
import json
import pathlib
import shutil
import struct
import subprocess
import tempfile
import zipfile
import zlib

import numpy

ROOT = pathlib.Path(__file__).resolve().parent.parent
SEEDS = ROOT / "Fuzz/Seeds"
FIXTURES = ROOT / "Tests/Fixtures"
GROUPS, GROWTH, BOTTLENECK = 2, 4, 4


def checkpoint():
    """A CondenseNet of three stages of one layer, fully condensed, as training saves it."""
    random = numpy.random.default_rng(2018)
    tensors = {}

    def norm(name, channels):
        tensors[f"{name}.weight"] = random.uniform(0.5, 1.5, channels)
        tensors[f"{name}.bias"] = random.uniform(-0.5, 0.5, channels)
        tensors[f"{name}.running_mean"] = random.uniform(-0.5, 0.5, channels)
        tensors[f"{name}.running_var"] = random.uniform(0.2, 2, channels)

    channels = 2 * GROWTH
    tensors["features.init_conv.weight"] = random.normal(size=(channels, 3, 3, 3)) / 5
    for stage in (1, 2, 3):
        name = f"features.denseblock_{stage}.denselayer_1"
        middle = BOTTLENECK * GROWTH
        norm(f"{name}.conv_1.norm", channels)
        kept = [set(random.permutation(channels)[: channels // GROUPS]) for _ in range(GROUPS)]
        mask = [[float(c in kept[o % GROUPS]) for c in range(channels)] for o in range(middle)]
        tensors[f"{name}.conv_1.conv.weight"] = random.normal(size=(middle, channels, 1, 1)) / 3
        tensors[f"{name}.conv_1._mask"] = numpy.array(mask).reshape(middle, channels, 1, 1)
        tensors[f"{name}.conv_1._stage"] = numpy.array([GROUPS - 1.0])
        tensors[f"{name}.conv_1._count"] = numpy.array([channels / GROUPS * (GROUPS - 1)])
        norm(f"{name}.conv_2.norm", middle)
        tensors[f"{name}.conv_2.conv.weight"] = random.normal(size=(GROWTH, middle // GROUPS, 3, 3)) / 5
        channels += GROWTH
    norm("features.norm_last", channels)
    tensors["classifier.weight"] = random.normal(size=(5, channels)) / 4
    tensors["classifier.bias"] = random.normal(size=5)
    return safetensors(tensors)


def quantize(model, output):
    """A model file of 8×8 pixels in bytes, at scales of noise."""
    random = numpy.random.default_rng(2018)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(32):
            pixels = random.integers(0, 256, 8 * 8 * 3, dtype=numpy.uint8).tobytes()
            pathlib.Path(folder, f"{number:02}.ppm").write_bytes(b"P6 8 8 255\n" + pixels)
        subprocess.run(
            [ROOT / ".build/release/condensenet-convert", "quantize", model, "-o", output, "--calibrate", folder,
             "--images", "16"], check=True, stdout=subprocess.DEVNULL)


def comparison(name):
    """A fixture's checkpoint as safetensors, where no checksum stops a mutation."""
    import torch
    tensors = torch.load(FIXTURES / "comparison" / name / "checkpoint.pth", weights_only=True)
    tensors = tensors.get("state_dict", tensors)
    return safetensors({name: value.numpy() for name, value in tensors.items() if value.is_floating_point()})


def safetensors(tensors):
    """The arrays in single precision."""
    header, data = {}, b""
    for name, value in tensors.items():
        raw = value.astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    return struct.pack("<Q", len(text)) + text + data


def version2():
    """A CondenseNetV2 of three stages of one layer, fully condensed, as training saves it."""
    maker = importlib.machinery.SourceFileLoader("maker", str(ROOT / "tools/make-condensenet-v2")).load_module()
    maker.NETWORKS["tiny"] = ([1, 1, 1], [GROWTH] * 3, GROUPS, 8)
    maker.CLASSES, maker.SQUEEZE_EXCITE = 5, 2
    tensors = maker.Network("tiny", False, 2018).tensors
    return safetensors({name: value for name, value in tensors.items() if not name.endswith("num_batches_tracked")})


def step(name, operation, source, channels, output, **options):
    return {"name": name, "operation": operation, "input": source, "inputChannels": channels, "output": output,
            "parameters": 0, "paperFLOPs": 0, **options}


def window(kernel, stride, padding):
    return {"kernel": kernel, "stride": stride, "padding": padding}


def graph(shapes, steps):
    """An architecture file of these values and steps."""
    values = [{"name": name, "shape": shape} for name, shape in shapes.items()]
    side = shapes["image"][1]
    preprocessing = {"resize": side + 1, "crop": side, "mean": [0.5, 0.25, 0.125], "std": [0.1, 0.2, 0.3],
                     "colorOrder": "RGB"}
    return json.dumps(
        {"format": "condensenet-architecture", "version": "2", "name": "tiny", "preprocessing": preprocessing,
         "labels": [], "graph": {"input": "image", "output": "logits", "values": values, "steps": steps}})


def architecture():
    """Every operation that a graph may hold."""
    steps = [
        step("stem", "convolution", "image", 3, "block", outputChannels=4, groups=1, **window(3, 1, 1)),
        step("one", "convolution", "block", 4, "middle", outputChannels=8, groups=2, bias=True, activation="relu", shuffle=True,
             preActivation={"gather": 4, "normalize": True, "activation": "relu"}, **window(1, 1, 0)),
        step("three", "convolution", "middle", 8, "block", outputOffset=4, outputChannels=4, groups=2, **window(3, 1, 1)),
        step("added", "accumulation", "block", 8, "block", outputChannels=6, groups=2, accumulatedChannels=4,
             preActivation={"gather": 4, "normalize": True, "activation": "hardSwish"}),
        step("average", "averagePooling", "block", 8, "pooled", **window(2, 2, 0)),
        step("maximum", "maximumPooling", "block", 8, "maxima", **window(3, 2, 1)),
        step("shortcut", "addition", "pooled", 8, "sum", other="maxima", activation="relu"),
        step("scaled", "squeezeExcite", "sum", 8, "scaled", hidden=3),
        step("last", "globalAveragePooling", "scaled", 8, "features",
             preActivation={"gather": 6, "normalize": True, "activation": "relu"}),
        step("classifier", "linear", "features", 6, "logits", outputs=5),
    ]
    shapes = {"image": [3, 8, 8], "block": [8, 8, 8], "middle": [8, 8, 8], "pooled": [8, 4, 4], "maxima": [8, 4, 4],
              "sum": [8, 4, 4], "scaled": [8, 4, 4], "features": [6, 1, 1], "logits": [5, 1, 1]}
    return graph(shapes, steps)


def requests():
    """What clients and cameras send; the first byte says as what the rest is read."""
    tensor = {"name": "input", "datatype": "FP32", "shape": [1, 3, 2, 2]}
    head = "\r\n".join([
        "POST /v2/models/a%20b/infer?top=3 HTTP/1.1", "Host: localhost:8080", "Content-Length: 12",
        "Connection: keep-alive", "Authorization: Bearer 0123456789abcdef"])
    binary = json.dumps(
        {"inputs": [tensor | {"parameters": {"binary_data_size": 48}}], "parameters": {"binary_data_output": True}})
    outputs = [{"name": "logits", "parameters": {"binary_data": True}}]
    frame = (FIXTURES / "image-formats/jpeg-1x1.jpg").read_bytes()
    return {
        "head": b"\0" + head.encode(),
        "json": b"\1" + json.dumps({"id": "1", "inputs": [tensor | {"data": [0.5] * 12}], "outputs": outputs}).encode(),
        "nested": b"\1" + json.dumps({"inputs": [tensor | {"data": [[[[1, 2], [3, 4]]] * 3]}]}).encode(),
        # The target takes four times the JSON's first byte for its length.
        "binary": b"\2" + binary.ljust(4 * ord("{")).encode() + struct.pack("<12f", *range(12)),
        "token": b"\x030123456789abcdefABCDEF\n",
        "frames": b"\4" + 2 * frame,
    }


def wide_chain():
    """1×1 convolutions of as many groups as channels: little arithmetic, much to pack and to keep in order."""
    channels = 4096
    names = ["wide", "wider", "widest"]
    steps = [step("stem", "convolution", "image", 3, "wide", outputChannels=channels, groups=1, **window(1, 1, 0))]
    steps += [step(f"to-{output}", "convolution", source, channels, output, outputChannels=channels, groups=channels,
                   preActivation={"normalize": True, "activation": "relu"}, **window(1, 1, 0))
              for source, output in zip(names, names[1:])]
    steps += [step("last", "globalAveragePooling", "widest", channels, "features"),
              step("classifier", "linear", "features", channels, "logits", outputs=5)]
    shapes = {"image": [3, 2, 2]} | {name: [channels, 2, 2] for name in names}
    return graph(shapes | {"features": [channels, 1, 1], "logits": [5, 1, 1]}, steps)


def large_windows():
    """Normalised convolutions whose windows no optimised kernel is made for."""
    steps = [step("stem", "convolution", "image", 3, "a", outputChannels=3, groups=1, **window(5, 1, 2)),
             step("next", "convolution", "a", 3, "b", outputChannels=3, groups=3, **window(7, 1, 3),
                  preActivation={"normalize": True, "activation": "hardSwish"}),
             step("last", "globalAveragePooling", "b", 3, "features"),
             step("classifier", "linear", "features", 3, "logits", outputs=2)]
    return graph({"image": [3, 16, 16], "a": [3, 16, 16], "b": [3, 16, 16], "features": [3, 1, 1], "logits": [2, 1, 1]},
                 steps)


def thin_vgg():
    """A VGG of one channel whose blocks are so many that its input is large."""
    tensors = {}
    for block in range(11):
        tensors[f"features.{3 * block}.weight"] = numpy.zeros((1, 1 if block else 3, 3, 3))
        tensors[f"features.{3 * block}.bias"] = numpy.zeros(1)
    for number, (outputs, inputs) in enumerate([(4, 1), (4, 4), (5, 4)]):
        tensors[f"classifier.{3 * number}.weight"] = numpy.zeros((outputs, inputs))
        tensors[f"classifier.{3 * number}.bias"] = numpy.zeros(outputs)
    return safetensors(tensors)


def repeating_checkpoint(zip64):
    """A checkpoint of PyTorch's format whose tensors repeat one number, or share a storage's numbers."""
    def text(value):
        return b"X" + struct.pack("<I", len(value)) + value.encode()

    def number(value):
        return b"J" + struct.pack("<i", value)

    def tensor(name, shape, strides):
        storage = b"(" + text("storage") + b"ctorch\nFloatStorage\n" + text("0") + text("cpu") + number(8) + b"tQ"
        dimensions = b"".join(b"(" + b"".join(map(number, sizes)) + b"t" for sizes in (shape, strides))
        return (text(name) + b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + number(0) + dimensions
                + b"\x89ccollections\nOrderedDict\n)RtR")

    pickle = (b"\x80\x02}(" + tensor("classifier.weight", (5, 600), (0, 0)) + tensor("classifier.bias", (5,), (1,))
              + tensor("features.norm_last.weight", (2, 4, 5), (0, 1, 1)) + b"u.")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in (("data.pkl", pickle), ("data/0", struct.pack("<8f", *range(8))), ("version", b"3\n")):
            entry = zipfile.ZipInfo(f"net/{name}", (2018, 1, 1, 0, 0, 0))
            with archive.open(entry, "w", force_zip64=zip64) as output:
                output.write(data)
    return file.getvalue()


def animation():
    """A still picture with the chunks of an animated one, whose count of frames is wrong."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    still = (FIXTURES / "image-formats/png-rgb-8.png").read_bytes()
    width, height = struct.unpack_from(">II", still, 16)
    control = struct.pack(">IIIIIHHBB", 0, width, height, 0, 0, 1, 10, 0, 0)
    at = still.index(b"IDAT") - 4
    frame = chunk(b"fdAT", struct.pack(">I", 1) + zlib.compress(bytes(16)))
    end = still.index(b"IEND") - 4
    return (still[:at] + chunk(b"acTL", struct.pack(">II", 70000, 0)) + chunk(b"fcTL", control) + still[at:end] + frame
            + still[end:])


def height_behind_the_scan():
    """A JPEG image that says its height behind its samples (DNL), and 0 before them."""
    image = bytearray((FIXTURES / "image-formats/jpeg-grey.jpg").read_bytes())
    at = image.index(b"\xff\xc0")
    height = bytes(image[at + 5:at + 7])
    image[at + 5:at + 7] = b"\0\0"
    return bytes(image[:-2]) + b"\xff\xdc\0\4" + height + bytes(image[-2:])


def many_scans():
    """A progressive JPEG image that says its last scan over and over."""
    image = (FIXTURES / "image-formats/jpeg-progressive.jpg").read_bytes()
    scan = image[image.rindex(b"\xff\xda"):-2]
    return image[:-2] + 40 * scan + image[-2:]


def cut_frame():
    """A frame that is cut behind the thumbnail in its Exif segment, and a whole one."""
    frame = (FIXTURES / "image-formats/jpeg-1x1.jpg").read_bytes()
    exif = (b"Exif\0\0II*\0" + struct.pack("<IHIHHHIII", 8, 0, 14, 1, 0x0201, 4, 1, 32, 0)) + frame
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(exif) + 300) + exif + frame


def hostile():
    """Small files that ask for much, by folder and name."""
    return {
        "model/wide-chain.json": wide_chain().encode(),
        "model/large-windows.json": large_windows().encode(),
        "converter/thin-vgg.safetensors": thin_vgg(),
        "checkpoint/repeating.pth": repeating_checkpoint(zip64=False),
        "checkpoint/repeating-zip64.pth": repeating_checkpoint(zip64=True),
        "image/animation.png": animation(),
        "image/jpeg-height-behind.jpg": height_behind_the_scan(),
        "image/jpeg-many-scans.jpg": many_scans(),
        "request/frames-thumbnail": b"\4" + cut_frame(),
    }


def main():
    for folder in ("model", "checkpoint", "image", "request", "converter"):
        shutil.rmtree(SEEDS / folder, ignore_errors=True)
        (SEEDS / folder).mkdir(parents=True)
    source = SEEDS / "converter/tiny.safetensors"
    source.write_bytes(checkpoint())
    (SEEDS / "converter/version2.safetensors").write_bytes(version2())
    for name in ("vgg", "mobilenet"):
        (SEEDS / f"converter/{name}.safetensors").write_bytes(comparison(name))
    for name, file, precision in (
            ("tiny-f32", source, "f32"), ("tiny-f16", source, "f16"),
            ("version2", SEEDS / "converter/version2.safetensors", "f32")):
        subprocess.run(
            [ROOT / ".build/release/condensenet-convert", file, "--input-size", "8", "--precision", precision,
             "--pooling", "global", "-o", SEEDS / f"model/{name}.safetensors"], check=True, stdout=subprocess.DEVNULL)
    quantize(SEEDS / "model/tiny-f32.safetensors", SEEDS / "model/tiny-int8.safetensors")
    (SEEDS / "model/every-operation.json").write_text(architecture())
    for name, kind in (("tiny-f16", "safetensors"), ("every-operation", "json")):
        shutil.copy(FIXTURES / f"models-v1/{name}.{kind}", SEEDS / f"model/{name}-v1.{kind}")
    variants = FIXTURES / "checkpoint-variants"
    for name in (
        "training-protocol1", "training-protocol5", "types", "views", "views-deflated",
        "training-stacked-protocol1", "training-stacked-protocol5", "types-stacked", "views-stacked",
    ):
        shutil.copy(variants / f"{name}.pth", SEEDS / "checkpoint")
    for name in ("training-protocol2.pth", "views-tar.pth", "training-stacked-protocol2.pth"):
        shutil.copy(variants / name, SEEDS / "converter")
    for path in sorted((FIXTURES / "image-formats").iterdir()):
        if path.suffix in (".jpg", ".png", ".ppm", ".pgm") and path.stat().st_size < 1300:
            shutil.copy(path, SEEDS / "image")
    for name, seed in requests().items():
        (SEEDS / "request" / name).write_bytes(seed)
    for name, seed in hostile().items():
        (SEEDS / name).write_bytes(seed)


if __name__ == "__main__":
    main()
