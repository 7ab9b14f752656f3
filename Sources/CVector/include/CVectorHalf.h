#ifndef CONDENSENET_VECTOR_HALF_H
#define CONDENSENET_VECTOR_HALF_H

// The operations of CVector.h in half precision. They exist where a vector of them is one instruction (AArch64 with its
// arithmetic), and on x86-64 with conversions (F16C), where each is computed in single precision and rounded: sums,
// differences and products of two then have the bits of the instruction, and a multiply-add has them but for ties that the
// first rounding makes.

#if defined(__ARM_FEATURE_FP16_VECTOR_ARITHMETIC) || defined(__F16C__)

typedef _Float16 condensenet_half8 __attribute__((ext_vector_type(8)));

#if defined(__F16C__)
CONDENSENET_INLINE condensenet_float8 condensenet_widened8(condensenet_half8 x) {
  return __builtin_convertvector(x, condensenet_float8);
}
CONDENSENET_INLINE condensenet_half8 condensenet_narrowed8(condensenet_float8 x) {
  return __builtin_convertvector(x, condensenet_half8);
}
#endif

/// accumulator + a * b.
CONDENSENET_INLINE _Float16 condensenet_half_multiply_add(_Float16 accumulator, _Float16 a, _Float16 b) {
#if defined(__aarch64__)
  return vfmah_f16(accumulator, a, b);
#else
  return (_Float16)__builtin_fmaf(a, b, accumulator);
#endif
}

/// accumulator + a * b in every lane.
CONDENSENET_INLINE condensenet_half8 condensenet_half_multiply_add8(condensenet_half8 accumulator, condensenet_half8 a,
                                                                    condensenet_half8 b) {
#if defined(__aarch64__)
  return __builtin_elementwise_fma(a, b, accumulator);
#else
  return condensenet_narrowed8(__builtin_elementwise_fma(condensenet_widened8(a), condensenet_widened8(b),
                                                         condensenet_widened8(accumulator)));
#endif
}

/// The sums of neighbours: a[0] + a[1], a[2] + a[3] and so on to b[6] + b[7].
CONDENSENET_INLINE condensenet_half8 condensenet_half_pair_sums(condensenet_half8 a, condensenet_half8 b) {
#if defined(__aarch64__)
  return (condensenet_half8)vpaddq_f16((float16x8_t)a, (float16x8_t)b);
#else
  return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14) +
         __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
#endif
}

/// The first count lanes of x, and zero in the others.
CONDENSENET_INLINE condensenet_half8 condensenet_half_first_lanes8(condensenet_half8 x, int count) {
  typedef short condensenet_short8 __attribute__((ext_vector_type(8)));
  const condensenet_short8 lanes = {0, 1, 2, 3, 4, 5, 6, 7};
  return (condensenet_half8)((condensenet_short8)x & (lanes < (condensenet_short8)(short)count));
}

/// a + b in every lane.
CONDENSENET_INLINE condensenet_half8 condensenet_half_add8(condensenet_half8 a, condensenet_half8 b) { return a + b; }

/// a - b in every lane.
CONDENSENET_INLINE condensenet_half8 condensenet_half_subtract8(condensenet_half8 a, condensenet_half8 b) {
  return a - b;
}

/// a * b in every lane.
CONDENSENET_INLINE condensenet_half8 condensenet_half_multiply8(condensenet_half8 a, condensenet_half8 b) {
  return a * b;
}

/// The greater of x and bound in every lane; NaN in x stays NaN.
CONDENSENET_INLINE condensenet_half8 condensenet_half_at_least8(condensenet_half8 x, condensenet_half8 bound) {
#if defined(__aarch64__)
  return (condensenet_half8)vmaxq_f16((float16x8_t)x, (float16x8_t)bound);
#else
  return condensenet_narrowed8(condensenet_at_least8(condensenet_widened8(x), condensenet_widened8(bound)));
#endif
}

/// The lesser of x and bound in every lane; NaN in x stays NaN.
CONDENSENET_INLINE condensenet_half8 condensenet_half_at_most8(condensenet_half8 x, condensenet_half8 bound) {
#if defined(__aarch64__)
  return (condensenet_half8)vminq_f16((float16x8_t)x, (float16x8_t)bound);
#else
  return condensenet_narrowed8(condensenet_at_most8(condensenet_widened8(x), condensenet_widened8(bound)));
#endif
}

/// The greater of a and b in every lane; NaN where either is NaN, and of two zeros either.
CONDENSENET_INLINE condensenet_half8 condensenet_half_maximum8(condensenet_half8 a, condensenet_half8 b) {
#if defined(__aarch64__)
  return condensenet_half_at_least8(a, b);
#else
  return condensenet_narrowed8(condensenet_maximum8(condensenet_widened8(a), condensenet_widened8(b)));
#endif
}

#endif
#endif
