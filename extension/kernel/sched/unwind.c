// SPDX-License-Identifier: GPL-2.0-or-later
#include "unwind.h"

#include <string.h>

#include "dump/layout.h"
#include "arch/orc.h"
#include "base/text.h"

#define FRAMES_MAX 256
#define NOTE_MAX 1024
#define STACK_MAX 65536	    /* bytes, of any of the kernel's */
#define FRAME_WORDS_MAX 256 /* of a function without ORC */
#define PADDING_MAX 16
/* How often a stack may be left for one at a lower address: see moved_on(). */
#define SWITCHES_MAX 8
#define FTRACE_OPS_MAX 256
#define PLACES 1024 /* buckets; a power of two */
#define PAGES 8	    /* of stack memory that are kept; a power of two */
#define PAGE 4096

/* The ABI of core files: see struct elf_prstatus in linux/elfcore.h. */
#define NT_PRSTATUS 1
#define PRSTATUS_PID_OFFSET 32
#define PRSTATUS_REG_OFFSET 112
#define NHDR_SIZE 12

/* What is known of one address in the text. */
struct place {
	struct place *next;
	kaddr_t ip;
	enum orc_answer answer;
	struct orc orc;
	const char *why;
	const char *function, *module;
	uint64_t offset;
};

struct page {
	kaddr_t base; /* 1: holds nothing */
	unsigned char bytes[PAGE];
};

/* Tracers put the addresses of these in place of return addresses. */
static const char *const tracers[] = {"return_to_handler", "kretprobe_trampoline",
				      "__kretprobe_trampoline",
				      "arch_rethook_trampoline"};
#define TRACERS (sizeof(tracers) / sizeof(tracers[0]))

struct unwinder {
	struct dump *d;
	const char *why; /* there are no stacks at all */
	struct orc_tables *orc;
	kaddr_t tracers[TRACERS]; /* 0: this kernel has it not */
	struct place *places[PLACES];
	struct page pages[PAGES];
	VEC(struct frame) frames; /* of the stack in work */
};

/* One stack in work: the registers of the frame that was found last. */
struct walk {
	struct unwinder *u;
	struct dump *d;
	struct stack *stack;
	kaddr_t low, high; /* the task's own stack */
	kaddr_t ip, sp, bp;
	bool signal; /* ip was interrupted, it is no return address */
	bool guess;
	kaddr_t regs;	   /* struct pt_regs, 0: none */
	kaddr_t full_regs; /* the last whole one, when regs is partial */
	bool partial;
	unsigned int switches;
};

/* ---- memory and symbols ------------------------------------------------- */

/*
 * A word of a stack or of saved registers.  Stacks are aligned; the registers in
 * crash_notes are not, so a word of theirs may lie in two pages.
 */
static bool word(struct walk *w, kaddr_t addr, uint64_t *v)
{
	struct page *p = &w->u->pages[addr / PAGE % PAGES];
	kaddr_t base = addr & ~(kaddr_t)(PAGE - 1);

	if (addr - base > PAGE - sizeof(*v))
		return dump_u64(w->d, addr, v);
	if (p->base != base) {
		p->base = 1;
		if (dump_read(w->d, base, p->bytes, PAGE) != DUMP_OK)
			return false;
		p->base = base;
	}
	memcpy(v, p->bytes + (addr - base), sizeof(*v));
	return true;
}

static const char *keep(struct dump *d, const char *s)
{
	char escaped[256];

	if (!*s)
		return "";
	text_escape(escaped, sizeof(escaped), s);
	return arena_printf(d->arena, "%s", escaped);
}

/* What is known of the text at ip. */
static void describe(struct unwinder *u, struct place *p, kaddr_t ip)
{
	struct dump_symbol sym;

	p->answer = orc_find(u->orc, ip, &p->orc, &p->why);
	p->function = "";
	/* The text of a module's init has no symbol in crash. */
	p->module = orc_module(u->orc, ip);
	if (dump_symbol_at(u->d, ip, &sym)) {
		p->function = keep(u->d, sym.name);
		p->module = keep(u->d, sym.module);
		p->offset = sym.offset;
	}
}

/* Is ip in the trampoline of these ftrace_ops?  Then where in its origin? */
static bool is_trampoline(struct unwinder *u, kaddr_t ops, kaddr_t ip, kaddr_t *origin)
{
	uint64_t start, size, flags, save_regs;

	if (!member_u64(u->d, ops, FTRACE_OPS_TRAMPOLINE, &start) ||
	    !member_u64(u->d, ops, FTRACE_OPS_TRAMPOLINE_SIZE, &size) ||
	    !member_u64(u->d, ops, FTRACE_OPS_FLAGS, &flags) || !start ||
	    ip - start >= size || ip - start >= PAGE)
		return false;
	save_regs = (uint64_t)layout_enum(u->d, FTRACE_SAVE_REGS, 1 << 2);
	if (!dump_symbol(u->d, flags & save_regs ? "ftrace_regs_caller" : "ftrace_caller",
			 origin))
		return false;
	*origin += ip - start;
	return true;
}

/*
 * A trampoline of ftrace is a copy of ftrace_caller or ftrace_regs_caller, so
 * what is said of it is what is said of its origin.
 */
static void describe_trampoline(struct unwinder *u, struct place *p)
{
	kaddr_t ops, origin;
	int i;

	if (!dump_symbol_u64(u->d, "ftrace_ops_list", &ops))
		return;
	for (i = 0; i < FTRACE_OPS_MAX && ops; i++) {
		if (is_trampoline(u, ops, p->ip, &origin)) {
			describe(u, p, origin);
			return;
		}
		if (!member_ptr(u->d, ops, FTRACE_OPS_NEXT, &ops))
			return;
	}
}

static const struct place *place_at(struct unwinder *u, kaddr_t ip)
{
	struct place **bucket = &u->places[(ip ^ ip >> 10 ^ ip >> 20) % PLACES];
	struct place *p;

	for (p = *bucket; p; p = p->next)
		if (p->ip == ip)
			return p;
	p = arena_alloc(u->d->arena, sizeof(*p));
	p->next = *bucket;
	*bucket = p;
	p->ip = ip;
	describe(u, p, ip);
	if (p->answer == ORC_NO_TEXT && !*p->function)
		describe_trampoline(u, p);
	return p;
}

/* Does ORC know how to go on from this return address? */
static bool is_return_address(struct walk *w, kaddr_t ip)
{
	const struct place *p = place_at(w->u, ip - 1);

	return p->answer == ORC_FOUND && p->orc.type != ORC_UNDEFINED;
}

static bool is_tracer(const struct unwinder *u, kaddr_t ip)
{
	size_t i;

	for (i = 0; i < TRACERS; i++)
		if (ip == u->tracers[i])
			return ip != 0;
	return false;
}

/*
 * The place of the frame that was found last.  A return address may be the first
 * byte of the next function, after a call that does not return, so what counts is
 * the call before it; but a tracer's is none, see tracers.
 */
static const struct place *here(struct walk *w)
{
	bool exact = w->signal || is_tracer(w->u, w->ip);

	return place_at(w->u, exact ? w->ip : w->ip - 1);
}

static void push(struct walk *w, enum frame_kind kind)
{
	const struct place *p = here(w);
	struct frame *f = vec_push(w->d->arena, &w->u->frames);

	f->ip = w->ip;
	f->sp = w->sp;
	f->kind = kind;
	f->guess = w->guess;
	if (kind == FRAME_INTERRUPT || kind == FRAME_REGISTERS) {
		f->regs = w->regs;
		f->partial = w->partial;
	}
	f->function = p->function;
	f->module = p->module;
	f->offset = *p->function ? p->offset + (w->ip - p->ip) : 0;
}

static bool stop(struct walk *w, const char *why)
{
	w->stack->why = dump_interrupted(w->d) ? "interrupted" : why;
	return false;
}

static bool unread(struct walk *w, const char *what, kaddr_t addr)
{
	return stop(w, arena_printf(w->d->arena, "%s at 0x%llx cannot be read", what,
				    (unsigned long long)addr));
}

/* ---- from one frame to its caller --------------------------------------- */

/* A register of the frame, if the interrupt that entered it saved it. */
static bool saved_register(struct walk *w, enum layout_id id, uint64_t *v)
{
	kaddr_t regs = w->partial ? w->full_regs : w->regs;

	return regs && layout_has(w->d, id) && word(w, member_addr(w->d, regs, id), v);
}

/* Do the caller's registers make sense, if its stack pointer is sp? */
static bool plausible(struct walk *w, const struct orc *orc, kaddr_t sp)
{
	kaddr_t ip, cs, at = sp;

	if (orc->type == ORC_CALL)
		return word(w, sp - 8, &ip) && is_return_address(w, ip);
	if (orc->type == ORC_REGS_PARTIAL)
		at -= (kaddr_t)layout_offset(w->d, PT_REGS_IP);
	if (!word(w, member_addr(w->d, at, PT_REGS_IP), &ip) ||
	    !word(w, member_addr(w->d, at, PT_REGS_CS), &cs))
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
	bool ok = word(w, w->sp, &after);

	if (ok && plausible(w, orc, after + offset)) {
		*sp = after + offset;
		return true;
	}
	if (word(w, w->sp + offset, &before) && plausible(w, orc, before)) {
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
		*sp = w->bp + offset;
		return true;
	case ORC_REG_SP_INDIRECT:
		return indirect_sp(w, orc, sp);
	case ORC_REG_BP_INDIRECT:
		return word(w, w->bp + offset, sp);
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
			w->bp = v;
		return true;
	case ORC_REG_PREV_SP:
		return word(w, sp + offset, &w->bp) ||
		       unread(w, "the stack", sp + offset);
	case ORC_REG_BP:
		offset += w->bp;
		return word(w, offset, &w->bp) || unread(w, "the stack", offset);
	default:
		return stop(w, "ORC finds the frame pointer in an unknown way");
	}
}

static bool user_mode(struct walk *w)
{
	kaddr_t cs;

	return w->regs && word(w, member_addr(w->d, w->regs, PT_REGS_CS), &cs) && cs & 3;
}

static bool take_call(struct walk *w, kaddr_t sp)
{
	if (!word(w, sp - 8, &w->ip))
		return unread(w, "the stack", sp - 8);
	w->sp = sp;
	w->regs = w->full_regs = 0;
	w->partial = false;
	return true;
}

/* Interrupted: everything, or what the CPU itself pushed, is saved at sp. */
static bool take_regs(struct walk *w, kaddr_t sp, bool partial)
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
	if (!word(w, member_addr(w->d, regs, PT_REGS_IP), &w->ip) ||
	    !word(w, member_addr(w->d, regs, PT_REGS_SP), &w->sp))
		return unread(w, "the saved registers", regs);
	w->regs = regs;
	w->partial = partial;
	return true;
}

/*
 * A stack grows downwards, so the caller's stack pointer is higher.  It may be
 * lower after a change of stacks, which is from an interrupt or exception stack
 * to another or to the task's; never from the task's.  With that, no walk loops.
 */
static bool moved_on(struct walk *w, kaddr_t from)
{
	bool was_on_task = from >= w->low && from <= w->high;
	bool is_on_task = w->sp >= w->low && w->sp <= w->high;

	if (w->sp % sizeof(kaddr_t))
		return stop(w, "the stack pointer is not aligned");
	if (was_on_task && !is_on_task)
		return stop(w, "the stack pointer leaves the task's stack");
	if (w->sp > from)
		return true;
	if (was_on_task || w->sp == from)
		return stop(w, "the stack pointer goes in the wrong direction");
	return w->switches++ < SWITCHES_MAX ||
	       stop(w, "more changes of stack than there are stacks");
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
	return w->bp >= w->sp && w->bp - w->sp < STACK_MAX &&
	       plausible(w, orc, w->bp + 16);
}

/* Is v what a call of the function at start pushed?  Its last 5 bytes are e8 rel32. */
static bool returns_from(struct walk *w, kaddr_t v, kaddr_t start)
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
		if (!word(w, w->sp + (kaddr_t)i * 8, &v))
			return false;
		if (!returns_from(w, v, p->ip - p->offset) || !is_return_address(w, v))
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
	const struct place *p = here(w);
	struct arena *a = w->d->arena;

	w->guess = false;
	if (!w->signal && is_tracer(w->u, w->ip))
		return stop(w, "a tracer has replaced the return address (function graph "
			       "tracing, or a return probe)");
	if (p->answer == ORC_FOUND && p->orc.type != ORC_UNDEFINED) {
		*orc = p->orc;
		return true;
	}
	if (p->answer == ORC_FOUND ? guess_frame(w, p, orc)
				   : p->answer == ORC_NO_TEXT && guess(w, orc))
		return true;
	/* What is neither text nor leads to any was no return address. */
	if (p->answer == ORC_NO_TEXT && !w->signal && !*p->function)
		w->u->frames.n--;
	if (p->answer == ORC_FOUND)
		return stop(w, arena_printf(a, "ORC has nothing to say of %s",
					    *p->function ? p->function : "this text"));
	return stop(w, arena_printf(a, "0x%llx is in %s%s", (unsigned long long)w->ip,
				    p->answer == ORC_LOST ? "text without ORC: " : "",
				    p->why));
}

/* False at the end of the stack, as it should be or not. */
static bool next_frame(struct walk *w)
{
	kaddr_t sp, from = w->sp;
	struct orc orc;

	if (!find_orc(w, &orc))
		return false;
	if (orc.type == ORC_END_OF_STACK) {
		w->stack->complete = true;
		return false;
	}
	if (!previous_sp(w, &orc, &sp))
		return stop(w,
			    "the register or the memory that holds the stack pointer is "
			    "not known");
	if (orc.type == ORC_CALL ? !take_call(w, sp)
				 : !take_regs(w, sp, orc.type == ORC_REGS_PARTIAL))
		return false;
	w->signal = orc.signal;
	if (user_mode(w)) {
		w->stack->complete = true;
		return false;
	}
	if (!take_bp(w, &orc, sp) || !moved_on(w, from))
		return false;
	push(w, w->regs ? FRAME_INTERRUPT : FRAME_CALL);
	return true;
}

/* ---- where a stack begins ----------------------------------------------- */

static bool is_fork(const struct place *p)
{
	/* renamed when it became C: 3aec4ecb3d1f, 6.6 */
	return !p->offset && (!strcmp(p->function, "ret_from_fork") ||
			      !strcmp(p->function, "ret_from_fork_asm"));
}

/* Switched out: what __switch_to_asm() left on the stack. */
static bool begin_switched(struct walk *w, const struct task *t)
{
	kaddr_t frame = t->sp;

	if (!t->stack)
		return stop(w, "its stack has been freed");
	if (frame < w->low || frame >= w->high || frame % sizeof(kaddr_t))
		return stop(w,
			    arena_printf(w->d->arena,
					 "its stack pointer 0x%llx is not in its stack",
					 (unsigned long long)frame));
	if (!layout_has_all(w->d, INACTIVE_FRAME, INACTIVE_FRAME_BP, INACTIVE_FRAME_RET,
			    LAYOUT_COUNT))
		return stop(w, "the debuginfo has no struct inactive_task_frame");
	if (!word(w, member_addr(w->d, frame, INACTIVE_FRAME_BP), &w->bp) ||
	    !word(w, member_addr(w->d, frame, INACTIVE_FRAME_RET), &w->ip))
		return unread(w, "the stack", frame);
	w->sp = frame + (kaddr_t)layout_size(w->d, INACTIVE_FRAME);
	/* A new task, which has not run yet: no return address, but a start. */
	w->signal = is_fork(place_at(w->u, w->ip));
	push(w, FRAME_SWITCHED);
	return true;
}

enum note { NOTE_FOUND, NOTE_OF_ANOTHER, NOTE_NO_PLACE, NOTE_EMPTY, NOTE_UNREADABLE };

/*
 * The note that the dying kernel left for a CPU: an ELF note "CORE", NT_PRSTATUS
 * with struct elf_prstatus, whose pr_reg begins as struct pt_regs does.
 */
static enum note find_note(struct walk *w, const struct task *t, kaddr_t *regs)
{
	unsigned char note[NHDR_SIZE + 8];
	uint32_t head[3], pid;
	kaddr_t notes, at;

	if (!dump_symbol_u64(w->d, "crash_notes", &notes) || !notes)
		return NOTE_NO_PLACE;
	if (t->cpu < 0 || !dump_percpu(w->d, (unsigned int)t->cpu, notes, &at) ||
	    dump_read(w->d, at, note, sizeof(note)) != DUMP_OK)
		return NOTE_UNREADABLE;
	memcpy(head, note, sizeof(head));
	if (head[0] != sizeof("CORE") || head[2] != NT_PRSTATUS || head[1] > NOTE_MAX ||
	    head[1] < PRSTATUS_REG_OFFSET + (uint32_t)layout_size(w->d, PT_REGS) ||
	    memcmp(note + NHDR_SIZE, "CORE", sizeof("CORE")))
		return NOTE_EMPTY;
	at += sizeof(note);
	if (!dump_u32(w->d, at + PRSTATUS_PID_OFFSET, &pid))
		return NOTE_UNREADABLE;
	*regs = at + PRSTATUS_REG_OFFSET;
	return pid == (uint32_t)t->pid ? NOTE_FOUND : NOTE_OF_ANOTHER;
}

/* Running: from the registers of its CPU. */
static bool begin_running(struct walk *w, kaddr_t regs)
{
	w->regs = regs;
	w->signal = true;
	if (!word(w, member_addr(w->d, regs, PT_REGS_IP), &w->ip) ||
	    !word(w, member_addr(w->d, regs, PT_REGS_SP), &w->sp) ||
	    !word(w, member_addr(w->d, regs, PT_REGS_BP), &w->bp))
		return unread(w, "the registers of its CPU", regs);
	if (user_mode(w)) {
		w->stack->user = w->stack->complete = true;
		return false;
	}
	push(w, FRAME_REGISTERS);
	return true;
}

static bool begin(struct walk *w, const struct task *t)
{
	kaddr_t regs;

	if (!t->on_cpu)
		return begin_switched(w, t);
	switch (find_note(w, t, &regs)) {
	case NOTE_FOUND:
		return begin_running(w, regs);
	case NOTE_OF_ANOTHER:
		/* on_cpu is set before a task gets its CPU and cleared after it left. */
		return begin_switched(w, t);
	case NOTE_NO_PLACE:
		return stop(w, "it was running, and this kernel keeps no registers "
			       "(no crash_notes)");
	case NOTE_EMPTY:
		return stop(w, "it was running, and its CPU saved no registers when the "
			       "kernel died");
	case NOTE_UNREADABLE:
		break;
	}
	return stop(w, "it was running, and the registers of its CPU cannot be read");
}

/* ---- the interface ------------------------------------------------------ */

struct unwinder *unwinder_create(struct dump *d)
{
	struct unwinder *u = arena_alloc(d->arena, sizeof(*u));
	size_t i;

	u->d = d;
	for (i = 0; i < PAGES; i++)
		u->pages[i].base = 1;
	for (i = 0; i < TRACERS; i++)
		if (!dump_symbol(d, tracers[i], &u->tracers[i]))
			u->tracers[i] = 0;
	if (strcmp(d->info.machine, "x86_64"))
		u->why = arena_printf(d->arena, "vgpu cannot unwind stacks of %s yet",
				      d->info.machine);
	else if (!layout_has_all(d, PT_REGS, PT_REGS_IP, PT_REGS_SP, PT_REGS_BP,
				 PT_REGS_CS, LAYOUT_COUNT))
		u->why = "the debuginfo has no struct pt_regs";
	else
		u->orc = orc_create(d, &u->why);
	if (u->why)
		dump_note(d, "no stacks: %s", u->why);
	return u;
}

void unwind_task(struct unwinder *u, const struct task *t, struct stack *stack)
{
	struct walk w = {.u = u, .d = u->d, .stack = stack};

	memset(stack, 0, sizeof(*stack));
	stack->why = u->why;
	if (!u->orc)
		return;
	w.low = t->stack;
	w.high = t->stack + t->stack_size;
	u->frames.n = 0;
	if (begin(&w, t))
		while (next_frame(&w))
			if (u->frames.n == FRAMES_MAX) {
				stop(&w, "more frames than a stack can hold");
				break;
			}
	stack->n = u->frames.n;
	if (stack->n) {
		stack->v = arena_alloc(u->d->arena, stack->n * sizeof(*stack->v));
		memcpy(stack->v, u->frames.v, stack->n * sizeof(*stack->v));
	}
}

const struct frame *stack_find(const struct stack *s, const char *function)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (!strcmp(s->v[i].function, function))
			return &s->v[i];
	return NULL;
}
