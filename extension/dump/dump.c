// SPDX-License-Identifier: GPL-2.0-or-later
/* What is the same for every reader of dumps. */
#include "dump.h"

#include <stdio.h>
#include <string.h>

#define NOTES_MAX 64
#define NOTE_SIZE 1024

enum dump_err dump_read(struct dump *d, kaddr_t addr, void *buf, size_t size)
{
	if (dump_interrupted(d))
		return DUMP_INTERRUPTED;
	if (!size)
		return DUMP_OK;
	if (addr + (size - 1) < addr)
		return DUMP_BAD_ADDRESS;
	return d->ops->read(d, addr, buf, size);
}

bool dump_u8(struct dump *d, kaddr_t addr, uint8_t *v)
{
	return dump_read(d, addr, v, sizeof(*v)) == DUMP_OK;
}

bool dump_u16(struct dump *d, kaddr_t addr, uint16_t *v)
{
	return dump_read(d, addr, v, sizeof(*v)) == DUMP_OK;
}

bool dump_u32(struct dump *d, kaddr_t addr, uint32_t *v)
{
	return dump_read(d, addr, v, sizeof(*v)) == DUMP_OK;
}

bool dump_u64(struct dump *d, kaddr_t addr, uint64_t *v)
{
	return dump_read(d, addr, v, sizeof(*v)) == DUMP_OK;
}

bool dump_string(struct dump *d, kaddr_t addr, char *buf, size_t size)
{
	size_t n = 0, chunk, page = d->info.page_size ? d->info.page_size : 4096;
	char *nul;

	buf[0] = '\0';
	while (n + 1 < size) {
		/* Not across a page end: the next page may be missing. */
		chunk = page - (addr + n) % page;
		if (chunk > size - 1 - n)
			chunk = size - 1 - n;
		if (dump_read(d, addr + n, buf + n, chunk) != DUMP_OK)
			break;
		nul = memchr(buf + n, '\0', chunk);
		if (nul)
			return true;
		n += chunk;
	}
	buf[n] = '\0';
	return n > 0;
}

const char *dump_strerror(enum dump_err err)
{
	switch (err) {
	case DUMP_OK:
		return "read";
	case DUMP_EXCLUDED:
		return "page excluded from the dump";
	case DUMP_BAD_ADDRESS:
		return "bad address";
	case DUMP_INTERRUPTED:
		return "interrupted";
	}
	return "unknown error";
}

bool dump_symbol(struct dump *d, const char *name, kaddr_t *value)
{
	return d->ops->symbol(d, name, value);
}

bool dump_symbol_local(struct dump *d, const char *name, kaddr_t *value)
{
	return d->ops->symbol(d, name, value) || d->ops->symbol_local(d, name, value);
}

bool dump_symbol_at(struct dump *d, kaddr_t addr, struct dump_symbol *sym)
{
	return d->ops->symbol_at(d, addr, sym);
}

bool dump_is_function(struct dump *d, kaddr_t addr, const char *name)
{
	struct dump_symbol sym;

	return dump_symbol_at(d, addr, &sym) && !sym.offset && !strcmp(sym.name, name);
}

bool dump_percpu(struct dump *d, unsigned int cpu, kaddr_t base, kaddr_t *addr)
{
	return d->ops->percpu(d, cpu, base, addr);
}

bool dump_percpu_symbol(struct dump *d, unsigned int cpu, const char *name, kaddr_t *addr)
{
	kaddr_t base;

	return dump_symbol(d, name, &base) && dump_percpu(d, cpu, base, addr);
}

bool dump_symbol_u64(struct dump *d, const char *name, uint64_t *v)
{
	kaddr_t addr;

	return dump_symbol(d, name, &addr) && dump_u64(d, addr, v);
}

bool dump_symbol_u32(struct dump *d, const char *name, uint32_t *v)
{
	kaddr_t addr;

	return dump_symbol(d, name, &addr) && dump_u32(d, addr, v);
}

bool dump_physical(struct dump *d, kaddr_t addr, uint64_t *pa)
{
	return d->ops->physical && d->ops->physical(d, addr, pa);
}

bool dump_interrupted(struct dump *d)
{
	return d->ops->interrupted && d->ops->interrupted(d);
}

bool dump_load_module(struct dump *d, const char *module, bool *in_dump)
{
	bool there = false;
	bool ok = d->ops->load_module(d, module, &there);

	if (in_dump)
		*in_dump = there;
	return ok;
}

void dump_note(struct dump *d, const char *fmt, ...)
{
	va_list ap;
	char s[NOTE_SIZE];
	size_t i;

	/* After Ctrl-C no read works: that says nothing of the dump. */
	if (dump_interrupted(d) || d->notes.n > NOTES_MAX)
		return;
	/* Millions of reads may fail: only what is kept costs memory. */
	va_start(ap, fmt);
	vsnprintf(s, sizeof(s), fmt, ap);
	va_end(ap);
	for (i = 0; i < d->notes.n; i++)
		if (!strcmp(d->notes.v[i], s))
			return;
	if (d->notes.n < NOTES_MAX)
		*vec_push(d->arena, &d->notes) = arena_printf(d->arena, "%s", s);
	else if (d->notes.n == NOTES_MAX)
		*vec_push(d->arena, &d->notes) =
			arena_printf(d->arena, "more could not be read (not listed)");
}

struct arena *dump_keep_begin(struct dump *d, enum keeper keeper)
{
	struct kept *k = &d->kept[keeper];

	k->it = NULL;
	arena_free(&k->arena);
	k->arena.no_memory = d->arena->no_memory;
	return &k->arena;
}

void dump_keep(struct dump *d, enum keeper keeper, void *it)
{
	d->kept[keeper].it = it;
}

void *dump_kept(struct dump *d, enum keeper keeper)
{
	return d->kept[keeper].it;
}

void dump_forget_all(struct dump *d)
{
	size_t i;

	for (i = 0; i < KEEPERS; i++) {
		d->kept[i].it = NULL;
		arena_free(&d->kept[i].arena);
	}
}

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

static bool walk_stop(struct list_walk *w, enum walk_end end)
{
	w->end = end;
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

/* Back at the head, whose prev must be the last node. */
static enum walk_end walk_closed(struct list_walk *w)
{
	kaddr_t link[2];

	if (dump_read(w->d, w->head, link, sizeof(link)) != DUMP_OK)
		return WALK_BAD;
	return link[1] == w->prev ? WALK_DONE : WALK_CORRUPT;
}

bool list_next(struct list_walk *w, kaddr_t *node)
{
	kaddr_t link[2]; /* list_head: next, prev; hlist_node: next, pprev */

	if (!w->max)
		return false;
	w->prev = w->node;
	if (w->n)
		w->node = w->next;
	else if (!dump_ptr(w->d, w->node, &w->node))
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
	if (link[1] != w->prev)
		return walk_stop(w, WALK_CORRUPT);
	w->n++;
	w->next = link[0];
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
			  "%s: the list at 0x%llx %s (after %zu entries, at 0x%llx)",
			  what, HEX(w->head), why[w->end], w->n, HEX(w->node));
}
