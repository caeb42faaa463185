/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What to look at in the dump to check a claim.
 *
 * It is data: whoever reads, joins or judges says what to look at, and knows no door.
 * How a door's own commands show it says report/spelling.h.
 */
#ifndef VGPU_LOOK_H
#define VGPU_LOOK_H

#include "dump.h"

enum look_kind {
	LOOK_NONE,
	LOOK_STRUCT, /* .type at .address: "mutex", or members of it: "rq.clock" */
	LOOK_TASK,   /* the same of "task_struct.MEMBER,MEMBER" */
	LOOK_WORDS,  /* .n words of 64 bits from .address on */
	LOOK_FLAGS, /* .n words of .type ("u32"; NULL: of 16 bits), to be read by their bits */
	LOOK_NUMBERS,	/* the same, unsigned numbers */
	LOOK_TEXT,	/* a string */
	LOOK_VARIABLE,	/* .name: a signed number of .n bytes */
	LOOK_FUNCTION,	/* .name */
	LOOK_RUNQUEUE,	/* of CPU .n: who runs, and who waits for it */
	LOOK_CPU_STACK, /* of the task that runs on CPU .n */
	LOOK_STACK,	/* of the task with pid .n */
	LOOK_LOG,
	LOOK_MEMORY,	 /* how much there is, and of what kinds */
	LOOK_MOUNT,	 /* the file system whose super_block is at .address */
	LOOK_INTERRUPTS, /* how often each came, and its state */
	LOOK_DISKS,	 /* block devices, with requests in flight */
	LOOK_OBJECT,	 /* of a slab, at .address */
	LOOK_TYPES,	 /* of the objects of the slab cache .name */
	LOOK_LEAKS,	 /* objects of the slab cache .name that nothing refers to */
	LOOK_COMMAND, /* what vgpu's own command .name shows, with its options: "vq -v" */
	LOOK_KINDS,
};

struct look {
	enum look_kind kind;
	const char *type;
	const char *name;
	kaddr_t address; /* 0: none */
	int n;
	bool hex; /* .kind STRUCT: its numbers are words whose bits matter */
};

/* LOOK(LOG), LOOK(WORDS, .address = a, .n = 4) */
#define LOOK(kind_, ...) ((struct look){.kind = LOOK_##kind_, ##__VA_ARGS__})
#define LOOK_AT(type_, address_) LOOK(STRUCT, .type = (type_), .address = (address_))
#define LOOK_BITS(type_, address_)                                                       \
	LOOK(STRUCT, .type = (type_), .address = (address_), .hex = true)

#endif
