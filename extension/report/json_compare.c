// SPDX-License-Identifier: GPL-2.0-or-later
/* Two dumps side by side. */
#include "compare.h"

#include <string.h>

#include "json_parts.h"
#include "triage_words.h"

static void verdict(struct json *j, const struct compared_side *s)
{
	const struct verdict *v = compared_verdict(s);

	json_text(j, "cause", cause_name(v->cause));
	json_int(j, "confidence", v->confidence);
	json_text(j, "summary", v->summary);
	json_text(j, "culprit",
		  v->culprit.kind == CULPRIT_NONE ? NULL
						  : culprit_words(s->f, &v->culprit));
	json_text(j, "chain", compared_chain(s));
	json_int(j, "victims", (int64_t)v->victims.n);
	json_text(j, "signature", s->t->signature.hash);
	json_int(j, "score", s->t->score.total);
}

static void queues(struct json *j, const struct facts *f)
{
	const struct virtqueue *vq;
	size_t i, k;

	json_array(j, "queues");
	for (i = 0; i < f->gpus.all.n; i++)
		for (k = 0; k < f->gpus.all.v[i].vqs.all.n; k++) {
			vq = &f->gpus.all.v[i].vqs.all.v[k];
			json_object(j, NULL);
			json_text(j, "device", f->gpus.all.v[i].name);
			json_text(j, "queue", vq->name);
			json_int(j, "num", vq->num);
			json_known(j, "in_flight",
				   vq->counted ? (int64_t)vq->in_flight : -1);
			json_known(j, "completed",
				   vq->counted ? (int64_t)vq->completed : -1);
			json_end_object(j);
		}
	json_end_array(j);
}

static void side(struct json *j, const char *key, const struct compared_side *s)
{
	const struct facts *f = s->f;

	json_object(j, key);
	json_texts(j, "files", f->info->about->files.v, f->info->about->files.n);
	json_text(j, "release", f->info->release);
	json_text(j, "machine", f->info->machine);
	json_text(j, "version", f->machine.version[0] ? f->machine.version : NULL);
	json_text(j, "node", f->machine.node[0] ? f->machine.node : NULL);
	json_seconds(j, "uptime_s", facts_uptime(f));
	json_int(j, "cpus", f->info->cpus);
	json_known(j, "memory", f->machine.memory ? (int64_t)f->machine.memory : -1);
	json_text(j, "trigger", trigger_kind_name(f->panic.trigger.kind));
	verdict(j, s);
	json_int(j, "hung", (int64_t)f->nblocked);
	queues(j, f);
	json_int(j, "unread", (int64_t)f->notes->n);
	json_end_object(j);
}

static void slabs(struct json *j, const struct slab_growths *g)
{
	const struct slab_growth *r;
	size_t i;

	if (!g) {
		json_null(j, "slabs");
		return;
	}
	json_object(j, "slabs");
	json_count(j, "bytes_a", g->bytes[0]);
	json_count(j, "bytes_b", g->bytes[1]);
	json_array(j, "caches");
	for (i = 0; i < g->all.n; i++) {
		r = &g->all.v[i];
		json_object(j, NULL);
		json_text(j, "cache", r->name);
		json_count(j, "objects_a", r->objects[0]);
		json_count(j, "objects_b", r->objects[1]);
		json_count(j, "bytes_a", r->bytes[0]);
		json_count(j, "bytes_b", r->bytes[1]);
		json_end_object(j);
	}
	json_end_array(j);
	json_end_object(j);
}

static void same(struct json *j, const struct compared_side *a,
		 const struct compared_side *b)
{
	json_object(j, "same");
	json_bool(j, "release", !strcmp(a->f->info->release, b->f->info->release));
	json_bool(j, "version", !strcmp(a->f->machine.version, b->f->machine.version));
	json_bool(j, "cause", compared_verdict(a)->cause == compared_verdict(b)->cause);
	json_bool(j, "chain", !strcmp(compared_chain(a), compared_chain(b)));
	json_bool(j, "signature", !strcmp(a->t->signature.hash, b->t->signature.hash));
	json_end_object(j);
}

void json_compare_part(struct json *j, const struct compared *c)
{
	side(j, "a", &c->side[0]);
	side(j, "b", &c->side[1]);
	same(j, &c->side[0], &c->side[1]);
	slabs(j, c->slabs);
}
