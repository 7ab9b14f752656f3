#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "ProcessorState.h"
#include "ProgramPages.h"

/// True when the processor that runs this program has AVX2 and FMA (x86-64 only; false elsewhere).
bool condensenet_processor_has_avx2_fma(void);

/// True when the processor that runs this program has AVX-512's foundation and its short vectors, and FMA (x86-64 only).
bool condensenet_processor_has_avx512(void);

/// True when the processor that runs this program computes in half precision: on AArch64 in vectors of it, on x86-64 by
/// AVX2, FMA and conversions (F16C).
bool condensenet_processor_has_half(void);

/// True when the processor that runs this program has dot products of bytes (AArch64 only; false elsewhere).
bool condensenet_processor_has_dot(void);

/// True when the processor that runs this program has AVX2, and dot products of bytes in its vectors (x86-64 only).
bool condensenet_processor_has_avxvnni(void);

/// True when the processor that runs this program has AVX-512, and dot products of bytes in its vectors (x86-64 only).
bool condensenet_processor_has_avx512vnni(void);

/// Tells the processor that this thread spins.
static inline void condensenet_processor_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// Nanoseconds on a clock that never goes back and that nobody sets.
uint64_t condensenet_monotonic_nanoseconds(void);
