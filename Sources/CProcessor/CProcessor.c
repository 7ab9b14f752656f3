#include "CProcessor.h"

#include <time.h>

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#elif defined(__x86_64__)
#include <cpuid.h>
#endif

bool condensenet_processor_has_avx2_fma(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return false;
#endif
}

bool condensenet_processor_has_avx512(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma");
#else
  return false;
#endif
}

bool condensenet_processor_has_half(void) {
#if defined(__x86_64__)
  // By the processor's own word: compilers do not agree on names.
  unsigned a = 0, b = 0, c = 0, d = 0;
  return condensenet_processor_has_avx2_fma() && __get_cpuid(1, &a, &b, &c, &d) && (c >> 29 & 1);
#elif defined(__aarch64__) && defined(__linux__)
  // HWCAP_ASIMDHP: arithmetic on vectors of half precision.
  return getauxval(AT_HWCAP) >> 10 & 1;
#else
  return false;
#endif
}

bool condensenet_processor_has_dot(void) {
#if defined(__aarch64__) && defined(__linux__)
  // HWCAP_ASIMDDP: dot products of bytes.
  return getauxval(AT_HWCAP) >> 20 & 1;
#else
  return false;
#endif
}

bool condensenet_processor_has_avxvnni(void) {
#if defined(__x86_64__)
  unsigned a = 0, b = 0, c = 0, d = 0;
  return condensenet_processor_has_avx2_fma() && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a >> 4 & 1);
#else
  return false;
#endif
}

bool condensenet_processor_has_avx512vnni(void) {
#if defined(__x86_64__)
  return condensenet_processor_has_avx512() && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vnni");
#else
  return false;
#endif
}

uint64_t condensenet_monotonic_nanoseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}
