"""The runtimes that are compared: each takes a network and an image, answers it, and measures its own time."""

import json
import os
import statistics
import subprocess
import sys
import time

os.environ["OMP_NUM_THREADS"] = "1"
import numpy as np


class Ours:
    """Our program, with the kernels that it chooses or with named ones. Of an architecture file bytes have random scales."""

    def __init__(self, program, kernels, model, image, folder, precision="f32"):
        self.name = ", ".join(["condensenet", precision, *kernels.split()])
        self.environment = os.environ | {"CONDENSENET_KERNELS": kernels}
        self.program, self.model, self.image, self.folder = program, model, image, folder
        # A model file says its own precision.
        self.precision = ["--precision", precision] if str(model).endswith(".json") else []

    def answers(self, images):
        source, output = self.folder / "input.npy", self.folder / "ours.npy"
        np.save(source, images)
        command = [self.program, "run", self.model, "--input", source, "--output", output]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL, env=self.environment)
        return np.load(output)

    def time(self, seconds):
        result = self.folder / "bench.json"
        command = [self.program, "bench", self.model, "--threads", "1", "--warmup", "0.2",
                   "--seconds", str(seconds), "--json", result, *self.precision]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       env=self.environment)
        return json.loads(result.read_text())[0]["latency_ms"]["p50"]


class Peer:
    """A runtime that lives in this process."""

    def answers(self, images):
        return np.concatenate([np.array(self.logits(image[None])) for image in images])

    def time(self, seconds):
        for _ in range(3):
            self.logits(self.image)
        times, end = [], time.perf_counter() + seconds
        while time.perf_counter() < end:
            start = time.perf_counter()
            self.logits(self.image)
            times.append(1e3 * (time.perf_counter() - start))
        return statistics.median(times)


class OnnxRuntime(Peer):
    def __init__(self, onnx, image, precision="f32"):
        import onnxruntime
        self.name = f"ONNX Runtime {onnxruntime.__version__}, {precision}"
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(onnx), options, providers=["CPUExecutionProvider"])
        self.image = image

    def logits(self, image):
        return self.session.run(None, {"input": image})[0]


class OpenVINO(Peer):
    def __init__(self, network, image, precision="f32"):
        """`network` is an ONNX file or OpenVINO's own form."""
        import openvino
        self.name = f"OpenVINO {openvino.__version__.split('-')[0]}, {precision}"
        network = openvino.Core().read_model(str(network))
        network.reshape({"input": list(image.shape)})
        self.request = openvino.Core().compile_model(network, "CPU", {
            "INFERENCE_NUM_THREADS": 1, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32",
        }).create_infer_request()
        self.image = image

    def logits(self, image):
        return self.request.infer({"input": image})["logits"]


class MNN(Peer):
    def __init__(self, network, image, precision="f32"):
        """`network` is MNN's own form; see `convert`."""
        import MNN as mnn
        self.name = f"MNN {mnn.version()}, {precision}"
        self.mnn = mnn
        self.interpreter = mnn.Interpreter(str(network))
        self.session = self.interpreter.createSession({"backend": "CPU", "numThread": 1, "precision": "high"})
        self.input = self.interpreter.getSessionInput(self.session)
        self.interpreter.resizeTensor(self.input, image.shape)
        self.interpreter.resizeSession(self.session)
        self.image, self.tensor = image, self.wrap(image)

    def wrap(self, image):
        return self.mnn.Tensor(image.shape, self.mnn.Halide_Type_Float, image, self.mnn.Tensor_DimensionType_Caffe)

    def logits(self, image):
        self.input.copyFrom(self.tensor if image is self.image else self.wrap(image))
        self.interpreter.runSession(self.session)
        output = self.interpreter.getSessionOutput(self.session)
        host = self.wrap(np.zeros(output.getShape(), np.float32))
        output.copyToHostTensor(host)
        return np.array(host.getNumpyData())

    @staticmethod
    def convert(onnx, folder):
        """MNN's own form of an ONNX file."""
        converted = folder / "model.mnn"
        MNN.tool("_tools.mnnconvert(['mnnconvert', '-f', 'ONNX', '--modelFile', sys.argv[1], '--MNNModel', sys.argv[2], "
                 "'--bizCode', 'compare'])", onnx, converted)
        return converted

    @staticmethod
    def tool(code, *arguments):
        """Runs one of the wheel's tools. Its commands would report their use over the network; the library does not."""
        done = subprocess.run([sys.executable, "-c", f"import sys, MNN, _tools; {code}", *map(str, arguments)],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            sys.exit(f"MNN's tools ended with {done.returncode}: {done.stdout[-2000:]}")
