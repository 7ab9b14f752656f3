#pragma once
#include <stdbool.h>

/// True when the processor that runs this program has AVX2 and FMA (x86-64 only; false elsewhere).
bool condensenet_processor_has_avx2_fma(void);
