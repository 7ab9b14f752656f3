"""Times condensenet, ONNX Runtime, MNN and OpenVINO on the same networks, round after round, and prints a table.

Each network is exported to ONNX with `condensenet-convert export-onnx`. In float32 every runtime's logits are checked
against ours before anything is timed. A round times each runtime in turn for a fixed time; a figure is the median over all
rounds of the round's median, and a ratio the median over rounds of ours / theirs, so that a machine that slows down for a
while slows all of them.

With --precision int8 each runtime's own tools make a network of int8 from the float32 one (int8.py): of a model file, as
`condensenet-convert quantize` does, by the first --images pictures of --dataset; of an architecture by noise. The float32
rows stand beside them. With --dataset, a folder of idx files such as Fashion-MNIST's, ours and every int8 have their
accuracy on the first --limit test pictures, and on how many the answer is that of our float32, as all float32's is.
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

import runtimes as r  # Before NumPy, whose threads it limits.
import numpy as np

import int8

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("CONDENSENET_BUILD", ROOT / ".build/release"))
# Of the largest logit; Winograd transforms, which some runtimes use, cost a digit.
TOLERANCE = 1e-3


def convert(*arguments):
    subprocess.run([BUILD / "condensenet-convert", *map(str, arguments)], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def runtimes(model, image, onnx, options, folder):
    """What is compared: those in float32, then those in int8. Ours at the options' kernels come first."""
    program = BUILD / "condensenet"
    network = r.MNN.convert(onnx, folder)
    floats = [r.OnnxRuntime(onnx, image), r.MNN(network, image), r.OpenVINO(onnx, image)]
    if options.precision == "f32":
        return [r.Ours(program, kernels, model, image, folder) for kernels in options.kernels] + floats
    images = int8.Pictures(onnx)
    if model.endswith(".json"):
        made, pictures = model, images.noise()
    else:
        made, (pictures, _) = folder / "int8.safetensors", images.read(options.dataset, "train", options.images)
        convert("quantize", model, "-o", made, "--calibrate", options.dataset, "--images", options.images)
    inputs = images.inputs(pictures)
    ours = [r.Ours(program, kernels, made, image, folder, "int8") for kernels in options.kernels]
    return ours + [r.OnnxRuntime(int8.onnx_runtime(onnx, inputs, folder), image, "int8"),
                   r.MNN(int8.mnn(network, pictures, images, folder), image, "int8"),
                   r.OpenVINO(int8.openvino(onnx, inputs, folder), image, "int8"),
                   r.Ours(program, "", model, image, folder)] + floats


def compare(model, options):
    """A row of each runtime: its name, median ms, median ratio of each of our kernels to it, what else is known of it."""
    shape = json.loads(subprocess.run([BUILD / "condensenet", "inspect", model, "--json"], check=True,
                                      capture_output=True).stdout)["input"]
    image = np.random.default_rng(1).standard_normal([1, *shape]).astype(np.float32)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        onnx = folder / "model.onnx"
        convert("export-onnx", model, "-o", onnx)
        compared = runtimes(model, image, onnx, options, folder)
        reference = next(i for i, runtime in enumerate(compared) if runtime.name.startswith("condensenet, f32"))
        facts = [{} for _ in compared]
        expected = compared[reference].answers(image)
        for runtime, fact in zip(compared, facts):
            # What int8 costs shows on pictures, as far as weights and scales are trained and not random.
            if "int8" in runtime.name:
                continue
            difference = float(np.abs(runtime.answers(image) - expected).max() / np.abs(expected).max())
            fact["logits differ by"] = f"{difference:.1e}"
            if not difference <= TOLERANCE:
                sys.exit(f"{model}: {runtime.name} answers otherwise: {difference:.2e} of the largest logit")
        # An architecture's weights are random.
        if options.dataset and not model.endswith(".json"):
            images = int8.Pictures(onnx)
            pictures, labels = images.read(options.dataset, "t10k", options.limit)
            inputs = images.inputs(pictures)
            expected = compared[reference].answers(inputs).argmax(1)
            for runtime, fact in zip(compared, facts):
                if "int8" in runtime.name or runtime.name.startswith("condensenet"):
                    found = runtime.answers(inputs).argmax(1)
                    fact["top-1"] = f"{100 * np.mean(found == labels):.2f} %"
                    fact["as float32"] = f"{100 * np.mean(found == expected):.2f} %"
        times = []
        for number in range(options.rounds):
            # Every other round runs backwards, so that none always follows the same neighbour.
            order = range(len(compared)) if number % 2 == 0 else reversed(range(len(compared)))
            row = dict((i, compared[i].time(options.seconds)) for i in order)
            times.append([row[i] for i in range(len(compared))])
            print(f"\r{model}: round {number + 1} of {options.rounds}", end="", file=sys.stderr)
        print("\r\033[K", end="", file=sys.stderr)
    return [(runtime.name, statistics.median(row[i] for row in times),
             [statistics.median(row[ours] / row[i] for row in times) for ours in range(len(options.kernels))], facts[i])
            for i, runtime in enumerate(compared)]


def chart(results, precision, path):
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
    figure.suptitle(f"One image, one thread, {precision}: milliseconds, less is better", fontsize=9)
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
    parser.add_argument("--precision", choices=["f32", "int8"], default="f32")
    parser.add_argument("--dataset", help="a folder of idx files, for accuracy, and to calibrate int8 with")
    parser.add_argument("--images", type=int, default=256, help="pictures to calibrate with")
    parser.add_argument("--limit", type=int, default=10_000, help="pictures that accuracy is measured on")
    parser.add_argument("--kernels", action="append", help="a set of our kernels, such as avx2; each has its ratios")
    parser.add_argument("--chart", help="an SVG file to write")
    parser.add_argument("--json", help="a file of the medians to write, for accuracy.py")
    options = parser.parse_args()
    options.kernels = options.kernels or ["avx2"]
    if options.precision == "int8" and not options.dataset and not all(model.endswith(".json") for model in options.models):
        parser.error("--precision int8: expected --dataset DATASET to calibrate with, found none")
    print(f"{datetime.date.today()}, {processor()}, {os.cpu_count()} cores, "
          f"{options.rounds} interleaved rounds of {options.seconds:g} s, one thread\n")
    results = {}
    for model in options.models:
        results[model] = compare(model, options)
        sets = [name.removeprefix("condensenet, ") for name, *_ in results[model][:len(options.kernels)]]
        headings = "".join(f"{name + ' / this':>26}" for name in sets)
        known = list(dict.fromkeys(name for *_, facts in results[model] for name in facts))
        print(f"{pathlib.Path(model).stem:30}{'median ms':>10}{headings}" + "".join(f"{name:>18}" for name in known))
        for name, milliseconds, ratios, facts in results[model]:
            cells = "".join(f"{ratio:26.2f}" for ratio in ratios) + "".join(f"{facts.get(name, '–'):>18}" for name in known)
            print(f"  {name:28}{milliseconds:10.3f}{cells}")
        print()
    if options.json:
        networks = {pathlib.Path(model).stem: [{"runtime": name, "ms": round(milliseconds, 4)}
                                               for name, milliseconds, *_ in rows] for model, rows in results.items()}
        pathlib.Path(options.json).write_text(json.dumps(
            {"date": f"{datetime.date.today()}", "processor": processor(), "rounds": options.rounds,
             "networks": networks}, indent=1) + "\n")
    if options.chart:
        chart(results, options.precision, options.chart)


main()
