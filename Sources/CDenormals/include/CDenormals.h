#ifndef CONDENSENET_DENORMALS_H
#define CONDENSENET_DENORMALS_H

#include <stdint.h>

/// What `condensenet_denormals_restore` restores.
typedef uint32_t condensenet_floating_point_mode;

/// Makes this thread take numbers below the normal range of single precision for zero, and write zero in their place, where
/// arithmetic on them is slow: on x86-64. Arm's processors compute with them at full speed, and half precision needs its own.
static inline condensenet_floating_point_mode condensenet_denormals_flush(void) {
#if defined(__x86_64__)
  const uint32_t flush_to_zero = 1u << 15, denormals_are_zero = 1u << 6;
  const uint32_t mode = __builtin_ia32_stmxcsr();
  __builtin_ia32_ldmxcsr(mode | flush_to_zero | denormals_are_zero);
  return mode;
#else
  return 0;
#endif
}

/// Gives this thread back the mode, and the flags of past operations, that it had.
static inline void condensenet_denormals_restore(condensenet_floating_point_mode mode) {
#if defined(__x86_64__)
  __builtin_ia32_ldmxcsr(mode);
#else
  (void)mode;
#endif
}

#endif
