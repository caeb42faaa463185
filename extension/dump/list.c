// SPDX-License-Identifier: GPL-2.0-or-later
#include "list.h"

#include <string.h>

static void walk_begin(struct list_walk *w, struct dump *d, kaddr_t head, size_t max)
{
	memset(w, 0, sizeof(*w));
	w->d = d;
	w->head = head;
	w->node = head;
	w->tortoise = head;
	w->max = max;
	w->power = 1;
}

void list_begin(struct list_walk *w, struct dump *d, kaddr_t head, size_t max)
{
	walk_begin(w, d, head, max);
}

void hlist_begin(struct list_walk *w, struct dump *d, kaddr_t head, size_t max)
{
	walk_begin(w, d, head, max);
	w->hlist = true;
}

void list_begin_back(struct list_walk *w, struct dump *d, kaddr_t head, size_t max)
{
	walk_begin(w, d, head, max);
	w->back = true;
}

/* Of a list_head's two links: the one that the walk follows, or the one that points back. */
static kaddr_t link_on(const struct list_walk *w, const kaddr_t link[2])
{
	return link[w->back];
}

static kaddr_t link_back(const struct list_walk *w, const kaddr_t link[2])
{
	return link[!w->back];
}

static bool walk_stop(struct list_walk *w, enum walk_end end)
{
	w->end = end;
	w->why = end == WALK_BAD ? dump_why_unread(w->d) : "";
	w->max = 0; /* stays stopped */
	return false;
}

/*
 * Brent's cycle detection: the tortoise waits at a power of two while the walk
 * goes on; meeting it again is a cycle that misses the head.  No memory, and at
 * most three times round a loop.
 */
static bool walk_cycles(struct list_walk *w)
{
	if (w->node == w->tortoise)
		return true;
	if (++w->lap == w->power) {
		w->tortoise = w->node;
		w->power *= 2;
		w->lap = 0;
	}
	return false;
}

/* Back at the head, whose other link must be the last node. */
static enum walk_end walk_closed(struct list_walk *w)
{
	kaddr_t link[2];

	if (dump_read(w->d, w->head, link, sizeof(link)) != DUMP_OK)
		return WALK_BAD;
	return link_back(w, link) == w->prev ? WALK_DONE : WALK_CORRUPT;
}

bool list_next(struct list_walk *w, kaddr_t *node)
{
	kaddr_t link[2]; /* list_head: next, prev; hlist_node: next, pprev */

	if (!w->max)
		return false;
	w->prev = w->node;
	if (w->n)
		w->node = w->next;
	else if (!dump_ptr(w->d, w->node + (w->back ? sizeof(kaddr_t) : 0), &w->node))
		return walk_stop(w, WALK_BAD);
	if (w->hlist && !w->node)
		return walk_stop(w, WALK_DONE);
	if (!w->hlist && w->node == w->head)
		return walk_stop(w, walk_closed(w));
	if (w->n == w->max)
		return walk_stop(w, WALK_LIMIT);
	if (walk_cycles(w))
		return walk_stop(w, WALK_CYCLE);
	if (dump_read(w->d, w->node, link, sizeof(link)) != DUMP_OK)
		return walk_stop(w, WALK_BAD);
	/* Both kinds point back at the link that led here. */
	if (link_back(w, link) != w->prev)
		return walk_stop(w, WALK_CORRUPT);
	w->n++;
	w->next = link_on(w, link);
	*node = w->node;
	return true;
}

void list_end_note(const struct list_walk *w, const char *what)
{
	static const char *const why[] = {
		[WALK_CYCLE] = "loops without coming back to its head",
		[WALK_LIMIT] = "is longer than any sane list",
		[WALK_BAD] = "has a link that cannot be read",
		[WALK_CORRUPT] = "has a node whose prev does not point back",
	};

	if (w->end != WALK_DONE)
		dump_note(w->d,
			  "%s: the list at 0x%llx %s%s (after %zu entries, at 0x%llx)",
			  what, HEX(w->head), why[w->end], w->why, w->n, HEX(w->node));
}
