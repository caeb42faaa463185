// SPDX-License-Identifier: GPL-2.0-or-later
/* "text" of the triage: what a text tells that a core would be asked for. */
#include "json_parts.h"

static void line(struct json *j, const struct log_line *l)
{
	json_int(j, "line", (int64_t)l->number);
	json_seconds(j, "time_s", l->stamp ? -1 : l->ts_s);
	json_text(j, "date", l->stamp && *l->stamp ? l->stamp : NULL);
}

static void hung(struct json *j, const struct facts *f)
{
	const struct told_hung *h;
	size_t i;

	json_array(j, "hung");
	for (i = 0; i < f->text->hung.n; i++) {
		h = &f->text->hung.v[i];
		json_object(j, NULL);
		json_text(j, "comm", h->report->comm);
		json_int(j, "pid", h->report->pid);
		json_known(j, "more_than_s", h->reports ? h->report->seconds : -1);
		json_int(j, "reports", (int64_t)h->reports);
		line(j, h->report->line);
		if (h->trace)
			json_stack(j, &h->trace->stack);
		else
			json_null(j, "stack");
		json_end_object(j);
	}
	json_end_array(j);
}

static void traces(struct json *j, const struct facts *f)
{
	static const char *const of[] =
		{[TRACE_HUNG] = "hung", [TRACE_TASK] = "task", [TRACE_CPU] = "cpu"};
	const struct trace *t;
	size_t i;

	json_array(j, "stacks");
	for (i = 0; i < f->text->traces.all.n; i++) {
		t = &f->text->traces.all.v[i];
		json_object(j, NULL);
		json_text(j, "of", of[t->of]);
		json_text(j, "comm", t->comm[0] ? t->comm : NULL);
		json_known(j, "pid", t->pid);
		json_known(j, "cpu", t->cpu);
		json_text(j, "work", t->work[0] ? t->work : NULL);
		line(j, t->line);
		json_stack(j, &t->stack);
		json_int(j, "interrupted", (int64_t)t->interrupted);
		json_bool(j, "user", t->user);
		json_end_object(j);
	}
	json_end_array(j);
}

static void works(struct json *j, const struct facts *f)
{
	static const char *const is[] = {[TOLD_IN_FLIGHT] = "in flight",
					 [TOLD_PENDING] = "pending",
					 [TOLD_INACTIVE] = "inactive"};
	const struct told_work *w;
	size_t i;

	json_array(j, "works");
	for (i = 0; i < f->text->works.works.n; i++) {
		w = &f->text->works.works.v[i];
		json_object(j, NULL);
		json_text(j, "queue", w->queue);
		json_text(j, "function", w->function);
		json_text(j, "is", is[w->is]);
		json_known(j, "pool", w->pool);
		json_known(j, "cpu", w->cpu);
		json_known(j, "pid", w->pid);
		json_known(j, "flusher", w->flusher);
		line(j, w->line);
		json_end_object(j);
	}
	json_end_array(j);
}

static void stuck_pools(struct json *j, const struct facts *f)
{
	const struct told_pool *p;
	size_t i;

	json_array(j, "stuck_pools");
	for (i = 0; i < f->text->works.stuck.n; i++) {
		p = &f->text->works.stuck.v[i];
		json_object(j, NULL);
		json_known(j, "cpu", p->cpu);
		json_int(j, "stuck_s", p->stuck_s);
		line(j, p->line);
		json_end_object(j);
	}
	json_end_array(j);
}

static void kmemleak(struct json *j, const struct kmemleak_told *k)
{
	const struct leak_told *l;
	size_t i;

	json_array(j, "kmemleak");
	for (i = 0; i < k->all.n; i++) {
		l = &k->all.v[i];
		json_object(j, NULL);
		json_int(j, "count", (int64_t)l->count);
		json_count(j, "size", l->size);
		json_count(j, "bytes", l->bytes);
		json_seconds(j, "oldest_s", l->age_s);
		json_text(j, "comm", l->comm[0] ? l->comm : NULL);
		json_known(j, "pid", l->pid);
		json_int(j, "line", (int64_t)l->line);
		json_text(j, "stack", l->stack);
		json_end_object(j);
	}
	json_end_array(j);
}

static void traced(struct json *j, const struct slub_trace *s)
{
	size_t i;

	json_array(j, "traced");
	for (i = 0; i < s->all.n; i++) {
		json_object(j, NULL);
		json_text(j, "cache", s->all.v[i].cache);
		json_int(j, "allocated", (int64_t)s->all.v[i].allocs);
		json_int(j, "freed", (int64_t)s->all.v[i].frees);
		json_int(j, "line", (int64_t)s->all.v[i].line->number);
		json_text(j, "stack", s->all.v[i].stack);
		json_end_object(j);
	}
	json_end_array(j);
	json_int(j, "freed_older", (int64_t)s->other);
}

static void sizes(struct json *j, const char *key, const uint64_t v[2], bool one)
{
	json_array(j, key);
	if (!one)
		json_count(j, NULL, v[0]);
	json_count(j, NULL, v[1]);
	json_end_array(j);
}

static void tables(struct json *j, const struct text_facts *t)
{
	const struct slab_growth *g;
	size_t i;

	json_int(j, "slab_tables", (int64_t)t->memory.ncaches);
	json_array(j, "slabs");
	for (i = 0; i < t->growths.all.n; i++) {
		g = &t->growths.all.v[i];
		json_object(j, NULL);
		json_text(j, "cache", g->name);
		sizes(j, "bytes", g->bytes, t->memory.ncaches < 2);
		sizes(j, "objects", g->objects, t->memory.ncaches < 2);
		json_end_object(j);
	}
	json_end_array(j);
}

static void bytes(struct json *j, const char *key, uint64_t v)
{
	if (v == UINT64_MAX)
		json_null(j, key);
	else
		json_count(j, key, v);
}

static void meminfo(struct json *j, const struct memory_told *m)
{
	const struct meminfo_told *one;
	size_t i;

	json_array(j, "meminfo");
	for (i = 0; i < m->nmeminfos && i < 2; i++) {
		one = &m->meminfo[i];
		json_object(j, NULL);
		json_int(j, "line", (int64_t)one->line);
		bytes(j, "total", one->total);
		bytes(j, "free", one->free);
		bytes(j, "available", one->available);
		bytes(j, "slab", one->slab);
		bytes(j, "reclaimable", one->reclaimable);
		bytes(j, "unreclaimable", one->unreclaim);
		json_end_object(j);
	}
	json_end_array(j);
}

void json_told(struct json *j, const struct facts *f)
{
	if (!f->text)
		return;
	json_object(j, "text");
	json_int(j, "lines", (int64_t)f->log.lines.n);
	json_int(j, "boots", (int64_t)f->log.boots);
	json_int(j, "boot", (int64_t)f->log.boot);
	hung(j, f);
	traces(j, f);
	works(j, f);
	stuck_pools(j, f);
	kmemleak(j, &f->text->kmemleak);
	traced(j, &f->text->slub);
	tables(j, f->text);
	meminfo(j, &f->text->memory);
	json_end_object(j);
}
