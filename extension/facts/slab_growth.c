// SPDX-License-Identifier: GPL-2.0-or-later
#include "slab_growth.h"

#include <stdlib.h>
#include <string.h>

static int by_name(const void *x, const void *y)
{
	const struct slab_growth *a = x, *b = y;

	return strcmp(a->name, b->name);
}

static uint64_t difference(const struct slab_growth *g)
{
	return g->bytes[0] > g->bytes[1] ? g->bytes[0] - g->bytes[1]
					 : g->bytes[1] - g->bytes[0];
}

static int largest_first(const void *x, const void *y)
{
	const struct slab_growth *a = x, *b = y;

	if (difference(a) != difference(b))
		return difference(a) > difference(b) ? -1 : 1;
	return strcmp(a->name, b->name);
}

/* Two of a name are one: of each dump one, or of a dump that has a name twice. */
static void join(struct slab_growths *g)
{
	struct slab_growth *v = g->all.v;
	size_t i, n = 0;

	for (i = 1; i < g->all.n; i++) {
		if (strcmp(v[n].name, v[i].name) != 0) {
			v[++n] = v[i];
			continue;
		}
		v[n].objects[0] += v[i].objects[0];
		v[n].objects[1] += v[i].objects[1];
		v[n].bytes[0] += v[i].bytes[0];
		v[n].bytes[1] += v[i].bytes[1];
	}
	if (g->all.n)
		g->all.n = n + 1;
}

static void drop_equal(struct slab_growths *g)
{
	size_t i, n = 0;

	for (i = 0; i < g->all.n; i++)
		if (difference(&g->all.v[i]))
			g->all.v[n++] = g->all.v[i];
	g->all.n = n;
}

/* Both may be the head of a list: what a table does not show is not 0. */
static void drop_one_sided(struct slab_growths *g, const struct memory_told *m)
{
	struct slab_growth *one;
	size_t i, n = 0;

	for (i = 0; i < g->all.n; i++) {
		one = &g->all.v[i];
		if (cache_told_named(&m->caches[0], one->name) &&
		    cache_told_named(&m->caches[1], one->name))
			g->all.v[n++] = *one;
		else
			g->one_sided++;
	}
	g->all.n = n;
}

/* m: the tables that these are of; NULL: what is missing is not there. */
static void finish(struct slab_growths *g, const struct memory_told *m)
{
	if (g->all.n)
		qsort(g->all.v, g->all.n, sizeof(g->all.v[0]), by_name);
	join(g);
	if (m)
		drop_one_sided(g, m);
	drop_equal(g);
	if (g->all.n)
		qsort(g->all.v, g->all.n, sizeof(g->all.v[0]), largest_first);
}

void slab_growth_of_text(struct arena *a, const struct memory_told *m,
			 struct slab_growths *g)
{
	size_t from = m->ncaches > 1 ? 0 : 1, side, i;
	const struct caches_told *c;
	struct slab_growth *new;

	memset(g, 0, sizeof(*g));
	for (side = from; side < 2 && m->ncaches; side++) {
		c = &m->caches[side - from];
		for (i = 0; i < c->all.n; i++) {
			new = vec_push(a, &g->all);
			new->name = c->all.v[i].name;
			new->objects[side] = c->all.v[i].objects;
			new->bytes[side] = c->all.v[i].bytes;
			g->bytes[side] += c->all.v[i].bytes;
		}
	}
	finish(g, m->ncaches > 1 ? m : NULL);
}

void slab_growth_make(struct arena *a, const struct slab_overview *const o[2],
		      const struct slabs *const slabs[2], struct slab_growths *g)
{
	const struct slab_row *row;
	struct slab_growth *new;
	size_t side, i;

	memset(g, 0, sizeof(*g));
	for (side = 0; side < 2; side++) {
		g->bytes[side] = o[side]->bytes;
		for (i = 0; i < o[side]->rows.n; i++) {
			row = &o[side]->rows.v[i];
			new = vec_push(a, &g->all);
			new->name = row->name;
			new->objects[side] = row->all.objects;
			new->bytes[side] = row->pages << slabs[side]->pages.shift;
		}
	}
	finish(g, NULL);
}
