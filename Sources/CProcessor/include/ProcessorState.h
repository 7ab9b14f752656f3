#pragma once
#include <stddef.h>
#include <stdint.h>

/// Keeps the calling thread, and every thread that it starts later, on the `count` processors in `processors`.
/// Returns 0, or an errno value; `EINVAL` for a number that the kernel's set cannot hold.
int condensenet_pin(const int32_t *processors, size_t count);

/// Writes the numbers of the processors that the calling thread may use, at most `capacity`; returns how many there are.
size_t condensenet_allowed_processors(int32_t *processors, size_t capacity);

/// Performs `16 * rounds` exclusive-or instructions, each of which waits for the one before: one clock cycle each on every
/// processor that this program runs on. Returns the last result, so that the caller has a use for it.
uint64_t condensenet_dependent_chain(uint64_t rounds);
