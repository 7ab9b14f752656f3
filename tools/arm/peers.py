"""Counts what ONNX Runtime and MNN execute for one inference: their wheels for 64-bit Arm, from PyPI, under QEMU."""
import collections
import pathlib
import subprocess
import sys

from cores import A76
from counting import QEMU, ROOT, sections
from libraries import Process

FOLDER = ROOT / ".build/arm64-python"
WHEELS = ["numpy", "onnxruntime", "MNN"]
GETPGID = 155


def install():
    """Makes an arm64 system with Python and the runtimes, once."""
    done = FOLDER / "wheels"
    if done.exists() and done.read_text().split() == WHEELS:
        return
    subprocess.run([ROOT / "tools/arm/root", "make", FOLDER, "python3", "libgomp1", "libstdc++6"], check=True)
    subprocess.run([sys.executable, "-m", "venv", FOLDER / "tools"], check=True)
    platforms = [f"--platform=manylinux_2_{minor}_aarch64" for minor in (28, 27, 17)] + ["--platform=manylinux2014_aarch64"]
    subprocess.run([FOLDER / "tools/bin/pip", "install", "--quiet", "--disable-pip-version-check", "--target", FOLDER / "site",
                    *platforms, "--only-binary=:all:", "--python-version=3.11", "--implementation=cp", *WHEELS], check=True)
    done.write_text(" ".join(WHEELS))


def describe(core):
    """Runtimes choose kernels by what /proc/cpuinfo says of the core, which QEMU does not say itself."""
    features = "fp asimd evtstrm crc32 cpuid" + (" atomics fphp asimdhp asimdrdm asimddp" if core.has_dot else "")
    (FOLDER / "proc").mkdir(exist_ok=True)
    (FOLDER / "proc/cpuinfo").write_text("".join(
        f"processor\t: {number}\nBogoMIPS\t: 100.00\nFeatures\t: {features}\nCPU implementer\t: 0x41\nCPU architecture: 8\n"
        f"CPU variant\t: 0x0\nCPU part\t: {core.part:#x}\nCPU revision\t: 3\n\n" for number in range(2)))


def python(core, *arguments, plugin=()):
    command = [QEMU, "-L", FOLDER, "-cpu", core.processor, "-E", f"PYTHONPATH={FOLDER}/site", "-E", "OMP_NUM_THREADS=1",
               *plugin, FOLDER / "usr/bin/python3.11", *arguments]
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))}: {done.stdout}")
    return done.stdout


def convert(onnx):
    """MNN's own form of a network."""
    describe(A76)
    converted = onnx.with_suffix(".mnn")
    python(A76, FOLDER / "site/bin/mnnconvert", "-f", "ONNX", "--modelFile", onnx, "--MNNModel", converted, "--bizCode", "model")
    return converted


def inference(plugin, core, runtime, precision, network, image, output):
    """The runtime's name, and function -> counts, of one inference; its logits go to the file `output`."""
    describe(core)
    folder = output.parent
    counts, maps = folder / "counts.txt", folder / "maps.txt"
    # With half precision between its layers of bytes MNN takes 4 % more instructions than with single.
    mode = "low" if precision == "f16" else "high"
    text = python(core, pathlib.Path(__file__).with_name("peer.py"), runtime, mode, network, image, output, maps,
                  plugin=("-plugin", f"{plugin},out={counts},call={GETPGID}"))
    found = sections(counts)
    # Before the first mark, between the marks, after the second, and nothing.
    if len(found) != 4:
        sys.exit(f"{runtime}: expected two marks, found {len(found) - 2}")
    process = Process(maps)
    functions = collections.defaultdict(collections.Counter)
    for symbol, numbers in found[1].items():
        functions[process.function(symbol)].update(numbers)
    return text.splitlines()[-1], functions
