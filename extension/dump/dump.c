// SPDX-License-Identifier: GPL-2.0-or-later
/* What is the same for every reader of dumps. */
#include "dump.h"

#include <string.h>

const char *small_level_word(enum small_level level)
{
	static const char *const words[SMALL_LEVELS] = {[SMALL_TRIAGE] = "triage",
							[SMALL_COMMANDS] = "commands",
							[SMALL_LEAK] = "leak"};

	return words[level];
}

static enum dump_err read_any(struct dump *d, kaddr_t addr, void *buf, size_t size)
{
	if (dump_interrupted(d))
		return DUMP_INTERRUPTED;
	if (!size)
		return DUMP_OK;
	if (addr + (size - 1) < addr)
		return DUMP_BAD_ADDRESS;
	return d->ops->read(d, addr, buf, size);
}

enum dump_err dump_read(struct dump *d, kaddr_t addr, void *buf, size_t size)
{
	d->unread = read_any(d, addr, buf, size);
	return d->unread;
}

bool dump_u8(struct dump *d, kaddr_t addr, uint8_t *v)
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

/* What fails here is no read: the reason of the one before must not be told for it. */
static bool no_read(struct dump *d, bool ok)
{
	if (!ok)
		d->unread = DUMP_OK;
	return ok;
}

bool dump_symbol(struct dump *d, const char *name, kaddr_t *value)
{
	return no_read(d, d->ops->symbol(d, name, value));
}

bool dump_symbol_local(struct dump *d, const char *name, kaddr_t *value)
{
	return no_read(d, d->ops->symbol(d, name, value) ||
				  d->ops->symbol_local(d, name, value));
}

bool dump_symbol_at(struct dump *d, kaddr_t addr, struct dump_symbol *sym)
{
	return d->ops->symbol_at(d, addr, sym);
}

bool dump_percpu(struct dump *d, unsigned int cpu, kaddr_t base, kaddr_t *addr)
{
	return no_read(d, d->ops->percpu(d, cpu, base, addr));
}

bool dump_percpu_symbol(struct dump *d, unsigned int cpu, const char *name, kaddr_t *addr)
{
	kaddr_t base;

	return dump_symbol(d, name, &base) && dump_percpu(d, cpu, base, addr);
}

bool dump_has_cpu(struct dump *d, unsigned int cpu)
{
	kaddr_t addr;

	return d->ops->percpu(d, cpu, 0, &addr);
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
