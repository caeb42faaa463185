/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel stacks.  The step from a frame to its caller is the architecture's:
 * arch/arch.h.
 *
 * What is needed for it is in the dump, so a stack through modules needs no
 * debuginfo of theirs.  Not crash's bt: 8.0.2 loses the flush_work and
 * drain_all_pages frames of the hung Xorg.
 */
#ifndef VGPU_UNWIND_H
#define VGPU_UNWIND_H

#include "dump/module.h"
#include "task.h"

enum frame_kind {
	FRAME_CALL,	 /* ip is a return address */
	FRAME_INTERRUPT, /* ip was interrupted: its registers lie at regs */
	FRAME_SWITCHED,	 /* innermost of a task that is switched out */
	FRAME_REGISTERS, /* innermost of a running task: ip from its saved registers */
};

struct frame {
	kaddr_t ip;
	uint64_t up;   /* so far above stack.sp the stack pointer was in this frame */
	kaddr_t regs;  /* struct pt_regs in the dump's memory, 0 when none */
	bool partial;  /* of regs only what the CPU itself pushes is there */
	bool irqs_off; /* by regs: it was there with interrupts off */
	bool guess;    /* no table: found by what the caller must have left */
	enum frame_kind kind;
	const char *function; /* escaped; "" when no symbol covers ip */
	uint64_t offset;      /* of ip into the function */
	const char *module;   /* escaped; "" for the kernel proper */
	bool init; /* in text that its module throws away when its init is done */
};

struct stack {
	/* Innermost first; in the dump's arena, and shared by all who sleep in one place. */
	struct frame *v;
	size_t n;
	kaddr_t sp;	 /* the stack pointer in the innermost frame; 0: there is none */
	bool complete;	 /* ended where a stack ends: user mode, a thread's start */
	bool user;	 /* the CPU was in user mode: there are no frames */
	const char *why; /* when not complete: one sentence, static or in the arena */
};

struct unwinder;

/*
 * In the dump's arena.  Never NULL: on a machine without an unwinder, or where
 * the tables cannot be read, every stack comes back empty and says why.  The modules
 * are whose text a stack may be in, and stay the caller's.
 */
struct unwinder *unwinder_create(struct dump *d, const struct modules *modules);

/*
 * The stack of a task.  For one that is on a CPU the registers that the dying
 * kernel saved (crash_notes) are used, or those that the host saved which dumped a
 * machine that ran; without them the stack says so.  It
 * begins where the CPU was when the dying kernel stopped it: the frames of the
 * NMI that did so, and of the jump into the capture kernel, are not the task's.
 */
void unwind_task(struct unwinder *u, const struct task *t, struct stack *stack);

/* Is it this function's, or that of a part that the compiler made of it? */
bool frame_is(const struct frame *f, const char *function);
/* Is the function on the stack?  Returns its frame, NULL when not. */
const struct frame *stack_find(const struct stack *s, const char *function);
/* The innermost that is one of these, of which NULL may end the list; NULL: none is. */
const char *stack_find_any(const struct stack *s, const char *const *names, size_t n);

#endif
