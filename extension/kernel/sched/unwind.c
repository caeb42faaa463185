// SPDX-License-Identifier: GPL-2.0-or-later
#include "unwind.h"

#include <string.h>

#include "arch/walk.h"
#include "base/elf_note.h"
#include "base/keyed.h"
#include "base/text.h"
#include "dump/layout.h"

#define FRAMES_MAX 256
#define NOTE_MAX 1024
/* How often a stack may be left for one at a lower address: see moved_on(). */
#define SWITCHES_MAX 8

#define NHDR_SIZE 12

struct unwinder {
	struct dump *d;
	const char *why; /* there are no stacks at all */
	struct walker walker;
	kaddr_t sp;		  /* of the stack in work: see struct stack */
	VEC(struct frame) frames; /* its own */
	struct keyed kept; /* frames of stacks before, by hash: struct kept_frames */
};

struct kept_frames {
	size_t n;
	struct frame v[];
};

/* ---- from one frame to its caller --------------------------------------- */

static void push(struct unwinder *u, struct walk *w, enum frame_kind kind)
{
	const struct place *p = walk_here(w);
	struct frame *f;

	if (!u->frames.n)
		u->sp = w->sp;
	f = vec_push(u->d->arena, &u->frames);
	*f = (struct frame){.ip = w->ip,
			    .up = w->sp - u->sp,
			    .kind = kind,
			    .guess = w->guess};
	if (kind == FRAME_INTERRUPT || kind == FRAME_REGISTERS) {
		f->regs = w->regs == REGS_OUTSIDE ? 0 : w->regs;
		f->partial = w->partial;
		f->irqs_off = w->regs && u->d->arch->irqs_off(w, w->regs);
	}
	f->function = p->function;
	f->module = p->module;
	f->init = p->mod && module_is_init(p->mod, p->ip);
	f->offset = *p->function ? p->offset + (w->ip - p->ip) : 0;
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
		return walk_stop(w, "the stack pointer is not aligned");
	if (was_on_task && !is_on_task)
		return walk_stop(w, "the stack pointer leaves the task's stack");
	if (w->sp > from)
		return true;
	if (was_on_task || w->sp == from)
		return walk_stop(w, "the stack pointer goes in the wrong direction");
	return w->switches++ < SWITCHES_MAX ||
	       walk_stop(w, "more changes of stack than there are stacks");
}

static bool next_frame(struct unwinder *u, struct walk *w)
{
	kaddr_t from = w->sp;

	if (!u->d->arch->next_frame(w) || !moved_on(w, from))
		return false;
	push(u, w, w->regs ? FRAME_INTERRUPT : FRAME_CALL);
	return u->frames.n < FRAMES_MAX ||
	       walk_stop(w, "more frames than a stack can hold");
}

/* ---- where a stack begins ----------------------------------------------- */

/* What the architecture's switch left for a task that is switched out. */
static bool begin_switched(struct unwinder *u, struct walk *w, const struct task *t)
{
	w->sp = t->sp;
	if (!t->stack)
		return walk_stop(w, "its stack has been freed");
	if (w->sp < w->low || w->sp >= w->high || w->sp % sizeof(kaddr_t))
		return walk_stop(
			w, arena_printf(w->d->arena,
					"its stack pointer 0x%llx is not in its stack",
					HEX(w->sp)));
	if (!u->d->arch->begin_switched(w))
		return false;
	push(u, w, FRAME_SWITCHED);
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
	    head[1] < PRSTATUS_REG_OFFSET + (uint32_t)w->d->arch->note_registers ||
	    memcmp(note + NHDR_SIZE, "CORE", sizeof("CORE")))
		return NOTE_EMPTY;
	at += sizeof(note);
	if (!dump_u32(w->d, at + PRSTATUS_PID_OFFSET, &pid))
		return NOTE_UNREADABLE;
	*regs = at + PRSTATUS_REG_OFFSET;
	return pid == (uint32_t)t->pid ? NOTE_FOUND : NOTE_OF_ANOTHER;
}

/*
 * What a host that dumped the machine has read out of the CPU.  QEMU writes a note for each,
 * in which pr_pid is the CPU's index and one: see cpu_index() and its cpu_write_elf64_note().
 */
static bool find_outside(struct walk *w, const struct task *t)
{
	const struct dump_ops *ops = w->d->ops;
	const unsigned char *note;
	uint32_t pid;
	size_t size;

	if (!ops->cpu_note || t->cpu < 0 ||
	    !ops->cpu_note(w->d, (unsigned int)t->cpu, &note, &size) ||
	    size < PRSTATUS_REG_OFFSET + w->d->arch->note_registers)
		return false;
	memcpy(&pid, note + PRSTATUS_PID_OFFSET, sizeof(pid));
	if (pid != (uint32_t)t->cpu + 1)
		return false;
	w->outside = note + PRSTATUS_REG_OFFSET;
	return true;
}

/* Running: from the registers of its CPU. */
static bool begin_running(struct unwinder *u, struct walk *w, kaddr_t regs)
{
	if (!u->d->arch->begin_registers(w, regs))
		return false;
	push(u, w, FRAME_REGISTERS);
	return true;
}

static bool begin(struct unwinder *u, struct walk *w, const struct task *t)
{
	enum note found;
	kaddr_t regs;

	if (!t->on_cpu)
		return begin_switched(u, w, t);
	found = find_note(w, t, &regs);
	if ((found == NOTE_NO_PLACE || found == NOTE_EMPTY) && find_outside(w, t))
		return begin_running(u, w, REGS_OUTSIDE);
	switch (found) {
	case NOTE_FOUND:
		return begin_running(u, w, regs);
	case NOTE_OF_ANOTHER:
		/* on_cpu is set before a task gets its CPU and cleared after it left. */
		return begin_switched(u, w, t);
	case NOTE_NO_PLACE:
		return walk_stop(w, "it was running, and this kernel keeps no registers "
				    "(no crash_notes)");
	case NOTE_EMPTY:
		return walk_stop(w, "it was running, and no registers of its CPU were "
				    "saved");
	case NOTE_UNREADABLE:
		break;
	}
	return walk_stop(w,
			 "it was running, and the registers of its CPU cannot be read");
}

/* ---- the interface ------------------------------------------------------ */

struct unwinder *unwinder_create(struct dump *d, const struct modules *modules)
{
	struct unwinder *u = arena_alloc(d->arena, sizeof(*u));

	u->d = d;
	walker_init(&u->walker, d, modules);
	if (!d->arch->open)
		u->why = arena_printf(d->arena, "vgpu cannot unwind stacks of %s yet",
				      d->info.machine);
	else
		u->walker.tables = d->arch->open(d, &u->why);
	if (u->why)
		dump_note(d, "no stacks: %s", u->why);
	return u;
}

static bool same_frame(const struct frame *x, const struct frame *y)
{
	return x->ip == y->ip && x->up == y->up && x->regs == y->regs &&
	       x->partial == y->partial && x->irqs_off == y->irqs_off &&
	       x->guess == y->guess && x->kind == y->kind && x->function == y->function;
}

static bool same_frames(const struct kept_frames *kept, const struct frame *v, size_t n)
{
	size_t i;

	if (kept->n != n)
		return false;
	for (i = 0; i < n; i++)
		if (!same_frame(&kept->v[i], &v[i]))
			return false;
	return true;
}

static uint64_t hash_of(const struct frame *v, size_t n)
{
	uint64_t hash = n;
	size_t i;

	for (i = 0; i < n; i++)
		hash = (hash ^ v[i].ip ^ v[i].up << 48) * 0x9e3779b97f4a7c15ull;
	return hash;
}

/* Thousands of tasks may sleep in the same place: their frames are kept once. */
static struct frame *keep_frames(struct unwinder *u, const struct frame *v, size_t n)
{
	uint64_t hash = hash_of(v, n);
	struct kept_frames *kept = keyed_get(&u->kept, hash);

	if (kept && same_frames(kept, v, n))
		return kept->v;
	kept = arena_alloc(u->d->arena, sizeof(*kept) + n * sizeof(*v));
	kept->n = n;
	memcpy(kept->v, v, n * sizeof(*v));
	keyed_put(u->d->arena, &u->kept, hash, kept);
	return kept->v;
}

static void end_stack(struct unwinder *u, const struct walk *w, struct stack *stack)
{
	stack->complete = w->complete;
	stack->user = w->user;
	stack->why = w->why;
	stack->n = u->frames.n - w->no_frame;
	if (!stack->n)
		return;
	stack->sp = u->sp;
	stack->v = keep_frames(u, u->frames.v, stack->n);
}

/*
 * A host stops a CPU wherever it is, in the middle of a change of tasks too: what was found
 * is this task's where its own stack was reached.
 */
static bool is_of_task(const struct unwinder *u, const struct walk *w)
{
	kaddr_t sp;
	size_t i;

	for (i = 0; i < u->frames.n; i++) {
		sp = u->sp + u->frames.v[i].up;
		if (sp >= w->low && sp <= w->high)
			return true;
	}
	return false;
}

static void drop_frames_of_others(struct unwinder *u, struct walk *w)
{
	if (!w->outside || !u->frames.n || is_of_task(u, w))
		return;
	u->frames.n = 0;
	w->complete = w->no_frame = false;
	walk_stop(w, "it was running, and its CPU was on another stack");
}

void unwind_task(struct unwinder *u, const struct task *t, struct stack *stack)
{
	struct walk w = {.walker = &u->walker, .d = u->d, .task = t->addr};

	memset(stack, 0, sizeof(*stack));
	stack->why = u->why;
	if (u->why)
		return;
	w.low = t->stack;
	w.high = t->stack + t->stack_size;
	u->frames.n = 0;
	if (begin(u, &w, t))
		while (next_frame(u, &w))
			;
	drop_frames_of_others(u, &w);
	end_stack(u, &w, stack);
}

bool frame_is(const struct frame *f, const char *function)
{
	return text_is_function(f->function, function);
}

const struct frame *stack_find(const struct stack *s, const char *function)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (frame_is(&s->v[i], function))
			return &s->v[i];
	return NULL;
}

const char *stack_find_any(const struct stack *s, const char *const *names, size_t n)
{
	size_t i, k;

	for (i = 0; i < s->n; i++)
		for (k = 0; k < n && names[k]; k++)
			if (frame_is(&s->v[i], names[k]))
				return names[k];
	return NULL;
}
