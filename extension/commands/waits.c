// SPDX-License-Identifier: GPL-2.0-or-later
/* Who is blocked, and who waits for whom. */
#include "command.h"

#include "report/report.h"

#define FOLDED 'f'
#define WAKER 'w'
#define DOT 'd'

static void run_hung(struct session *s)
{
	struct graph g;

	graph_build(&g, s->facts);
	if (session_has(s, FOLDED) || session_has(s, WAKER))
		text_folded(s->out, s->facts, &g, session_has(s, WAKER));
	else if (s->json)
		json_hung(s->out, s->facts, &g);
	else
		text_hung(s->out, s->facts, &g);
}

const struct command command_hung = {
	.name = "hung",
	.use = "[-j | -f | -w]",
	.help = "  vgpu hung [-j | -f | -w]\n"
		"    Tasks in uninterruptible sleep, the longest first: how long they have been off\n"
		"    the CPU, what each waits for (found on its own stack), and whom it waits on.\n"
		"    -f: their stacks folded, a line each, weighted by microseconds blocked, as\n"
		"    offcputime -K --state=2 prints them for flamegraph tools (kernel threads too).\n"
		"    -w: with the stack of the task that would have to wake each, as offwaketime.\n",
	.facts = FACTS_WAITS | FACTS_DEVICES,
	.options = {{.letter = FOLDED}, {.letter = WAKER}},
	.run = run_hung,
};

static void run_graph(struct session *s)
{
	struct graph g;

	graph_build(&g, s->facts);
	if (session_has(s, DOT))
		dot_graph(s->out, &g);
	else
		(s->json ? json_graph : text_graph)(s->out, s->facts, &g);
}

const struct command command_graph = {
	.name = "graph",
	.use = "[-j | -d]",
	.help = "  vgpu graph [-j | -d]\n"
		"    The wait graph: under each root the tasks that wait for it, in a tree.  -d: for\n"
		"    graphviz, as in `vgpu graph -d | dot -Tsvg > graph.svg`.\n",
	.facts = FACTS_WAITS | FACTS_DEVICES,
	.options = {{.letter = DOT}},
	.run = run_graph,
};
