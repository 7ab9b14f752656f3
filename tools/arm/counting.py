"""Counts of the Arm instructions that programs execute under QEMU, by function and class.

Needs a C compiler and a qemu-aarch64 that takes plugins: Debian 12's qemu-user does, Debian 13's, being static, does not.
"""
import collections
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
# Where the converter's programs for this machine are.
BUILD = pathlib.Path(os.environ.get("CONDENSENET_BUILD", ROOT / ".build/release"))
QEMU = os.environ.get("QEMU_AARCH64", "qemu-aarch64")
# monotonicNanoseconds() of module CondenseNet, which a profiled run calls around each step of its plan.
CLOCK = "$s11CondenseNet20monotonicNanosecondss6UInt64VyF"
# For each precision that our kernels compute in, a processor that has it.
PROCESSORS = {"f32": "cortex-a72", "f16": "cortex-a76", "int8": "cortex-a76"}
# What the plugin counts as classes; its other columns are words of memory.
CLASSES = ["FLOAT_PRODUCT", "NARROW_PRODUCT", "INTEGER_PRODUCT", "DOT_PRODUCT", "PAIRWISE", "VECTOR", "NARROW", "LOAD",
           "VECTOR_LOAD", "STORE", "INTEGER"]


def build():
    """Builds the static program for Arm, and returns its path."""
    done = subprocess.run([ROOT / "tools/arm/build-static"], check=True, stdout=subprocess.PIPE, text=True)
    return pathlib.Path(done.stdout.strip())


def build_plugin(folder):
    """Compiles the counting plugin for the QEMU at hand."""
    help_text = subprocess.run([QEMU, "-h"], stdout=subprocess.PIPE, text=True).stdout
    if "-plugin" not in help_text:
        sys.exit(f"{QEMU} takes no plugins; name one that does in QEMU_AARCH64")
    version = subprocess.run([QEMU, "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout
    interface = 1 if int(re.search(r"version (\d+)", version).group(1)) < 9 else 2
    plugin = folder / "instructions.so"
    subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-fPIC", "-shared", "-fvisibility=hidden",
                    f"-DINTERFACE={interface}", "-o", plugin, ROOT / "tools/arm/plugin/instructions.c"], check=True)
    return plugin


def sections(path):
    """Of each section of the plugin's file: function -> counts by column."""
    lines = iter(path.read_text().splitlines())
    columns = next(lines).split()
    found = [collections.defaultdict(collections.Counter)]
    for line in lines:
        if line == "@":
            found.append(collections.defaultdict(collections.Counter))
            continue
        symbol, *numbers = line.rsplit(" ", len(columns))
        found[-1][symbol].update(dict(zip(columns, map(int, numbers))))
    return found


def total(counts):
    """The sum of several counts."""
    result = collections.Counter()
    for one in counts:
        result.update(one)
    return result


def inference(program, plugin, model, folder):
    """Of one inference of a network of models/, NAME, NAME/PRECISION or NAME/PRECISION@PROCESSOR: function -> counts, and (name, counts) of each step.

    A profiled run of `bench` reads the clock before its first step and after each; the last reading of all ends the run.
    """
    counts = folder / "counts.txt"
    name, _, precision = model.partition("/")
    precision, _, processor = (precision or "f32").partition("@")
    command = ["setarch", "-R", QEMU, "-cpu", processor or PROCESSORS[precision], "-seed", "1", "-E", "SWIFT_DETERMINISTIC_HASHING=1",
               "-plugin", f"{plugin},out={counts},mark={CLOCK}", program, "bench", ROOT / f"models/{name}.json",
               "--precision", precision, "--warmup", 0, "--seconds", 0, "--threads", 1, "--runs", 1, "--layers",
               "--json", "-"]
    done = subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True)
    result = json.loads(done.stdout)[0]
    if result["precision"] != precision:
        sys.exit(f"{model}: computed in {result['precision']}")
    names = [layer["name"] for layer in result["layers"]]
    found = sections(counts)
    # After the last step come the rest of the profiled run up to the last reading, the program's end, and nothing.
    steps = found[-3 - len(names):-3]
    if len(steps) != len(names):
        sys.exit(f"{model}: expected a reading of the clock around each of {len(names)} steps, found {len(found)}")
    symbols = collections.defaultdict(collections.Counter)
    for step in steps:
        for symbol, numbers in step.items():
            symbols[symbol].update(numbers)
    return symbols, [(name, total(step.values())) for name, step in zip(names, steps)]
