// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu -j`: the judgement. */
#include "asked_words.h"
#include "json_parts.h"
#include "spelling.h"

static void evidence(struct json *j, const struct facts *f, const char *key,
		     const struct evidences *es)
{
	size_t i;

	json_array(j, key);
	for (i = 0; i < es->n; i++) {
		json_object(j, NULL);
		json_text(j, "claim", es->v[i].claim);
		json_address(j, "address", es->v[i].address);
		json_check(j, f, &es->v[i].look);
		json_end_object(j);
	}
	json_end_array(j);
}

static void culprit(struct json *j, const struct facts *f, const struct culprit *c)
{
	const char *call;

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
	call = c->kind == CULPRIT_TASK ? asked_of_task(f, c->address) : NULL;
	if (call)
		json_text(j, "in_call", call);
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

static void fix(struct json *j, const struct facts *f, const char *key, const char *id,
		const struct fix *fix)
{
	json_object(j, key);
	json_text(j, "id", id);
	json_build(j, f, fix);
	json_end_object(j);
}

static void known_bugs(struct json *j, const struct facts *f, const struct verdict *v)
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
		json_build(j, f, m->build);
		if (m->rule) {
			json_object(j, "rule");
			json_rule_fields(j, m->rule);
			json_end_object(j);
		}
		json_end_object(j);
	}
	json_end_array(j);
	if (v->fix)
		fix(j, f, "fix", v->fix, v->build);
}

/* Only where there are some: of most locks it is known who has them. */
static void candidates(struct json *j, const struct verdict *v)
{
	size_t i;

	if (!v->candidates.n)
		return;
	json_array(j, "candidates");
	for (i = 0; i < v->candidates.n; i++) {
		json_object(j, NULL);
		json_text(j, "comm", v->candidates.v[i].task->comm);
		json_int(j, "pid", v->candidates.v[i].task->pid);
		json_address(j, "address", v->candidates.v[i].task->addr);
		json_text(j, "why", v->candidates.v[i].why);
		json_end_object(j);
	}
	json_end_array(j);
}

/* Only of a text: a core says what is the matter, or nothing. */
static void resembles(struct json *j, const struct facts *f, const struct verdict *v)
{
	size_t i;

	if (!f->text)
		return;
	json_array(j, "resembles");
	for (i = 0; i < v->like.n; i++) {
		json_object(j, NULL);
		json_text(j, "cause", cause_name(v->like.v[i].cause));
		json_int(j, "confidence", v->like.v[i].confidence);
		json_text(j, "why", v->like.v[i].why);
		json_end_object(j);
	}
	json_end_array(j);
}

static void verdict(struct json *j, const struct facts *f, const struct verdict *v)
{
	struct sentences next = {0};

	json_object(j, NULL);
	json_text(j, "cause", cause_name(v->cause));
	json_int(j, "confidence", v->confidence);
	culprit(j, f, &v->culprit);
	candidates(j, v);
	resembles(j, f, v);
	json_text(j, "summary", v->summary);
	node_ids(j, "chain", v->chain.v, v->chain.n);
	node_ids(j, "victims", v->victims.v, v->victims.n);
	evidence(j, f, "evidence", &v->evidence);
	evidence(j, f, "against", &v->against);
	json_texts(j, "missing", v->missing.v, v->missing.n);
	known_bugs(j, f, v);
	next_sentences(f, v, &next);
	json_texts(j, "next", next.all.v, next.all.n);
	json_end_object(j);
}

static void host_queues(struct json *j, const struct host_state *host)
{
	const struct host_queue *q;
	size_t i;

	json_array(j, "queues");
	for (i = 0; i < host->all.n; i++) {
		q = &host->all.v[i];
		json_object(j, NULL);
		json_text(j, "device", q->device);
		json_int(j, "index", q->index);
		json_address(j, "virtqueue", q->vq ? q->vq->addr : 0);
		json_int(j, "inuse", q->inuse);
		json_int(j, "last_avail_idx", q->last_avail);
		json_int(j, "used_idx", q->used);
		json_int(j, "shadow_avail_idx", q->seen);
		json_known(j, "signalled_used", q->signalled_known ? q->signalled : -1);
		json_int(j, "answered_since", q->answered_since);
		json_end_object(j);
	}
	json_end_array(j);
}

/* What somebody brought along of the host's side. */
static void host_side(struct json *j, const struct facts *f)
{
	if (!f->host) {
		json_null(j, "host");
		return;
	}
	json_object(j, "host");
	json_text(j, "file", f->host->file);
	host_queues(j, f->host);
	json_end_object(j);
}

void json_triage(FILE *out, const struct facts *f, const struct triage *t)
{
	struct json *j = json_begin(out, f);
	size_t i;

	if (!j)
		return;
	if (f->gpu_driver < 0)
		json_null(j, "gpu_driver");
	else
		json_bool(j, "gpu_driver", f->gpu_driver);
	host_side(j, f);
	json_trigger(j, f);
	json_sysctls(j, f);
	json_told(j, f);
	json_hung_part(j, f, &t->graph);
	json_graph_part(j, f, &t->graph);
	json_array(j, "verdicts");
	for (i = 0; i < t->verdicts.all.n; i++)
		verdict(j, f, t->verdicts.all.v[i]);
	json_end_array(j);
	json_array(j, "fixes");
	for (i = 0; i < f->fixes.all.n; i++)
		fix(j, f, NULL, f->fixes.all.v[i].id, &f->fixes.all.v[i]);
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
