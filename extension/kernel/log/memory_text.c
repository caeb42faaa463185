// SPDX-License-Identifier: GPL-2.0-or-later
#include "memory_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/text.h"
#include "base/text_lines.h"

#define ROWS_MAX 4096
#define PAGE_LEAST 4096
#define PAGE_MOST 65536
/* More than any machine has: a number that lies. */
#define SANE_MAX (1ull << 50)

static const struct meminfo_told nothing_told = {0,	     UINT64_MAX, UINT64_MAX,
						 UINT64_MAX, UINT64_MAX, UINT64_MAX,
						 UINT64_MAX};

struct reading {
	struct arena *a;
	struct memory_told *out;
	struct caches_told *caches; /* the table that is read; NULL: none */
	size_t page;		    /* bytes, of slabinfo: as small as its rows allow */
};

/* ---- tables of caches ---------------------------------------------------------------- */

/* The first stays, of the others the last. */
static void begin_table(struct reading *r, bool slabtop, size_t line)
{
	struct memory_told *m = r->out;

	r->caches = &m->caches[m->ncaches ? 1 : 0];
	m->ncaches++;
	r->caches->all.n = r->caches->more = 0;
	r->caches->line = line;
	r->caches->slabtop = slabtop;
	r->page = PAGE_LEAST;
}

static void add_row(struct reading *r, const char *name, size_t n,
		    const struct cache_told *row)
{
	struct cache_told *c;
	char raw[64];

	if (!n || n >= sizeof(raw) || row->bytes > SANE_MAX || row->objects > SANE_MAX)
		return;
	if (r->caches->all.n == ROWS_MAX) {
		r->caches->more++;
		return;
	}
	c = vec_push(r->a, &r->caches->all);
	*c = *row;
	snprintf(raw, sizeof(raw), "%.*s", (int)n, name);
	text_escape(c->name, sizeof(c->name), raw);
}

/* "381050 375070  98%    0.62K  15242       25    243872K kmemleak_object" */
static bool slabtop_row(struct reading *r, const char *p)
{
	unsigned long long objects, active, slabs, each, kib;
	struct cache_told row;
	unsigned int use;
	int at = 0;

	/* The size is "0.62K", or "0,62K" where somebody's language has it so. */
	if (sscanf(p, "%llu %llu %u%% %*[0-9.,]K %llu %llu %lluK %n", &objects, &active,
		   &use, &slabs, &each, &kib, &at) < 6 ||
	    !at)
		return false;
	row = (struct cache_told){.active = active, .objects = objects};
	row.bytes = kib < SANE_MAX >> 10 ? kib << 10 : SANE_MAX + 1;
	add_row(r, p + at, strcspn(p + at, " "), &row);
	return true;
}

/*
 * A slab holds its objects: of 64 KiB a page has more of them than one of 4 has room for.
 * What was read with smaller pages is corrected.
 */
static void fit_page(struct reading *r, unsigned long long slab, unsigned long long pages)
{
	size_t old = r->page, i;

	while (pages && r->page < PAGE_MOST && slab > pages * r->page)
		r->page *= 2;
	for (i = 0; r->page != old && i < r->caches->all.n; i++)
		r->caches->all.v[i].bytes *= r->page / old;
}

/*
 * "kmalloc-128  50337  51350  640  25  4 : tunables 0 0 0 : slabdata 2054 2054 0": objects
 * a slab, pages a slab, slabs.
 */
static bool slabinfo_row(struct reading *r, const char *p)
{
	unsigned long long active, objects, size, each, pages, slabs;
	size_t n = strcspn(p, " ");
	const char *data = strstr(p, ": slabdata ");
	struct cache_told row;

	if (!data ||
	    sscanf(p + n, "%llu %llu %llu %llu %llu", &active, &objects, &size, &each,
		   &pages) != 5 ||
	    sscanf(data, ": slabdata %*u %llu", &slabs) != 1 || pages > 1024)
		return false;
	if (size <= SANE_MAX >> 20 && each <= UINT16_MAX)
		fit_page(r, size * each, pages);
	row = (struct cache_told){.active = active, .objects = objects};
	/* Before the page is known to be larger, and bytes are, by 16 at most. */
	row.bytes = slabs <= SANE_MAX / (1024 * PAGE_MOST) ? slabs * pages * r->page
							   : SANE_MAX + 1;
	add_row(r, p, n, &row);
	return true;
}

static bool take_table(struct reading *r, const char *p, size_t number)
{
	if (text_starts(p, "slabinfo - version: ")) {
		begin_table(r, false, number);
		return true;
	}
	if (text_starts(p, "OBJS ACTIVE ")) {
		begin_table(r, true, number);
		return true;
	}
	if (!r->caches || *p == '#')
		return r->caches != NULL;
	if (r->caches->slabtop ? slabtop_row(r, p) : slabinfo_row(r, p))
		return true;
	if (*p)
		r->caches = NULL;
	return false;
}

/* ---- meminfo --------------------------------------------------------------------------- */

/* "SUnreclaim:       236708 kB" */
static void take_meminfo(struct reading *r, const char *p, size_t number)
{
	static const struct {
		const char *label;
		size_t at;
	} rows[] = {
		{"MemTotal:", offsetof(struct meminfo_told, total)},
		{"MemFree:", offsetof(struct meminfo_told, free)},
		{"MemAvailable:", offsetof(struct meminfo_told, available)},
		{"Slab:", offsetof(struct meminfo_told, slab)},
		{"SReclaimable:", offsetof(struct meminfo_told, reclaimable)},
		{"SUnreclaim:", offsetof(struct meminfo_told, unreclaim)},
	};
	struct memory_told *m = r->out;
	struct meminfo_told *one = &m->meminfo[m->nmeminfos > 1 ? 1 : 0];
	unsigned long long kib;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!text_starts(p, rows[i].label) ||
		    sscanf(p + strlen(rows[i].label), "%llu kB", &kib) != 1 ||
		    !strstr(p, " kB") || kib > SANE_MAX >> 10)
			continue;
		/* The first line of the file, or the one where somebody cut it. */
		if (i == 0 || !m->nmeminfos) {
			one = &m->meminfo[m->nmeminfos ? 1 : 0];
			m->nmeminfos++;
			*one = nothing_told;
			one->line = number;
		}
		*(uint64_t *)((char *)one + rows[i].at) = (uint64_t)kib << 10;
	}
}

void memory_text_read(struct arena *a, const struct dump_text *t, struct memory_told *m)
{
	struct text_lines l = {.at = t->bytes, .end = t->bytes + t->size};
	struct reading r = {.a = a, .out = m, .page = PAGE_LEAST};
	const char *p;

	memset(m, 0, sizeof(*m));
	while (text_next_line(&l)) {
		p = l.raw + strspn(l.raw, " ");
		if (!take_table(&r, p, l.number))
			take_meminfo(&r, p, l.number);
	}
}

const struct cache_told *cache_told_named(const struct caches_told *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->all.n; i++)
		if (!strcmp(c->all.v[i].name, name))
			return &c->all.v[i];
	return NULL;
}
