"""Networks of int8, made by each runtime's own tools of one float32 network and the same calibration pictures.

    int8.py NETWORK.onnx FOLDER     writes int8.onnx and int8.mnn, calibrated by noise
"""

import contextlib
import gzip
import json
import pathlib
import sys

import numpy as np

from runtimes import MNN

# Pictures of noise that a network of random weights is calibrated by.
NOISE = 16


class Pictures:
    """Pictures as a network takes them: of a folder of idx files, such as Fashion-MNIST, or noise."""

    def __init__(self, onnx):
        """Size and normalisation are what the ONNX file's metadata say."""
        import onnx as format
        model = format.load(onnx, load_external_data=False)
        facts = {entry.key: entry.value for entry in model.metadata_props}
        self.mean, self.std = ([float(number) for number in facts[name].split(",")] for name in ("mean", "std"))
        self.resize = facts.get("resize")
        self.side = model.graph.input[0].type.tensor_type.shape.dim[2].dim_value

    def read(self, folder, split, count):
        """The first pictures of a part of the data set, `[N, H, W, 3]` of bytes in a border of zeros, and their labels."""
        def idx(name):
            path = pathlib.Path(folder) / f"{split}-{name}-ubyte"
            return path.read_bytes() if path.exists() else gzip.open(f"{path}.gz").read()
        pixels = idx("images-idx3")
        height, width = (int.from_bytes(pixels[i:i + 4], "big") for i in (8, 12))
        if self.resize or max(height, width) > self.side:
            sys.exit(f"{folder}: expected pictures that need no resizing for {self.side}×{self.side}, found {height}×{width}")
        grey = np.frombuffer(pixels, np.uint8, offset=16).reshape(-1, height, width)[:count]
        top, left = (self.side - height) // 2, (self.side - width) // 2
        pictures = np.zeros((len(grey), self.side, self.side, 3), np.uint8)
        pictures[:, top:top + height, left:left + width] = grey[..., None]
        return pictures, np.frombuffer(idx("labels-idx1"), np.uint8, offset=8)[:count]

    def noise(self):
        return np.random.default_rng(2).integers(0, 256, (NOISE, self.side, self.side, 3), np.uint8)

    def inputs(self, pictures):
        """`[N, 3, H, W]`, normalised."""
        scaled = (pictures.astype(np.float32) / 255 - np.float32(self.mean)) / np.float32(self.std)
        return np.ascontiguousarray(scaled.transpose(0, 3, 1, 2))


def onnx_runtime(onnx, inputs, folder):
    """By static quantisation: QDQ, a scale for each output of a weight, ranges by the least and the greatest."""
    from onnxruntime import quantization

    class Reader(quantization.CalibrationDataReader):
        images = iter(inputs)

        def get_next(self):
            image = next(self.images, None)
            return None if image is None else {"input": image[None]}

    prepared, made = folder / "prepared.onnx", folder / "int8.onnx"
    quantization.shape_inference.quant_pre_process(str(onnx), str(prepared), skip_symbolic_shape=True)
    quantization.quantize_static(
        str(prepared), str(made), Reader(), quant_format=quantization.QuantFormat.QDQ, per_channel=True,
        activation_type=quantization.QuantType.QUInt8, weight_type=quantization.QuantType.QInt8,
        calibrate_method=quantization.CalibrationMethod.MinMax)
    return made


def openvino(onnx, inputs, folder):
    """By NNCF's post-training quantisation, as its defaults are."""
    import nncf
    import openvino
    network = openvino.Core().read_model(str(onnx))
    network.reshape({"input": [1, *inputs.shape[1:]]})
    made = folder / "openvino.xml"
    with contextlib.redirect_stdout(sys.stderr):
        network = nncf.quantize(network, nncf.Dataset([image[None] for image in inputs]), subset_size=len(inputs))
    openvino.save_model(network, str(made), compress_to_fp16=False)
    return made


def mnn(converted, pictures, images, folder):
    """By the wheel's own tool, which reads picture files; of its methods EMA is fastest and best here, and ADMM crashes."""
    from PIL import Image
    files, made = folder / "pictures", folder / "int8.mnn"
    files.mkdir()
    for number, picture in enumerate(pictures):
        Image.fromarray(picture).save(files / f"{number:04}.png")
    settings = {
        "format": "RGB", "mean": [255 * number for number in images.mean], "normal": [1 / (255 * number) for number in images.std],
        "width": images.side, "height": images.side, "path": f"{files}/", "used_image_num": len(pictures),
        "batch_size": min(32, len(pictures)), "feature_quantize_method": "EMA", "weight_quantize_method": "MAX_ABS",
    }
    (folder / "mnn.json").write_text(json.dumps(settings))
    MNN.tool("_tools.mnnquant(['mnnquant', *sys.argv[1:]])", converted, made, folder / "mnn.json")
    return made


if __name__ == "__main__":
    network, target = map(pathlib.Path, sys.argv[1:])
    images = Pictures(network)
    pictures = images.noise()
    onnx_runtime(network, images.inputs(pictures), target)
    mnn(MNN.convert(network, target), pictures, images, target)
