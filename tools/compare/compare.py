"""Times condensenet, ONNX Runtime, MNN and OpenVINO on the same networks, round after round, and prints a table.

Each network is exported to ONNX with `condensenet-convert export-onnx`. Every runtime's logits are checked against ours
before anything is timed. A round times each runtime in turn for a fixed time; a figure is the median over all rounds of
the round's median, and a ratio the median over rounds of ours / theirs, so that a machine that slows down for a while
slows all of them.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

os.environ["OMP_NUM_THREADS"] = "1"
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build/release"
# Of the largest logit; Winograd transforms, which some runtimes use, cost a digit.
TOLERANCE = 1e-3


class Ours:
    def __init__(self, program, kernels, model, image, folder):
        self.name = f"condensenet, {kernels}"
        self.environment = os.environ | {"CONDENSENET_KERNELS": kernels}
        self.program, self.model, self.folder = program, model, folder
        np.save(folder / "input.npy", image)

    def logits(self):
        output = self.folder / "ours.npy"
        command = [self.program, "run", self.model, "--input", self.folder / "input.npy", "--output", output]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL, env=self.environment)
        return np.load(output)

    def time(self, seconds):
        result = self.folder / "bench.json"
        command = [self.program, "bench", self.model, "--threads", "1", "--warmup", "0.2",
                   "--seconds", str(seconds), "--json", result]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       env=self.environment)
        return json.loads(result.read_text())[0]["latency_ms"]["p50"]


class Peer:
    """A runtime that lives in this process."""

    def time(self, seconds):
        for _ in range(3):
            self.logits()
        times, end = [], time.perf_counter() + seconds
        while time.perf_counter() < end:
            start = time.perf_counter()
            self.logits()
            times.append(1e3 * (time.perf_counter() - start))
        return statistics.median(times)


class OnnxRuntime(Peer):
    def __init__(self, model, onnx, image, folder):
        import onnxruntime
        self.name = f"ONNX Runtime {onnxruntime.__version__}"
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(onnx), options, providers=["CPUExecutionProvider"])
        self.image = image

    def logits(self):
        return self.session.run(None, {"input": self.image})[0]


class OpenVINO(Peer):
    def __init__(self, model, onnx, image, folder):
        import openvino
        self.name = "OpenVINO " + openvino.__version__.split("-")[0]
        network = openvino.Core().read_model(str(onnx))
        network.reshape({"input": list(image.shape)})
        self.request = openvino.Core().compile_model(network, "CPU", {
            "INFERENCE_NUM_THREADS": 1, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32",
        }).create_infer_request()
        self.image = image

    def logits(self):
        return self.request.infer({"input": self.image})["logits"]


class MNN(Peer):
    def __init__(self, model, onnx, image, folder):
        import MNN as mnn
        self.name = f"MNN {mnn.version()}"
        converted = folder / "model.mnn"
        command = [pathlib.Path(sys.executable).parent / "mnnconvert", "-f", "ONNX", "--modelFile", onnx,
                   "--MNNModel", converted, "--bizCode", "compare"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.mnn = mnn
        self.interpreter = mnn.Interpreter(str(converted))
        self.session = self.interpreter.createSession({"backend": "CPU", "numThread": 1, "precision": "high"})
        self.input = self.interpreter.getSessionInput(self.session)
        self.interpreter.resizeTensor(self.input, image.shape)
        self.interpreter.resizeSession(self.session)
        self.image = mnn.Tensor(image.shape, mnn.Halide_Type_Float, image, mnn.Tensor_DimensionType_Caffe)

    def logits(self):
        self.input.copyFrom(self.image)
        self.interpreter.runSession(self.session)
        output = self.interpreter.getSessionOutput(self.session)
        host = self.mnn.Tensor(output.getShape(), self.mnn.Halide_Type_Float,
                               np.zeros(output.getShape(), np.float32), self.mnn.Tensor_DimensionType_Caffe)
        output.copyToHostTensor(host)
        return np.array(host.getNumpyData())


def compare(kernels, model, rounds, seconds):
    """Returns [(runtime, median ms, median ratio of each of `kernels` to it, largest relative difference of logits)]."""
    shape = json.loads(subprocess.run([BUILD / "condensenet", "inspect", model, "--json"], check=True,
                                      capture_output=True).stdout)["input"]
    image = np.random.default_rng(1).standard_normal([1, *shape]).astype(np.float32)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        onnx = folder / "model.onnx"
        subprocess.run([BUILD / "condensenet-convert", "export-onnx", model, "-o", onnx], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        runtimes = [Ours(BUILD / "condensenet", name, model, image, folder) for name in kernels]
        runtimes += [make(model, onnx, image, folder) for make in (OnnxRuntime, MNN, OpenVINO)]
        expected = runtimes[0].logits()
        differences = [float(np.abs(r.logits() - expected).max() / np.abs(expected).max()) for r in runtimes]
        for runtime, difference in zip(runtimes, differences):
            if not difference <= TOLERANCE:
                sys.exit(f"{model}: {runtime.name} answers otherwise: {difference:.2e} of the largest logit")
        times = []
        for number in range(rounds):
            # Every other round runs backwards, so that none always follows the same neighbour.
            order = range(len(runtimes)) if number % 2 == 0 else reversed(range(len(runtimes)))
            row = dict((i, runtimes[i].time(seconds)) for i in order)
            times.append([row[i] for i in range(len(runtimes))])
            print(f"\r{model}: round {number + 1} of {rounds}", end="", file=sys.stderr)
        print("\r\033[K", end="", file=sys.stderr)
    return [(runtime.name, statistics.median(row[i] for row in times),
             [statistics.median(row[ours] / row[i] for row in times) for ours in range(len(kernels))], differences[i])
            for i, runtime in enumerate(runtimes)]


def chart(results, path):
    import matplotlib
    matplotlib.use("svg")
    import matplotlib.pyplot as plot
    names = [row[0] for row in next(iter(results.values()))]
    figure, axes = plot.subplots(1, len(results), figsize=(4.2 * len(results), 2.4), squeeze=False)
    for axis, (model, rows) in zip(axes[0], results.items()):
        bars = axis.barh(names[::-1], [row[1] for row in rows][::-1],
                         color=["#2f6fde" if name.startswith("condensenet") else "#9aa5b1" for name in names[::-1]])
        axis.bar_label(bars, fmt="%.1f ms", padding=3, fontsize=8)
        axis.set_title(pathlib.Path(model).stem, fontsize=10)
        axis.margins(x=0.25)
        axis.spines[["top", "right"]].set_visible(False)
        axis.tick_params(labelsize=8)
    figure.suptitle("One image, one thread, float32: milliseconds, less is better", fontsize=9)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def processor():
    """The processor's name, and the numbers that tell its generation where a virtual machine cuts the name short."""
    with open("/proc/cpuinfo") as lines:
        facts = dict(map(str.strip, line.split(":", 1)) for line in lines if ":" in line)
    if "cpu family" not in facts:
        return facts.get("model name", platform.machine())
    return f"{facts['model name']} (family {facts['cpu family']}, model {facts['model']})"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="*", default=["models/condensenet-74-g4.json", "models/condensenet-74-g8.json"])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=1.0, help="time for each runtime in each round")
    parser.add_argument("--kernels", action="append", help="a set of our kernels, such as avx2; each has its ratios")
    parser.add_argument("--chart", help="an SVG file to write")
    parser.add_argument("--json", help="a file of the medians to write, for accuracy.py")
    arguments = parser.parse_args()
    kernels = arguments.kernels or ["avx2"]
    print(f"{datetime.date.today()}, {processor()}, {os.cpu_count()} cores, "
          f"{arguments.rounds} interleaved rounds of {arguments.seconds:g} s, one thread\n")
    results = {}
    for model in arguments.models:
        results[model] = compare(kernels, model, arguments.rounds, arguments.seconds)
        sets = [name.removeprefix("condensenet, ") for name, *_ in results[model][:len(kernels)]]
        headings = "".join(f"{name + ' / this':>20}" for name in sets)
        print(f"{pathlib.Path(model).stem:28}{'median ms':>10}{headings}{'logits differ by':>18}")
        for name, milliseconds, ratios, difference in results[model]:
            cells = "".join(f"{ratio:20.2f}" for ratio in ratios)
            print(f"  {name:26}{milliseconds:10.2f}{cells}{difference:18.1e}")
        print()
    if arguments.json:
        networks = {pathlib.Path(model).stem: [{"runtime": name, "ms": round(milliseconds, 4)}
                                               for name, milliseconds, *_ in rows] for model, rows in results.items()}
        pathlib.Path(arguments.json).write_text(json.dumps(
            {"date": f"{datetime.date.today()}", "processor": processor(), "rounds": arguments.rounds,
             "networks": networks}, indent=1) + "\n")
    if arguments.chart:
        chart(results, arguments.chart)


main()
