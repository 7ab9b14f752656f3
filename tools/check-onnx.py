#!/usr/bin/env python3
"""Checks an ONNX model against known answers in ONNX Runtime.

usage: check-onnx.py MODEL.onnx INPUT.npy LOGITS.npy [TOLERANCE]

INPUT.npy is float32 [N, 3, H, W], LOGITS.npy float32 [N, classes]. The model must satisfy ONNX's own checker, take all
N images at once and one alone, and answer within TOLERANCE (1e-5) of the largest logit. Exit status 0 when it does.
"""
import sys

import numpy as np
import onnx
import onnxruntime


def main(model_path, input_path, logits_path, tolerance="1e-5"):
    model = onnx.load(model_path)
    onnx.checker.check_model(model, full_check=True)

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    images = np.load(input_path)
    expected = np.load(logits_path)
    failed = False
    for count in {1, len(images)}:
        (found,) = session.run(["logits"], {"input": images[:count]})
        if found.shape != expected[:count].shape:
            sys.exit(f"expected logits of shape {expected[:count].shape}, found {found.shape}")
        difference = np.abs(found.astype(np.float64) - expected[:count]).max()
        relative = difference / np.abs(expected[:count]).max()
        print(f"{count} image(s): largest difference {relative:.1e} of the largest logit")
        failed |= not relative <= float(tolerance)
    if failed:
        sys.exit(f"expected at most {tolerance}")


if __name__ == "__main__":
    if not 4 <= len(sys.argv) <= 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
