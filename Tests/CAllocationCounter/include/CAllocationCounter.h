#ifndef CONDENSENET_ALLOCATION_COUNTER_H
#define CONDENSENET_ALLOCATION_COUNTER_H

/// How many blocks of memory the calling thread has asked for since it started; −1 where a sanitizer has taken the
/// allocator's place.
long condensenet_allocations(void);

#endif
