// SPDX-License-Identifier: GPL-2.0-or-later
/* Who is blocked, and who waits for whom. */
#include "command.h"

#include "process.h"
#include "report/report.h"

#define FOLDED 'f'
#define WAKER 'w'
#define DOT 'd'
#define EACH 'v'
#define SAMPLED 's'
#define SAMPLED_MAX 3600

/* Of those that are blocked, leave the tasks of a process. */
static void narrow(struct facts *f, int pid)
{
	size_t i, n = 0;

	for (i = 0; i < f->nblocked; i++)
		if (f->studied.v[i]->task->tgid == pid)
			f->studied.v[n++] = f->studied.v[i];
	f->nblocked = n;
}

/* Look on for as long, of which each look's memory is given back. */
static enum result sample(struct session *s, int pid)
{
	double left = session_number(s, SAMPLED, 0), seconds;
	struct folded all = {.arena = &s->arena, .with_waker = session_has(s, WAKER)};
	struct graph g;

	while (left > 0 && session_look_afresh(s, &seconds)) {
		graph_build(&g, s->facts);
		if (pid >= 0)
			narrow(s->facts, pid);
		folded_add(&all, s->facts, &g, seconds);
		left -= seconds;
	}
	if (left > 0)
		return RESULT_INTERRUPTED;
	text_folded_all(s->out, &all);
	if (all.left_out)
		fprintf(s->errors,
			"vgpu: %u times there was no room for one more stack\n",
			all.left_out);
	return RESULT_DONE;
}

static enum result sampling_error(struct session *s)
{
	if (!session_has(s, FOLDED) && !session_has(s, WAKER))
		return session_error(s, RESULT_USAGE, "-s goes with -f or -w");
	if (session_number(s, SAMPLED, 0) > SAMPLED_MAX)
		return session_error(s, RESULT_USAGE, "-s takes at most %d seconds",
				     SAMPLED_MAX);
	return session_error(
		s, RESULT_USAGE,
		"-s looks on for a while, and a dump stands still: it is for "
		"a machine that runs, vgpu --live");
}

static bool may_sample(const struct session *s)
{
	return (session_has(s, FOLDED) || session_has(s, WAKER)) && s->reader->again &&
	       session_number(s, SAMPLED, 0) <= SAMPLED_MAX;
}

static enum result run_hung(struct session *s)
{
	struct facts *f = s->facts;
	struct graph g;
	int pid;

	if (!process_wanted(s, &pid))
		return RESULT_NOT_FOUND;
	if (session_has(s, SAMPLED))
		return may_sample(s) ? sample(s, pid) : sampling_error(s);
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
			{.letter = SAMPLED,
			 .number = "sec",
			 .help = "with -f or -w, on a machine that runs (--live): look on for "
				 "as long, once a second, and weigh each task's stacks by the "
				 "time that it was blocked in them"},
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
