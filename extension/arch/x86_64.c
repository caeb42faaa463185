// SPDX-License-Identifier: GPL-2.0-or-later
/* Stacks by ORC; where there is none, by what a caller must have left, or by frame pointers. */
#include <string.h>

#include "dump/layout.h"
#include "orc.h"
#include "insn.h"
#include "x86_64_walk.h"

#define FRAME_WORDS_MAX 256 /* of a function without ORC */
#define PADDING_MAX 16
#define FTRACE_OPS_MAX 256
#define TRAMPOLINE_MAX 4096

/* What ORC says of a place. */
struct rule {
	enum orc_answer answer;
	struct orc orc;
	const char *why;
};

/* What the stacks of this dump are unwound with. */
struct x86_64 {
	struct orc_tables *orc; /* NULL: by frame pointers */
};

static const struct x86_64 *tables_of(const struct walker *walker)
{
	return walker->tables;
}

/* ---- places -------------------------------------------------------------- */

static const struct rule *rule_of(const struct place *p)
{
	return p->rule;
}

static void find_rule(struct walker *walker, struct place *p, kaddr_t ip)
{
	struct rule *rule = p->rule;

	rule->answer =
		orc_find(tables_of(walker)->orc, ip, p->mod, &rule->orc, &rule->why);
}

/* Is ip in the trampoline of these ftrace_ops?  Then where in its origin? */
static bool is_trampoline(struct dump *d, kaddr_t ops, kaddr_t ip, kaddr_t *origin)
{
	uint64_t start, size, flags, save_regs;

	if (!member_u64(d, ops, FTRACE_OPS_TRAMPOLINE, &start) ||
	    !member_u64(d, ops, FTRACE_OPS_TRAMPOLINE_SIZE, &size) ||
	    !member_u64(d, ops, FTRACE_OPS_FLAGS, &flags) || !start ||
	    ip - start >= size || ip - start >= TRAMPOLINE_MAX)
		return false;
	save_regs = (uint64_t)layout_enum(d, FTRACE_SAVE_REGS, 1 << 2);
	if (!dump_symbol(d, flags & save_regs ? "ftrace_regs_caller" : "ftrace_caller",
			 origin))
		return false;
	*origin += ip - start;
	return true;
}

/*
 * A trampoline of ftrace is a copy of ftrace_caller or ftrace_regs_caller, so
 * what is said of it is what is said of its origin.
 */
static void describe_trampoline(struct walker *walker, struct place *p)
{
	kaddr_t ops, origin;
	int i;

	if (!dump_symbol_u64(walker->d, "ftrace_ops_list", &ops))
		return;
	for (i = 0; i < FTRACE_OPS_MAX && ops; i++) {
		if (is_trampoline(walker->d, ops, p->ip, &origin)) {
			place_name(walker, p, origin);
			find_rule(walker, p, origin);
			return;
		}
		if (!member_ptr(walker->d, ops, FTRACE_OPS_NEXT, &ops))
			return;
	}
}

static void describe(struct walker *walker, struct place *p)
{
	if (!tables_of(walker)->orc)
		return;
	p->rule = arena_alloc(walker->d->arena, sizeof(struct rule));
	find_rule(walker, p, p->ip);
	if (rule_of(p)->answer == ORC_NO_TEXT && !*p->function)
		describe_trampoline(walker, p);
}

/* Does ORC know how to go on from this return address? */
static bool is_return_address(struct walk *w, kaddr_t ip)
{
	const struct rule *rule = rule_of(place_at(w->walker, ip - 1));

	return rule->answer == ORC_FOUND && rule->orc.type != ORC_UNDEFINED;
}

/* ---- from one frame to its caller --------------------------------------- */

/* A register of the frame, if the interrupt that entered it saved it. */
static bool saved_register(struct walk *w, enum layout_id id, uint64_t *v)
{
	kaddr_t regs = w->partial ? w->full_regs : w->regs;

	return regs && layout_has(w->d, id) &&
	       walk_word(w, member_addr(w->d, regs, id), v);
}

/* Do the caller's registers make sense, if its stack pointer is sp? */
static bool plausible(struct walk *w, const struct orc *orc, kaddr_t sp)
{
	kaddr_t ip, cs, at = sp;

	if (orc->type == ORC_CALL)
		return walk_word(w, sp - 8, &ip) && is_return_address(w, ip);
	if (orc->type == ORC_REGS_PARTIAL)
		at -= (kaddr_t)layout_offset(w->d, PT_REGS_IP);
	if (!walk_word(w, member_addr(w->d, at, PT_REGS_IP), &ip) ||
	    !walk_word(w, member_addr(w->d, at, PT_REGS_CS), &cs))
		return false;
	return cs & 3 || is_return_address(w, ip + 1);
}

/*
 * The stack pointer lies where ours points.  The offset was added to ours at
 * first, and to what is found there since 87ccc826bf1c (5.12, and backports),
 * which nothing in the debuginfo tells: take what leads to a caller.
 */
static bool indirect_sp(struct walk *w, const struct orc *orc, kaddr_t *sp)
{
	kaddr_t offset = (kaddr_t)(int64_t)orc->sp_offset, after = 0, before = 0;
	bool ok = walk_word(w, w->sp, &after);

	if (ok && plausible(w, orc, after + offset)) {
		*sp = after + offset;
		return true;
	}
	if (walk_word(w, w->sp + offset, &before) && plausible(w, orc, before)) {
		*sp = before;
		return true;
	}
	*sp = after + offset;
	return ok;
}

/* The stack pointer before the call, or the place of the saved registers. */
static bool previous_sp(struct walk *w, const struct orc *orc, kaddr_t *sp)
{
	kaddr_t offset = (kaddr_t)(int64_t)orc->sp_offset;

	switch (orc->sp_reg) {
	case ORC_REG_SP:
		*sp = w->sp + offset;
		return true;
	case ORC_REG_BP:
		*sp = w->fp + offset;
		return true;
	case ORC_REG_SP_INDIRECT:
		return indirect_sp(w, orc, sp);
	case ORC_REG_BP_INDIRECT:
		return walk_word(w, w->fp + offset, sp);
	case ORC_REG_AX:
		return saved_register(w, PT_REGS_AX, sp);
	case ORC_REG_DX:
		return saved_register(w, PT_REGS_DX, sp);
	case ORC_REG_DI:
		return saved_register(w, PT_REGS_DI, sp);
	case ORC_REG_R10:
		return saved_register(w, PT_REGS_R10, sp);
	case ORC_REG_R13:
		return saved_register(w, PT_REGS_R13, sp);
	default:
		return false;
	}
}

static bool take_bp(struct walk *w, const struct orc *orc, kaddr_t sp)
{
	kaddr_t offset = (kaddr_t)(int64_t)orc->bp_offset, v;

	switch (orc->bp_reg) {
	case ORC_REG_UNDEFINED: /* as it was */
		if (saved_register(w, PT_REGS_BP, &v))
			w->fp = v;
		return true;
	case ORC_REG_PREV_SP:
		return walk_word(w, sp + offset, &w->fp) ||
		       walk_unread(w, "the stack", sp + offset);
	case ORC_REG_BP:
		offset += w->fp;
		return walk_word(w, offset, &w->fp) ||
		       walk_unread(w, "the stack", offset);
	default:
		return walk_stop(w, "ORC finds the frame pointer in an unknown way");
	}
}

bool x86_64_user_mode(struct walk *w)
{
	kaddr_t cs;

	return w->regs && walk_word(w, member_addr(w->d, w->regs, PT_REGS_CS), &cs) &&
	       cs & 3;
}

static bool take_call(struct walk *w, kaddr_t sp)
{
	if (!walk_word(w, sp - 8, &w->ip))
		return walk_unread(w, "the stack", sp - 8);
	w->sp = sp;
	w->regs = w->full_regs = 0;
	w->partial = false;
	return true;
}

/* Interrupted: everything, or what the CPU itself pushed, is saved at sp. */
bool x86_64_take_regs(struct walk *w, kaddr_t sp, bool partial)
{
	kaddr_t regs = sp;

	if (partial) {
		regs -= (kaddr_t)layout_offset(w->d, PT_REGS_IP);
		/* An NMI in the entry of an interrupt: the outer registers still hold. */
		if (w->regs && !w->partial)
			w->full_regs = w->regs;
	} else {
		w->full_regs = 0;
	}
	if (!walk_word(w, member_addr(w->d, regs, PT_REGS_IP), &w->ip) ||
	    !walk_word(w, member_addr(w->d, regs, PT_REGS_SP), &w->sp))
		return walk_unread(w, "the saved registers", regs);
	w->regs = regs;
	w->partial = partial;
	return true;
}

/*
 * No ORC covers ip: generated code (BPF, a trampoline of ftrace), or a call
 * through a bad pointer.  Two ways are sound if they lead to an address that
 * ORC knows: just called, the return address is on top of the stack, if what
 * is there was interrupted; and by the frame pointer, as the kernel itself
 * goes on (BPF keeps one).
 */
static bool guess(struct walk *w, struct orc *orc)
{
	static const struct orc called = {8,	    0,	  ORC_REG_SP, ORC_REG_UNDEFINED,
					  ORC_CALL, false};
	static const struct orc by_bp = {16,	   -16,	 ORC_REG_BP, ORC_REG_PREV_SP,
					 ORC_CALL, false};

	w->guess = true;
	*orc = called;
	if (w->signal && plausible(w, orc, w->sp + 8))
		return true;
	*orc = by_bp;
	return w->fp >= w->sp && w->fp - w->sp < STACK_MAX &&
	       plausible(w, orc, w->fp + 16);
}

/* Is v what a call of the function at start pushed?  Its last 5 bytes are e8 rel32. */
bool x86_64_returns_from(struct walk *w, kaddr_t v, kaddr_t start)
{
	unsigned char call[5];
	int32_t rel;
	kaddr_t to;

	if (v - start + INT32_MAX > UINT32_MAX ||
	    dump_read(w->d, v - sizeof(call), call, sizeof(call)) != DUMP_OK ||
	    call[0] != 0xe8)
		return false;
	memcpy(&rel, call + 1, sizeof(rel));
	to = v + (kaddr_t)(int64_t)rel;
	/* Call depth tracking calls the padding before a function (6.2). */
	return to <= start && start - to <= PADDING_MAX;
}

/*
 * A C function that objtool was told to leave out.  __crash_kexec() is one, and
 * every stack of a kernel that panicked begins in it.  Its frame ends where the
 * return address of a call to this very function lies.
 */
static bool guess_frame(struct walk *w, const struct place *p, struct orc *orc)
{
	int i;
	kaddr_t v;

	for (i = 0; *p->function && i < FRAME_WORDS_MAX; i++) {
		if (!walk_word(w, w->sp + (kaddr_t)i * 8, &v))
			return false;
		if (!x86_64_returns_from(w, v, p->ip - p->offset) ||
		    !is_return_address(w, v))
			continue;
		*orc = (struct orc){.sp_offset = (int16_t)(i * 8 + 8),
				    .sp_reg = ORC_REG_SP,
				    .bp_reg = ORC_REG_UNDEFINED,
				    .type = ORC_CALL};
		w->guess = true;
		return true;
	}
	return false;
}

/* What ORC, or else a guess, says of the frame that was found last. */
static bool find_orc(struct walk *w, struct orc *orc)
{
	const struct place *p = walk_here(w);
	const struct rule *rule = rule_of(p);
	struct arena *a = w->d->arena;

	w->guess = false;
	if (walk_is_traced(w))
		return walk_stop(w, WALK_TRACED);
	if (rule->answer == ORC_FOUND && rule->orc.type != ORC_UNDEFINED) {
		*orc = rule->orc;
		return true;
	}
	if (rule->answer == ORC_FOUND ? guess_frame(w, p, orc)
				      : rule->answer == ORC_NO_TEXT && guess(w, orc))
		return true;
	/* What is neither text nor leads to any was no return address. */
	if (rule->answer == ORC_NO_TEXT && !w->signal && !*p->function)
		w->no_frame = true;
	if (rule->answer == ORC_FOUND)
		return walk_stop(w,
				 arena_printf(a, "ORC has nothing to say of %s",
					      *p->function ? p->function : "this text"));
	return walk_stop(w, arena_printf(a, "0x%llx is in %s%s", HEX(w->ip),
					 rule->answer == ORC_LOST ? "text without ORC: "
								  : "",
					 rule->why));
}

/* False at the end of the stack, as it should be or not. */
static bool next_frame(struct walk *w)
{
	kaddr_t sp;
	struct orc orc;

	if (!tables_of(w->walker)->orc)
		return x86_64_next_by_frame_pointer(w);
	if (!find_orc(w, &orc))
		return false;
	if (orc.type == ORC_END_OF_STACK) {
		w->complete = true;
		return false;
	}
	if (!previous_sp(w, &orc, &sp))
		return walk_stop(
			w, "the register or the memory that holds the stack pointer is "
			   "not known");
	if (orc.type == ORC_CALL ? !take_call(w, sp)
				 : !x86_64_take_regs(w, sp, orc.type == ORC_REGS_PARTIAL))
		return false;
	w->signal = orc.signal;
	if (x86_64_user_mode(w)) {
		w->complete = true;
		return false;
	}
	return take_bp(w, &orc, sp);
}

/* ---- where a stack begins ----------------------------------------------- */

static void *open_tables(struct dump *d, const char **why)
{
	struct x86_64 *x86_64;
	kaddr_t orc;

	if (!layout_has_all(d, PT_REGS, PT_REGS_IP, PT_REGS_SP, PT_REGS_BP, PT_REGS_CS)) {
		*why = "the debuginfo has no struct pt_regs";
		return NULL;
	}
	x86_64 = arena_alloc(d->arena, sizeof(*x86_64));
	x86_64->orc = orc_create(d, why);
	if (x86_64->orc)
		return x86_64;
	/* In a kernel that has tables, a stack without them is no better for a guess. */
	if (dump_symbol(d, "__start_orc_unwind", &orc) || !x86_64_has_frame_pointers(d))
		return NULL;
	*why = NULL;
	return x86_64;
}

bool x86_64_is_fork(const struct place *p)
{
	/* renamed when it became C: 3aec4ecb3d1f, 6.6 */
	return !p->offset && (!strcmp(p->function, "ret_from_fork") ||
			      !strcmp(p->function, "ret_from_fork_asm"));
}

/* What __switch_to_asm() left on the stack. */
static bool begin_switched(struct walk *w)
{
	kaddr_t frame = w->sp;

	if (!layout_has_all(w->d, INACTIVE_FRAME, INACTIVE_FRAME_BP, INACTIVE_FRAME_RET))
		return walk_stop(w, "the debuginfo has no struct inactive_task_frame");
	if (!walk_word(w, member_addr(w->d, frame, INACTIVE_FRAME_BP), &w->fp) ||
	    !walk_word(w, member_addr(w->d, frame, INACTIVE_FRAME_RET), &w->ip))
		return walk_unread(w, "the stack", frame);
	w->sp = frame + (kaddr_t)layout_size(w->d, INACTIVE_FRAME);
	/* A new task, which has not run yet: no return address, but a start. */
	w->signal = x86_64_is_fork(place_at(w->walker, w->ip));
	return true;
}

static bool begin_registers(struct walk *w, kaddr_t regs)
{
	w->regs = regs;
	w->signal = true;
	if (!walk_word(w, member_addr(w->d, regs, PT_REGS_IP), &w->ip) ||
	    !walk_word(w, member_addr(w->d, regs, PT_REGS_SP), &w->sp) ||
	    !walk_word(w, member_addr(w->d, regs, PT_REGS_BP), &w->fp))
		return walk_unread(w, "the registers of its CPU", regs);
	w->user = w->complete = x86_64_user_mode(w);
	return !w->user;
}

#define EFLAGS_IF 0x200

static bool irqs_off(struct walk *w, kaddr_t regs)
{
	uint64_t flags;

	return layout_has(w->d, PT_REGS_FLAGS) &&
	       walk_word(w, member_addr(w->d, regs, PT_REGS_FLAGS), &flags) &&
	       !(flags & EFLAGS_IF);
}

/* ---- what user space asked ----------------------------------------------- */

/* asm/segment.h: selectors of user mode, and nothing else is there of 64 bit Linux */
#define USER32_CS 0x23
#define USER_CS 0x33
#define USER_DS 0x2b
#define TS_COMPAT 0x2 /* asm/thread_info.h: a call in the way of 32 bits */
#define X32_SYSCALL_BIT (1 << 30)

static bool is_from_user(const struct object *o)
{
	unsigned int cs = obj_u64(o, PT_REGS_CS) & 0xffff;

	return (cs == USER_CS || cs == USER32_CS) &&
	       (obj_u64(o, PT_REGS_SS) & 0xffff) == USER_DS && obj_u64(o, PT_REGS_IP);
}

static bool is_compat(struct dump *d, kaddr_t task, const struct object *o)
{
	uint64_t status;

	if ((obj_u64(o, PT_REGS_CS) & 0xffff) == USER32_CS)
		return true;
	/* int 0x80 from a program of 64 bits */
	return layout_has(d, TASK_TI_STATUS) &&
	       member_u64(d, task, TASK_TI_STATUS, &status) && status & TS_COMPAT;
}

static void take_args(const struct object *o, bool compat, uint64_t *args)
{
	static const enum layout_id of_64[CALL_ARGS] = {PT_REGS_DI, PT_REGS_SI,
							PT_REGS_DX, PT_REGS_R10,
							PT_REGS_R8, PT_REGS_R9},
				    of_32[CALL_ARGS] = {PT_REGS_BX, PT_REGS_CX,
							PT_REGS_DX, PT_REGS_SI,
							PT_REGS_DI, PT_REGS_BP};
	size_t i;

	for (i = 0; i < CALL_ARGS; i++)
		args[i] = compat ? (uint32_t)obj_u64(o, of_32[i]) : obj_u64(o, of_64[i]);
}

static bool read_user_regs(struct object *o, kaddr_t task, kaddr_t top,
			   struct user_regs *r)
{
	kaddr_t at = top - (kaddr_t)layout_size(o->d, PT_REGS);
	bool compat;

	if ((!obj_read(o, PT_REGS, at) || !is_from_user(o)) &&
	    (!obj_read(o, PT_REGS, at - FRED_PADDING) || !is_from_user(o)))
		return false;
	compat = is_compat(o->d, task, o);
	r->at = o->addr;
	r->number = (int)obj_s64(o, PT_REGS_ORIG_AX);
	r->call = r->number >= 0;
	r->abi = compat ? ABI_I386 : ABI_X86_64;
	if (r->call && !compat && r->number & X32_SYSCALL_BIT) {
		r->abi = ABI_X32;
		r->number &= ~X32_SYSCALL_BIT;
	}
	take_args(o, compat, r->args);
	r->pc = obj_u64(o, PT_REGS_IP);
	return true;
}

static bool user_regs(struct dump *d, kaddr_t task, kaddr_t top, struct user_regs *r)
{
	struct object o;
	bool found;

	if (!layout_has_all(d, PT_REGS, PT_REGS_ORIG_AX, PT_REGS_CS, PT_REGS_SS,
			    PT_REGS_IP, PT_REGS_DI, PT_REGS_SI, PT_REGS_DX, PT_REGS_R10,
			    PT_REGS_R8, PT_REGS_R9, PT_REGS_BX, PT_REGS_CX))
		return false;
	obj_init(&o, d);
	found = read_user_regs(&o, task, top, r);
	obj_done(&o);
	return found;
}

const struct arch arch_x86_64 = {
	.machine = "x86_64",
	.need_resched = 1u << 3,
	/* "x86: Use generic TIF bits", 6.19; TIF_NEED_FPU_LOAD is 14 since 5.2. */
	.common_need_resched = 1u << 4,
	.away = 1u << 14,
	.common_away = 1u << 19,
	.kernel_low = 0xff00000000000000, /* five levels of page tables */
	.low_reserved = 1u << 20, /* where there is a crashkernel: 6f599d84231f, 5.5 */
	.section_bits = 27,
	.physmem_bits = 46,	  /* of four levels; vmcoreinfo says it since 5.6 */
	.note_registers = 27 * 8, /* struct user_regs_struct */
	.note_ip = 16 * 8,
	.frame_ends = 1,
	.open = open_tables,
	.describe = describe,
	.begin_switched = begin_switched,
	.begin_registers = begin_registers,
	.irqs_off = irqs_off,
	.next_frame = next_frame,
	.user_regs = user_regs,
	.insn = x86_64_insn,
	.names = x86_64_names,
	.adds = x86_64_adds,
};
