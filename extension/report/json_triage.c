// SPDX-License-Identifier: GPL-2.0-or-later
/* The judgement: verdicts, the graph, the score. */
#include "json_parts.h"

static void hung(struct json *j, const struct facts *f, const struct graph *g)
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
		json_stack(j, f, &st->stack);
		json_text(j, "waits_for", n && n->out.n ? n->out.v[0]->to->id : NULL);
		json_text(j, "waits_in", wait_kind_name(st->wait.kind));
		json_end_object(j);
	}
	json_end_array(j);
}

static void graph(struct json *j, const struct graph *g)
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
		json_text(j, "check", e->check);
		json_end_object(j);
	}
	json_end_array(j);
	json_end_object(j);
}

static void evidence(struct json *j, const char *key, const struct evidences *es)
{
	size_t i;

	json_array(j, key);
	for (i = 0; i < es->n; i++) {
		json_object(j, NULL);
		json_text(j, "claim", es->v[i].claim);
		json_address(j, "address", es->v[i].address);
		json_text(j, "check", es->v[i].check);
		json_end_object(j);
	}
	json_end_array(j);
}

static void culprit(struct json *j, const struct culprit *c)
{
	if (c->kind == CULPRIT_NONE) {
		json_null(j, "culprit");
		return;
	}
	json_object(j, "culprit");
	json_text(j, "kind", culprit_kind_name(c->kind));
	json_text(j, "name", c->name);
	if (c->pid >= 0)
		json_int(j, "pid", c->pid);
	if (c->cpu >= 0)
		json_int(j, "cpu", c->cpu);
	json_address(j, "address", c->address);
	json_end_object(j);
}

static void node_ids(struct json *j, const char *key, struct node *const *v, size_t n)
{
	size_t i;

	json_array(j, key);
	for (i = 0; i < n; i++)
		json_text(j, NULL, v[i]->id);
	json_end_array(j);
}

static void known_bugs(struct json *j, const struct verdict *v)
{
	const struct known_match *m;
	size_t i;

	json_array(j, "known_bugs");
	for (i = 0; i < v->known.n; i++) {
		m = &v->known.v[i];
		json_object(j, NULL);
		json_text(j, "id", m->id);
		json_text(j, "what", m->what);
		json_text(j, "affected_hint", m->affected);
		json_text(j, "fixed_in", m->fixed);
		json_int(j, "confidence", m->confidence);
		json_text(j, "why", m->why);
		json_address(j, "address", m->address);
		json_end_object(j);
	}
	json_end_array(j);
}

static void verdict(struct json *j, const struct verdict *v)
{
	json_object(j, NULL);
	json_text(j, "cause", cause_name(v->cause));
	json_int(j, "confidence", v->confidence);
	culprit(j, &v->culprit);
	json_text(j, "summary", v->summary);
	node_ids(j, "chain", v->chain.v, v->chain.n);
	node_ids(j, "victims", v->victims.v, v->victims.n);
	evidence(j, "evidence", &v->evidence);
	evidence(j, "against", &v->against);
	json_texts(j, "missing", v->missing.v, v->missing.n);
	known_bugs(j, v);
	json_texts(j, "next", v->next.v, v->next.n);
	json_end_object(j);
}

void json_triage(FILE *out, const struct facts *f, const struct triage *t)
{
	struct json *j = json_begin(out, f);
	size_t i;

	if (!j)
		return;
	json_bool(j, "gpu_driver", f->gpu_driver);
	json_trigger(j, f);
	json_sysctls(j, f);
	hung(j, f, &t->graph);
	graph(j, &t->graph);
	json_array(j, "verdicts");
	for (i = 0; i < t->verdicts.all.n; i++)
		verdict(j, t->verdicts.all.v[i]);
	json_end_array(j);
	json_object(j, "signature");
	json_text(j, "hash", t->signature.hash);
	json_text(j, "text", t->signature.text);
	json_end_object(j);
	json_object(j, "score");
	json_int(j, "total", t->score.total);
	json_array(j, "parts");
	for (i = 0; i < t->score.parts.n; i++) {
		json_object(j, NULL);
		json_text(j, "name", t->score.parts.v[i].name);
		json_int(j, "points", t->score.parts.v[i].points);
		json_int(j, "most", t->score.parts.v[i].most);
		json_text(j, "why", t->score.parts.v[i].why);
		json_end_object(j);
	}
	json_end_array(j);
	json_end_object(j);
	json_finish(j, f);
}

void json_hung(FILE *out, const struct facts *f, const struct graph *g)
{
	struct json *j = json_begin(out, f);

	if (!j)
		return;
	hung(j, f, g);
	graph(j, g);
	json_finish(j, f);
}

void json_graph(FILE *out, const struct facts *f, const struct graph *g)
{
	struct json *j = json_begin(out, f);

	if (!j)
		return;
	graph(j, g);
	json_finish(j, f);
}
