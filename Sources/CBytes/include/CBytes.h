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
#elif defined(__ARM_FEATURE_DOTPROD)
enum { CONDENSENET_BYTES_LANES = 4, CONDENSENET_BYTES_OUTPUTS = 4, CONDENSENET_BYTES_VECTORS = 6 };
#elif defined(__aarch64__)
enum { CONDENSENET_BYTES_LANES = 4, CONDENSENET_BYTES_OUTPUTS = 4, CONDENSENET_BYTES_VECTORS = 4 };
#else
enum { CONDENSENET_BYTES_LANES = 4, CONDENSENET_BYTES_OUTPUTS = 2, CONDENSENET_BYTES_VECTORS = 4 };
#endif
// The most sums of a tile.
enum { CONDENSENET_BYTES_SUMS = CONDENSENET_BYTES_VECTORS > 4 ? 24 : 16 };
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

/// Brings sixteen pixels of a step's channels into a panel.
CONDENSENET_BYTES_INLINE void condensenet_bytes_interleave(uint8_t *panel, condensenet_bytes16 a, condensenet_bytes16 b,
                                                           condensenet_bytes16 c, condensenet_bytes16 d) {
#if CONDENSENET_BYTES_QUADS
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

/// Brings rows of `width` pixels of a step's channels into a panel, each channel held between its bounds where it has any.
///
/// Rows lie `source_stride` bytes apart, in the panel `stride` positions. Before each row `padding` positions are filled with
/// `pad`; up to fifteen beyond a row are written.
CONDENSENET_BYTES_INLINE void condensenet_bytes_interleave_rows(uint8_t *panel, const int8_t *row0, const int8_t *row1,
                                                                const int8_t *row2, const int8_t *row3, const int8_t *lowers,
                                                                const int8_t *uppers, const bool bounded, long width,
                                                                long count, long source_stride, long stride, long padding,
                                                                uint32_t pad) {
  enum { channels = CONDENSENET_BYTES_CHANNELS, pixel = CONDENSENET_BYTES_PIXEL };
  condensenet_bytes16 lower[4], upper[4];
#pragma clang loop unroll(full)
  for (int i = 0; i < channels; i++) {
    lower[i] = (condensenet_bytes16)(bounded ? lowers[i] : -128);
    upper[i] = (condensenet_bytes16)(bounded ? uppers[i] : 127);
  }
  for (long row = 0; row < count; row++) {
#pragma clang loop vectorize(disable) unroll(disable)
    for (long x = 0; x < padding; x++) __builtin_memcpy(panel + x * pixel, &pad, pixel);
    uint8_t *target = panel + padding * pixel;
#pragma clang loop unroll(disable)
    for (long x = 0; x < width; x += 16) {
      condensenet_bytes16 pixels[4];
      __builtin_memcpy(&pixels[0], row0 + x, 16);
      __builtin_memcpy(&pixels[1], row1 + x, 16);
      __builtin_memcpy(&pixels[2], row2 + x, 16);
      __builtin_memcpy(&pixels[3], row3 + x, 16);
#pragma clang loop unroll(full)
      for (int i = 0; i < channels; i++) {
        if (bounded) pixels[i] = __builtin_elementwise_min(__builtin_elementwise_max(pixels[i], lower[i]), upper[i]);
      }
      condensenet_bytes_interleave(target, pixels[0], pixels[1], pixels[2], pixels[3]);
      target += 16 * pixel;
    }
    row0 += source_stride;
    row1 += source_stride;
    row2 += source_stride;
    row3 += source_stride;
    panel += stride * pixel;
  }
}

/// Every second of `count` bytes, and up to fifteen beyond, each held between two bounds; 32 bytes are read at once.
CONDENSENET_BYTES_INLINE void condensenet_bytes_every_second(int8_t *line, const int8_t *source, long count, int8_t lower,
                                                             int8_t upper) {
  const condensenet_bytes16 least = (condensenet_bytes16)lower, most = (condensenet_bytes16)upper;
#pragma clang loop unroll(disable)
  for (long x = 0; x < count; x += 16) {
    const condensenet_bytes16 a = condensenet_bytes_bounded(source + 2 * x, least, most);
    const condensenet_bytes16 b = condensenet_bytes_bounded(source + 2 * x + 16, least, most);
    const condensenet_bytes16 every = __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    __builtin_memcpy(line + x, &every, sizeof every);
  }
}

/// Stores as many of sixteen bytes as lie before `end`, and no fewer than `count`.
CONDENSENET_BYTES_INLINE void condensenet_bytes_store(int8_t *target, condensenet_bytes16 bytes, long count, const int8_t *end) {
  if (end - target >= 16) {
    __builtin_memcpy(target, &bytes, 16);
    return;
  }
  int8_t all[16];
  __builtin_memcpy(all, &bytes, 16);
  const int8_t *source = all;
#pragma clang loop unroll(full)
  for (long size = 8; size > 0; size /= 2) {
    if (!(count & size)) continue;
    __builtin_memcpy(target, source, size);
    source += size;
    target += size;
  }
}

/// Brings rows of bytes close together. Bytes behind a row are written where they lie before `end`.
CONDENSENET_BYTES_INLINE void condensenet_bytes_copy_rows(int8_t *target, const int8_t *end, const int8_t *source, long stride,
                                                          long width, long rows) {
  for (long row = 0; row < rows; row++) {
#pragma clang loop unroll(disable)
    for (long x = 0; x < width; x += 16) {
      condensenet_bytes16 bytes;
      __builtin_memcpy(&bytes, source + x, 16);
      condensenet_bytes_store(target + x, bytes, width - x, end);
    }
    source += stride;
    target += width;
  }
}

#if defined(__ARM_FEATURE_DOTPROD)
/// Adds the products of a step.
CONDENSENET_BYTES_INLINE void condensenet_bytes_step(condensenet_sums *s, const int outputs, const int vectors,
                                                     const uint8_t *pixels, int32x4_t weights) {
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) {
    const int8x16_t x = vld1q_s8((const int8_t *)pixels + v * 16);
#pragma clang loop unroll(full)
    for (int o = 0; o < outputs; o++) {
      condensenet_sums *sum = s + o * vectors + v;
      *sum = (condensenet_sums)vdotq_s32((int32x4_t)*sum, x, (int8x16_t)vdupq_n_s32(weights[o]));
    }
  }
}
#endif

#if defined(__aarch64__) && !CONDENSENET_BYTES_QUADS
/// A step's weights of each output, in all lanes of a vector each.
CONDENSENET_BYTES_INLINE void condensenet_bytes_spread(int16x8_t *vectors, const int outputs, const uint8_t *weights) {
  const int16_t *pairs = (const int16_t *)weights;
  if (outputs == 4) {
    const int16x8x4_t all = vld4q_dup_s16(pairs);
    __builtin_memcpy(vectors, &all, sizeof all);
  } else if (outputs == 2) {
    const int16x8x2_t both = vld2q_dup_s16(pairs);
    __builtin_memcpy(vectors, &both, sizeof both);
  } else {
    vectors[0] = vld1q_dup_s16(pairs);
  }
}

/// Adds the products of a pair of steps: two fit sixteen bits and are added there, their neighbours then to the sums.
///
/// Returns where the next pair's weights are.
CONDENSENET_BYTES_INLINE const uint8_t *condensenet_bytes_pair(condensenet_sums *s, const int outputs, const int vectors,
                                                               const uint8_t *first, const uint8_t *second,
                                                               const uint8_t *weights) {
  int16x8_t u[4], z[4];
  condensenet_bytes_spread(u, outputs, weights);
  weights += 2 * outputs;
  // Each load of weights moves on by itself, instead of each having an address of its own.
  __asm__("" : "+r"(weights));
  condensenet_bytes_spread(z, outputs, weights);
  weights += 2 * outputs;
  __asm__("" : "+r"(weights));
  int8x16_t a[4], b[4];
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v += 2) {
    const int8_t *p = (const int8_t *)first + 8 * v, *q = (const int8_t *)second + 8 * v;
    a[v / 2] = v + 1 < vectors ? vld1q_s8(p) : vcombine_s8(vld1_s8(p), vdup_n_s8(0));
    b[v / 2] = v + 1 < vectors ? vld1q_s8(q) : vcombine_s8(vld1_s8(q), vdup_n_s8(0));
  }
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v += 2) {
    const bool two = v + 1 < vectors;
#pragma clang loop unroll(full)
    for (int o = 0; o < outputs; o++) {
      const int8x16_t p = a[v / 2], q = b[v / 2], x = (int8x16_t)u[o], y = (int8x16_t)z[o];
      condensenet_sums *sum = s + o * vectors + v;
      const int16x8_t low = vmlal_s8(vmull_s8(vget_low_s8(p), vget_low_s8(x)), vget_low_s8(q), vget_low_s8(y));
      sum[0] = (condensenet_sums)vpadalq_s16((int32x4_t)sum[0], low);
      if (two) {
        const int16x8_t high = vmlal_high_s8(vmull_high_s8(p, x), q, y);
        sum[1] = (condensenet_sums)vpadalq_s16((int32x4_t)sum[1], high);
      }
      // The next products wait for these sums: registers do not hold all products of a pair at once.
      const int next = o + 1 < outputs || v + 2 >= vectors ? v / 2 : v / 2 + 1;
      if (o % 2 == 1)
        __asm__ volatile(""
                         : "+w"(a[next]), "+w"(b[next])
                         : "w"(sum[0]), "w"(sum[two]), "w"(sum[-vectors]), "w"(sum[two - vectors])
                         : "memory");
    }
  }
  return weights;
}
#endif

/// Sums over steps of the products of `outputs` outputs' weights with `vectors` vectors of pixels; sums[outputs * vectors].
///
/// offsets[steps] says where each step's first pixel lies in the panel; steps are a multiple of CONDENSENET_BYTES_STEPS.
/// The numbers of outputs and vectors are constants where it is called.
CONDENSENET_BYTES_INLINE void condensenet_bytes_products(condensenet_sums *sums, const int outputs, const int vectors,
                                                         const uint8_t *panel, const int32_t *offsets, long steps,
                                                         const uint8_t *weights, const int32_t *initial) {
  condensenet_sums s[CONDENSENET_BYTES_SUMS];
#pragma clang loop unroll(full)
  for (int o = 0; o < outputs; o++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) s[o * vectors + v] = (condensenet_sums)initial[o];
  }
#if defined(__aarch64__) && !CONDENSENET_BYTES_QUADS
  // Two pairs of steps at once, whose offsets and weights are loaded together.
  const uint8_t *const end = weights + steps * outputs * 2;
  const uint8_t *const last = end - 4 * outputs;
  while (weights < last) {
    const int32_t first = offsets[0], second = offsets[1], third = offsets[2], fourth = offsets[3];
    offsets += 4;
    weights = condensenet_bytes_pair(s, outputs, vectors, panel + first, panel + second, weights);
    weights = condensenet_bytes_pair(s, outputs, vectors, panel + third, panel + fourth, weights);
  }
  if (weights < end) condensenet_bytes_pair(s, outputs, vectors, panel + offsets[0], panel + offsets[1], weights);
#elif defined(__ARM_FEATURE_DOTPROD)
  // Two steps at once, whose offsets and weights are loaded together.
  for (const uint8_t *const end = weights + steps / 2 * outputs * 8; weights < end;) {
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

#if defined(__aarch64__)
/// The integers nearest to sums * multiplier + offset, each operation rounded, of two the even one.
CONDENSENET_BYTES_INLINE int32x4_t condensenet_bytes_rounded(condensenet_sums sums, float multiplier, float offset) {
#pragma clang fp contract(off)
  typedef float floats4 __attribute__((ext_vector_type(4)));
  const floats4 products = __builtin_convertvector(sums, floats4) * multiplier;
  return vcvtnq_s32_f32((float32x4_t)(products + offset));
}
#else
/// sums * multiplier + offset, each operation rounded.
CONDENSENET_BYTES_INLINE condensenet_floats16 condensenet_bytes_floats(const condensenet_sums *sums, const int count,
                                                                       float multiplier, float offset) {
#pragma clang fp contract(off)
  enum { perSixteen = 16 / CONDENSENET_BYTES_LANES };
  condensenet_sums sixteen[perSixteen];
#pragma clang loop unroll(full)
  for (int i = 0; i < perSixteen; i++) sixteen[i] = i < count ? sums[i] : (condensenet_sums)0;
  condensenet_integers16 joined;
  __builtin_memcpy(&joined, sixteen, sizeof joined);
  const condensenet_floats16 products = __builtin_convertvector(joined, condensenet_floats16) * multiplier;
  return products + offset;
}
#endif

/// The bytes nearest to sums * multiplier + offset, of two the even one, for at most sixteen sums in `count` vectors.
CONDENSENET_BYTES_INLINE condensenet_bytes16 condensenet_bytes_scaled(const condensenet_sums *sums, const int count,
                                                                      float multiplier, float offset) {
#if defined(__aarch64__)
  const int16x4_t a = vqmovn_s32(condensenet_bytes_rounded(sums[0], multiplier, offset));
  const int16x8_t low =
      count > 1 ? vqmovn_high_s32(a, condensenet_bytes_rounded(sums[1], multiplier, offset)) : vcombine_s16(a, a);
  const int8x8_t bytes = vqmovn_s16(low);
  if (count <= 2) return (condensenet_bytes16)vcombine_s8(bytes, bytes);
  const int16x4_t b = vqmovn_s32(condensenet_bytes_rounded(sums[2], multiplier, offset));
  const int16x8_t high =
      count > 3 ? vqmovn_high_s32(b, condensenet_bytes_rounded(sums[3], multiplier, offset)) : vcombine_s16(b, b);
  return (condensenet_bytes16)vqmovn_high_s16(bytes, high);
#else
  const condensenet_floats16 x = condensenet_bytes_floats(sums, count, multiplier, offset);
#if defined(__AVX512F__)
  // A float beyond the integers becomes the least of them, whatever its sign.
  const __m512 bounded = _mm512_min_ps((__m512)x, _mm512_set1_ps(127));
  return (condensenet_bytes16)_mm512_cvtsepi32_epi8(_mm512_cvtps_epi32(bounded));
#elif defined(__AVX2__)
  const __m256 most = _mm256_set1_ps(127);
  const __m256i low = _mm256_cvtps_epi32(_mm256_min_ps((__m256)x.lo, most));
  const __m256i high = _mm256_cvtps_epi32(_mm256_min_ps((__m256)x.hi, most));
  const __m256i shorts = _mm256_permute4x64_epi64(_mm256_packs_epi32(low, high), 0xd8);
  return (condensenet_bytes16)_mm_packs_epi16(_mm256_castsi256_si128(shorts), _mm256_extracti128_si256(shorts, 1));
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
#endif
}

/// The scaled sums of 2×2 windows of a row of `count` outputs, each byte held between two bounds. Bytes behind the outputs are
/// written where they lie before `end`, and up to 31 behind the inputs are read.
CONDENSENET_BYTES_INLINE void condensenet_bytes_pool2(int8_t *target, const int8_t *end, const int8_t *row0, const int8_t *row1,
                                                      long count, int8_t lower, int8_t upper, float multiplier, float offset) {
  const condensenet_bytes16 least = (condensenet_bytes16)lower, most = (condensenet_bytes16)upper;
#pragma clang loop unroll(disable)
  for (long x = 0; x < count; x += 16) {
    const condensenet_bytes16 a = condensenet_bytes_bounded(row0 + 2 * x, least, most);
    const condensenet_bytes16 b = condensenet_bytes_bounded(row0 + 2 * x + 16, least, most);
    const condensenet_bytes16 c = condensenet_bytes_bounded(row1 + 2 * x, least, most);
    const condensenet_bytes16 d = condensenet_bytes_bounded(row1 + 2 * x + 16, least, most);
    typedef int16_t shorts16 __attribute__((ext_vector_type(16)));
#if defined(__aarch64__)
    shorts16 sums;
    sums.lo = vpadalq_s8(vpaddlq_s8((int8x16_t)a), (int8x16_t)c);
    sums.hi = vpadalq_s8(vpaddlq_s8((int8x16_t)b), (int8x16_t)d);
#else
#define CONDENSENET_BYTES_EVERY(x, y, first)                                                                           \
  __builtin_convertvector(                                                                                             \
      __builtin_shufflevector(x, y, first, first + 2, first + 4, first + 6, first + 8, first + 10, first + 12,         \
                              first + 14, first + 16, first + 18, first + 20, first + 22, first + 24, first + 26,      \
                              first + 28, first + 30),                                                                 \
      shorts16)
    const shorts16 sums = CONDENSENET_BYTES_EVERY(a, b, 0) + CONDENSENET_BYTES_EVERY(a, b, 1) +
                          CONDENSENET_BYTES_EVERY(c, d, 0) + CONDENSENET_BYTES_EVERY(c, d, 1);
#undef CONDENSENET_BYTES_EVERY
#endif
    enum { perSixteen = 16 / CONDENSENET_BYTES_LANES };
    const condensenet_integers16 widened = __builtin_convertvector(sums, condensenet_integers16);
    condensenet_sums vectors[perSixteen];
    __builtin_memcpy(vectors, &widened, sizeof widened);
    const condensenet_bytes16 scaled = condensenet_bytes_scaled(vectors, perSixteen, multiplier, offset);
    condensenet_bytes_store(target + x, scaled, count - x, end);
  }
}

/// The sum of `count` bytes, each held between two bounds.
CONDENSENET_BYTES_INLINE int32_t condensenet_bytes_sum(const int8_t *bytes, long count, int8_t lower, int8_t upper) {
  const condensenet_bytes16 least = (condensenet_bytes16)lower, most = (condensenet_bytes16)upper;
  condensenet_integers16 sums = 0;
  long x = 0;
  for (; x + 16 <= count; x += 16)
    sums += __builtin_convertvector(condensenet_bytes_bounded(bytes + x, least, most), condensenet_integers16);
  int32_t sum = __builtin_reduce_add(sums);
#pragma clang loop vectorize(disable) unroll(disable)
  for (; x < count; x++) sum += bytes[x] < lower ? lower : bytes[x] > upper ? upper : bytes[x];
  return sum;
}

/// Raises each of `count` bytes to that of a row.
CONDENSENET_BYTES_INLINE void condensenet_bytes_raise(int8_t *line, const int8_t *row, long count) {
  long x = 0;
  for (; x + 16 <= count; x += 16) {
    condensenet_bytes16 a, b;
    __builtin_memcpy(&a, line + x, sizeof a);
    __builtin_memcpy(&b, row + x, sizeof b);
    a = __builtin_elementwise_max(a, b);
    __builtin_memcpy(line + x, &a, sizeof a);
  }
#pragma clang loop vectorize(disable) unroll(disable)
  for (; x < count; x++) line[x] = row[x] > line[x] ? row[x] : line[x];
}

/// The maxima of `kernel` neighbours, `stride` apart, of a line that has 64 bytes behind what they cover. Bytes behind the
/// outputs are written where they lie before `end`.
CONDENSENET_BYTES_INLINE void condensenet_bytes_maxima(int8_t *target, const int8_t *end, const int8_t *line, long count,
                                                       long kernel, long stride) {
  for (long x = 0; x < count; x += 16) {
    condensenet_bytes16 most = (condensenet_bytes16)(int8_t)-128;
    for (long tap = 0; tap < kernel; tap++) {
      int8_t bytes[16];
      if (stride == 1) {
        __builtin_memcpy(bytes, line + x + tap, 16);
      } else if (stride == 2) {
        condensenet_bytes_every_second(bytes, line + 2 * x + tap, 16, -128, 127);
      } else {
        for (long i = 0; i < 16; i++) bytes[i] = x + i < count ? line[(x + i) * stride + tap] : -128;
      }
      condensenet_bytes16 neighbours;
      __builtin_memcpy(&neighbours, bytes, 16);
      most = __builtin_elementwise_max(most, neighbours);
    }
    condensenet_bytes_store(target + x, most, count - x, end);
  }
}

/// A tile: the bytes of some pixels of some outputs, each output's from `bytes + output * stride` on.
CONDENSENET_BYTES_INLINE void condensenet_bytes_tile(const int outputs, const int vectors, const uint8_t *panel,
                                                     const int32_t *offsets, long steps, const uint8_t *weights,
                                                     const int32_t *initial, const float *scaling, int8_t *bytes,
                                                     long stride) {
  enum { perSixteen = 16 / CONDENSENET_BYTES_LANES };
  condensenet_sums sums[CONDENSENET_BYTES_SUMS];
  condensenet_bytes_products(sums, outputs, vectors, panel, offsets, steps, weights, initial);
#pragma clang loop unroll(full)
  for (int o = 0; o < outputs; o++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v += perSixteen) {
      const int count = vectors - v < perSixteen ? vectors - v : perSixteen;
      const condensenet_bytes16 scaled =
          condensenet_bytes_scaled(sums + o * vectors + v, count, scaling[2 * o], scaling[2 * o + 1]);
      int8_t *target = bytes + o * stride + v * CONDENSENET_BYTES_LANES;
      const int stored = count * CONDENSENET_BYTES_LANES;
      __builtin_memcpy(target, &scaled, stored);
    }
  }
}

#endif
