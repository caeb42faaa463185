// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/text.h"
#include "complaint.h"
#include "hung_log.h"
#include "oops.h"

#define TRACES_MAX 32768
#define FRAMES_MAX 128
#define WRITERS_MAX 64
/* Registers, code and lists of modules stand between a trace's head and its frames. */
#define HEAD_LINES_MAX 96

/* One who writes lines, and the trace that he is at. */
struct writer {
	char caller[16];
	bool open, listing; /* a trace has begun; its frames have */
	bool placed;	    /* what was interrupted is known: see .interrupted */
	size_t last;	    /* the line that belonged to it last */
	size_t listed;	    /* frames before the listing: of registers */
	struct trace trace;
	struct frame frames[FRAMES_MAX];
};

struct reading {
	struct arena *a;
	const struct klog *log;
	struct traces *out;
	struct writer *writers;
	size_t n, next; /* of writers; whose place the next one takes */
	size_t at;	/* the line */
};

/* ---- begin and end ---------------------------------------------------------------- */

static void finish(struct reading *r, struct writer *w)
{
	struct trace *t = &w->trace;

	w->open = w->listing = false;
	if (!t->stack.n)
		return;
	if (r->out->all.n == TRACES_MAX) {
		r->out->cut = true;
		return;
	}
	if (t->interrupted >= t->stack.n)
		t->interrupted = t->user ? t->stack.n : 0;
	t->stack.v = arena_alloc(r->a, t->stack.n * sizeof(*t->stack.v));
	t->stack.complete = true;
	memcpy(t->stack.v, w->frames, t->stack.n * sizeof(*t->stack.v));
	*vec_push(r->a, &r->out->all) = *t;
}

static struct trace *begin(struct reading *r, struct writer *w, enum trace_of of)
{
	finish(r, w);
	w->open = true;
	w->placed = false;
	w->last = r->at;
	memset(&w->trace, 0, sizeof(w->trace));
	w->trace.of = of;
	w->trace.line = &r->log->lines.v[r->at];
	w->trace.pid = w->trace.cpu = -1;
	return &w->trace;
}

/* Whose line it is; the one who was silent longest makes room for a new one. */
static struct writer *writer_of(struct reading *r, const char *caller)
{
	struct writer *w;
	size_t i;

	for (i = 0; i < r->n; i++)
		if (!strcmp(r->writers[i].caller, caller))
			return &r->writers[i];
	if (r->n < WRITERS_MAX) {
		w = &r->writers[r->n++];
	} else {
		w = &r->writers[r->next++ % WRITERS_MAX];
		finish(r, w);
	}
	memset(w, 0, offsetof(struct writer, frames));
	snprintf(w->caller, sizeof(w->caller), "%s", caller);
	return w;
}

/* ---- heads ------------------------------------------------------------------------ */

/*
 * sched_show_task(): "task:Xorg            state:D stack:    0 pid:  243 ppid: ..."
 */
static bool read_task(const char *p, struct trace *t)
{
	const char *state = strstr(p, " state:"), *end;
	long pid;

	if (!text_starts(p, "task:") || !state || !read_number(state, " pid:", &pid))
		return false;
	p += strlen("task:");
	for (end = state; end > p && end[-1] == ' ';)
		end--;
	snprintf(t->comm, sizeof(t->comm), "%.*s", (int)(end - p), p);
	t->state = state[strlen(" state:")];
	t->pid = (int)pid;
	return true;
}

/* "0", "ffff88043fd13180": what stands between a task's state and its numbers. */
static bool is_number(const char *p, size_t n, int base)
{
	static const char hex[] = "0123456789abcdef";

	return n && strspn(p, base == 10 ? "0123456789" : hex) >= n;
}

/* The word that ends before end, and its length; back to the start of the text at most. */
static const char *word_before(const char *text, const char **end, size_t *n)
{
	const char *p = *end, *stop;

	while (p > text && p[-1] == ' ')
		p--;
	stop = p;
	while (p > text && p[-1] != ' ')
		p--;
	*n = (size_t)(stop - p);
	*end = p;
	return p;
}

/*
 * Until 5.9: a name, a state, what a CPU was to do next or "running task", and behind it
 * free stack, pid, parent and flags: "Xorg            D    0   243      1 0x00004002".
 */
static bool read_old_task(const char *words, struct trace *t)
{
	const char *end = words + strlen(words), *p, *pid;
	size_t n, i;

	p = word_before(words, &end, &n);
	if (n < 3 || !text_starts(p, "0x") || !is_number(p + 2, n - 2, 16))
		return false;
	for (i = 0, pid = p; i < 3; i++) {
		p = word_before(words, &end, &n);
		if (!is_number(p, n, 10))
			return false;
		pid = i == 1 ? p : pid;
	}
	p = word_before(words, &end, &n);
	if (text_starts(p, "task ") || is_number(p, n, 16))
		p = word_before(words, &end, &n);
	if (text_starts(p, "running "))
		p = word_before(words, &end, &n);
	if (n != 1 || !isupper((unsigned char)*p) || p - words < 2)
		return false;
	t->state = *p;
	t->pid = (int)strtol(pid, NULL, 10);
	for (n = (size_t)(p - words); n && words[n - 1] == ' ';)
		n--;
	snprintf(t->comm, sizeof(t->comm), "%.*s", (int)n, words);
	return t->pid >= 0;
}

/* The same task's, if the head of a hung one came just before. */
static bool same_task(const struct writer *w, const struct trace *t)
{
	return w->open && !w->listing && w->trace.of == TRACE_HUNG &&
	       w->trace.pid == t->pid;
}

static bool head_of_task(struct reading *r, struct writer *w, const char *words)
{
	struct trace told = {0}, *t;

	if (!read_task(words, &told) && !read_old_task(words, &told))
		return false;
	t = same_task(w, &told) ? &w->trace : begin(r, w, TRACE_TASK);
	t->pid = told.pid;
	t->state = told.state;
	memcpy(t->comm, told.comm, sizeof(t->comm));
	return true;
}

static bool head_of_hung(struct reading *r, struct writer *w, const char *words)
{
	struct hung_report h;
	struct trace *t;

	if (!parse_hung(words, &h))
		return false;
	t = begin(r, w, TRACE_HUNG);
	t->pid = h.pid;
	t->state = 'D';
	memcpy(t->comm, h.comm, sizeof(t->comm));
	return true;
}

/* What is said of a CPU before its registers and its stack. */
static bool head_of_cpu(struct reading *r, struct writer *w, const struct log_line *line)
{
	static const enum complaint what[] = {
		COMPLAINT_OOPS,	      COMPLAINT_WARN,	   COMPLAINT_SOFTLOCKUP,
		COMPLAINT_HARDLOCKUP, COMPLAINT_RCU_STALL, COMPLAINT_LAST_FAULT,
		COMPLAINT_SANITIZER,  COMPLAINT_ATOMIC,	   COMPLAINT_OOM,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(what); i++)
		if (complains_of(line, what[i]))
			break;
	if (i == ARRAY_SIZE(what) && !panic_words_of(line) &&
	    !text_starts(words_of(line), "NMI backtrace for cpu ") &&
	    !text_starts(words_of(line), "TRACE "))
		return false;
	begin(r, w, TRACE_CPU);
	return true;
}

static bool head_of_who(struct reading *r, struct writer *w, const char *words)
{
	struct trace *t = &w->trace;
	struct who who;

	if (!read_who(words, &who))
		return false;
	if (!w->open || w->listing || t->of != TRACE_CPU)
		t = begin(r, w, TRACE_CPU);
	t->pid = who.pid;
	t->cpu = who.cpu;
	memcpy(t->comm, who.comm, sizeof(t->comm));
	return true;
}

/* print_worker_info(): "Workqueue: events virtio_gpu_dequeue_ctrl_func [virtio_gpu]" */
static bool head_of_work(struct writer *w, const char *words)
{
	static const char label[] = "Workqueue: ";

	if (!w->open || !text_starts(words, label))
		return false;
	snprintf(w->trace.work, sizeof(w->trace.work), "%s", words + strlen(label));
	return true;
}

/* ---- frames ----------------------------------------------------------------------- */

static bool same_place(const struct frame *f, const struct said_at *at)
{
	return f->offset == at->offset && !strcmp(f->function, at->function);
}

/* What an interrupt's entry calls stands before it, and behind it what was interrupted. */
static bool enters_interrupt(const char *function)
{
	static const char *const functions[] = {
		"apic_timer_interrupt",
		"reschedule_interrupt",
		"call_function_interrupt",
		"common_interrupt",
		"asm_common_interrupt",
		"ret_from_intr",
		"asm_exc_nmi",
		"end_repeat_nmi",
		"el1_irq",
		"el0_irq",
		"el1h_64_irq",
		"el0t_64_irq",
		"__irq_svc",
		"__irq_usr",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(functions); i++)
		if (text_is_function(function, functions[i]))
			return true;
	return text_starts(function, "asm_sysvec_");
}

static bool is_behind_interrupt(const struct writer *w)
{
	const struct stack *s = &w->trace.stack;

	return s->n > w->listed && enters_interrupt(w->frames[s->n - 1].function);
}

/* The next frame is of what was interrupted; within that others may have been, too. */
static void place_next(struct writer *w)
{
	if (!w->placed)
		w->trace.interrupted = w->trace.stack.n;
	w->placed = true;
}

static void add_frame(struct reading *r, struct writer *w, const struct said_at *at,
		      enum frame_kind kind)
{
	struct stack *s = &w->trace.stack;
	struct frame *f;

	w->last = r->at;
	/* arm64 has the place of an exception in "pc : " and in the trace. */
	if (s->n == FRAMES_MAX || (s->n == 1 && same_place(&w->frames[0], at)))
		return;
	if (w->listing && is_behind_interrupt(w) && !enters_interrupt(at->function))
		place_next(w);
	f = &w->frames[s->n++];
	*f = (struct frame){.kind = kind,
			    .offset = at->offset,
			    .function = arena_printf(r->a, "%s", at->function),
			    .module = arena_printf(r->a, "%s", at->module)};
}

/*
 * Registers with an instruction of the kernel's: the innermost frame, or, within a trace,
 * where an interrupt or an exception came.
 */
static bool take_registers(struct reading *r, struct writer *w)
{
	const char *place = instruction_pointer(&r->log->lines.v[r->at]);
	struct said_at at = {0};

	if (!place)
		return false;
	/* "RIP: 0033:0x43c5db": the task's own program, where all traces end. */
	if (!w->open || !read_place(place, &at)) {
		if (w->open && w->listing && !w->placed && is_behind_interrupt(w)) {
			w->trace.user = true;
			place_next(w);
		}
		return true;
	}
	if (w->listing)
		place_next(w);
	add_frame(r, w, &at, FRAME_INTERRUPT);
	return true;
}

/*
 * Behind " <IRQ>", " </TASK>": on which of the CPU's stacks the next frames are.  Until 4.9
 * an end is "<EOI>" or "<<EOE>>", and the first frame stands on the same line.
 */
static const char *take_mark(struct writer *w, const char *words)
{
	static const char *const ends[] = {"<TASK>", "<EOI>",  "<<EOE>>",
					   "</IRQ>", "</NMI>", "</SOFTIRQ>"};
	static const char interrupt[] = "--- interrupt: "; /* powerpc */
	const char *end = strchr(words, '>');
	size_t i;

	if (w->open && text_starts(words, interrupt)) {
		place_next(w);
		return words + strlen(words);
	}
	if (*words != '<' ||
	    !isalpha((unsigned char)words[1 + strspn(words + 1, "/<#")]) || !end ||
	    words + strcspn(words, " ") < end)
		return NULL;
	/* Where entries have names they say it better: some are on the task's stack. */
	for (i = 0;
	     w->open && !w->placed && !w->trace.interrupted && i < ARRAY_SIZE(ends); i++)
		if (text_starts(words, ends[i]))
			w->trace.interrupted = w->trace.stack.n;
	end += strspn(end, ">");
	return end + strspn(end, " ");
}

static void begin_list(struct reading *r, struct writer *w)
{
	if (w->listing)
		return;
	w->listing = true;
	w->last = r->at;
	w->listed = w->trace.stack.n;
	/* Its registers are what was interrupted, and the frames are behind that. */
	w->placed = w->listed > 0;
}

static bool take_frame(struct reading *r, struct writer *w, const char *words)
{
	static const char from_word[] = " from ";
	struct said_at at = {0};
	const char *from;

	if (!w->open || r->at - w->last > HEAD_LINES_MAX)
		return false;
	/* "? fn+0x1/0x2": what only lay on the stack. */
	if (text_starts(words, "? ")) {
		w->last = r->at;
		return true;
	}
	/* 32-bit arm says who was called, too, and not that a trace begins. */
	from = strstr(words, from_word);
	if (from && read_place(from + strlen(from_word), &at))
		begin_list(r, w);
	else if (!w->listing || !read_place(words, &at))
		return false;
	add_frame(r, w, &at, FRAME_CALL);
	return true;
}

static bool begins_frames(const char *words)
{
	return text_starts(words, "Call Trace:") || text_starts(words, "Call trace:") ||
	       text_starts(words, "Backtrace:") || text_starts(words, "Stack trace:");
}

static void take_line(struct reading *r, const struct log_line *line)
{
	struct writer *w = writer_of(r, line->caller);
	const char *words = words_of(line), *behind;

	words += strspn(words, " ");
	while ((behind = take_mark(w, words)))
		words = behind;
	if (!*words)
		return;
	if (begins_frames(words)) {
		if (!w->open || w->listing)
			begin(r, w, TRACE_CPU);
		begin_list(r, w);
	} else if (text_starts(words, "---[ end trace")) {
		finish(r, w);
	} else if (!head_of_hung(r, w, words) && !head_of_task(r, w, words) &&
		   !head_of_cpu(r, w, line) && !head_of_who(r, w, words) &&
		   !head_of_work(w, words) && !take_registers(r, w)) {
		take_frame(r, w, words);
	}
}

/* Who began first need not have been done first. */
static int by_line(const void *x, const void *y)
{
	const struct trace *a = x, *b = y;

	return a->line < b->line ? -1 : a->line > b->line;
}

void traces_read(struct arena *a, const struct klog *log, struct traces *t)
{
	struct reading r = {.a = a, .log = log, .out = t};
	size_t i;

	memset(t, 0, sizeof(*t));
	r.writers = arena_alloc(a, WRITERS_MAX * sizeof(*r.writers));
	for (r.at = 0; r.at < log->lines.n; r.at++)
		if (is_kernels_own(&log->lines.v[r.at]))
			take_line(&r, &log->lines.v[r.at]);
	for (i = 0; i < r.n; i++)
		finish(&r, &r.writers[i]);
	if (t->all.n)
		qsort(t->all.v, t->all.n, sizeof(t->all.v[0]), by_line);
}

const struct trace *trace_of_line(const struct traces *t, const struct log_line *line)
{
	const struct trace key = {.line = line};

	return t->all.n ? bsearch(&key, t->all.v, t->all.n, sizeof(key), by_line) : NULL;
}
