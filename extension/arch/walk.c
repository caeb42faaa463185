// SPDX-License-Identifier: GPL-2.0-or-later
#include "walk.h"

#include <string.h>

#include "base/base.h"

#define PLACES 1024 /* buckets; a power of two */
#define PAGES 8	    /* of stack memory that are kept; a power of two */

struct stack_page {
	kaddr_t base; /* 1: holds nothing */
	unsigned char bytes[STACK_PAGE];
};

/* Tracers put the addresses of these in place of return addresses. */
static const char *const tracers[] = {"return_to_handler", "kretprobe_trampoline",
				      "__kretprobe_trampoline",
				      "arch_rethook_trampoline"};
#define TRACERS ARRAY_SIZE(tracers)

void walker_init(struct walker *walker, struct dump *d, const struct modules *modules)
{
	size_t i;

	_Static_assert(sizeof(walker->tracers) / sizeof(kaddr_t) == TRACERS, "");
	memset(walker, 0, sizeof(*walker));
	walker->d = d;
	walker->modules = modules;
	walker->places = arena_alloc(d->arena, PLACES * sizeof(*walker->places));
	walker->pages = arena_alloc(d->arena, PAGES * sizeof(*walker->pages));
	for (i = 0; i < PAGES; i++)
		walker->pages[i].base = 1;
	for (i = 0; i < TRACERS; i++)
		if (!dump_symbol(d, tracers[i], &walker->tracers[i]))
			walker->tracers[i] = 0;
}

static bool is_outside(const struct walk *w, kaddr_t addr)
{
	return w->outside && addr >= REGS_OUTSIDE &&
	       addr - REGS_OUTSIDE + sizeof(uint64_t) <= w->d->arch->note_registers;
}

/*
 * Stacks are aligned; the registers in crash_notes are not, so a word of theirs
 * may lie in two pages.
 */
bool walk_word(struct walk *w, kaddr_t addr, uint64_t *v)
{
	struct stack_page *p = &w->walker->pages[addr / STACK_PAGE % PAGES];
	kaddr_t base = addr & ~(kaddr_t)(STACK_PAGE - 1);

	if (is_outside(w, addr)) {
		memcpy(v, w->outside + (addr - REGS_OUTSIDE), sizeof(*v));
		return true;
	}
	if (addr - base > STACK_PAGE - sizeof(*v))
		return dump_u64(w->d, addr, v);
	if (p->base != base) {
		p->base = 1;
		if (dump_read(w->d, base, p->bytes, STACK_PAGE) != DUMP_OK)
			return false;
		p->base = base;
	}
	memcpy(v, p->bytes + (addr - base), sizeof(*v));
	return true;
}

static const char *keep(struct dump *d, const char *s)
{
	return *s ? arena_printf(d->arena, "%s", s) : "";
}

void place_name(struct walker *walker, struct place *p, kaddr_t ip)
{
	struct dump *d = walker->d;
	struct dump_symbol sym;

	p->mod = module_of_text(walker->modules, ip);
	p->function = "";
	p->module = p->mod ? p->mod->name : "";
	if (!modules_symbol_at(d, walker->modules, ip, &sym))
		return;
	p->module = keep(d, sym.module);
	p->function = keep(d, sym.name);
	p->offset = sym.offset;
}

const struct place *place_at(struct walker *walker, kaddr_t ip)
{
	struct place **bucket = &walker->places[(ip ^ ip >> 10 ^ ip >> 20) % PLACES];
	struct place *p;

	for (p = *bucket; p; p = p->next)
		if (p->ip == ip)
			return p;
	p = arena_alloc(walker->d->arena, sizeof(*p));
	p->next = *bucket;
	*bucket = p;
	p->ip = ip;
	place_name(walker, p, ip);
	walker->d->arch->describe(walker, p);
	return p;
}

bool walk_is_traced(const struct walk *w)
{
	size_t i;

	for (i = 0; i < TRACERS; i++)
		if (w->ip && w->ip == w->walker->tracers[i])
			return !w->signal;
	return false;
}

/*
 * A return address may be the first byte of the next function, after a call that
 * does not return, so what counts is the call before it; but a tracer's is none.
 */
const struct place *walk_here(struct walk *w)
{
	bool exact = w->signal || walk_is_traced(w);

	return place_at(w->walker, exact ? w->ip : w->ip - 1);
}

bool walk_stop(struct walk *w, const char *why)
{
	w->why = dump_interrupted(w->d) ? "interrupted" : why;
	return false;
}

bool walk_unread(struct walk *w, const char *what, kaddr_t addr)
{
	return walk_stop(w, arena_printf(w->d->arena, "%s at 0x%llx cannot be read%s",
					 what, HEX(addr), dump_why_unread(w->d)));
}
