// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu leak`: what nothing refers to, and how much of memory was looked at. */
#include "report.h"

#include "text_writer.h"
#include "triage/leak_judge.h"

static double percent(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * (double)part / (double)whole : 0;
}

static void coverage(FILE *out, const struct leaks *l)
{
	uint64_t roots = l->roots.read + l->roots.excluded;

	text_wrapf(
		out, "COVERAGE", 10,
		"%llu of %llu pages of slabs (%.1f %%) and %llu of %llu pages that the "
		"kernel uses itself (%.1f %%) were in the dump and searched for "
		"references; %llu pages of processes and files were not (of these, NFS "
		"directories alone are known to hold any).",
		COUNT(l->slab_pages - l->slab_unread), COUNT(l->slab_pages),
		percent(l->slab_pages - l->slab_unread, l->slab_pages),
		COUNT(l->roots.read), COUNT(roots), percent(l->roots.read, roots),
		COUNT(l->roots.user));
	if (l->roots.unknown)
		text_wrapf(out, "", 10,
			   "%llu more pages may be anything, references too: their "
			   "struct page is not in the dump.",
			   COUNT(l->roots.unknown));
	if (l->pending)
		text_wrapf(out, "", 10,
			   "%llu objects have been freed and wait for RCU: not lost.",
			   COUNT(l->pending));
	if (l->unknown)
		text_wrapf(
			out, "", 10,
			"%llu objects of damaged or missing slabs may be anything: not "
			"called lost.",
			COUNT(l->unknown));
}

static void owner(FILE *out, const struct leak_group *g)
{
	size_t i;

	fprintf(out, "%*sallocated in %s%s by pid %d:\n", 10, "", g->site,
		g->n > 1 ? ", one of them" : "", g->owner.pid);
	for (i = 0; i < g->owner.n; i++)
		fprintf(out, "%*s%s\n", 14, "", g->frames[i]);
}

static void group(FILE *out, const struct leaks *l, const struct leak_group *g)
{
	const struct fence_census *f = &g->fences;
	const char *excuse = leak_excuse(g);

	fprintf(out, "%9llu %11llu %9llu %3d%%  %-16s 0x%llx %s\n", COUNT(g->n),
		COUNT(g->bytes), COUNT(g->held), leak_confidence(l, g), g->cache->name,
		HEX(g->example), g->type);
	if (f->n)
		text_wrapf(
			out, "", 10,
			"%llu of %llu signalled, %llu with one reference left, %llu off "
			"the device's list; seqno %llu to %llu",
			COUNT(f->signalled), COUNT(f->n), COUNT(f->alone),
			COUNT(f->unlinked), COUNT(f->lowest), COUNT(f->highest));
	if (excuse)
		text_wrap(out, "", 10, excuse);
	if (g->tracked)
		owner(out, g);
}

static uint64_t allocated_of(const struct leaks *l, const struct slab_selection *only)
{
	uint64_t n = 0;
	size_t i;

	if (!only)
		return l->allocated;
	for (i = 0; i < only->v.n; i++)
		n += l->allocated_of[only->v.v[i] - l->slabs->caches.all.v];
	return n;
}

static void table(FILE *out, const struct leaks *l, const struct leak_groups *groups,
		  bool kept)
{
	size_t i;

	fprintf(out, "%9s %11s %9s %4s  %-16s %-18s %s\n", "OBJECTS", "BYTES", "HELD",
		"SURE", "CACHE", "EXAMPLE", "TYPE");
	for (i = 0; i < groups->all.n; i++)
		if (leak_is_kept(&groups->all.v[i]) == kept)
			group(out, l, &groups->all.v[i]);
	if (groups->more && !kept)
		fprintf(out, "%9llu more objects of more types\n", COUNT(groups->more));
}

static void lost(FILE *out, const struct leaks *l, uint64_t allocated, const char *of,
		 const struct leak_groups *groups)
{
	uint64_t n = groups->n - groups->kept;

	if (!n) {
		text_wrapf(out, "LOST", 10, "none of %llu allocated objects%s",
			   COUNT(allocated), of);
		return;
	}
	text_wrapf(
		out, "LOST", 10,
		"%llu of %llu allocated objects%s, %llu bytes: nothing in the kernel's "
		"memory refers to them, or only another lost object does (held).",
		COUNT(n), COUNT(allocated), of,
		COUNT(groups->bytes - groups->kept_bytes));
	table(out, l, groups, false);
}

static void kept(FILE *out, const struct leaks *l, const struct leak_groups *groups)
{
	if (!groups->kept)
		return;
	text_wrapf(out, "KEPT", 10,
		   "%llu objects, %llu bytes, that nothing refers to either: the kernel "
		   "keeps them so on purpose, and they are no leak.",
		   COUNT(groups->kept), COUNT(groups->kept_bytes));
	table(out, l, groups, true);
}

void text_leaks(FILE *out, const struct facts *f, const struct leaks *l, const char *name,
		const struct slab_selection *only, const struct leak_groups *groups)
{
	lost(out, l, allocated_of(l, only),
	     name ? arena_printf(f->arena, " of %s", name) : "", groups);
	kept(out, l, groups);
	coverage(out, l);
	text_notes(out, f);
}
