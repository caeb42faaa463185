// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Stacks by frame records: two words, where the caller's record is and the address to
 * return to.  Register x29 points to the innermost, and arch/arm64/kernel/entry.S makes
 * one of what an exception interrupted, so that the chain goes on from an interrupt's, an
 * overflow's or SDEI's stack to the task's.
 */
#include <string.h>

#include "dump/layout.h"
#include "insn.h"
#include "walk.h"

#define RECORD_SIZE 16
#define REGISTER_SIZE 8
#define X29 29
#define X30 30
#define INSTRUCTION 4
/* pstate: the exception level, and which stack pointer; 0 is user mode. */
#define PSR_MODE_MASK 0xf
/* Interrupts masked; where it is done by the GIC's priority, it is not seen. */
#define PSR_I_BIT 0x80
/* struct frame_record_meta: asm/stacktrace/frame.h, c2c6b27b5aa1 (6.13) */
#define META_FINAL 1
#define META_REGS 2
/* bti, paciasp and what ftrace patches in stand before what a tail call jumps to. */
#define ENTRY_SIZE 32

/* What is the same for all stacks of this dump. */
struct arm64 {
	uint64_t text_high; /* the highest bits, which all addresses of text have set */
	uint64_t record;    /* of an exception: its offset in struct pt_regs */
	bool meta;	    /* records of exceptions say that they are */
};

static const struct arm64 *of_dump(const struct walk *w)
{
	return w->walker->tables;
}

static void *open_records(struct dump *d, const char **why)
{
	struct arm64 *arm64;
	kaddr_t stext = 0;

	if (!layout_has_all(d, TASK_THREAD_FP, TASK_THREAD_PC)) {
		*why = "the debuginfo has no struct cpu_context";
		return NULL;
	}
	arm64 = arena_alloc(d->arena, sizeof(*arm64));
	if (dump_symbol(d, "_stext", &stext) && ~stext)
		arm64->text_high = ~(~0ull >> __builtin_clzll(~stext));
	if (layout_has(d, PT_REGS_STACKFRAME))
		arm64->record = (uint64_t)layout_offset(d, PT_REGS_STACKFRAME);
	arm64->meta = layout_has_all(d, FRAME_META_TYPE);
	return arm64;
}

/* Frame records tell all that there is to know. */
static void describe(struct walker *walker, struct place *place)
{
	(void)walker;
	(void)place;
}

/*
 * A return address may be signed (pointer authentication), in the bits that no address
 * of the kernel uses but for 55, which says whose it is.
 */
static kaddr_t strip(const struct walk *w, kaddr_t ip)
{
	return ip >> 55 & 1 ? ip | of_dump(w)->text_high : ip;
}

/* ---- where a stack begins ----------------------------------------------- */

static bool is_fork(const struct place *p)
{
	return !p->offset && !strcmp(p->function, "ret_from_fork");
}

/* What cpu_switch_to() left in the task. */
static bool begin_switched(struct walk *w)
{
	if (!member_ptr(w->d, w->task, TASK_THREAD_FP, &w->fp) ||
	    !member_ptr(w->d, w->task, TASK_THREAD_PC, &w->ip))
		return walk_unread(w, "thread.cpu_context of the task", w->task);
	w->ip = strip(w, w->ip);
	/* A new task, which has not run yet: no return address, but a start. */
	w->signal = is_fork(place_at(w->walker, w->ip));
	return true;
}

static bool saved(struct walk *w, kaddr_t regs, unsigned int x, uint64_t *v)
{
	return walk_word(w, regs + (kaddr_t)x * REGISTER_SIZE, v);
}

/*
 * From struct pt_regs or the registers in a note, both of which begin with struct
 * user_pt_regs.  That is asm/ptrace.h's part of the ABI, so no debuginfo is asked.
 */
#define REGS_SP (31 * REGISTER_SIZE)
#define REGS_PC (32 * REGISTER_SIZE)
#define REGS_PSTATE (33 * REGISTER_SIZE)
#define REGS_SIZE (34 * REGISTER_SIZE)

static bool take_registers(struct walk *w, kaddr_t regs)
{
	uint64_t pstate;

	if (!walk_word(w, regs + REGS_PC, &w->ip) ||
	    !walk_word(w, regs + REGS_SP, &w->sp) ||
	    !walk_word(w, regs + REGS_PSTATE, &pstate) || !saved(w, regs, X29, &w->fp))
		return false;
	w->ip = strip(w, w->ip);
	w->regs = regs;
	w->signal = true;
	w->user = !(pstate & PSR_MODE_MASK);
	return true;
}

static bool begin_registers(struct walk *w, kaddr_t regs)
{
	if (!take_registers(w, regs))
		return walk_unread(w, "the registers of its CPU", regs);
	w->complete = w->user;
	return !w->user;
}

static bool irqs_off(struct walk *w, kaddr_t regs)
{
	uint64_t pstate;

	return walk_word(w, regs + REGS_PSTATE, &pstate) && pstate & PSR_I_BIT;
}

/* ---- from one frame to its caller --------------------------------------- */

struct record {
	kaddr_t next; /* the caller's record */
	kaddr_t ip;
};

static bool is_call(struct walk *w, kaddr_t ret)
{
	uint32_t word;

	if (ret % INSTRUCTION || !dump_u32(w->d, ret - INSTRUCTION, &word))
		return false;
	return (word & 0xfc000000) == 0x94000000 || /* bl */
	       (word & 0xfefff800) == 0xd63f0800 || /* blraa and its kind */
	       (word & 0xfffffc1f) == 0xd63f0000;   /* blr */
}

/*
 * A function that was interrupted before it made its record, after it dropped it, or that
 * makes none since it calls nobody: x30 alone says who called it, and x29 is the record
 * of that caller.  Otherwise x30 is what the record has too, or where a call that it
 * made itself came back to.
 */
static bool caller_of_leaf(struct walk *w, const struct record *record, kaddr_t *ip)
{
	const struct place *here = walk_here(w), *there;
	kaddr_t x30;

	if (!saved(w, w->regs, X30, &x30))
		return false;
	x30 = strip(w, x30);
	if (x30 == record->ip || !is_call(w, x30))
		return false;
	there = place_at(w->walker, x30 - INSTRUCTION);
	if (!*there->function || !*here->function)
		return false;
	*ip = x30;
	if (there->ip - there->offset != here->ip - here->offset)
		return true;
	/* It calls itself, further on than where it has come to. */
	return here->offset < ENTRY_SIZE && x30 > w->ip;
}

/* The registers that an exception saved: its record is one of their members. */
static bool take_exception(struct walk *w, kaddr_t regs, const struct record *record)
{
	struct walk before = *w;

	if (!take_registers(w, regs) || w->user || w->ip != strip(w, record->ip) ||
	    w->fp != record->next) {
		*w = before;
		return false;
	}
	return true;
}

/* The record of an exception since 6.13: nothing but what it is. */
static bool take_meta(struct walk *w, kaddr_t at)
{
	uint64_t type;

	if (!walk_word(w, at + RECORD_SIZE, &type))
		return walk_unread(w, "the frame record", at);
	if (type == META_REGS && of_dump(w)->record) {
		if (!take_registers(w, at - of_dump(w)->record))
			return walk_unread(w, "the saved registers",
					   at - of_dump(w)->record);
		w->complete = w->user;
		return !w->user;
	}
	if (type != META_FINAL)
		return walk_stop(w, "a frame record of an unknown kind");
	w->complete = true;
	return false;
}

static bool take_call(struct walk *w, kaddr_t at, const struct record *record)
{
	w->ip = strip(w, record->ip);
	w->sp = at + RECORD_SIZE;
	w->fp = record->next;
	w->regs = 0;
	w->signal = false;
	return true;
}

static bool read_record(struct walk *w, kaddr_t at, struct record *record)
{
	if (at % REGISTER_SIZE)
		return walk_stop(w, "the frame pointer is not aligned");
	if (!walk_word(w, at, &record->next) ||
	    !walk_word(w, at + REGISTER_SIZE, &record->ip))
		return walk_unread(w, "the frame record", at);
	record->ip = strip(w, record->ip);
	return true;
}

static bool next_frame(struct walk *w)
{
	struct record record = {0};
	kaddr_t at = w->fp, ip;

	if (walk_is_traced(w))
		return walk_stop(w, WALK_TRACED);
	if (at && !read_record(w, at, &record))
		return false;
	if (w->signal && w->regs && caller_of_leaf(w, &record, &ip)) {
		w->ip = ip;
		/* Higher than the leaf's, which may use no stack, and lower than what follows. */
		w->sp = at + REGISTER_SIZE;
		w->regs = 0;
		w->signal = false;
		w->guess = true;
		return true;
	}
	w->guess = false;
	if (!at || (!record.next && !record.ip && !of_dump(w)->meta)) {
		w->complete = true;
		return false;
	}
	if (!record.next && !record.ip)
		return take_meta(w, at);
	if (of_dump(w)->record && take_exception(w, at - of_dump(w)->record, &record))
		return true;
	return take_call(w, at, &record);
}

/* ---- what user space asked ----------------------------------------------- */

#define PSR_MODE32_BIT 0x10
#define X(o, x) load_u64((o)->bytes + (x) * (size_t)REGISTER_SIZE)

/* x0 is where the call's result goes: what it was is kept. */
static void take_args(const struct object *o, bool compat, uint64_t *args)
{
	size_t i;

	args[0] = obj_u64(o, PT_REGS_ORIG_X0);
	for (i = 1; i < CALL_ARGS; i++)
		args[i] = X(o, i);
	for (i = 0; compat && i < CALL_ARGS; i++)
		args[i] = (uint32_t)args[i];
}

static bool read_user_regs(struct object *o, kaddr_t at, struct user_regs *r)
{
	uint64_t pstate;
	bool compat;

	if (!obj_read(o, PT_REGS, at))
		return false;
	pstate = load_u64(o->bytes + REGS_PSTATE);
	r->pc = load_u64(o->bytes + REGS_PC);
	if (pstate & PSR_MODE_MASK || !r->pc)
		return false;
	compat = pstate & PSR_MODE32_BIT;
	r->at = at;
	r->number = (int)obj_s64(o, PT_REGS_SYSCALLNO);
	r->call = r->number >= 0;
	r->abi = compat ? ABI_ARM : ABI_ARM64;
	take_args(o, compat, r->args);
	return true;
}

static bool user_regs(struct dump *d, kaddr_t task, kaddr_t top, struct user_regs *r)
{
	struct object o;
	bool found;

	(void)task;
	if (!layout_has_all(d, PT_REGS, PT_REGS_ORIG_X0, PT_REGS_SYSCALLNO) ||
	    layout_size(d, PT_REGS) < REGS_SIZE)
		return false;
	obj_init(&o, d);
	found = read_user_regs(&o, top - (kaddr_t)layout_size(d, PT_REGS), r);
	obj_done(&o);
	return found;
}

const struct arch arch_arm64 = {
	.machine = "aarch64",
	.need_resched = 1u << 1,
	.kernel_low = 0xfff0000000000000, /* 52 bits */
	.section_bits = 30,		  /* 27 since f0b13ee23241, 5.12 */
	.physmem_bits = 48,
	.tag_bits = 8,		     /* KASAN's, in software or by MTE */
	.note_registers = REGS_SIZE, /* struct user_pt_regs */
	.note_ip = REGS_PC,
	.frame_ends = 2,
	.open = open_records,
	.describe = describe,
	.begin_switched = begin_switched,
	.begin_registers = begin_registers,
	.irqs_off = irqs_off,
	.next_frame = next_frame,
	.user_regs = user_regs,
	.insn = arm64_insn,
	.names = arm64_names,
	.adds = arm64_adds,
	.veneer = arm64_veneer,
};
