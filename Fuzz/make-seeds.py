#!/usr/bin/env python3
"""Makes the seeds: copies of test fixtures, a tiny trained network, its model files, an architecture file.

Usage: Fuzz/make-seeds.py, with PyTorch installed and condensenet-convert built at .build/release.
"""
import importlib.machinery
import json
import pathlib
import shutil
import struct
import subprocess

import numpy
import torch

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


def comparison(name):
    """A fixture's checkpoint as safetensors, where no checksum stops a mutation."""
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


def architecture():
    """Every operation that a graph may hold."""
    def step(name, operation, source, channels, output, **options):
        return {"name": name, "operation": operation, "input": source, "inputChannels": channels, "output": output,
                "parameters": 0, "paperFLOPs": 0, **options}

    def window(kernel, stride, padding):
        return {"kernel": kernel, "stride": stride, "padding": padding}

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
    values = [{"name": name, "shape": shape} for name, shape in shapes.items()]
    preprocessing = {"resize": 9, "crop": 8, "mean": [0.5, 0.25, 0.125], "std": [0.1, 0.2, 0.3], "colorOrder": "RGB"}
    return json.dumps(
        {"format": "condensenet-architecture", "version": "2", "name": "tiny", "preprocessing": preprocessing,
         "labels": [], "graph": {"input": "image", "output": "logits", "values": values, "steps": steps}})


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


if __name__ == "__main__":
    main()
