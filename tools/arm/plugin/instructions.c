// A QEMU user-mode plugin that counts executed AArch64 instructions by function and by class.
//
// Every translated block gets a counter. Each time that the function of the argument mark=SYMBOL is entered or the system
// call of the argument call=NUMBER is made, and when the program ends, a line for each block that ran since the last time is
// written to the file of the argument out=FILE: the block's function (its address in hexadecimal where QEMU knows no
// symbol, as in libraries), then a count for each name of the file's first line, separated by spaces. A line "@" ends the
// section.
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
void qemu_plugin_register_vcpu_syscall_cb(
    qemu_plugin_id_t, void (*)(qemu_plugin_id_t, unsigned, int64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
                               uint64_t, uint64_t, uint64_t));
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, void *), void *);

EXPORT int qemu_plugin_version = INTERFACE;

// Every instruction has one class. A "narrow" one works on 64 bits or on a scalar. Memory is also counted by what moves, at
// least one word an instruction: words of 8 bytes into vector registers, of 16 bytes into any, and of 16 bytes stored.
#define COLUMNS(X)                                                                                                     \
  X(FLOAT_PRODUCT) X(NARROW_PRODUCT) X(INTEGER_PRODUCT) X(DOT_PRODUCT) X(PAIRWISE) X(VECTOR) X(NARROW) X(LOAD)         \
  X(VECTOR_LOAD) X(STORE) X(INTEGER) X(VECTOR_LOADED_8) X(LOADED_16) X(STORED_16)
#define NAME(name) name,
enum column { COLUMNS(NAME) COUNT };

struct block {
  struct block *next;
  const char *symbol;
  uint64_t executions;
  uint32_t counts[COUNT];
};

static struct block *blocks;
static FILE *output;
static const char *mark_symbol;
static uint64_t mark_address;
static int64_t mark_call = -1;

// Of an instruction of the vector unit. The groups are those of the Arm Architecture Reference Manual, C4.1.
static enum column vector_class(uint32_t code) {
  const enum column other = code >> 30 & 1 ? VECTOR : NARROW;
  const enum column product = code >> 30 & 1 ? FLOAT_PRODUCT : NARROW_PRODUCT;
  if ((code & 0x9E000000) != 0x0E000000) {
    const bool is_product = (code & 0xFF000000) == 0x1F000000 ||  // fmadd
                            (code & 0xFF207C00) == 0x1E200800 ||  // fmul, fnmul
                            (code & 0xDF000400) == 0x5F000000;    // by element, of one lane
    return is_product ? NARROW_PRODUCT : NARROW;
  }
  const uint32_t operation = code >> 11 & 31, long_operation = code >> 12 & 15;
  if ((code & 0x9F200400) == 0x0E200400) {  // three registers of one type
    if (operation == 25 || (operation == 27 && !(code >> 23 & 1)) || operation == 31) return product;
    return operation == 18 || operation == 19 || operation == 22 ? INTEGER_PRODUCT : other;
  }
  if ((code & 0x9F60C400) == 0x0E400400)  // the same in half precision
    return operation == 1 || operation == 3 || operation == 7 ? product : other;
  if ((code & 0x9F208400) == 0x0E008400)  // three registers, later additions
    return (operation & 15) == 2 ? DOT_PRODUCT : (operation & 15) < 2 ? INTEGER_PRODUCT : product;
  if ((code & 0x9F200C00) == 0x0E200000)  // three registers of different types
    return long_operation >= 8 ? INTEGER_PRODUCT : other;
  if ((code & 0x9F000400) == 0x0F000000) {  // by element
    if (long_operation == 14) return DOT_PRODUCT;
    return long_operation == 1 || long_operation == 5 || long_operation == 9 ? product : INTEGER_PRODUCT;
  }
  if ((code & 0x9F3FBC00) == 0x0E202800) return PAIRWISE;  // saddlp, sadalp
  return other;
}

// Of an instruction of memory: the bytes that it moves, and whether it loads.
static unsigned bytes(uint32_t code, bool *loads) {
  static const uint8_t registers[16] = {4, 0, 4, 0, 3, 0, 3, 1, 2, 0, 2};
  const bool vectors = code >> 26 & 1;
  const uint32_t size = code >> 30;
  *loads = code >> 22 & 1;
  if ((code & 0xBF000000) == 0x0C000000) return registers[code >> 12 & 15] * (code >> 30 & 1 ? 16 : 8);  // ld1 to ld4
  if ((code & 0xBF000000) == 0x0D000000) return 8 * (1 + (code >> 21 & 1) + 2 * (code >> 13 & 1));       // their lanes
  if ((code & 0x3A000000) == 0x28000000) return vectors ? 8 << size : size & 2 ? 16 : 8;                 // pairs
  if ((code & 0x3B000000) == 0x18000000) {  // literals
    *loads = true;
    return vectors ? 4 << size : 8;
  }
  if ((code & 0x3A000000) == 0x38000000 && vectors) return size == 0 && code >> 23 & 1 ? 16 : 1 << size;
  if ((code & 0x3A000000) == 0x38000000) *loads |= code >> 23 & 1;
  return 8;
}

static void count(uint32_t code, uint32_t counts[COUNT]) {
  if ((code & 0x0E000000) == 0x0E000000) {
    counts[vector_class(code)]++;
  } else if ((code & 0x0A000000) == 0x08000000) {
    bool loads;
    const unsigned moved = bytes(code, &loads);
    const bool vectors = code >> 26 & 1;
    counts[!loads ? STORE : vectors ? VECTOR_LOAD : LOAD]++;
    if (loads && vectors) counts[VECTOR_LOADED_8] += (moved + 7) / 8;
    counts[loads ? LOADED_16 : STORED_16] += (moved + 15) / 16;
  } else {
    counts[INTEGER]++;
  }
}

static void executed(unsigned processor, void *block) {
  (void)processor;
  ((struct block *)block)->executions++;
}

static void write_section(void) {
  for (struct block *b = blocks; b; b = b->next) {
    if (!b->executions) continue;
    fputs(b->symbol, output);
    for (int c = 0; c < COUNT; c++) fprintf(output, " %" PRIu64, b->executions * b->counts[c]);
    fputc('\n', output);
    b->executions = 0;
  }
  fputs("@\n", output);
}

static void marked(unsigned processor, void *unused) {
  (void)processor, (void)unused;
  write_section();
}

static void called(qemu_plugin_id_t id, unsigned processor, int64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                   uint64_t e, uint64_t f, uint64_t g, uint64_t h) {
  (void)id, (void)processor, (void)a, (void)b, (void)c, (void)d, (void)e, (void)f, (void)g, (void)h;
  if (number == mark_call) write_section();
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
  const uint64_t address = qemu_plugin_tb_vaddr(tb);
  for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
    const struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(tb, i);
    uint32_t code;
    memcpy(&code, qemu_plugin_insn_haddr(instruction), sizeof code);
    count(code, block->counts);
    if (i == 0) block->symbol = qemu_plugin_insn_symbol(instruction);
  }
  if (!block->symbol || !*block->symbol) {
    char *text = malloc(2 * sizeof address + 1);
    if (!text) abort();
    sprintf(text, "%" PRIx64, address);
    block->symbol = text;
  }
  block->next = blocks;
  blocks = block;
  if (is_mark(block, address)) qemu_plugin_register_vcpu_tb_exec_cb(tb, marked, 0, NULL);
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
    if (strncmp(argv[i], "call=", 5) == 0) mark_call = atoi(argv[i] + 5);
  }
  if (!output) return 1;
#define HEADING(name) fputs(" " #name, output);
  COLUMNS(HEADING)
  fputc('\n', output);
  qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
  if (mark_call >= 0) qemu_plugin_register_vcpu_syscall_cb(id, called);
  qemu_plugin_register_atexit_cb(id, finished, NULL);
  return 0;
}
