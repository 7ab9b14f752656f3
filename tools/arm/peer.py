"""One inference of another runtime, to be counted under QEMU (tools/arm/model starts it with the emulated machine's Python).

    peer.py onnxruntime|mnn high|low NETWORK INPUT.npy OUTPUT.npy MAPS

NETWORK is an ONNX file, of MNN one of its own; `low` lets MNN compute in half precision. One thread. After one inference to
warm up, a system call that nothing else makes (getpgid) marks where the counted inference begins and ends. MAPS becomes a
copy of /proc/self/maps, which tells the addresses of libraries. The runtime's name and version go to the standard output.
"""
import os
import shutil
import sys

import numpy as np

runtime, precision, network, image, output, maps = sys.argv[1:]
array = np.load(image)

if runtime == "onnxruntime":
    import onnxruntime
    name = f"ONNX Runtime {onnxruntime.__version__}"
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])

    def infer():
        return session.run(None, {"input": array})[0]
else:
    import MNN as mnn
    name = f"MNN {mnn.version()}"
    interpreter = mnn.Interpreter(network)
    session = interpreter.createSession({"backend": "CPU", "numThread": 1, "precision": precision})
    source = interpreter.getSessionInput(session)
    interpreter.resizeTensor(source, array.shape)
    interpreter.resizeSession(session)
    tensor = mnn.Tensor(array.shape, mnn.Halide_Type_Float, array, mnn.Tensor_DimensionType_Caffe)

    def infer():
        source.copyFrom(tensor)
        interpreter.runSession(session)
        result = interpreter.getSessionOutput(session)
        host = mnn.Tensor(result.getShape(), mnn.Halide_Type_Float, np.zeros(result.getShape(), np.float32),
                          mnn.Tensor_DimensionType_Caffe)
        result.copyToHostTensor(host)
        return np.array(host.getNumpyData())

infer()
os.getpgid(0)
logits = infer()
os.getpgid(0)
np.save(output, np.asarray(logits, np.float32).reshape(1, -1))
shutil.copyfile("/proc/self/maps", maps)
print(name)
