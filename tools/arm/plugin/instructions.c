// A QEMU user-mode plugin that counts executed AArch64 instructions by function and by kind.
//
// Every translated block gets a counter. Each time that the function of the argument mark=SYMBOL is entered, and when the
// program ends, a line for each block that ran since the last time is written to the file of the argument out=FILE: the
// block's function, its FMAs, loads, stores and others, separated by spaces. A line "@" then ends the section.
//
// The few declarations needed are repeated here, since Debian ships QEMU without its plugin header. INTERFACE is the
// plugin interface's version: 1 for QEMU before 9.0, else 2; what is used here is the same in both.
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
typedef struct qemu_info qemu_info_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
void *qemu_plugin_insn_haddr(const struct qemu_plugin_insn *);
const char *qemu_plugin_insn_symbol(const struct qemu_plugin_insn *);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *, void (*)(unsigned, void *), int, void *);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, void *), void *);

EXPORT int qemu_plugin_version = INTERFACE;

enum { FMA, LOAD, STORE, OTHER, KINDS };

struct block {
  struct block *next;
  const char *symbol;
  uint64_t executions;
  uint32_t counts[KINDS];
};

static struct block *blocks;
static FILE *output;
static const char *mark_symbol;
static uint64_t mark_address;

static int kind(uint32_t code) {
  // FMLA and FMLS, vector and by element, and the scalar FMADD family.
  if ((code & 0xBF20FC00) == 0x0E20CC00 || (code & 0xBF80B400) == 0x0F801000 || (code & 0xFF000000) == 0x1F000000)
    return FMA;
  if ((code & 0x0A000000) != 0x08000000) return OTHER;
  const int literal = (code & 0x3B000000) == 0x18000000;
  const int single_register = (code & 0x3A000000) == 0x38000000;
  const int vector = code >> 26 & 1;
  const int load = code >> 22 & 1 || literal || (single_register && !vector && code >> 23 & 1);
  return load ? LOAD : STORE;
}

static void executed(unsigned processor, void *block) {
  (void)processor;
  ((struct block *)block)->executions++;
}

static void write_section(void) {
  for (struct block *b = blocks; b; b = b->next) {
    if (!b->executions) continue;
    fputs(b->symbol, output);
    for (int k = 0; k < KINDS; k++) fprintf(output, " %" PRIu64, b->executions * b->counts[k]);
    fputc('\n', output);
    b->executions = 0;
  }
  fputs("@\n", output);
}

static void marked(unsigned processor, void *unused) {
  (void)processor, (void)unused;
  write_section();
}

// The first block of a function that is ever translated is its entry.
static bool is_mark(const struct block *block, uint64_t address) {
  if (!mark_symbol || strcmp(block->symbol, mark_symbol) != 0) return false;
  if (!mark_address) mark_address = address;
  return address == mark_address;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
  (void)id;
  struct block *block = calloc(1, sizeof *block);
  if (!block) abort();
  const size_t count = qemu_plugin_tb_n_insns(tb);
  for (size_t i = 0; i < count; i++) {
    const struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(tb, i);
    uint32_t code;
    memcpy(&code, qemu_plugin_insn_haddr(instruction), sizeof code);
    block->counts[kind(code)]++;
    if (i == 0) block->symbol = qemu_plugin_insn_symbol(instruction);
  }
  if (!block->symbol) block->symbol = "?";
  block->next = blocks;
  blocks = block;
  if (is_mark(block, qemu_plugin_tb_vaddr(tb))) qemu_plugin_register_vcpu_tb_exec_cb(tb, marked, 0, NULL);
  qemu_plugin_register_vcpu_tb_exec_cb(tb, executed, 0, block);
}

static void finished(qemu_plugin_id_t id, void *unused) {
  (void)id, (void)unused;
  write_section();
  if (fclose(output)) abort();
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv) {
  (void)info;
  for (int i = 0; i < argc; i++) {
    if (strncmp(argv[i], "out=", 4) == 0) output = fopen(argv[i] + 4, "w");
    if (strncmp(argv[i], "mark=", 5) == 0) mark_symbol = strdup(argv[i] + 5);
  }
  if (!output) return 1;
  qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
  qemu_plugin_register_atexit_cb(id, finished, NULL);
  return 0;
}
