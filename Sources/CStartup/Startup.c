#include "CStartup.h"

#include <string.h>
#include <unistd.h>

// Before Swift's own runtime starts: it takes the arguments from /proc, and a static program's aborts where there is none.
__attribute__((constructor(101))) static void requireProc(void) {
  static const char message[] = "error: /proc is not mounted: the arguments cannot be read\n";
  if (access("/proc/self/cmdline", R_OK) == 0) return;
  ssize_t written = write(STDERR_FILENO, message, strlen(message));
  (void)written;
  _exit(70);
}
