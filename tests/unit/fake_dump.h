/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dump that is written down in a test.
 *
 *	struct fake *f = fake_5_10();		// types of Debian's 5.10
 *	kaddr_t work = fake_new(f, "work_struct");
 *
 *	fake_set(f, work, "work_struct.data", 0x5);
 *	fake_list_head(f, fake_at(f, work, "work_struct.entry"));
 *	assert_true(some_walker(fake_dump(f), work));
 *	fake_destroy(f);
 *
 * A page comes into being when something is written to it; the rest of it reads
 * as zero.  An address in no page is DUMP_BAD_ADDRESS.  A read that fails fills
 * the buffer with 0x5a, so that nobody gets away with not looking at the error.
 *
 * A mistake of the test itself, such as a member that has no row, prints what is
 * wrong and aborts.
 */
#ifndef VGPU_FAKE_DUMP_H
#define VGPU_FAKE_DUMP_H

#include "dump/dump.h"
#include "dump/layout.h"

#define FAKE_PAGE 4096ul
#define FAKE_SECTION_BITS 27
/* Where memory as a whole is mapped: physical address 0. */
#define FAKE_DIRECT_MAP 0xffff888000000000ull
/* Where fake_alloc() and fake_new() take memory from: the direct map. */
#define FAKE_HEAP 0xffff888001000000ull
/* Where fake_function() and fake_variable() put what is given no address. */
#define FAKE_TEXT 0xffffffff81000000ull
#define FAKE_DATA 0xffffffff82000000ull
/* The per-CPU area of CPU n; per-CPU symbols are small numbers, as on x86_64. */
#define FAKE_PERCPU(cpu) (0xffff88803f000000ull + (kaddr_t)(cpu)*0x100000)
/* Nothing is ever mapped here. */
#define FAKE_NOWHERE 0xffffc90000bad000ull

struct fake;

/* What reads it: nothing real. */
extern const struct dump_about fake_about;

/* An x86_64 dump of 2 CPUs with 4 KiB pages, HZ 250, no symbols and no types. */
struct fake *fake_create(void);
void fake_destroy(struct fake *f);
/* Valid until fake_destroy(); .info may be changed. */
struct dump *fake_dump(struct fake *f);
/* Another machine's dump, as uname -m has it. */
void fake_machine(struct fake *f, const char *machine);

/* ---- memory ------------------------------------------------------------- */

void fake_bytes(struct fake *f, kaddr_t addr, const void *bytes, size_t len);
void fake_u8(struct fake *f, kaddr_t addr, uint8_t v);
void fake_u16(struct fake *f, kaddr_t addr, uint16_t v);
void fake_u32(struct fake *f, kaddr_t addr, uint32_t v);
void fake_u64(struct fake *f, kaddr_t addr, uint64_t v);
#define fake_ptr fake_u64
/* With its NUL. */
void fake_string(struct fake *f, kaddr_t addr, const char *s);
/* What is there now, whatever a reader would be told. */
uint64_t fake_peek_u64(struct fake *f, kaddr_t addr);

/* Make the pages that touch [addr, addr + len) exist. */
void fake_map(struct fake *f, kaddr_t addr, size_t len);
/* Forget them: DUMP_BAD_ADDRESS. */
void fake_unmap(struct fake *f, kaddr_t addr, size_t len);
/* As makedumpfile leaves pages out: DUMP_EXCLUDED, or zeros with .zero_excluded. */
void fake_exclude(struct fake *f, kaddr_t addr, size_t len);

/* As of a page that does not inflate: DUMP_DAMAGED. */
void fake_damage(struct fake *f, kaddr_t addr, size_t len);

/* Take these two back. */
void fake_include(struct fake *f, kaddr_t addr, size_t len);

/* Zeroed memory that nothing else uses, 64 bytes aligned. */
kaddr_t fake_alloc(struct fake *f, size_t len);
/* The same, beginning a page and with no neighbour in its pages. */
kaddr_t fake_alloc_pages(struct fake *f, size_t len);

/* ---- symbols ------------------------------------------------------------ */

/* Found by name, and at exactly its address. */
void fake_symbol(struct fake *f, const char *name, kaddr_t addr);
/* A function; module "" or NULL is the kernel.  addr 0: the next free address. */
kaddr_t fake_function(struct fake *f, const char *name, const char *module, kaddr_t addr,
		      size_t size);
/* A variable of its own, zeroed. */
kaddr_t fake_variable(struct fake *f, const char *name, size_t size);
/* A per-CPU variable, zeroed on each CPU; returns its base: see fake_percpu(). */
kaddr_t fake_percpu_variable(struct fake *f, const char *name, size_t size);
/* Memory behind a __percpu pointer, zeroed on each CPU; returns the pointer. */
kaddr_t fake_percpu_alloc(struct fake *f, size_t size);
/*
 * The note NT_PRSTATUS that the dump's file has of a CPU, zeroed and to be filled in; none
 * has one before.
 */
#define FAKE_CPU_NOTE 336
unsigned char *fake_cpu_note(struct fake *f, unsigned int cpu);
/* The address on a CPU of a per-CPU base. */
kaddr_t fake_percpu(struct fake *f, unsigned int cpu, kaddr_t base);
void fake_percpu_offset(struct fake *f, unsigned int cpu, kaddr_t offset);
/* As an offset: the number is of no CPU. */
#define FAKE_NO_CPU UINT64_MAX
/* Take a symbol away. */
void fake_no_symbol(struct fake *f, const char *name);
/* A symbol's value. */
kaddr_t fake_value(struct fake *f, const char *name);

/* ---- types -------------------------------------------------------------- */

enum fake_kind { FAKE_TYPE, FAKE_MEMBER, FAKE_ENUM, FAKE_VARIABLE };

/* A kernel's types as a table, as layouts_*.c are. */
struct fake_row {
	enum fake_kind kind;
	const char *name; /* "type", "type.member.path", "ENUMERATOR", "variable" */
	long offset;	  /* an enumerator's value */
	long size;
};
/* clang-format off */
#define FAKE_T(name, size) {FAKE_TYPE, name, 0, size}
#define FAKE_M(name, offset, size) {FAKE_MEMBER, name, offset, size}
#define FAKE_E(name, value) {FAKE_ENUM, name, value, 0}
#define FAKE_V(name, size) {FAKE_VARIABLE, name, 0, size}
/* clang-format on */

/* A row of the same name as one before replaces it. */
void fake_rows(struct fake *f, const struct fake_row *rows, size_t n);
void fake_type(struct fake *f, const char *type, long size);
void fake_member(struct fake *f, const char *type, const char *path, long offset,
		 long size);
void fake_enum(struct fake *f, const char *name, long value);
/* What debuginfo says of its size; fake_variable() makes one. */
void fake_variable_size(struct fake *f, const char *name, long size);
/* Take "type.member" or "ENUMERATOR" away, or "type" with all its members. */
void fake_absent(struct fake *f, const char *name);

/*
 * A module in the dump.  Its rows become known when it is loaded; with rows NULL
 * its debuginfo cannot be found.
 */
void fake_module(struct fake *f, const char *name, const struct fake_row *rows, size_t n);
/* The dump has no such module. */
void fake_no_module(struct fake *f, const char *name);

/* ---- objects ------------------------------------------------------------ */

/* Bytes of a type. */
size_t fake_size(struct fake *f, const char *type);
/* A zeroed object of a type. */
kaddr_t fake_new(struct fake *f, const char *type);
/* Where a member of the object at base is. */
kaddr_t fake_at(struct fake *f, kaddr_t base, const char *member);
/* Write a member, as wide as its row says. */
void fake_set(struct fake *f, kaddr_t base, const char *member, uint64_t v);
uint64_t fake_get(struct fake *f, kaddr_t base, const char *member);
/* Write a char array; what does not fit is cut, and there is always a NUL. */
void fake_set_string(struct fake *f, kaddr_t base, const char *member, const char *s);

/*
 * The same by the id of the row, for tests that run over several kernels.  A row
 * that this kernel does not have is passed over.
 */
kaddr_t fake_id_at(struct fake *f, kaddr_t base, enum layout_id id);
void fake_id_set(struct fake *f, kaddr_t base, enum layout_id id, uint64_t v);

/* Lists that are sound; overwrite a link to make one that is not. */
void fake_list_head(struct fake *f, kaddr_t head);
void fake_list_add_tail(struct fake *f, kaddr_t head, kaddr_t node);
void fake_hlist_add_head(struct fake *f, kaddr_t head, kaddr_t node);

/* ---- what the code under test did --------------------------------------- */

/* The user presses Ctrl-C after so many reads. */
void fake_interrupt_after(struct fake *f, size_t reads);
size_t fake_reads(const struct fake *f);
size_t fake_bytes_read(const struct fake *f);
/* How often debuginfo was asked for a type, a member or an enumerator. */
size_t fake_lookups(const struct fake *f);
void fake_forget_counts(struct fake *f);
/* Be told of each read that succeeds; NULL: no more. */
void fake_watch_reads(struct fake *f, void (*watch)(kaddr_t addr, size_t size));
/* Is there a note that contains text? */
bool fake_has_note(struct fake *f, const char *text);

/* ---- kernels ------------------------------------------------------------ */

/*
 * fake_create() with the types of one of Debian's kernels and its modules drm,
 * virtio, virtio_ring, virtio_pci and virtio_gpu (`make layouts` writes them).
 */
struct fake *fake_5_10(void);
struct fake *fake_6_1(void);
struct fake *fake_7_2(void);
struct fake *fake_4_19_arm64(void); /* its machine too */

#endif
