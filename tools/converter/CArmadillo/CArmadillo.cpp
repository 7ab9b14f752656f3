#define ARMA_WARN_LEVEL 0
#define ARMA_DONT_PRINT_EXCEPTIONS
#include <armadillo>

#include <new>

#include "CArmadillo.h"

namespace {

/// Row-major [rows, columns] memory as the column-major matrix that it also is: its transpose.
arma::mat transposed(const double *elements, size_t rows, size_t columns) {
    return arma::mat(const_cast<double *>(elements), columns, rows, /* copy_aux_mem */ false, /* strict */ true);
}

}  // namespace

CArmadilloStatus carmadillo_multiply(
    const double *left, const double *right, double *result, size_t rows, size_t inner, size_t columns) {
    try {
        const arma::mat leftTransposed = transposed(left, rows, inner);
        const arma::mat rightTransposed = transposed(right, inner, columns);
        arma::mat product = transposed(result, rows, columns);
        product = rightTransposed * leftTransposed;
        return CArmadilloStatusDone;
    } catch (const std::bad_alloc &) {
        return CArmadilloStatusNoMemory;
    } catch (...) {
        return CArmadilloStatusRefused;
    }
}
