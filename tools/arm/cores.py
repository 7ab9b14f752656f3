"""What four of Arm's cores can start in a cycle, by class of instruction (counting.CLASSES).

Each core has bounds: a bound gives of each class the cycles that an instruction takes of one resource. Counts take at least
the largest of their bounds. Sources: measured tables of Cortex-A53, A72 and Neoverse N1, which is A76's sister (fmla by
element, sdot, smull, sadalp, ld1); Arm's optimisation guide for A55 and A72; and for A53 and A55 what ONNX Runtime's and
others' kernels are written around: nothing starts beside a vector load of 128 bits, which takes two cycles.

Nothing here knows latencies, caches, memory, branches or the order of instructions: these are lower bounds.
"""
from dataclasses import dataclass, field

from counting import CLASSES

PRODUCTS = ["FLOAT_PRODUCT", "INTEGER_PRODUCT", "DOT_PRODUCT"]


@dataclass
class Core:
    name: str
    board: str
    gigahertz: float
    # QEMU's processor that has its instructions, and its part number, by which runtimes choose kernels.
    processor: str
    part: int
    # What our kernels compute in there, and whether MNN's low precision is half there.
    precisions: list
    bounds: dict = field(repr=False)

    @property
    def has_dot(self):
        """Whether there are dot products of bytes: in these four where there is arithmetic of half precision."""
        return "f16" in self.precisions

    def bound(self, counts):
        """The resource that takes longest, and its cycles."""
        return max(((name, sum(counts[column] * cost for column, cost in costs.items()))
                    for name, costs in self.bounds.items()), key=lambda item: item[1])


def issue(width):
    return {name: 1 / width for name in CLASSES}


def in_order(memory):
    """Two instructions a cycle, in order; vectors of 128 bits by two units of 64."""
    vector = {name: 1 for name in PRODUCTS} | {"PAIRWISE": 2, "VECTOR": 1, "NARROW_PRODUCT": 0.5, "NARROW": 0.5}
    return {"issue": issue(2), "memory": memory, "vectors and their loads": vector | {"VECTOR_LOADED_8": 1}}


A53 = Core("Cortex-A53", "Raspberry Pi 3", 1.4, "cortex-a53", 0xD03, ["f32", "int8"],
           in_order({"LOAD": 1, "VECTOR_LOADED_8": 1, "STORED_16": 1}))
A55 = Core("Cortex-A55", "RK3568", 2.0, "cortex-a76", 0xD05, ["f32", "f16", "int8"],
           in_order({"LOAD": 1, "VECTOR_LOADED_8": 1}))
A72 = Core("Cortex-A72", "Raspberry Pi 4", 1.8, "cortex-a72", 0xD08, ["f32", "int8"], {
    "issue": issue(3),
    "loads": {"LOADED_16": 1},
    "stores": {"STORED_16": 1},
    # One product of floats takes both of the two vector pipes; one pipe alone multiplies integers, the other alone
    # accumulates pairs.
    "vectors": {"FLOAT_PRODUCT": 1} | {name: 0.5 for name in ["INTEGER_PRODUCT", "NARROW_PRODUCT", "PAIRWISE", "VECTOR", "NARROW"]},
    "first vector pipe": {"FLOAT_PRODUCT": 1, "INTEGER_PRODUCT": 1},
    "second vector pipe": {"FLOAT_PRODUCT": 1, "PAIRWISE": 1},
})
A76 = Core("Cortex-A76", "Raspberry Pi 5", 2.4, "cortex-a76", 0xD0B, ["f32", "f16", "int8"], {
    "issue": issue(4),
    "memory": {"LOADED_16": 0.5, "STORED_16": 0.5},
    "vectors": {name: 0.5 for name in [*PRODUCTS, "NARROW_PRODUCT", "PAIRWISE", "VECTOR", "NARROW"]},
    "first vector pipe": {"INTEGER_PRODUCT": 1},
    "second vector pipe": {"PAIRWISE": 1},
})
CORES = [A53, A55, A72, A76]
