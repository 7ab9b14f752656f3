#ifndef FAILURE_H
#define FAILURE_H

#include "CImageCodecs.h"
#include <stdio.h>

/// Fills in `failure`, cutting a message that is too long.
static inline void record(CodecFailure *failure, CodecFault fault, size_t offset, const char *message) {
    failure->fault = fault;
    failure->offset = offset;
    snprintf(failure->message, sizeof failure->message, "%s", message);
}

#endif
