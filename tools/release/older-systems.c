/* What lets libcondensenet be linked here and run on older systems. The linker's --wrap gives whatever is linked these functions and
 * this variable instead of the C library's. Nothing is included, since newer headers rename what is called here. */

/* Debian's static libjpeg and libpng are compiled for programs, and reach stderr in a way that the loader cannot arrange for a
 * shared library. */
extern void *__real_stderr;
void *__wrap_stderr;
__attribute__((constructor)) static void initialize(void) { __wrap_stderr = __real_stderr; }

/* Of these, C libraries from 2.38 on have further versions, which differ in binary literals and in errno. */
#if defined(__aarch64__)
#define FIRST "GLIBC_2.17"
#else
#define FIRST "GLIBC_2.2.5"
#endif
__asm__(".symver fmod, fmod@" FIRST);
__asm__(".symver fmodf, fmodf@" FIRST);
double fmod(double, double);
float fmodf(float, float);
double __wrap_fmod(double x, double y) { return fmod(x, y); }
float __wrap_fmodf(float x, float y) { return fmodf(x, y); }

long strtol(const char *, char **, int);
unsigned long strtoul(const char *, char **, int);
long long strtoll(const char *, char **, int);
long __wrap___isoc23_strtol(const char *text, char **end, int base) { return strtol(text, end, base); }
unsigned long __wrap___isoc23_strtoul(const char *text, char **end, int base) { return strtoul(text, end, base); }
long long __wrap___isoc23_strtoll(const char *text, char **end, int base) { return strtoll(text, end, base); }

int vsscanf(const char *, const char *, __builtin_va_list);
int __wrap___isoc23_sscanf(const char *text, const char *format, ...) {
  __builtin_va_list arguments;
  __builtin_va_start(arguments, format);
  int count = vsscanf(text, format, arguments);
  __builtin_va_end(arguments);
  return count;
}

__SIZE_TYPE__ __wrap_strlcpy(char *copy, const char *text, __SIZE_TYPE__ size) {
  __SIZE_TYPE__ length = 0;
  for (; text[length] != '\0'; length++)
    if (length + 1 < size) copy[length] = text[length];
  if (size > 0) copy[length < size ? length : size - 1] = '\0';
  return length;
}
