#ifndef CONDENSENET_BYTES_H
#define CONDENSENET_BYTES_H

// Sums of products of bytes, which are one or a few instructions of a processor and none of Swift's.
//
// A panel holds bytes as the products read them. One step of it is CONDENSENET_BYTES_CHANNELS channels, whose bytes lie
// together for each pixel, in CONDENSENET_BYTES_PIXEL bytes: four bytes where the processor has dot products of four, else
// two, on x86-64 widened to sixteen bits. Weights of an output lie together likewise.
//
// Sums wrap at 32 bits; a sum that fits them is right whatever its parts were.

#include <stdbool.h>
#include <stdint.h>
#if defined(__aarch64__)
#include <arm_neon.h>
#elif defined(__x86_64__)
#include <immintrin.h>
#endif

// Every function here is inlined, so that none passes a vector to another in the registers of a wider instruction set.
#pragma clang diagnostic ignored "-Wpsabi"
#define CONDENSENET_BYTES_INLINE static inline __attribute__((always_inline))

typedef int8_t condensenet_bytes16 __attribute__((ext_vector_type(16)));
typedef float condensenet_floats16 __attribute__((ext_vector_type(16)));
typedef int32_t condensenet_integers16 __attribute__((ext_vector_type(16)));

// Lanes of a vector of sums, the most outputs of a tile, and vectors of each of them.
#if defined(__AVX512VNNI__)
enum { CONDENSENET_BYTES_LANES = 16, CONDENSENET_BYTES_OUTPUTS = 4, CONDENSENET_BYTES_VECTORS = 2 };
#elif defined(__AVX2__)
enum { CONDENSENET_BYTES_LANES = 8, CONDENSENET_BYTES_OUTPUTS = 4, CONDENSENET_BYTES_VECTORS = 2 };
#elif defined(__aarch64__)
enum { CONDENSENET_BYTES_LANES = 4, CONDENSENET_BYTES_OUTPUTS = 4, CONDENSENET_BYTES_VECTORS = 4 };
#else
enum { CONDENSENET_BYTES_LANES = 4, CONDENSENET_BYTES_OUTPUTS = 2, CONDENSENET_BYTES_VECTORS = 4 };
#endif
// Vectors of a tile of one output: with dot products each needs one register beside it, elsewhere more.
#if defined(__ARM_FEATURE_DOTPROD)
enum { CONDENSENET_BYTES_ROW = 16 };
#else
enum { CONDENSENET_BYTES_ROW = 8 };
#endif
typedef int32_t condensenet_sums __attribute__((ext_vector_type(CONDENSENET_BYTES_LANES)));

#if defined(__AVXVNNI__) || defined(__AVX512VNNI__)
// Its left factors are unsigned: a panel holds each byte plus 128, and sums begin at -128 times their weights.
enum { CONDENSENET_BYTES_BIAS = 128 };
#define CONDENSENET_BYTES_QUADS 1
#elif defined(__ARM_FEATURE_DOTPROD)
enum { CONDENSENET_BYTES_BIAS = 0 };
#define CONDENSENET_BYTES_QUADS 1
#else
enum { CONDENSENET_BYTES_BIAS = 0 };
#define CONDENSENET_BYTES_QUADS 0
#endif

#if CONDENSENET_BYTES_QUADS
enum { CONDENSENET_BYTES_CHANNELS = 4, CONDENSENET_BYTES_PIXEL = 4, CONDENSENET_BYTES_STEPS = 1 };
#elif defined(__aarch64__)
// Steps are summed two at a time.
enum { CONDENSENET_BYTES_CHANNELS = 2, CONDENSENET_BYTES_PIXEL = 2, CONDENSENET_BYTES_STEPS = 2 };
#else
enum { CONDENSENET_BYTES_CHANNELS = 2, CONDENSENET_BYTES_PIXEL = 4, CONDENSENET_BYTES_STEPS = 1 };
#endif

/// Sixteen bytes of a row, held between two bounds.
CONDENSENET_BYTES_INLINE condensenet_bytes16 condensenet_bytes_bounded(const int8_t *row, condensenet_bytes16 lower,
                                                                       condensenet_bytes16 upper) {
  condensenet_bytes16 x;
  __builtin_memcpy(&x, row, sizeof x);
  return __builtin_elementwise_min(__builtin_elementwise_max(x, lower), upper);
}

/// Brings sixteen pixels of a step's channels into a panel, each channel held between its bounds.
CONDENSENET_BYTES_INLINE void condensenet_bytes_interleave(uint8_t *panel, const int8_t *row0, const int8_t *row1,
                                                           const int8_t *row2, const int8_t *row3,
                                                           const condensenet_bytes16 *lower,
                                                           const condensenet_bytes16 *upper) {
  const condensenet_bytes16 a = condensenet_bytes_bounded(row0, lower[0], upper[0]);
  const condensenet_bytes16 b = condensenet_bytes_bounded(row1, lower[1], upper[1]);
#if CONDENSENET_BYTES_QUADS
  const condensenet_bytes16 c = condensenet_bytes_bounded(row2, lower[2], upper[2]);
  const condensenet_bytes16 d = condensenet_bytes_bounded(row3, lower[3], upper[3]);
#if defined(__aarch64__)
  const int8x16x4_t quads = {{(int8x16_t)a, (int8x16_t)b, (int8x16_t)c, (int8x16_t)d}};
  vst4q_s8((int8_t *)panel, quads);
#else
  const __m128i sign = _mm_set1_epi8(-128);
  const __m128i ab = _mm_xor_si128(sign, _mm_unpacklo_epi8((__m128i)a, (__m128i)b));
  const __m128i cd = _mm_xor_si128(sign, _mm_unpacklo_epi8((__m128i)c, (__m128i)d));
  const __m128i ab8 = _mm_xor_si128(sign, _mm_unpackhi_epi8((__m128i)a, (__m128i)b));
  const __m128i cd8 = _mm_xor_si128(sign, _mm_unpackhi_epi8((__m128i)c, (__m128i)d));
  _mm_storeu_si128((__m128i *)panel, _mm_unpacklo_epi16(ab, cd));
  _mm_storeu_si128((__m128i *)panel + 1, _mm_unpackhi_epi16(ab, cd));
  _mm_storeu_si128((__m128i *)panel + 2, _mm_unpacklo_epi16(ab8, cd8));
  _mm_storeu_si128((__m128i *)panel + 3, _mm_unpackhi_epi16(ab8, cd8));
#endif
#elif defined(__aarch64__)
  const int8x16x2_t pairs = {{(int8x16_t)a, (int8x16_t)b}};
  vst2q_s8((int8_t *)panel, pairs);
#else
  typedef int16_t shorts16 __attribute__((ext_vector_type(16)));
  const shorts16 x = __builtin_convertvector(a, shorts16), y = __builtin_convertvector(b, shorts16);
  const shorts16 low = __builtin_shufflevector(x, y, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const shorts16 high = __builtin_shufflevector(x, y, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  __builtin_memcpy(panel, &low, sizeof low);
  __builtin_memcpy(panel + sizeof low, &high, sizeof high);
#endif
}

/// Brings `count` pixels of a step's channels into a panel, and up to fifteen beyond, each channel held between its bounds.
CONDENSENET_BYTES_INLINE void condensenet_bytes_interleave_row(uint8_t *panel, const int8_t *row0, const int8_t *row1,
                                                               const int8_t *row2, const int8_t *row3, long count,
                                                               const int8_t *lower, const int8_t *upper) {
  condensenet_bytes16 lowers[4], uppers[4];
#pragma clang loop unroll(full)
  for (int i = 0; i < CONDENSENET_BYTES_CHANNELS; i++) {
    lowers[i] = (condensenet_bytes16)lower[i];
    uppers[i] = (condensenet_bytes16)upper[i];
  }
  for (long x = 0; x < count; x += 16) {
    condensenet_bytes_interleave(panel, row0 + x, row1 + x, row2 + x, row3 + x, lowers, uppers);
    panel += 16 * CONDENSENET_BYTES_PIXEL;
  }
}

#if defined(__ARM_FEATURE_DOTPROD)
/// Adds the products of a step.
CONDENSENET_BYTES_INLINE void condensenet_bytes_step(condensenet_sums *s, const int outputs, const int vectors,
                                                     const uint8_t *pixels, int32x4_t weights) {
#pragma clang loop unroll(full)
  for (int i = 0; i < outputs * vectors; i++) {
    const int8x16_t x = vld1q_s8((const int8_t *)pixels + i % vectors * 16);
    const int8x16_t w = (int8x16_t)vdupq_n_s32(weights[i / vectors]);
    s[i] = (condensenet_sums)vdotq_s32((int32x4_t)s[i], x, w);
  }
}
#endif

/// Sums over steps of the products of `outputs` outputs' weights with `vectors` vectors of pixels; sums[outputs * vectors].
///
/// offsets[steps] says where each step's first pixel lies in the panel; steps are a multiple of CONDENSENET_BYTES_STEPS.
/// The numbers of outputs and vectors are constants where it is called.
CONDENSENET_BYTES_INLINE void condensenet_bytes_products(condensenet_sums *sums, const int outputs, const int vectors,
                                                         const uint8_t *panel, const int32_t *offsets, long steps,
                                                         const uint8_t *weights, const int32_t *initial) {
  condensenet_sums s[16];
#pragma clang loop unroll(full)
  for (int o = 0; o < outputs; o++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) s[o * vectors + v] = (condensenet_sums)initial[o];
  }
#if defined(__aarch64__) && !CONDENSENET_BYTES_QUADS
  // Two products fit sixteen bits: each pair of steps is added there, its neighbours then to the sums.
  for (long step = 0; step < steps; step += 2) {
    const int8_t *first = (const int8_t *)panel + offsets[step], *second = (const int8_t *)panel + offsets[step + 1];
    int16x8_t w = vdupq_n_s16(0);
    __builtin_memcpy(&w, weights + step * outputs * 2, outputs * 4);
    // What there are fewer of is the inner loop, so that less is kept in registers.
#pragma clang loop unroll(full)
    for (int i = 0; i < outputs * vectors / 2; i++) {
      const int o = outputs < vectors ? i % outputs : i / (vectors / 2);
      const int v = 2 * (outputs < vectors ? i / outputs : i % (vectors / 2));
      const int8x16_t a = vld1q_s8(first + 8 * v), b = vld1q_s8(second + 8 * v);
      const int8x16_t u = (int8x16_t)vdupq_n_s16(w[o]), z = (int8x16_t)vdupq_n_s16(w[o + outputs]);
      const int16x8_t low = vmlal_s8(vmull_s8(vget_low_s8(a), vget_low_s8(u)), vget_low_s8(b), vget_low_s8(z));
      const int16x8_t high = vmlal_high_s8(vmull_high_s8(a, u), b, z);
      condensenet_sums *sum = s + o * vectors + v;
      sum[0] = (condensenet_sums)vpadalq_s16((int32x4_t)sum[0], low);
      sum[1] = (condensenet_sums)vpadalq_s16((int32x4_t)sum[1], high);
    }
  }
#elif defined(__ARM_FEATURE_DOTPROD)
  // Two steps at once, whose offsets and weights are loaded together.
  for (long pair = steps / 2; pair > 0; pair--) {
    const int32_t first = offsets[0], second = offsets[1];
    int32x4x2_t w = {{vdupq_n_s32(0), vdupq_n_s32(0)}};
    __builtin_memcpy(&w.val[0], weights, outputs * 4);
    __builtin_memcpy(&w.val[1], weights + outputs * 4, outputs * 4);
    condensenet_bytes_step(s, outputs, vectors, panel + first, w.val[0]);
    condensenet_bytes_step(s, outputs, vectors, panel + second, w.val[1]);
    weights += outputs * 8;
    offsets += 2;
  }
  if (steps % 2 == 1) {
    int32x4_t w = vdupq_n_s32(0);
    __builtin_memcpy(&w, weights, outputs * 4);
    condensenet_bytes_step(s, outputs, vectors, panel + offsets[0], w);
  }
#else
#pragma clang loop unroll_count(2)
  for (long step = 0; step < steps; step++) {
    const uint8_t *pixels = panel + offsets[step];
#pragma clang loop unroll(full)
    for (int o = 0; o < outputs; o++) {
      int32_t w;
      __builtin_memcpy(&w, weights + (step * outputs + o) * 4, sizeof w);
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) {
        condensenet_sums *sum = s + o * vectors + v;
        condensenet_sums x;
        __builtin_memcpy(&x, pixels + v * sizeof x, sizeof x);
#if defined(__AVX512VNNI__)
        *sum = (condensenet_sums)_mm512_dpbusd_epi32((__m512i)*sum, (__m512i)x, _mm512_set1_epi32(w));
#elif defined(__AVXVNNI__)
        *sum = (condensenet_sums)_mm256_dpbusd_avx_epi32((__m256i)*sum, (__m256i)x, _mm256_set1_epi32(w));
#elif defined(__AVX2__)
        *sum += (condensenet_sums)_mm256_madd_epi16((__m256i)x, _mm256_set1_epi32(w));
#elif defined(__x86_64__)
        *sum += (condensenet_sums)_mm_madd_epi16((__m128i)x, _mm_set1_epi32(w));
#else
        const int16_t w0 = (int16_t)w, w1 = (int16_t)(w >> 16);
        *sum += (x << 16 >> 16) * w0 + (x >> 16) * w1;
#endif
      }
    }
  }
#endif
#pragma clang loop unroll(full)
  for (int i = 0; i < outputs * vectors; i++) sums[i] = s[i];
}

/// The sums of condensenet_bytes_products as integers, at an address that vectors can be stored to.
CONDENSENET_BYTES_INLINE void condensenet_bytes_integers(int32_t *integers, const int outputs, const int vectors,
                                                         const uint8_t *panel, const int32_t *offsets, long steps,
                                                         const uint8_t *weights, const int32_t *initial) {
  condensenet_bytes_products((condensenet_sums *)integers, outputs, vectors, panel, offsets, steps, weights, initial);
}

/// sums * multiplier + offset, each operation rounded.
CONDENSENET_BYTES_INLINE condensenet_floats16 condensenet_bytes_floats(condensenet_integers16 sums, float multiplier,
                                                                       float offset) {
#pragma clang fp contract(off)
  const condensenet_floats16 products = __builtin_convertvector(sums, condensenet_floats16) * multiplier;
  return products + offset;
}

/// The bytes nearest to sums * multiplier + offset, of two the even one.
CONDENSENET_BYTES_INLINE condensenet_bytes16 condensenet_bytes_scaled(condensenet_integers16 sums, float multiplier,
                                                                      float offset) {
  const condensenet_floats16 x = condensenet_bytes_floats(sums, multiplier, offset);
#if defined(__aarch64__)
  const int16x4_t a = vqmovn_s32(vcvtnq_s32_f32((float32x4_t)x.lo.lo));
  const int16x4_t b = vqmovn_s32(vcvtnq_s32_f32((float32x4_t)x.hi.lo));
  const int16x8_t low = vqmovn_high_s32(a, vcvtnq_s32_f32((float32x4_t)x.lo.hi));
  const int16x8_t high = vqmovn_high_s32(b, vcvtnq_s32_f32((float32x4_t)x.hi.hi));
  return (condensenet_bytes16)vqmovn_high_s16(vqmovn_s16(low), high);
#elif defined(__AVX512F__)
  // A float beyond the integers becomes the least of them, whatever its sign.
  const __m512 bounded = _mm512_min_ps((__m512)x, _mm512_set1_ps(127));
  return (condensenet_bytes16)_mm512_cvtsepi32_epi8(_mm512_cvtps_epi32(bounded));
#elif defined(__x86_64__)
  const __m128 most = _mm_set1_ps(127);
  const __m128i a = _mm_cvtps_epi32(_mm_min_ps((__m128)x.lo.lo, most));
  const __m128i b = _mm_cvtps_epi32(_mm_min_ps((__m128)x.lo.hi, most));
  const __m128i c = _mm_cvtps_epi32(_mm_min_ps((__m128)x.hi.lo, most));
  const __m128i d = _mm_cvtps_epi32(_mm_min_ps((__m128)x.hi.hi, most));
  return (condensenet_bytes16)_mm_packs_epi16(_mm_packs_epi32(a, b), _mm_packs_epi32(c, d));
#else
  const condensenet_floats16 bounded =
      __builtin_elementwise_min(__builtin_elementwise_max(x, (condensenet_floats16)-128.0f), (condensenet_floats16)127.0f);
  return __builtin_convertvector((condensenet_integers16)(bounded + 0x1.8p23f), condensenet_bytes16);
#endif
}

/// The scaled sums of 2×2 windows of sixteen outputs, a window's bytes held between two bounds: 32 bytes of two rows.
CONDENSENET_BYTES_INLINE condensenet_bytes16 condensenet_bytes_pool2(const int8_t *row0, const int8_t *row1, int8_t lower,
                                                                     int8_t upper, float multiplier, float offset) {
  typedef int16_t shorts16 __attribute__((ext_vector_type(16)));
  const condensenet_bytes16 least = (condensenet_bytes16)lower, most = (condensenet_bytes16)upper;
  const condensenet_bytes16 a = condensenet_bytes_bounded(row0, least, most);
  const condensenet_bytes16 b = condensenet_bytes_bounded(row0 + 16, least, most);
  const condensenet_bytes16 c = condensenet_bytes_bounded(row1, least, most);
  const condensenet_bytes16 d = condensenet_bytes_bounded(row1 + 16, least, most);
#define CONDENSENET_BYTES_EVERY(x, y, first)                                                                           \
  __builtin_convertvector(                                                                                             \
      __builtin_shufflevector(x, y, first, first + 2, first + 4, first + 6, first + 8, first + 10, first + 12,         \
                              first + 14, first + 16, first + 18, first + 20, first + 22, first + 24, first + 26,      \
                              first + 28, first + 30),                                                                 \
      shorts16)
  const shorts16 sums = CONDENSENET_BYTES_EVERY(a, b, 0) + CONDENSENET_BYTES_EVERY(a, b, 1) +
                        CONDENSENET_BYTES_EVERY(c, d, 0) + CONDENSENET_BYTES_EVERY(c, d, 1);
  return condensenet_bytes_scaled(__builtin_convertvector(sums, condensenet_integers16), multiplier, offset);
}

/// A tile: the bytes of some pixels of some outputs, each output's from `bytes + output * stride` on, in whole sixteens.
CONDENSENET_BYTES_INLINE void condensenet_bytes_tile(const int outputs, const int vectors, const uint8_t *panel,
                                                     const int32_t *offsets, long steps, const uint8_t *weights,
                                                     const int32_t *initial, const float *scaling, int8_t *bytes,
                                                     long stride) {
  enum { perSixteen = 16 / CONDENSENET_BYTES_LANES };
  condensenet_sums sums[16 + perSixteen];
  condensenet_bytes_products(sums, outputs, vectors, panel, offsets, steps, weights, initial);
#pragma clang loop unroll(full)
  for (int o = 0; o < outputs; o++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v += perSixteen) {
      condensenet_sums sixteen[perSixteen];
#pragma clang loop unroll(full)
      for (int i = 0; i < perSixteen; i++) sixteen[i] = v + i < vectors ? sums[o * vectors + v + i] : (condensenet_sums)0;
      condensenet_integers16 joined;
      __builtin_memcpy(&joined, sixteen, sizeof joined);
      const condensenet_bytes16 scaled = condensenet_bytes_scaled(joined, scaling[2 * o], scaling[2 * o + 1]);
      __builtin_memcpy(bytes + o * stride + v * CONDENSENET_BYTES_LANES, &scaled, sizeof scaled);
    }
  }
}

#endif
