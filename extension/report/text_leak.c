// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu leak`: what nothing refers to, and how much of memory was looked at. */
#include "report.h"

#include "text_writer.h"

#define N(x) ((unsigned long long)(x))

static double percent(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * (double)part / (double)whole : 0;
}

static void coverage(FILE *out, const struct leaks *l)
{
	uint64_t roots = l->roots.read + l->roots.excluded;

	text_wrapf(out, "COVERAGE", 10,
		   "%llu of %llu pages of slabs (%.1f %%) and %llu of %llu pages that the "
		   "kernel uses itself (%.1f %%) were in the dump and searched for "
		   "references; %llu pages of processes and files, which hold none, were not.",
		   N(l->slab_pages - l->slab_unread), N(l->slab_pages),
		   percent(l->slab_pages - l->slab_unread, l->slab_pages),
		   N(l->roots.read), N(roots), percent(l->roots.read, roots),
		   N(l->roots.user));
	if (l->pending)
		text_wrapf(out, "", 10,
			   "%llu objects have been freed and wait for RCU: not lost.",
			   N(l->pending));
	if (l->unknown)
		text_wrapf(out, "", 10,
			   "%llu objects of damaged or missing slabs may be anything: not "
			   "called lost.",
			   N(l->unknown));
}

static void group_line(FILE *out, const struct leak_group *g)
{
	fprintf(out, "%10llu %12llu %10llu  %-20s 0x%llx  %s\n", N(g->n), N(g->bytes),
		N(g->held), g->cache->name, N(g->example), g->type);
}

void text_leaks(FILE *out, const struct facts *f, const struct leaks *l,
		const struct slab_cache *only, const struct leak_groups *groups)
{
	uint64_t n = 0, allocated = 0;
	size_t i;

	for (i = 0; i < groups->all.n; i++)
		n += groups->all.v[i].n;
	allocated = only ? l->allocated_of[only - l->slabs->caches.all.v] : l->allocated;
	text_wrapf(out, "LOST", 10,
		   "%llu of %llu allocated objects%s%s: nothing in the kernel's memory "
		   "refers to them%s",
		   N(n), N(allocated), only ? " of " : "", only ? only->name : "",
		   n ? ", or only another lost object does (held)." : ".");
	if (n)
		fprintf(out, "%10s %12s %10s  %-20s %-18s  %s\n", "OBJECTS", "BYTES",
			"HELD", "CACHE", "EXAMPLE", "WHAT");
	for (i = 0; i < groups->all.n; i++)
		group_line(out, &groups->all.v[i]);
	coverage(out, l);
	text_notes(out, f);
}
