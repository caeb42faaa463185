// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Stacks of a kernel that has frame pointers in place of ORC (CONFIG_UNWINDER_FRAME_POINTER),
 * as Ubuntu's have: %rbp points to the caller's and the address to return to, and entry code
 * makes of it a pointer to the registers that it saved, with the lowest bit set, so that the
 * chain goes on from the stack of an interrupt to the task's.
 */
#include "x86_64_walk.h"

#include <string.h>

#include "arch.h"
#include "dump/layout.h"

#define RECORD_SIZE 16
/* ENCODE_FRAME_POINTER: 946c191161ce, 4.10 */
#define TO_REGISTERS 1
/* Of alignment, or of ftrace: see is_last_task_frame() of unwind_frame.c. */
#define ABOVE_RECORDS 24
#define CALL_MAX 7
#define PUSH_RBP 0x55
#define KERNEL_CS 0x10 /* asm/segment.h */

/* ---- has the kernel any? -------------------------------------------------- */

/* push %rbp; mov %rsp,%rbp; before it may be endbr64 and what ftrace patches in. */
static bool begins_with_frame(struct dump *d, kaddr_t function)
{
	static const unsigned char makes[] = {PUSH_RBP, 0x48, 0x89, 0xe5};
	unsigned char code[24];
	size_t i;

	if (dump_read(d, function, code, sizeof(code)) != DUMP_OK)
		return false;
	for (i = 0; i + sizeof(makes) <= sizeof(code); i++)
		if (!memcmp(code + i, makes, sizeof(makes)))
			return true;
	return false;
}

bool x86_64_has_frame_pointers(struct dump *d)
{
	/* They call others, and are in every kernel. */
	static const char *const functions[] = {"schedule",	    "kthread",
						"do_exit",	    "vfs_read",
						"schedule_timeout", "worker_thread"};
	size_t i, there = 0, with = 0;
	kaddr_t addr;

	for (i = 0; i < ARRAY_SIZE(functions); i++) {
		if (!dump_symbol(d, functions[i], &addr))
			continue;
		there++;
		with += begins_with_frame(d, addr);
	}
	return with > there / 2;
}

/* ---- a return address ------------------------------------------------------ */

/* call rel32, or ff /2 with its ModRM, SIB and displacement. */
static bool is_behind_call(const unsigned char *end)
{
	static const int lengths[] = {2, 3, 4, 6, 7};
	size_t i;

	if (end[-5] == 0xe8)
		return true;
	for (i = 0; i < ARRAY_SIZE(lengths); i++)
		if (end[-lengths[i]] == 0xff && (end[1 - lengths[i]] >> 3 & 7) == 2)
			return true;
	return false;
}

static bool is_return(struct walk *w, kaddr_t ip)
{
	unsigned char code[CALL_MAX];

	if (!arch_is_kernel(w->d->arch, ip))
		return false;
	/* Text of an init that has ended is not there any more. */
	if (dump_read(w->d, ip - sizeof(code), code, sizeof(code)) != DUMP_OK)
		return *place_at(w->walker, ip - 1)->function;
	return is_behind_call(code + sizeof(code));
}

/* ---- one frame -------------------------------------------------------------- */

struct record {
	kaddr_t next; /* the caller's frame pointer */
	kaddr_t ip;
};

static bool read_record(struct walk *w, kaddr_t at, struct record *r)
{
	return !(at % sizeof(kaddr_t)) && arch_is_kernel(w->d->arch, at) &&
	       walk_word(w, at, &r->next) && walk_word(w, at + sizeof(kaddr_t), &r->ip) &&
	       is_return(w, r->ip);
}

static bool take_caller(struct walk *w, kaddr_t ip, kaddr_t sp)
{
	w->ip = ip;
	w->sp = sp;
	w->regs = w->full_regs = 0;
	w->partial = w->signal = false;
	return true;
}

static bool is_called_at(struct walk *w, const struct place *p, kaddr_t v)
{
	return w->ip && p->offset ? x86_64_returns_from(w, v, p->ip - p->offset)
				  : is_return(w, v);
}

/*
 * A function that was interrupted before it made its frame, after it dropped it, or that
 * makes none: who called it is on top of the stack, and %rbp is still his.
 */
static bool take_caller_of_frameless(struct walk *w)
{
	const struct place *p = walk_here(w);
	struct record own;
	kaddr_t top, next;

	if (w->ip && !*p->function)
		return false;
	if (w->ip && read_record(w, w->fp, &own) &&
	    x86_64_returns_from(w, own.ip, p->ip - p->offset))
		return false;
	if (!walk_word(w, w->sp, &top) || !walk_word(w, w->sp + sizeof(kaddr_t), &next))
		return false;
	w->guess = true;
	if (is_called_at(w, p, top))
		return take_caller(w, top, w->sp + sizeof(kaddr_t));
	if (top == w->fp && is_called_at(w, p, next))
		return take_caller(w, next, w->sp + RECORD_SIZE);
	w->guess = false;
	return false;
}

/* What an interrupt, an exception or an NMI saved. */
static bool take_saved(struct walk *w, kaddr_t regs)
{
	kaddr_t bp, cs;

	if (regs % sizeof(kaddr_t) || !arch_is_kernel(w->d->arch, regs))
		return walk_stop(w, "the frame pointer leads to no registers");
	if (!walk_word(w, member_addr(w->d, regs, PT_REGS_BP), &bp) ||
	    !walk_word(w, member_addr(w->d, regs, PT_REGS_CS), &cs))
		return walk_unread(w, "the saved registers", regs);
	/* Above it FRED keeps bits of its own. */
	if ((cs & 0xffff) != KERNEL_CS && (cs & 3) != 3)
		return walk_stop(w, "the frame pointer leads to no registers");
	if (!x86_64_take_regs(w, regs, false))
		return false;
	w->signal = true;
	w->fp = bp;
	w->complete = x86_64_user_mode(w);
	return !w->complete;
}

/* Above the last frame is what user space, or nobody, has left in the registers. */
static bool is_at_top(const struct walk *w)
{
	kaddr_t regs = w->high - (kaddr_t)layout_size(w->d, PT_REGS);

	return w->sp <= regs && regs - w->sp <= FRED_PADDING + ABOVE_RECORDS;
}

bool x86_64_next_by_frame_pointer(struct walk *w)
{
	struct record r;

	w->guess = false;
	if (walk_is_traced(w))
		return walk_stop(w, WALK_TRACED);
	if (w->signal && x86_64_is_fork(walk_here(w))) {
		w->complete = true;
		return false;
	}
	if (w->signal && take_caller_of_frameless(w))
		return true;
	if (w->fp & TO_REGISTERS)
		return take_saved(w, w->fp & ~(kaddr_t)TO_REGISTERS);
	if (read_record(w, w->fp, &r)) {
		take_caller(w, r.ip, w->fp + RECORD_SIZE);
		w->fp = r.next;
		return true;
	}
	w->complete = is_at_top(w);
	return w->complete ? false : walk_stop(w, "the frame pointer leads to no frame");
}
