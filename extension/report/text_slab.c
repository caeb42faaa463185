// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu slab` in all its forms. */
#include <inttypes.h>
#include <string.h>

#include "report_slab.h"
#include "slab_words.h"
#include "base/text.h"
#include "spelling.h"
#include "text_writer.h"

#define INDENT 10
#define OWNERS_SHOWN 20
#define TYPES_SHOWN 40
#define KIB(bytes) (((bytes) + 1023) / 1024)

static double share(uint64_t part, uint64_t all)
{
	return all ? (double)part / (double)all : 0;
}

static void damage(FILE *out, const struct slabs *s, const struct slab_selection *sel)
{
	const struct slab_damage *dm;
	size_t i, k;

	for (i = 0; i < s->damage.n; i++) {
		dm = &s->damage.v[i];
		for (k = 0; sel && k < sel->v.n; k++)
			if (dm->cache != SLAB_NO_CACHE &&
			    sel->v.v[k] == &s->caches.all.v[dm->cache])
				break;
		if (sel && k == sel->v.n)
			continue;
		text_wrapf(out, "DAMAGED", INDENT, "slab 0x%llx %s", HEX(dm->slab),
			   dm->text);
	}
	if (s->damages > s->damage.n)
		text_wrapf(out, "", INDENT, "%" PRIu64 " more like these are not listed",
			   s->damages - s->damage.n);
}

/* ---- the overview --------------------------------------------------------------- */

static void meminfo(FILE *out, const struct slab_overview *o)
{
	if (o->counted)
		text_wrapf(out, "MEMINFO", INDENT,
			   "Slab: %" PRIu64 " kB, SReclaimable: %" PRIu64
			   " kB, SUnreclaim: %" PRIu64 " kB",
			   KIB(o->reclaimable + o->unreclaimable), KIB(o->reclaimable),
			   KIB(o->unreclaimable));
	text_wrapf(out, "SLABS", INDENT, "%" PRIu64 " kB found in the page array",
		   KIB(o->bytes));
}

static void large(FILE *out, const struct facts *f, const struct slabs *s,
		  const struct slab_overview *o)
{
	const struct slab_row *r;
	size_t i;

	for (i = 0; i < o->rows.n; i++) {
		r = &o->rows.v[i];
		if (r->large && slab_cache_is_debugging(r->cache))
			text_wrapf(
				out, "LARGE", INDENT,
				"%s has %.0f %% of all slab memory: what a kernel that "
				"was built to find faults needs to watch its objects",
				r->name,
				100 * share(r->pages << s->pages.shift, o->bytes));
		else if (r->large)
			text_wrapf(out, "LARGE", INDENT,
				   "%s has %.0f %% of all slab memory, %" PRIu64
				   " objects: %s says what they are",
				   r->name,
				   100 * share(r->pages << s->pages.shift, o->bytes),
				   r->all.objects,
				   look_text(f, &LOOK(TYPES, .name = r->name)));
	}
}

static void gpu_caches(FILE *out, const struct slab_overview *o)
{
	size_t i;

	if (o->gpu.n)
		fprintf(out, "\nvirtio-gpu's objects on this kernel:\n");
	for (i = 0; i < o->gpu.n; i++)
		fprintf(out, "  %-28s %4ld bytes  %s\n", o->gpu.v[i].type,
			o->gpu.v[i].size,
			o->gpu.v[i].cache ? o->gpu.v[i].cache->name : "?");
}

void text_slab_overview(FILE *out, const struct facts *f, const struct slabs *s,
			const struct slab_overview *o)
{
	const struct slab_row *r;
	size_t i;

	meminfo(out, o);
	large(out, f, s, o);
	fprintf(out, "\n%9s %9s %4s %8s %7s %5s %10s  %s\n", "OBJS", "ACTIVE", "USE",
		"SIZE", "SLABS", "/SLAB", "CACHE SIZE", "NAME");
	for (i = 0; i < o->rows.n; i++) {
		r = &o->rows.v[i];
		if (!r->all.slabs && !r->lost)
			continue;
		fprintf(out,
			"%9" PRIu64 " %9" PRIu64 " %3.0f%% %7.2fK %7" PRIu64
			" %5u %9" PRIu64 "K  %s",
			r->all.objects, r->active, 100 * share(r->active, r->all.objects),
			r->cache->size / 1024.0, r->all.slabs, r->cache->objects,
			KIB(r->pages << s->pages.shift), r->name);
		if (r->members > 1)
			fprintf(out, " (%u caches)", r->members);
		if (r->lost)
			fprintf(out, " (%" PRIu64 " slabs lost)", r->lost);
		fputc('\n', out);
	}
	gpu_caches(out, o);
	if (s->damage.n)
		fputc('\n', out);
	damage(out, s, NULL);
	text_notes(out, f);
}

/* ---- one cache -------------------------------------------------------------------- */

static void places(FILE *out, const struct slab_detail *x)
{
	const uint64_t *n;
	int p;

	fprintf(out, "  %-13s %8s %9s %9s %9s %9s %9s\n", "place", "slabs", "objects",
		"inuse", "allocated", "free", "unknown");
	for (p = 0; p < SLAB_PLACES; p++) {
		if (!x->totals.at[p].slabs)
			continue;
		n = x->states.n[p];
		fprintf(out,
			"  %-13s %8" PRIu64 " %9" PRIu64 " %9" PRIu64 " %9" PRIu64
			" %9" PRIu64 " %9" PRIu64 "\n",
			slab_place_word((enum slab_place)p), x->totals.at[p].slabs,
			x->totals.at[p].objects, x->totals.at[p].inuse,
			n[OBJECT_ALLOCATED], n[OBJECT_FREE] + n[OBJECT_PENDING],
			n[OBJECT_UNKNOWN]);
	}
}

static void one_cache(FILE *out, const struct slab_detail *x)
{
	const struct slab_cache *c = x->cache;

	fprintf(out, "CACHE     %s  0x%llx\n", c->name, HEX(c->addr));
	text_wrapf(
		out, "", INDENT,
		"object %u bytes, %u with SLUB's own, %u in a slab of %u page%s%s%s%s%s%s",
		c->object_size, c->size, c->objects, 1u << (c->order & 31),
		PLURAL(1u << (c->order & 31)),
		c->refcount > 1 ? "; caches of other names are merged in" : "",
		c->store_user ? "; keeps who allocated" : "",
		c->red_zone ? "; red zones" : "", c->poison ? "; poison" : "",
		c->rcu ? "; freed by RCU" : "");
	text_wrapf(out, "", INDENT, "free pointers at +%u, %s", c->offset,
		   slab_freeptr_words(x));
	places(out, x);
	if (x->totals.sheaved)
		fprintf(out, "  in sheaves: %" PRIu64 "\n", x->totals.sheaved);
	if (x->totals.lost)
		fprintf(out, "  lost: %" PRIu64 " slabs contradict themselves\n",
			x->totals.lost);
	if (x->checked)
		fprintf(out,
			"  %" PRIu64 " objects' red zones and poison were compared\n",
			x->checked);
}

void text_slab_caches(FILE *out, const struct facts *f, const struct slabs *s,
		      const struct slab_selection *sel, const struct slab_detail *v)
{
	size_t i;

	for (i = 0; i < sel->v.n; i++) {
		if (i)
			fputc('\n', out);
		one_cache(out, &v[i]);
	}
	damage(out, s, sel);
	text_notes(out, f);
}

/* ---- what the objects are ------------------------------------------------------------ */

/* As kmemleak and slub_debug print memory: 16 bytes a line, then their characters. */
static void hex(FILE *out, const unsigned char *bytes, size_t n)
{
	size_t i, k;

	for (i = 0; i < n; i += 16) {
		fprintf(out, "      ");
		for (k = i; k < i + 16; k++)
			if (k < n)
				fprintf(out, "%02x ", bytes[k]);
			else
				fprintf(out, "   ");
		fputc(' ', out);
		for (k = i; k < i + 16 && k < n; k++)
			fputc(bytes[k] >= 0x20 && bytes[k] < 0x7f ? bytes[k] : '.', out);
		fputc('\n', out);
	}
}

static void one_type(FILE *out, const struct object_type *t)
{
	fprintf(out, "%10" PRIu64 " %10" PRIu64 "K  %s", t->count, KIB(t->bytes),
		t->name);
	if (t->kind == KIND_INDIRECT_TABLE)
		fprintf(out, ", %" PRIu64 " in a ring", t->live);
	fprintf(out, "\n    example 0x%llx\n", HEX(t->example));
	hex(out, t->hex, t->nhex < 32 ? t->nhex : 32);
}

void text_slab_types(FILE *out, const struct facts *f, const char *cache,
		     const struct slab_types *x)
{
	size_t i;

	fprintf(out, "%s\n%10s %11s  %s\n", cache, "OBJECTS", "BYTES", "WHAT THEY ARE");
	for (i = 0; i < x->n && i < TYPES_SHOWN; i++)
		one_type(out, x->v[i]);
	if (i < x->n)
		fprintf(out, "%zu more kinds are not shown; -j has them\n", x->n - i);
	fprintf(out, "%" PRIu64 " objects in use were looked at", x->objects);
	if (x->unread)
		fprintf(out, "; %" PRIu64 " more are not in the dump", x->unread);
	fputc('\n', out);
	text_notes(out, f);
}

/* ---- whose they are -------------------------------------------------------------------- */

/* "214 (Xorg), 163" */
static const char *pids(struct facts *f, const struct slab_owner *o)
{
	const char *text = "";
	const struct task *t;
	size_t i;

	for (i = 0; i < o->npids && i < OWNER_PIDS; i++) {
		t = task_by_pid(&f->tasks, o->pids[i]);
		text = arena_printf(f->arena, "%s%s%d%s%s%s", text, i ? ", " : "",
				    o->pids[i], t ? " (" : "", t ? t->comm : "",
				    t ? ")" : "");
	}
	return o->npids > OWNER_PIDS ? arena_printf(f->arena, "%s, ...", text) : text;
}

/* Where the columns of numbers end: what is said of a site stands below it. */
#define SITE_COLUMN 24

static void owner(FILE *out, struct facts *f, const struct slab_owner *o)
{
	const char *from = text_seconds(facts_since_jiffies(f, o->youngest));
	const char *to = text_seconds(facts_since_jiffies(f, o->oldest));
	bool range = strcmp(from, to) != 0;
	size_t i;

	fprintf(out, "%10" PRIu64 " %10" PRIu64 "K  %s\n", o->count, KIB(o->bytes),
		o->site);
	text_wrapf(out, "", SITE_COLUMN, "age %s%s%s, example 0x%llx, pid %s", from,
		   range ? " to " : "", range ? to : "", HEX(o->example), pids(f, o));
	for (i = 0; i < o->track.n; i++)
		fprintf(out, "%*s%s\n", SITE_COLUMN + 2, "", o->frames[i]);
}

static void owners(FILE *out, struct facts *f, const struct slab_owners *v,
		   const char *heading)
{
	size_t i;

	fprintf(out, "%10s %11s  %s\n", "OBJECTS", "BYTES", heading);
	for (i = 0; i < v->all.n && i < OWNERS_SHOWN; i++)
		owner(out, f, v->all.v[i]);
	if (i < v->all.n)
		fprintf(out, "%zu more are not shown; -j has them\n", v->all.n - i);
	if (v->untracked)
		fprintf(out, "%10" PRIu64 " %11s  without a track\n", v->untracked, "");
}

void text_slab_users(FILE *out, struct facts *f, const char *cache,
		     const struct slab_users *x)
{
	if (!x->tracked) {
		text_wrapf(
			out, "", 0,
			"SLUB kept no track of who allocated the objects of %s: that needs "
			"slub_debug=U (slab_debug=U since 6.9) on the kernel's command line, "
			"for one cache slub_debug=U,%s.",
			cache, cache);
		return;
	}
	fprintf(out, "%s\n", cache);
	owners(out, f, &x->allocated, "ALLOCATED BY");
	fputc('\n', out);
	owners(out, f, &x->freed, "USED AND FREED BEFORE BY");
	text_notes(out, f);
}

/* ---- one address ------------------------------------------------------------------------ */

static void whatis_track(FILE *out, struct facts *f, const struct slab_whatis *w,
			 enum slab_track_kind kind, const char *word)
{
	const struct slab_owner *o = &w->owner[kind];
	size_t i;

	if (!w->tracked[kind])
		return;
	text_wrapf(out, word, INDENT, "%s ago by %s, on CPU %d, pid %s",
		   text_seconds(facts_since_jiffies(f, o->track.when)), o->site,
		   o->track.cpu, pids(f, o));
	for (i = 0; i < o->track.n; i++)
		fprintf(out, "            %s\n", o->frames[i]);
}

static void whatis_object(FILE *out, struct facts *f, const struct slab_whatis *w)
{
	const struct slab_object *o = &w->object;

	fprintf(out, "OBJECT    0x%llx", HEX(o->addr));
	if (o->offset)
		fprintf(out, " +%zu", o->offset);
	fprintf(out, ", number %u of its slab, %u bytes: %s\n", o->index,
		o->cache->object_size, object_state_word(w->state));
	if (w->type) {
		text_wrap(out, "WHAT", INDENT, w->type->name);
		hex(out, w->type->hex, w->type->nhex);
	} else {
		text_wrap(out, "WHAT", INDENT, "its page is not in the dump");
	}
	whatis_track(out, f, w, TRACK_ALLOC, "ALLOCATED");
	whatis_track(out, f, w, TRACK_FREE, "FREED");
}

static void references(FILE *out, struct facts *f, const struct slab_whatis *w)
{
	const struct slab_reference *r;
	const char *into;
	size_t i;

	text_wrapf(out, "POINTERS", INDENT, "%" PRIu64 " to it found in %" PRIu64 " kB",
		   w->found, KIB(w->scanned));
	for (i = 0; i < w->references.n; i++) {
		r = &w->references.v[i];
		into = "";
		if (w->in_object && r->value != w->object.addr)
			into = arena_printf(f->arena, " to +%llu",
					    HEX(r->value - w->object.addr));
		text_wrapf(out, "", INDENT, "at 0x%llx%s: %s", HEX(r->at), into,
			   slab_reference_words(f->arena, r));
	}
	if (w->searched)
		text_wrap(out, "LOOKED AT", INDENT, slab_search_words(w));
}

void text_slab_whatis(FILE *out, struct facts *f, const struct slab_whatis *w)
{
	const char *page = slab_page_words(w);

	if (w->in_slab)
		fprintf(out, "SLAB      0x%llx of cache %s (%s)\n", HEX(w->slab),
			w->object.cache->name,
			slab_place_word((enum slab_place)w->object.slab->place));
	if (w->in_object)
		whatis_object(out, f, w);
	else if (w->in_slab)
		text_wrap(out, "", INDENT, "before its first or behind its last object");
	else
		text_wrapf(out, "WHAT", INDENT, "0x%llx: %s%s%s", HEX(w->asked),
			   w->symbol ? w->symbol : "", w->symbol && page ? ", " : "",
			   page ? page
			   : w->symbol
				   ? ""
				   : "no slab's, no symbol's, and not in the direct map");
	if (w->scanned)
		references(out, f, w);
	text_notes(out, f);
}
