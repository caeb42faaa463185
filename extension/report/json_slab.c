// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu slab -j` in all its forms. */
#include <stdio.h>

#include "json_parts.h"
#include "report_slab.h"
#include "slab_words.h"

static void damage(struct json *j, const struct slabs *s)
{
	const struct slab_damage *dm;
	size_t i;

	json_array(j, "damage");
	for (i = 0; i < s->damage.n; i++) {
		dm = &s->damage.v[i];
		json_object(j, NULL);
		json_text(j, "flaw", slab_flaw_word(dm->flaw));
		json_text(j, "cache",
			  dm->cache == SLAB_NO_CACHE ? NULL
						     : s->caches.all.v[dm->cache].name);
		json_address(j, "slab", dm->slab);
		json_address(j, "at", dm->at);
		json_text(j, "text", dm->text);
		json_end_object(j);
	}
	json_end_array(j);
	json_int(j, "damages", (int64_t)s->damages);
}

/* What slabinfo and sysfs say of a cache, under their names where they have one. */
static void counts(struct json *j, const struct slab_cache *c,
		   const struct slab_count *all, const struct slab_count *at,
		   uint64_t active)
{
	json_int(j, "object_size", c->object_size);
	json_int(j, "size", c->size);
	json_int(j, "objs_per_slab", c->objects);
	json_int(j, "order", c->order);
	json_int(j, "total_objects", (int64_t)all->objects);
	json_int(j, "active_objects", (int64_t)active);
	json_int(j, "inuse", (int64_t)all->inuse);
	json_int(j, "slabs", (int64_t)all->slabs);
	json_int(j, "cpu_slabs", (int64_t)at[SLAB_CPU].slabs);
	json_int(j, "cpu_partial", (int64_t)at[SLAB_CPU_PARTIAL].slabs);
	json_int(j, "partial", (int64_t)at[SLAB_NODE_PARTIAL].slabs);
	json_int(j, "partial_inuse", (int64_t)at[SLAB_NODE_PARTIAL].inuse);
	json_int(j, "loose", (int64_t)at[SLAB_LOOSE].slabs);
}

void json_slab_overview(FILE *out, const struct facts *f, const struct slabs *s,
			const struct slab_overview *o)
{
	struct json *j = json_begin(out, f);
	const struct slab_row *r;
	size_t i;

	if (!j)
		return;
	json_object(j, "meminfo");
	if (o->counted) {
		json_int(j, "Slab", (int64_t)(o->reclaimable + o->unreclaimable));
		json_int(j, "SReclaimable", (int64_t)o->reclaimable);
		json_int(j, "SUnreclaim", (int64_t)o->unreclaimable);
	}
	json_end_object(j);
	json_int(j, "bytes", (int64_t)o->bytes);
	json_array(j, "caches");
	for (i = 0; i < o->rows.n; i++) {
		r = &o->rows.v[i];
		json_object(j, NULL);
		json_text(j, "name", r->name);
		json_address(j, "address", r->cache->addr);
		json_int(j, "members", r->members);
		counts(j, r->cache, &r->all, r->at, r->active);
		json_int(j, "bytes", (int64_t)(r->pages << s->pages.shift));
		json_int(j, "lost", (int64_t)r->lost);
		json_bool(j, "debugging", slab_cache_is_debugging(r->cache));
		json_end_object(j);
	}
	json_end_array(j);
	json_array(j, "gpu_caches");
	for (i = 0; i < o->gpu.n; i++) {
		json_object(j, NULL);
		json_text(j, "type", o->gpu.v[i].type);
		json_int(j, "size", o->gpu.v[i].size);
		json_text(j, "cache", o->gpu.v[i].cache ? o->gpu.v[i].cache->name : NULL);
		json_end_object(j);
	}
	json_end_array(j);
	damage(j, s);
	json_finish(j, f);
}

static void states(struct json *j, const struct slab_detail *x)
{
	int p, k;

	json_array(j, "places");
	for (p = 0; p < SLAB_PLACES; p++) {
		if (!x->totals.at[p].slabs)
			continue;
		json_object(j, NULL);
		json_text(j, "place", slab_place_word((enum slab_place)p));
		json_int(j, "slabs", (int64_t)x->totals.at[p].slabs);
		json_int(j, "objects", (int64_t)x->totals.at[p].objects);
		json_int(j, "inuse", (int64_t)x->totals.at[p].inuse);
		for (k = 0; k < OBJECT_STATES; k++)
			json_int(j, object_state_word((enum object_state)k),
				 (int64_t)x->states.n[p][k]);
		json_end_object(j);
	}
	json_end_array(j);
}

void json_slab_caches(FILE *out, const struct facts *f, const struct slabs *s,
		      const struct slab_selection *sel, const struct slab_detail *v)
{
	struct json *j = json_begin(out, f);
	const struct slab_count *partial;
	size_t i;

	if (!j)
		return;
	json_array(j, "caches");
	for (i = 0; i < sel->v.n; i++) {
		partial = &v[i].totals.at[SLAB_NODE_PARTIAL];
		json_object(j, NULL);
		json_text(j, "name", v[i].cache->name);
		json_text(j, "family", v[i].cache->family);
		json_address(j, "address", v[i].cache->addr);
		counts(j, v[i].cache, &v[i].totals.all, v[i].totals.at,
		       v[i].totals.all.objects - (partial->objects - partial->inuse));
		json_int(j, "in_sheaves", (int64_t)v[i].totals.sheaved);
		json_int(j, "lost", (int64_t)v[i].totals.lost);
		json_text(j, "free_pointers", slab_freeptr_words(&v[i]));
		json_bool(j, "tracked", v[i].cache->store_user);
		json_int(j, "checked", (int64_t)v[i].checked);
		states(j, &v[i]);
		json_end_object(j);
	}
	json_end_array(j);
	damage(j, s);
	json_finish(j, f);
}

static void hex(struct json *j, const struct object_type *t)
{
	char text[3 * TYPE_HEX_MAX + 1] = "";
	size_t i;

	for (i = 0; i < t->nhex; i++)
		snprintf(text + 3 * i, 4, i + 1 < t->nhex ? "%02x " : "%02x", t->hex[i]);
	json_text(j, "hex", text);
}

static void type_fields(struct json *j, const struct object_type *t)
{
	json_text(j, "kind", object_kind_word(t->kind));
	json_text(j, "name", t->name);
	json_int(j, "count", (int64_t)t->count);
	json_int(j, "bytes", (int64_t)t->bytes);
	if (t->kind == KIND_INDIRECT_TABLE)
		json_int(j, "in_ring", (int64_t)t->live);
	json_address(j, "example", t->example);
	hex(j, t);
}

void json_slab_types(FILE *out, const struct facts *f, const char *cache,
		     const struct slab_types *x)
{
	struct json *j = json_begin(out, f);
	size_t i;

	if (!j)
		return;
	json_text(j, "cache", cache);
	json_int(j, "objects", (int64_t)x->objects);
	json_int(j, "unread", (int64_t)x->unread);
	json_array(j, "types");
	for (i = 0; i < x->n; i++) {
		json_object(j, NULL);
		type_fields(j, x->v[i]);
		json_end_object(j);
	}
	json_end_array(j);
	json_finish(j, f);
}

static void owner_fields(struct json *j, struct facts *f, const struct slab_owner *o)
{
	const struct task *t;
	size_t i;

	json_text(j, "site", o->site);
	json_int(j, "count", (int64_t)o->count);
	json_int(j, "bytes", (int64_t)o->bytes);
	json_seconds(j, "youngest_s", facts_since_jiffies(f, o->youngest));
	json_seconds(j, "oldest_s", facts_since_jiffies(f, o->oldest));
	json_array(j, "pids");
	for (i = 0; i < o->npids && i < OWNER_PIDS; i++) {
		t = task_by_pid(&f->tasks, o->pids[i]);
		json_object(j, NULL);
		json_int(j, "pid", o->pids[i]);
		json_text(j, "comm", t ? t->comm : NULL);
		json_end_object(j);
	}
	json_end_array(j);
	json_bool(j, "more_pids", o->npids > OWNER_PIDS);
	json_address(j, "example", o->example);
	json_texts(j, "stack", o->frames, o->track.n);
}

static void owners(struct json *j, struct facts *f, const char *key,
		   const struct slab_owners *v)
{
	size_t i;

	json_array(j, key);
	for (i = 0; i < v->all.n; i++) {
		json_object(j, NULL);
		owner_fields(j, f, v->all.v[i]);
		json_end_object(j);
	}
	json_end_array(j);
}

void json_slab_users(FILE *out, struct facts *f, const char *cache,
		     const struct slab_users *x)
{
	struct json *j = json_begin(out, f);

	if (!j)
		return;
	json_text(j, "cache", cache);
	json_bool(j, "tracked", x->tracked);
	json_int(j, "objects", (int64_t)x->objects);
	json_int(j, "untracked", (int64_t)x->allocated.untracked);
	json_int(j, "unread", (int64_t)x->unread);
	owners(j, f, "allocated", &x->allocated);
	owners(j, f, "freed", &x->freed);
	json_finish(j, f);
}

static void whatis_object(struct json *j, struct facts *f, const struct slab_whatis *w)
{
	static const char *const keys[] = {"allocated", "freed"};
	int k;

	json_address(j, "object", w->object.addr);
	json_int(j, "offset", (int64_t)w->object.offset);
	json_int(j, "index", w->object.index);
	json_text(j, "state", object_state_word(w->state));
	if (w->type) {
		json_object(j, "type");
		type_fields(j, w->type);
		json_end_object(j);
	}
	for (k = 0; k < 2; k++) {
		if (!w->tracked[k])
			continue;
		json_object(j, keys[k]);
		owner_fields(j, f, &w->owner[k]);
		json_end_object(j);
	}
}

void json_slab_whatis(FILE *out, struct facts *f, const struct slab_whatis *w)
{
	struct json *j = json_begin(out, f);
	size_t i;

	if (!j)
		return;
	json_object(j, "whatis");
	json_address(j, "address", w->asked);
	json_text(j, "cache", w->in_slab ? w->object.cache->name : NULL);
	json_address(j, "slab", w->slab);
	if (w->in_object)
		whatis_object(j, f, w);
	json_text(j, "symbol", w->symbol);
	json_text(j, "page", slab_page_words(w));
	json_int(j, "references_found", (int64_t)w->found);
	json_int(j, "scanned", (int64_t)w->scanned);
	json_text(j, "coverage", slab_search_words(w));
	json_array(j, "references");
	for (i = 0; i < w->references.n; i++) {
		json_object(j, NULL);
		json_address(j, "at", w->references.v[i].at);
		json_address(j, "value", w->references.v[i].value);
		json_text(j, "where",
			  slab_reference_words(f->arena, &w->references.v[i]));
		json_end_object(j);
	}
	json_end_array(j);
	json_end_object(j);
	json_finish(j, f);
}
