/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One stack in work: what the steps of every architecture are written with.
 *
 * kernel/sched/unwind.c decides where a stack begins and keeps its frames; the
 * architecture takes the steps from one frame to the next.
 */
#ifndef VGPU_WALK_H
#define VGPU_WALK_H

#include "arch.h"
#include "dump/module.h"

#define STACK_MAX 65536 /* bytes, of any of the kernel's */
#define STACK_PAGE 4096
/*
 * Where registers lie that are in no memory, since a host has read them out of a CPU: not
 * an address of any kernel.
 */
#define REGS_OUTSIDE 0x1000

/* What is known of one address in the text. */
struct place {
	struct place *next;
	kaddr_t ip;
	const char *function, *module; /* escaped; "" */
	uint64_t offset;	       /* of ip into function */
	const struct module *mod;      /* whose text it is in, by the dump's list */
	void *rule; /* the architecture's own: how to go on from here */
};

/* What is kept from stack to stack.  In the dump's arena. */
struct walker {
	struct dump *d;
	void *tables; /* see struct arch, open() */
	const struct modules *modules;
	kaddr_t tracers[4]; /* 0: this kernel does not have it */
	struct place **places;
	struct stack_page *pages;
};

struct walk {
	struct walker *walker;
	struct dump *d;
	kaddr_t task;	   /* task_struct */
	kaddr_t low, high; /* the task's own stack */
	/* What is at REGS_OUTSIDE, note_registers bytes; NULL: nothing. */
	const unsigned char *outside;

	/* the frame that was found last */
	kaddr_t ip, sp, fp;
	bool signal;	   /* ip was interrupted, it is no return address */
	bool guess;	   /* found by what the caller must have left */
	kaddr_t regs;	   /* struct pt_regs, 0: none */
	bool partial;	   /* of regs only what the CPU itself pushes is there */
	kaddr_t full_regs; /* the last whole one, when regs is partial */
	unsigned int switches;

	/* how it ended */
	bool complete, user; /* as a stack does; the CPU was in user mode */
	bool no_frame;	     /* the frame that was found last is none after all */
	const char *why;     /* when not complete */
};

void walker_init(struct walker *walker, struct dump *d, const struct modules *modules);

/* A word of a stack or of saved registers, by way of a few pages that are kept. */
bool walk_word(struct walk *w, kaddr_t addr, uint64_t *v);
/* The symbol at ip, in its place. */
void place_name(struct walker *walker, struct place *p, kaddr_t ip);
const struct place *place_at(struct walker *walker, kaddr_t ip);
/* The place of the frame that was found last: of its call, for a return address. */
const struct place *walk_here(struct walk *w);
/* Has a tracer put the address of its own code in place of a return address? */
bool walk_is_traced(const struct walk *w);
#define WALK_TRACED                                                                      \
	"a tracer has replaced the return address (function graph tracing, or a return " \
	"probe)"

/* Both say why the stack ends here, and return false. */
bool walk_stop(struct walk *w, const char *why);
bool walk_unread(struct walk *w, const char *what, kaddr_t addr);

#endif
