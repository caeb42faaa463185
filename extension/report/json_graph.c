// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu graph -j`. */
#include "json_parts.h"

void json_graph_part(struct json *j, const struct facts *f, const struct graph *g)
{
	const struct node *n;
	const struct edge *e;
	size_t i;

	json_object(j, "graph");
	json_array(j, "nodes");
	for (i = 0; i < g->nodes.n; i++) {
		n = g->nodes.v[i];
		json_object(j, NULL);
		json_text(j, "id", n->id);
		json_text(j, "kind", node_kind_name(n->kind));
		json_text(j, "name", n->name);
		json_address(j, "address", n->address);
		if (n->task) {
			json_int(j, "pid", n->task->pid);
			json_seconds(j, "since_s", n->task->since_s);
		}
		if (n->rq)
			json_int(j, "cpu", n->rq->cpu);
		else if (n->task)
			json_int(j, "cpu", n->task->cpu);
		else if (n->pool)
			json_int(j, "cpu", n->pool->cpu);
		json_end_object(j);
	}
	json_end_array(j);
	json_array(j, "edges");
	for (i = 0; i < g->edges.n; i++) {
		e = g->edges.v[i];
		json_object(j, NULL);
		json_text(j, "from", e->from->id);
		json_text(j, "to", e->to->id);
		json_text(j, "why", e->why);
		json_address(j, "address", e->address);
		json_check(j, f, &e->look);
		json_end_object(j);
	}
	json_end_array(j);
	json_end_object(j);
}

void json_graph(FILE *out, const struct facts *f, const struct graph *g)
{
	struct json *j = json_begin(out, f);

	if (!j)
		return;
	json_graph_part(j, f, g);
	json_finish(j, f);
}
