// SPDX-License-Identifier: GPL-2.0-or-later
#include "told_words.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "triage/functions.h"
#include "text_writer.h"
#include "triage_words.h"

const char *text_is_words(const struct facts *f)
{
	const struct klog *log = &f->log;
	const char *boots = "";

	if (log->boots > 1)
		boots = arena_printf(f->arena, ", of boot %zu of the %zu in it",
				     log->boot, log->boots);
	if (f->text->of_here)
		return arena_printf(f->arena,
				    "this machine, by what /proc tells and not its "
				    "memory: %zu line%s",
				    log->lines.n, PLURAL(log->lines.n));
	return arena_printf(f->arena, "a text, not a core: %zu line%s%s", log->lines.n,
			    PLURAL(log->lines.n), boots);
}

const char *told_hung_words(const struct facts *f, const struct told_hung *h)
{
	const char *again = "";

	if (!h->reports)
		return arena_printf(f->arena, "%s, pid %d: blocked (line %zu)",
				    h->report->comm, h->report->pid,
				    h->report->line->number);
	if (h->reports > 1)
		again = arena_printf(f->arena, ", the last of %zu reports", h->reports);
	return arena_printf(f->arena,
			    "%s, pid %d: blocked for more than %ld s (line %zu%s)",
			    h->report->comm, h->report->pid, h->report->seconds,
			    h->report->line->number, again);
}

const char *told_stack_words(const struct facts *f, const struct stack *s, size_t from)
{
	const char *words = "";
	size_t i;

	for (i = from; i < s->n; i++) {
		if (function_is_scheduler(s->v[i].function))
			continue;
		words = arena_printf(f->arena, "%s%s%s", words, *words ? " <- " : "",
				     s->v[i].function);
	}
	return words;
}

const char *told_work_words(const struct facts *f, const struct told_work *w)
{
	static const char *const is[] = {[TOLD_IN_FLIGHT] = "in flight",
					 [TOLD_PENDING] = "pending",
					 [TOLD_INACTIVE] = "not yet begun"};
	char cpu[32] = "", by[48] = "", flusher[48] = "";

	if (w->cpu >= 0)
		snprintf(cpu, sizeof(cpu), " on CPU %d", w->cpu);
	if (w->pid >= 0)
		snprintf(by, sizeof(by), ", by pid %d", w->pid);
	if (w->flusher >= 0)
		snprintf(flusher, sizeof(flusher), "; pid %d waits behind it",
			 w->flusher);
	return arena_printf(f->arena, "%s%s: %s, %s%s%s (line %zu)", w->queue, cpu,
			    w->function, is[w->is], by, flusher, w->line->number);
}

const char *likeness_words(const struct facts *f, const struct verdict *v, size_t i)
{
	const struct likeness *l = &v->like.v[i];
	const char *why = i && v->like.v[i - 1].why == l->why ? "the same" : l->why;

	return arena_printf(f->arena, "%s, %d %% (%s): %s", cause_name(l->cause),
			    l->confidence, sureness(l->confidence), why);
}

static const char *size_words(const struct facts *f, uint64_t bytes)
{
	return bytes < 1024 ? arena_printf(f->arena, "%llu bytes", COUNT(bytes))
			    : arena_printf(f->arena, "%llu KiB", COUNT(bytes >> 10));
}

/* "32 to 64 KiB", "0 bytes to 64 KiB" */
static const char *from_to_words(const struct facts *f, const uint64_t bytes[2])
{
	if (bytes[0] >= 1024 && bytes[1] >= 1024)
		return arena_printf(f->arena, "%llu to %llu KiB", COUNT(bytes[0] >> 10),
				    COUNT(bytes[1] >> 10));
	return arena_printf(f->arena, "%s to %s", size_words(f, bytes[0]),
			    size_words(f, bytes[1]));
}

const char *told_leak_words(const struct facts *f, const struct leak_told *l)
{
	const char *whose = "", *age = "";

	if (l->pid >= 0)
		whose = arena_printf(f->arena, ", the first for %s, pid %d", l->comm,
				     l->pid);
	if (l->age_s >= 0)
		age = arena_printf(f->arena, ", the oldest %s old",
				   text_seconds(l->age_s));
	return arena_printf(f->arena,
			    "%zu object%s of %llu bytes, %s in all%s%s (line %zu): %s",
			    l->count, PLURAL(l->count), COUNT(l->size),
			    size_words(f, l->bytes), whose, age, l->line,
			    *l->stack ? l->stack : "no stack");
}

const char *told_traced_words(const struct facts *f, const struct slub_stack *s)
{
	return arena_printf(f->arena,
			    "%s: %zu allocated, %zu of them freed, from line %zu on: %s",
			    s->cache, s->allocs, s->frees, s->line->number,
			    *s->stack ? s->stack
				      : "by stacks that were not printed whole, or mixed "
					"with those of other CPUs");
}

const char *told_growth_words(const struct facts *f, const struct slab_growth *g)
{
	if (f->text->memory.ncaches < 2)
		return arena_printf(f->arena, "%s: %s, %llu objects", g->name,
				    size_words(f, g->bytes[1]), COUNT(g->objects[1]));
	return arena_printf(f->arena, "%s: from %s, from %llu to %llu objects", g->name,
			    from_to_words(f, g->bytes), COUNT(g->objects[0]),
			    COUNT(g->objects[1]));
}

const char *told_meminfo_words(const struct facts *f, size_t which)
{
	const struct meminfo_told *m = &f->text->memory.meminfo[which];
	const struct {
		const char *words;
		uint64_t bytes;
	} parts[] = {{"%llu MiB of memory", m->total},
		     {"%llu free", m->free},
		     {"%llu available", m->available},
		     {"slabs %llu", m->slab},
		     {"reclaimable %llu", m->reclaimable},
		     {"not reclaimable %llu", m->unreclaim}};
	const char *words = arena_printf(f->arena, "line %zu: ", m->line);
	const char *comma = "";
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		if (parts[i].bytes == UINT64_MAX)
			continue;
		n = strcspn(parts[i].words, "%");
		words = arena_printf(f->arena, "%s%s%.*s%llu%s", words, comma, (int)n,
				     parts[i].words, COUNT(parts[i].bytes >> 20),
				     parts[i].words + n + strlen("%llu"));
		comma = ", ";
	}
	return words;
}
