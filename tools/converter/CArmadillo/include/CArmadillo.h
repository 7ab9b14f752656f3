#ifndef CARMADILLO_H
#define CARMADILLO_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What a call came to. Nothing is printed and no C++ exception leaves the library.
typedef enum CArmadilloStatus {
    /// The result is complete.
    CArmadilloStatusDone = 0,
    /// Memory ran out.
    CArmadilloStatusNoMemory = 1,
    /// The library refused, as it does sizes beyond the integers of its BLAS.
    CArmadilloStatusRefused = 2,
} CArmadilloStatus;

/// Computes `result = left · right` in double precision.
///
/// All matrices are in row-major order without gaps: `left` is [rows, inner], `right` is [inner, columns], `result` is
/// [rows, columns]. The result overlaps neither factor; with `inner` 0 it is all zeros.
CArmadilloStatus carmadillo_multiply(
    const double *left, const double *right, double *result, size_t rows, size_t inner, size_t columns);

#ifdef __cplusplus
}
#endif

#endif
