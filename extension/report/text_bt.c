// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu bt`. */
#include "report.h"

#include <string.h>

#include "alike.h"
#include "annotate.h"
#include "asked_words.h"
#include "spelling.h"
#include "text_writer.h"
#include "triage_words.h"

void frame_words(char to[FRAME_WORDS], const struct frame *fr)
{
	int n = snprintf(to, FRAME_WORDS, "%s+0x%llx",
			 fr->function[0] ? fr->function : "?", HEX(fr->offset));

	if (fr->module[0] && n > 0 && n < FRAME_WORDS)
		snprintf(to + n, FRAME_WORDS - (size_t)n, " [%s]", fr->module);
}

static void frame(FILE *out, size_t i, const struct frame *fr)
{
	const char *what = fr->function[0] ? annotate(fr->function) : NULL;
	char place[FRAME_WORDS];

	frame_words(place, fr);
	if (fr->kind == FRAME_INTERRUPT)
		fprintf(out, "      --- interrupted (registers at 0x%llx) ---\n",
			HEX(fr->regs));
	/* A long name takes its line, what it does goes below. */
	if (what && strlen(place) <= 33 && strlen(what) <= 40)
		fprintf(out, " #%-3zu %-33s %s\n", i, place, what);
	else if (what)
		fprintf(out, " #%-3zu %s\n%15s- %s\n", i, place, "", what);
	else
		fprintf(out, " #%-3zu %s\n", i, place);
}

/* Under the stack: what user space asked, and where it did. */
static void asked_text(FILE *out, struct arena *a, const struct asked *s)
{
	const char *call = asked_call(a, s), *code = asked_code(a, s);
	const char *addr2line = asked_addr2line(a, s);

	if (!s->from_user)
		return;
	text_wrap(out, "      asked:", 13,
		  call ? call : "nothing: an exception or an interrupt brought it here");
	if (s->file_why)
		text_wrapf(out, "", 13, "(%s)", s->file_why);
	if (s->has_exec)
		text_wrapf(out, "", 13, "%u bytes of commands, %u objects, flags 0x%x",
			   s->exec.size, s->exec.handles, s->exec.flags);
	if (code)
		text_wrapf(out, "      from:", 13, "%s%s%s", code,
			   s->program ? ", program " : "", s->program ? s->program : "");
	if (s->code_why)
		text_wrapf(out, "", 13, "(%s)", s->code_why);
	if (addr2line)
		fprintf(out, "%13s%s\n", "", addr2line);
}

static void stack_text(FILE *out, struct arena *a, const struct stack_of_task *of)
{
	const struct task *t = of->task;
	const struct stack *s = &of->stack;
	size_t i;

	fprintf(out, "PID %d  TASK 0x%llx  CPU %d  %c  \"%s\"  %s for %s\n", t->pid,
		HEX(t->addr), t->cpu, t->state_letter, t->comm, doing_words(t),
		text_seconds(t->since_s));
	for (i = 0; i < s->n; i++)
		frame(out, i, &s->v[i]);
	if (s->user)
		fprintf(out, "      (user mode)\n");
	if (!s->complete)
		text_wrapf(out, "", 6, "(the stack ends here: %s)",
			   s->why ? s->why : "?");
	asked_text(out, a, &of->asked);
}

void text_stacks(FILE *out, const struct facts *f, const struct stack_of_task *v,
		 size_t n, bool each)
{
	struct alike_task *tasks = arena_alloc(f->arena, (n + 1) * sizeof(*tasks));
	const struct alike *g;
	struct alikes groups;
	size_t i;

	for (i = 0; i < n; i++) {
		tasks[i].task = v[i].task;
		tasks[i].stack = &v[i].stack;
		tasks[i].waits = each ? v[i].task : NULL;
	}
	alikes_make(f->arena, tasks, n, &groups);
	for (i = 0; i < groups.all.n; i++) {
		g = &groups.all.v[i];
		if (i)
			fputc('\n', out);
		stack_text(out, f->arena, &v[g->all.v[0] - tasks]);
		if (g->all.n > 1)
			text_wrapf(
				out, "", 6,
				"(and %zu more with this stack, pid %s; %s shows each)",
				g->all.n - 1, alike_others(f->arena, g),
				own_command(f, "bt -v"));
	}
}
