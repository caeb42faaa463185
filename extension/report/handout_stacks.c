// SPDX-License-Identifier: GPL-2.0-or-later
/* Stacks: the culprit's beside its victims', those of all hung tasks, and of each CPU. */
#include "handout.h"

#include "annotate.h"
#include "spelling.h"
#include "text_writer.h"
#include "triage_words.h"

#define VICTIMS_MAX 5
#define GROUPS_MAX 60
#define CPUS_MAX 256
#define CPU_STACKS_MAX 32
#define PIDS_MAX 200
#define FRAMES_MAX 64

static void frame_line(struct handout *h, size_t i, const struct frame *fr)
{
	const char *what = fr->function[0] ? annotate(fr->function) : NULL;
	char place[FRAME_WORDS];

	frame_words(place, fr);
	if (fr->kind == FRAME_INTERRUPT)
		sheet_line(&h->sheet, "     --- interrupted (registers at 0x%llx) ---",
			   HEX(fr->regs));
	if (what)
		sheet_line(&h->sheet, "#%-3zu %s  - %s", i, place, what);
	else
		sheet_line(&h->sheet, "#%-3zu %s", i, place);
}

/* Lines of a block: the frames, and why there are no more. */
static void stack_lines(struct handout *h, const struct stack *s)
{
	size_t i;

	for (i = 0; i < s->n && i < FRAMES_MAX; i++)
		frame_line(h, i, &s->v[i]);
	if (i < s->n)
		sheet_line(&h->sheet, "     (and %zu more frames)", s->n - i);
	if (s->user)
		sheet_line(&h->sheet, "     (user mode)");
	if (!s->complete)
		sheet_line(&h->sheet, "     (the stack ends here: %s)",
			   s->why ? s->why : "?");
}

static bool is_shown(const struct handout *h, const struct task *t)
{
	size_t i;

	for (i = 0; i < h->shown.n; i++)
		if (h->shown.v[i] == t)
			return true;
	return false;
}

/* A stack is long: once in a report is enough. */
static void task_lines(struct handout *h, const struct task *t, const struct stack *s)
{
	if (is_shown(h, t)) {
		sheet_line(&h->sheet, "     (its stack is above)");
		return;
	}
	*vec_push(h->f->arena, &h->shown) = t;
	stack_lines(h, s);
}

static const struct stack *stack_of(const struct handout *h, const struct task *t)
{
	const struct studied *st = t ? facts_studied(h->f, t) : NULL;

	return st ? &st->stack : NULL;
}

/* ---- the culprit and its victims ---------------------------------------------------- */

const struct task *handout_culprit(const struct handout *h, const struct verdict *v)
{
	const struct culprit *c = &v->culprit;
	const struct runqueue *rq;

	if (c->kind == CULPRIT_TASK)
		return task_by_addr(&h->f->tasks, c->address);
	rq = c->cpu >= 0 ? runqueue_of_cpu(&h->f->rqs, c->cpu) : NULL;
	if (rq)
		return rq->curr;
	return v->root ? v->root->task : NULL;
}

bool handout_has_stacks(const struct handout *h)
{
	const struct verdict *v = handout_best(h);

	return v && (v->victims.n || v->fault || stack_of(h, handout_culprit(h, v)));
}

static const char *culprit_title(const struct handout *h, const struct verdict *v,
				 const struct task *t)
{
	const char *what = v->culprit.kind == CULPRIT_TASK ? "Culprit"
			   : v->fault			   ? "Where it happened"
							   : "At the root";

	return arena_printf(h->f->arena, "%s: %s, pid %d, %s for %s", what, t->comm,
			    t->pid, doing_words(t), text_seconds(t->since_s));
}

static void culprit_stack(struct handout *h, const struct verdict *v)
{
	const struct task *t = handout_culprit(h, v);
	const struct stack *s = stack_of(h, t);

	if (s) {
		sheet_block(&h->sheet, BLOCK_OPEN, culprit_title(h, v, t));
		task_lines(h, t, s);
	} else if (v->fault) {
		sheet_block(&h->sheet, BLOCK_OPEN, "Where it happened");
		stack_lines(h, v->fault);
	}
}

void handout_stacks(struct handout *h)
{
	const struct verdict *v = handout_best(h);
	const struct alike_task *x;
	struct alikes groups;
	size_t i, shown = 0;

	sheet_beside(&h->sheet, true);
	culprit_stack(h, v);
	victims_alike(h->f, v, &groups);
	for (i = 0; i < groups.all.n && i < VICTIMS_MAX; i++) {
		x = groups.all.v[i].all.v[0];
		shown += groups.all.v[i].all.n;
		if (!x->stack)
			continue;
		sheet_block(&h->sheet, BLOCK_OPEN, victim_words(h->f, &groups.all.v[i]));
		task_lines(h, x->task, x->stack);
	}
	sheet_beside(&h->sheet, false);
	sheet_more(&h->sheet, v->victims.n - shown, own_command(h->f, "bt"));
}

/* ---- all hung tasks ------------------------------------------------------------------- */

bool handout_has_hung(const struct handout *h)
{
	return h->f->nblocked > 0;
}

static const char *group_title(const struct handout *h, const struct alike *g)
{
	const struct alike_task *x = g->all.v[0];
	const struct node *n = x->waits;
	const char *to = "";

	if (g->all.n > 1 && g->most_s > g->least_s)
		to = arena_printf(h->f->arena, " (%s to %s)", text_seconds(g->least_s),
				  text_seconds(g->most_s));
	return arena_printf(h->f->arena, "%s%s%s%s", victim_words(h->f, g), to,
			    n ? "; waits for " : "", n ? n->title : "");
}

static void group_pids(struct handout *h, const struct alike *g)
{
	const char *pids = "";
	size_t i;

	for (i = 0; i < g->all.n && i < PIDS_MAX; i++)
		pids = arena_printf(h->f->arena, "%s%s%d", pids, i ? " " : "",
				    g->all.v[i]->task->pid);
	if (i < g->all.n)
		sheet_line(&h->sheet, "pid %s and %zu more", pids, g->all.n - i);
	else if (i > 1)
		sheet_line(&h->sheet, "pid %s", pids);
}

void handout_hung(struct handout *h)
{
	const struct alike_task *x;
	struct alikes groups;
	size_t i, shown = 0;

	hung_alike(h->f, &h->t->graph, &groups);
	sheet_text(&h->sheet,
		   "%zu in uninterruptible sleep, in %zu group%s of those with the same "
		   "stack and wait; processes first.",
		   h->f->nblocked, groups.all.n, groups.all.n == 1 ? "" : "s");
	for (i = 0; i < groups.all.n && i < GROUPS_MAX; i++) {
		sheet_block(&h->sheet, i ? BLOCK_FOLDED : BLOCK_UNFOLDED,
			    group_title(h, &groups.all.v[i]));
		group_pids(h, &groups.all.v[i]);
		x = groups.all.v[i].all.v[0];
		if (x->stack)
			task_lines(h, x->task, x->stack);
		shown += groups.all.v[i].all.n;
	}
	sheet_more(&h->sheet, h->f->nblocked - shown, own_command(h->f, "hung -v"));
}

/* ---- CPUs ------------------------------------------------------------------------------ */

bool handout_has_cpus(const struct handout *h)
{
	return h->f->rqs.all.n > 0;
}

static void cpu_row(struct handout *h, const struct runqueue *rq)
{
	const struct task *t = rq->curr;
	struct sheet *s = &h->sheet;

	sheet_cell(s, "%u", rq->cpu);
	if (!t) {
		sheet_cell(s, "not read");
		sheet_cell(s, "%s", "");
		sheet_cell(s, "%s", "");
	} else {
		sheet_cell(s, "%s, pid %d", t->comm, t->pid);
		sheet_cell(s, "%s, %s", sched_kind_name(t->sched),
			   policy_name(t->policy));
		sheet_cell(s, "%s", t->idle ? "idle" : text_seconds(t->since_s));
	}
	sheet_cell(s, "%zu", rq->waiting.n);
	sheet_cell(s, "%s", rq->waiting.n ? text_seconds(rq->waiting.v[0]->since_s) : "");
}

static void cpu_stacks(struct handout *h)
{
	const struct runqueues *rqs = &h->f->rqs;
	struct alike_task *v = arena_alloc(h->f->arena, (rqs->all.n + 1) * sizeof(*v));
	struct alikes groups;
	size_t i, n = 0;

	for (i = 0; i < rqs->all.n; i++)
		if (rqs->all.v[i].curr && stack_of(h, rqs->all.v[i].curr)) {
			v[n].task = rqs->all.v[i].curr;
			v[n++].stack = stack_of(h, rqs->all.v[i].curr);
		}
	alikes_make(h->f->arena, v, n, &groups);
	for (i = 0; i < groups.all.n && i < CPU_STACKS_MAX; i++) {
		const struct alike *g = &groups.all.v[i];
		const struct task *t = g->all.v[0]->task;

		sheet_block(&h->sheet, t->idle ? BLOCK_FOLDED : BLOCK_UNFOLDED,
			    arena_printf(h->f->arena, "CPU %d: %s, pid %d%s", t->cpu,
					 t->comm, t->pid,
					 g->all.n > 1
						 ? arena_printf(h->f->arena,
								", and %zu more like it",
								g->all.n - 1)
						 : ""));
		task_lines(h, t, g->all.v[0]->stack);
	}
	sheet_more(&h->sheet, groups.all.n - i, own_command(h->f, "bt -c CPU"));
}

void handout_cpus(struct handout *h)
{
	static const struct column columns[] = {
		{"CPU", CELL_NUMBER},	       {"Runs", CELL_TEXT},
		{"Class, policy", CELL_TEXT},  {"For", CELL_NUMBER},
		{"Tasks behind", CELL_NUMBER}, {"Longest wait", CELL_NUMBER},
	};
	const struct runqueues *rqs = &h->f->rqs;
	size_t i;

	sheet_table(&h->sheet, "What each CPU was at", columns, ARRAY_SIZE(columns));
	for (i = 0; i < rqs->all.n && i < CPUS_MAX; i++)
		cpu_row(h, &rqs->all.v[i]);
	sheet_more(&h->sheet, rqs->all.n - i, own_command(h->f, "bt -c CPU"));
	cpu_stacks(h);
}
