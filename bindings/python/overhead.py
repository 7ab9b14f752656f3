"""Prints what a call costs from C and from Python, in microseconds of processor time: medians of interleaved rounds.

    python overhead.py MODEL IMAGE [ROUNDS]       with the package installed, and a C compiler
"""

import ctypes
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import PIL.Image

import condensenet
from condensenet import _library

CALLS = 500
here = pathlib.Path(__file__).resolve().parent
library = pathlib.Path(_library.library._name)
pixels = np.asarray(PIL.Image.open(sys.argv[2]).convert("RGB"))
model = condensenet.load(sys.argv[1])
# What a program in C would pass, made once.
frame, found, count = condensenet._frame(pixels), (_library.Prediction * 5)(), ctypes.c_size_t()
call = (model._idle[0], ctypes.byref(frame), found, 5, ctypes.byref(count))


def time_of(call, calls):
    start = time.process_time()
    for _ in range(calls):
        call()
    return 1e6 * (time.process_time() - start) / calls


with tempfile.TemporaryDirectory() as folder:
    program, image = f"{folder}/overhead", pathlib.Path(folder, "pixels")
    image.write_bytes(pixels.tobytes())
    include = f"-I{here.parents[1]}/Sources/CondenseNetC/include"
    subprocess.run(["cc", "-O2", include, here / "overhead.c", library, f"-Wl,-rpath,{library.parent}", "-o", program], check=True)
    times = []
    for _ in range(int(sys.argv[3]) if len(sys.argv) > 3 else 11):
        result = subprocess.run([program, sys.argv[1], image, str(pixels.shape[0]), str(CALLS)], capture_output=True, text=True, check=True)
        times.append([
            *map(float, result.stdout.split()),
            time_of(lambda: _library.library.condensenet_model_classes(model._model), 100 * CALLS),
            time_of(lambda: _library.library.condensenet_classify_frame(*call), CALLS),
            time_of(lambda: model.classify(pixels), CALLS),
        ])
cheap_c, classify_c, cheap_python, bare, classify_python = (statistics.median(column) for column in zip(*times))
print(f"condensenet_model_classes: {cheap_c:.3f} from C, {cheap_python:.3f} through ctypes")
print(f"classify pixels: {classify_c:.1f} from a program in C, {bare:.1f} by the same call in this process, {classify_python:.1f} from Python: "
      f"{classify_python / classify_c:.3f} and {classify_python / bare:.3f} times")
