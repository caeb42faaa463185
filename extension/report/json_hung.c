// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu hung -j`. */
#include "alike.h"
#include "json_parts.h"

/* Tasks with equal stacks and waits. */
static void groups(struct json *j, const struct facts *f, const struct graph *g)
{
	const struct alike *x;
	struct alikes all;
	size_t i, k;

	hung_alike(f, g, &all);
	json_array(j, "groups");
	for (i = 0; i < all.all.n; i++) {
		x = &all.all.v[i];
		json_object(j, NULL);
		json_int(j, "count", (int64_t)x->all.n);
		json_bool(j, "kthread", x->all.v[0]->task->kthread);
		json_seconds(j, "least_s", x->least_s);
		json_seconds(j, "most_s", x->most_s);
		json_array(j, "pids");
		for (k = 0; k < x->all.n; k++)
			json_int(j, NULL, x->all.v[k]->task->pid);
		json_end_array(j);
		json_end_object(j);
	}
	json_end_array(j);
}

void json_hung_part(struct json *j, const struct facts *f, const struct graph *g)
{
	const struct studied *st;
	const struct node *n;
	size_t i;

	json_array(j, "hung");
	for (i = 0; i < f->nblocked; i++) {
		st = f->studied.v[i];
		n = graph_task(g, st->task);
		json_object(j, NULL);
		json_task_fields(j, st->task);
		json_seconds(j, "blocked_s", st->task->since_s);
		json_bool(j, "counted", task_is_hung_state(st->task));
		json_asked(j, &st->asked);
		json_stack(j, &st->stack);
		json_text(j, "waits_for", n && n->out.n ? n->out.v[0]->to->id : NULL);
		json_text(j, "waits_in", wait_kind_name(st->wait.kind));
		json_end_object(j);
	}
	json_end_array(j);
	groups(j, f, g);
}

void json_hung(FILE *out, const struct facts *f, const struct graph *g)
{
	struct json *j = json_begin(out, f);

	if (!j)
		return;
	json_hung_part(j, f, g);
	json_graph_part(j, f, g);
	json_finish(j, f);
}
