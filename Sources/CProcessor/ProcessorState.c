#define _GNU_SOURCE
#include "ProcessorState.h"

#include <errno.h>
#include <sched.h>

int condensenet_pin(const int32_t *processors, size_t count) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (size_t index = 0; index < count; ++index) {
    if (processors[index] < 0 || processors[index] >= CPU_SETSIZE) return EINVAL;
    CPU_SET(processors[index], &set);
  }
  return sched_setaffinity(0, sizeof set, &set) == 0 ? 0 : errno;
}

size_t condensenet_allowed_processors(int32_t *processors, size_t capacity) {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 0;
  size_t count = 0;
  for (int32_t processor = 0; processor < CPU_SETSIZE; ++processor) {
    if (!CPU_ISSET(processor, &set)) continue;
    if (count < capacity) processors[count] = processor;
    ++count;
  }
  return count;
}

uint64_t condensenet_dependent_chain(uint64_t rounds) {
  uint64_t value = rounds;
  uint64_t mask = ~rounds;
  // The empty statements keep the compiler from combining the operations.
#define LINK value ^= mask; __asm__ volatile("" : "+r"(value), "+r"(mask));
#define FOUR_LINKS LINK LINK LINK LINK
  for (uint64_t round = 0; round < rounds; ++round) {
    FOUR_LINKS FOUR_LINKS FOUR_LINKS FOUR_LINKS
  }
  return value;
}
