// SPDX-License-Identifier: GPL-2.0-or-later
/* Who is blocked, and who waits for whom. */
#include "command.h"

#include "process.h"
#include "report/report.h"

#define FOLDED 'f'
#define WAKER 'w'
#define DOT 'd'
#define EACH 'v'

/* Of those that are blocked, leave the tasks of a process. */
static void narrow(struct facts *f, int pid)
{
	size_t i, n = 0;

	for (i = 0; i < f->nblocked; i++)
		if (f->studied.v[i]->task->tgid == pid)
			f->studied.v[n++] = f->studied.v[i];
	f->nblocked = n;
}

static enum result run_hung(struct session *s)
{
	struct facts *f = s->facts;
	struct graph g;
	int pid;

	if (!process_wanted(s, &pid))
		return RESULT_NOT_FOUND;
	graph_build(&g, f);
	if (pid >= 0)
		narrow(f, pid);
	if (session_has(s, FOLDED) || session_has(s, WAKER))
		text_folded(s->out, f, &g, session_has(s, WAKER));
	else if (s->json)
		json_hung(s->out, f, &g);
	else if (pid >= 0 && !f->nblocked)
		fprintf(s->out, "no task of process %d is in uninterruptible sleep\n",
			pid);
	else
		text_hung(s->out, f, &g, session_has(s, EACH));
	return RESULT_DONE;
}

const struct command command_hung = {
	.name = "hung",
	.help = "Tasks in uninterruptible sleep, processes before kernel threads, the "
		"longest first: how long they have been off the CPU, what each waits for "
		"(found on its own stack), and whom it waits on. Those with equal stacks "
		"and waits are one row with their number.",
	.facts = FACTS_WAITS | FACTS_DEVICES,
	.options =
		{
			{.letter = FOLDED,
			 .excludes = "jwv",
			 .help = "their stacks folded, a line each, weighted by microseconds "
				 "blocked, as offcputime -K --state=2 prints them for flamegraph "
				 "tools (kernel threads too)"},
			{.letter = WAKER,
			 .excludes = "jfv",
			 .help = "the same with the stack of the task that would have to wake each, "
				 "as offwaketime"},
			{.letter = EACH,
			 .excludes = "jfw",
			 .help = "a row for each task"},
			{.letter = PROCESS,
			 .number = "pid",
			 .help = "only tasks of this process"},
		},
	.run = run_hung,
};

static enum result run_graph(struct session *s)
{
	struct graph g;

	graph_build(&g, s->facts);
	if (session_has(s, DOT))
		dot_graph(s->out, s->facts, &g, session_has(s, EACH));
	else if (s->json)
		json_graph(s->out, s->facts, &g);
	else
		text_graph(s->out, s->facts, &g, session_has(s, EACH));
	return RESULT_DONE;
}

const struct command command_graph = {
	.name = "graph",
	.help = "The wait graph: under each root the tasks that wait for it, in a "
		"tree. What waits for several things is drawn under the first, as in a "
		"verdict's chain, and named under the others. What looks the same is one "
		"line, or one node of -d, with its number.",
	.facts = FACTS_WAITS | FACTS_DEVICES,
	.options =
		{
			{.letter = DOT,
			 .excludes = "j",
			 .help = "for graphviz, whose `dot -Tsvg` draws it"},
			{.letter = EACH,
			 .excludes = "j",
			 .help = "each task and work, also of those that look the same"},
		},
	.run = run_graph,
};
