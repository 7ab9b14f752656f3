#ifndef CONDENSENET_VECTOR_H
#define CONDENSENET_VECTOR_H

// Vector operations that Swift's SIMD types express lane by lane, and that compilers do not always put together again:
// in long kernels they leave parts of the sums scalar. Here each is one operation on whole vectors.
//
// Multiply-add is fused where the target has the instruction (AArch64, x86-64 with FMA); elsewhere it rounds twice,
// because without the instruction a fused one is a library call for every lane.

#if defined(__aarch64__)
#include <arm_neon.h>
#if defined(__ARM_FEATURE_FP16_VECTOR_ARITHMETIC)
#include <arm_fp16.h>
#endif
#endif

// Every function here is inlined, so that none passes a vector to another in the registers of a wider instruction set.
#pragma clang diagnostic ignored "-Wpsabi"

typedef float condensenet_float8 __attribute__((ext_vector_type(8)));

#define CONDENSENET_INLINE static inline __attribute__((always_inline))

/// Asks for the cache line at an address that need not be readable.
CONDENSENET_INLINE void condensenet_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

/// accumulator + a * b.
CONDENSENET_INLINE float condensenet_multiply_add(float accumulator, float a, float b) {
#if defined(__aarch64__) || defined(__FMA__)
  return __builtin_fmaf(a, b, accumulator);
#else
  return accumulator + a * b;
#endif
}

/// accumulator + a * b in every lane.
CONDENSENET_INLINE condensenet_float8 condensenet_multiply_add8(condensenet_float8 accumulator, condensenet_float8 a,
                                                                condensenet_float8 b) {
#if defined(__aarch64__) || defined(__FMA__)
  return __builtin_elementwise_fma(a, b, accumulator);
#else
  return accumulator + a * b;
#endif
}

/// 1/6, 1/2, 0 and 1, at an address that the compiler cannot see through: as constants it would keep them in registers
/// throughout the loops around a hard swish, at the cost of sums.
CONDENSENET_INLINE const float *condensenet_hard_swish_constants(void) {
  static const float constants[4] = {1.0f / 6, 0.5f, 0, 1};
  const float *address = constants;
  __asm__ volatile("" : "+r"(address));
  return address;
}

#if defined(__AVX512F__)
typedef float condensenet_float16 __attribute__((ext_vector_type(16)));

/// accumulator + a * b in every lane.
CONDENSENET_INLINE condensenet_float16 condensenet_multiply_add16(condensenet_float16 accumulator,
                                                                  condensenet_float16 a, condensenet_float16 b) {
  return __builtin_elementwise_fma(a, b, accumulator);
}

/// The greater of x and bound in every lane; NaN in x stays NaN.
CONDENSENET_INLINE condensenet_float16 condensenet_at_least16(condensenet_float16 x, condensenet_float16 bound) {
  return x < bound ? bound : x;
}

/// The lesser of x and bound in every lane; NaN in x stays NaN.
CONDENSENET_INLINE condensenet_float16 condensenet_at_most16(condensenet_float16 x, condensenet_float16 bound) {
  return x > bound ? bound : x;
}

/// x * min(max(x / 6 + 1/2, 0), 1) in every lane.
CONDENSENET_INLINE condensenet_float16 condensenet_hard_swish16(condensenet_float16 x) {
  const float *constants = condensenet_hard_swish_constants();
  const condensenet_float16 gate = condensenet_multiply_add16(constants[1], x, constants[0]);
  return x * condensenet_at_most16(condensenet_at_least16(gate, constants[2]), constants[3]);
}
#endif

/// The sums of neighbours: a[0] + a[1], a[2] + a[3] and so on to b[6] + b[7].
CONDENSENET_INLINE condensenet_float8 condensenet_pair_sums(condensenet_float8 a, condensenet_float8 b) {
  return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14) +
         __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
}

/// The first count lanes of x, and zero in the others.
CONDENSENET_INLINE condensenet_float8 condensenet_first_lanes8(condensenet_float8 x, int count) {
  typedef int condensenet_int8 __attribute__((ext_vector_type(8)));
  const condensenet_int8 lanes = {0, 1, 2, 3, 4, 5, 6, 7};
  return (condensenet_float8)((condensenet_int8)x & (lanes < (condensenet_int8)count));
}

/// a + b in every lane.
CONDENSENET_INLINE condensenet_float8 condensenet_add8(condensenet_float8 a, condensenet_float8 b) { return a + b; }

/// a - b in every lane.
CONDENSENET_INLINE condensenet_float8 condensenet_subtract8(condensenet_float8 a, condensenet_float8 b) {
  return a - b;
}

/// a * b in every lane.
CONDENSENET_INLINE condensenet_float8 condensenet_multiply8(condensenet_float8 a, condensenet_float8 b) {
  return a * b;
}

/// The greater of x and bound in every lane; NaN in x stays NaN.
CONDENSENET_INLINE condensenet_float8 condensenet_at_least8(condensenet_float8 x, condensenet_float8 bound) {
#if defined(__aarch64__)
  condensenet_float8 result;
  result.lo = vmaxq_f32(x.lo, bound.lo);
  result.hi = vmaxq_f32(x.hi, bound.hi);
  return result;
#else
  return x < bound ? bound : x;
#endif
}

/// The lesser of x and bound in every lane; NaN in x stays NaN.
CONDENSENET_INLINE condensenet_float8 condensenet_at_most8(condensenet_float8 x, condensenet_float8 bound) {
#if defined(__aarch64__)
  condensenet_float8 result;
  result.lo = vminq_f32(x.lo, bound.lo);
  result.hi = vminq_f32(x.hi, bound.hi);
  return result;
#else
  return x > bound ? bound : x;
#endif
}

/// x * min(max(x / 6 + 1/2, 0), 1) in every lane.
CONDENSENET_INLINE condensenet_float8 condensenet_hard_swish8(condensenet_float8 x) {
  const float *constants = condensenet_hard_swish_constants();
  const condensenet_float8 gate = condensenet_multiply_add8(constants[1], x, constants[0]);
  return x * condensenet_at_most8(condensenet_at_least8(gate, constants[2]), constants[3]);
}

/// The greater of a and b in every lane; NaN where either is NaN, and of two zeros either.
CONDENSENET_INLINE condensenet_float8 condensenet_maximum8(condensenet_float8 a, condensenet_float8 b) {
#if defined(__aarch64__)
  // The instruction gives NaN where either is.
  return condensenet_at_least8(a, b);
#else
  // A comparison with NaN is false: the first takes b where b is NaN, the second a where a is.
  const condensenet_float8 greater = a > b ? a : b;
  return a != a ? a : greater;
#endif
}

#include "CVectorHalf.h"

#endif
