// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu leak -j` and `vgpu kmemleak -j`. */
#include "json_parts.h"
#include "triage/leak_judge.h"

static void coverage(struct json *j, const struct leaks *l)
{
	json_object(j, "coverage");
	json_int(j, "slab_pages", (int64_t)l->slab_pages);
	json_int(j, "slab_pages_unread", (int64_t)l->slab_unread);
	json_int(j, "root_pages", (int64_t)(l->roots.read + l->roots.excluded));
	json_int(j, "root_pages_unread", (int64_t)l->roots.excluded);
	json_int(j, "user_pages", (int64_t)l->roots.user);
	json_int(j, "unknown_pages", (int64_t)l->roots.unknown);
	json_int(j, "free_pages", (int64_t)l->roots.free);
	json_int(j, "pending", (int64_t)l->pending);
	json_int(j, "unknown", (int64_t)l->unknown);
	json_int(j, "untracked", (int64_t)l->untracked);
	json_end_object(j);
}

static void owner(struct json *j, const struct leak_group *g)
{
	size_t i;

	if (!g->tracked) {
		json_null(j, "owner");
		return;
	}
	json_object(j, "owner");
	json_text(j, "site", g->site);
	json_int(j, "pid", g->owner.pid);
	json_int(j, "jiffies", (int64_t)g->owner.when);
	json_array(j, "stack");
	for (i = 0; i < g->owner.n; i++)
		json_text(j, NULL, g->frames[i]);
	json_end_array(j);
	json_end_object(j);
}

static void fences(struct json *j, const struct fence_census *f)
{
	json_object(j, "fences");
	json_int(j, "signalled", (int64_t)f->signalled);
	json_int(j, "one_reference", (int64_t)f->alone);
	json_int(j, "unlinked", (int64_t)f->unlinked);
	json_int(j, "lowest_seqno", (int64_t)f->lowest);
	json_int(j, "highest_seqno", (int64_t)f->highest);
	json_end_object(j);
}

static void group(struct json *j, const struct leaks *l, const struct leak_group *g)
{
	json_object(j, NULL);
	json_text(j, "cache", g->cache->name);
	json_text(j, "type", g->type);
	json_text(j, "kind", object_kind_word(g->kind));
	json_int(j, "objects", (int64_t)g->n);
	json_int(j, "held", (int64_t)g->held);
	json_int(j, "bytes", (int64_t)g->bytes);
	json_address(j, "example", g->example);
	json_int(j, "confidence", leak_confidence(l, g));
	json_bool(j, "kept", leak_is_kept(g));
	json_text(j, "note", leak_excuse(g));
	owner(j, g);
	if (g->fences.n)
		fences(j, &g->fences);
	json_end_object(j);
}

void json_leaks(FILE *out, const struct facts *f, const struct leaks *l, const char *name,
		const struct slab_selection *only, const struct leak_groups *groups)
{
	struct json *j = json_begin(out, f);
	size_t i;

	(void)only;
	if (!j)
		return;
	json_object(j, "leak");
	json_text(j, "cache", name);
	json_int(j, "objects", (int64_t)l->reach.n);
	json_int(j, "allocated", (int64_t)l->allocated);
	json_int(j, "lost", (int64_t)l->lost);
	json_int(j, "held", (int64_t)l->held);
	json_int(j, "bytes", (int64_t)l->lost_bytes);
	json_int(j, "references", (int64_t)l->reach.edges);
	json_int(j, "memory", (int64_t)reach_memory(&l->reach));
	coverage(j, l);
	json_array(j, "groups");
	for (i = 0; i < groups->all.n; i++)
		group(j, l, &groups->all.v[i]);
	json_end_array(j);
	json_end_object(j);
	json_finish(j, f);
}

void json_kmemleak(FILE *out, const struct facts *f, const struct kmemleak *k,
		   const struct leaks *l)
{
	struct json *j = json_begin(out, f);
	const struct kmemleak_object *o;
	size_t i, n;

	if (!j)
		return;
	json_object(j, "kmemleak");
	json_bool(j, "there", k->there);
	json_bool(j, "enabled", k->enabled);
	json_int(j, "known", (int64_t)k->known);
	json_array(j, "unreferenced");
	for (i = 0; i < k->reported.n; i++) {
		o = &k->reported.v[i];
		json_object(j, NULL);
		json_address(j, "address", o->pointer);
		json_int(j, "size", (int64_t)o->size);
		json_text(j, "comm", o->comm);
		json_int(j, "pid", o->pid);
		json_int(j, "jiffies", (int64_t)o->jiffies);
		json_seconds(j, "age_s", o->age_s);
		json_array(j, "backtrace");
		for (n = 0; n < o->nr_trace; n++)
			json_text(j, NULL, o->trace_text[n]);
		json_end_array(j);
		if (l)
			json_bool(j, "lost", leaks_has(l, o->pointer));
		else
			json_null(j, "lost");
		json_end_object(j);
	}
	json_end_array(j);
	json_end_object(j);
	json_finish(j, f);
}
