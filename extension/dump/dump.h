/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one interface to a dump.
 *
 * Everything above this file is plain C11 that does not know where the bytes
 * come from: readers/core serves them from a core file, readers/crash from crash,
 * tests/unit/fake_dump.c from a dump written down in a test.
 *
 * A dump is hostile input.  A read may fail at any address, and a walk over
 * links that were read from the dump is bounded and notices cycles: use the
 * walkers of list.h rather than a loop of your own.
 */
#ifndef VGPU_DUMP_H
#define VGPU_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/base.h"
#include "notes.h"

typedef uint64_t kaddr_t; /* a kernel virtual address */

enum dump_err {
	DUMP_OK,
	DUMP_EXCLUDED,	  /* the page exists, and whoever made the dump left it out */
	DUMP_CUT,	  /* the same of whoever made a small core of it */
	DUMP_DAMAGED,	  /* it is in the dump, and cannot be inflated or is cut off */
	DUMP_ABSENT,	  /* the address is mapped to what is no memory of the dump */
	DUMP_BAD_ADDRESS, /* nothing is mapped there, or it is no kernel address */
	DUMP_INTERRUPTED, /* the user pressed Ctrl-C: stop, free, return */
};

/*
 * How much is in a small core, which `vgpu --extract` made of another: the pages that
 * commands read, up to those that ask for this much.
 */
enum small_level { SMALL_TRIAGE, SMALL_COMMANDS, SMALL_LEAK, SMALL_LEVELS };

struct dump_small {
	enum small_level level;
	bool blank; /* names of people's programs and files, and the log, are not in it */
	uint64_t pages; /* of the other core */
	bool no_types;	/* the kernel's own description of its types is not in it */
};

/* "triage", "commands", "leak" */
const char *small_level_word(enum small_level level);

/* What the user started, and talks to: commands are given as it has them. */
enum door {
	DOOR_CRASH,
	DOOR_PROGRAM, /* `vgpu CORE` */
	DOORS,
};

struct dump_symbol {
	char name[128];	 /* escaped: a core has its own, and may have any */
	uint64_t offset; /* of the address asked for, into the symbol */
	char module[64]; /* escaped; "" for the kernel proper */
};

/* Where types came from. */
struct dump_types {
	const char *module; /* whose; NULL: the kernel's */
	const char *kind;   /* "btf", "dwarf", "table" */
	const char *file;   /* NULL: the dump itself */
};

/*
 * In the place of memory, what a kernel printed: a log, or files of /proc and /sys.  Of a
 * long one its end.
 */
struct dump_text {
	const char *bytes; /* NUL-terminated; there may be others in it */
	size_t size;
	uint64_t left_out; /* bytes before these */
	bool cut;	   /* packed, and it ends before what was packed does */
	double uptime_s; /* of the machine that we run on, which has just told it; or 0 */
};

/*
 * What the dump is, and what reads it, for those who must know how far to trust what is
 * said of it.  All text is escaped.  Valid as long as the reader; what is found out while
 * the dump is read is added.
 */
struct dump_about {
	const char *reader; /* its folder in readers/: "core" */
	const char *crash;  /* and version: "crash 8.0.2"; NULL: crash is not in it */
	enum door door;
	bool live; /* it is the machine that we run on, which runs on while it is read */
	int own; /* pid of our process, which is one of those that are read; 0: none is */
	bool text;		 /* it is no memory but what a kernel printed */
	VEC(const char *) files; /* none: no dump is looked at */
	const char *format;	 /* NULL: not known */
	int filter_level;	 /* of what left pages out; < 0: not known */
	const char *filtered_by; /* NULL: not known */
	int64_t partial; /* pages left out that should be there; < 0: not looked for */
	VEC(struct dump_types) types;
	const struct dump_small *small; /* NULL: nothing was cut from it */
	/* A small core is being made of it, for less than the search for leaks. */
	bool to_be_small;
};

/* What is known of the dump without reading kernel memory. */
struct dump_info {
	const struct dump_about *about;
	char release[96];  /* uname -r, escaped */
	char machine[32];  /* uname -m */
	unsigned int cpus; /* possible CPUs, as the reader counts them */
	unsigned int hz;
	unsigned long page_size;
	unsigned int section_bits; /* a memory section's size, log2; 0: no SPARSEMEM */
	unsigned int physmem_bits; /* of a physical address */
	kaddr_t direct_map;	   /* add a physical address to get its virtual one */
	bool zero_excluded;	   /* excluded pages read as zeros: NULLs prove nothing */
	bool cpus_guessed;	   /* there may be others */
	double crash_time;	   /* seconds since the epoch, 0 when unknown */
	/* All that there is: no address can be read, no symbol is known.  NULL: memory. */
	const struct dump_text *text;
};

struct arch;
struct dump;
struct dump_type_ops;
struct layout;

/*
 * A reader of dumps.  None of these may longjmp or print.
 * type_size() and those behind it return false when debuginfo lacks the name.
 * member()'s path may be dotted; anonymous says that it goes through an anonymous
 * struct or union.
 */
struct dump_ops {
	enum dump_err (*read)(struct dump *d, kaddr_t addr, void *buf, size_t size);
	bool (*symbol)(struct dump *d, const char *name, kaddr_t *value);
	/* The one symbol "name.123": a static local, numbered by the compiler. */
	bool (*symbol_local)(struct dump *d, const char *name, kaddr_t *value);
	bool (*symbol_at)(struct dump *d, kaddr_t addr, struct dump_symbol *sym);
	bool (*percpu)(struct dump *d, unsigned int cpu, kaddr_t base, kaddr_t *addr);
	/* Where a kernel virtual address lies in memory; NULL: only the direct map is known. */
	bool (*physical)(struct dump *d, kaddr_t addr, uint64_t *pa);
	bool (*type_size)(struct dump *d, const char *type, long *size);
	bool (*member)(struct dump *d, const char *type, const char *path, bool anonymous,
		       long *offset, long *size);
	bool (*enumerator)(struct dump *d, const char *name, long *value);
	/* As its type says: of a variable of all of the kernel or of one file. */
	bool (*variable_size)(struct dump *d, const char *name, long *size);
	bool (*load_module)(struct dump *d, const char *module, bool *in_dump);
	/*
	 * The note NT_PRSTATUS that the dump's file has of a CPU, if there is one for each
	 * in their order.  NULL: this reader has no such files.
	 */
	bool (*cpu_note)(struct dump *d, unsigned int cpu, const unsigned char **prstatus,
			 size_t *size);
	bool (*interrupted)(struct dump *d);
	const struct dump_type_ops
		*types; /* see type.h; NULL: the reader shows types itself */
};

/*
 * What outlives a command: the dump does not change while crash is open.  Each keeper
 * has an arena of its own, so that one that Ctrl-C interrupted can be thrown away.
 */
enum keeper { KEEPER_SLABS, KEEPER_LEAKS, KEEPERS };
struct kept {
	struct arena arena;
	void *it; /* NULL: not made */
};

struct dump {
	const struct dump_ops *ops;
	struct dump_info info;
	const struct arch *arch; /* of info.machine: see arch/arch.h */
	struct arena *arena;	 /* of the command that runs */
	struct layout *layout;	 /* see layout.h */
	struct notes notes;
	enum dump_err unread; /* of the last read: see dump_unread() */
	struct kept kept[KEEPERS];
};

/* ---- memory ------------------------------------------------------------- */

enum dump_err dump_read(struct dump *d, kaddr_t addr, void *buf, size_t size);
bool dump_u8(struct dump *d, kaddr_t addr, uint8_t *v);
bool dump_u32(struct dump *d, kaddr_t addr, uint32_t *v);
bool dump_u64(struct dump *d, kaddr_t addr, uint64_t *v);
#define dump_ptr dump_u64

/* Why a read failed: "page excluded from the dump"; "" of DUMP_OK. */
const char *dump_err_words(enum dump_err err);

/*
 * A NUL-terminated string of at most size - 1 bytes, copied as it is in the
 * dump, across page ends.  "" and false when its first byte cannot be read.
 */
bool dump_string(struct dump *d, kaddr_t addr, char *buf, size_t size);

/* ---- symbols ------------------------------------------------------------ */

bool dump_symbol(struct dump *d, const char *name, kaddr_t *value);
/* The same for a static local variable, with or without its ".123". */
bool dump_symbol_local(struct dump *d, const char *name, kaddr_t *value);
bool dump_symbol_at(struct dump *d, kaddr_t addr, struct dump_symbol *sym);
/* The address of a per-CPU variable, or of what a __percpu pointer points to. */
bool dump_percpu(struct dump *d, unsigned int cpu, kaddr_t base, kaddr_t *addr);
bool dump_percpu_symbol(struct dump *d, unsigned int cpu, const char *name,
			kaddr_t *addr);
/* Below info.cpus there may be numbers of no CPU: arm64 leaves out what does not start. */
bool dump_has_cpu(struct dump *d, unsigned int cpu);
bool dump_symbol_u64(struct dump *d, const char *name, uint64_t *v);
bool dump_symbol_u32(struct dump *d, const char *name, uint32_t *v);

bool dump_interrupted(struct dump *d);

/* The physical address behind a kernel virtual one, whether its page is in the dump or not. */
bool dump_physical(struct dump *d, kaddr_t addr, uint64_t *pa);

/*
 * Make the types of a module known.  False: its debuginfo was not found, or the
 * module is not in the dump; *in_dump tells which, and may be NULL.
 */
bool dump_load_module(struct dump *d, const char *module, bool *in_dump);

/* ---- what outlives a command --------------------------------------------- */

/* An empty arena to make it in; what was there before is freed. */
struct arena *dump_keep_begin(struct dump *d, enum keeper keeper);
/* It is whole now.  dump_kept() finds it in later commands, NULL when there is none. */
void dump_keep(struct dump *d, enum keeper keeper, void *it);
void *dump_kept(struct dump *d, enum keeper keeper);
/* When the dump is closed. */
void dump_forget_all(struct dump *d);

#endif
