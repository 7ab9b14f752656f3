/* Debian's static libjpeg and libpng are compiled for programs, and reach stderr in a way that the loader cannot arrange for a
 * shared library. The linker's --wrap=stderr gives them this pointer to it. */
#include <stdio.h>

extern FILE *__real_stderr;
FILE *__wrap_stderr;

__attribute__((constructor)) static void initialize(void) { __wrap_stderr = __real_stderr; }
