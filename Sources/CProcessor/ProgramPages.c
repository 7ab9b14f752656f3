#define _GNU_SOURCE
#include "ProgramPages.h"

#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

// The program itself comes first; the walk ends with it.
static int giveBack(struct dl_phdr_info *program, size_t size, void *unused) {
  (void)size;
  (void)unused;
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  for (int index = 0; index < program->dlpi_phnum; ++index) {
    const ElfW(Phdr) *segment = &program->dlpi_phdr[index];
    // What may be written differs from the file.
    if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W) != 0) continue;
    uintptr_t start = (program->dlpi_addr + segment->p_vaddr + page - 1) / page * page;
    uintptr_t end = (program->dlpi_addr + segment->p_vaddr + segment->p_filesz) / page * page;
    if (start < end) madvise((void *)start, end - start, MADV_DONTNEED);
  }
  return 1;
}

void condensenet_give_back_program_pages(void) { dl_iterate_phdr(giveBack, NULL); }
