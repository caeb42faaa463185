// SPDX-License-Identifier: GPL-2.0-or-later
#include "text_dump.h"

#include "interrupt.h"

/* NOLINTBEGIN(readability-non-const-parameter): the prototypes are of dump.h */
static enum dump_err no_memory_there(struct dump *d, kaddr_t addr, void *buf, size_t size)
{
	(void)d;
	(void)addr;
	(void)buf;
	(void)size;
	return DUMP_ABSENT;
}

static bool no_symbol(struct dump *d, const char *name, kaddr_t *value)
{
	(void)d;
	(void)name;
	(void)value;
	return false;
}

static bool no_symbol_at(struct dump *d, kaddr_t addr, struct dump_symbol *sym)
{
	(void)d;
	(void)addr;
	(void)sym;
	return false;
}

static bool no_percpu(struct dump *d, unsigned int cpu, kaddr_t base, kaddr_t *addr)
{
	(void)d;
	(void)cpu;
	(void)base;
	(void)addr;
	return false;
}

static bool no_size(struct dump *d, const char *name, long *size)
{
	(void)d;
	(void)name;
	(void)size;
	return false;
}

static bool no_member(struct dump *d, const char *type, const char *path, bool anonymous,
		      long *offset, long *size)
{
	(void)d;
	(void)type;
	(void)path;
	(void)anonymous;
	(void)offset;
	(void)size;
	return false;
}

static bool no_module(struct dump *d, const char *module, bool *in_dump)
{
	(void)d;
	(void)module;
	if (in_dump)
		*in_dump = false;
	return false;
}

/* NOLINTEND(readability-non-const-parameter) */

static bool is_interrupted(struct dump *d)
{
	(void)d;
	return interrupted();
}

const struct dump_ops text_dump_ops = {
	.read = no_memory_there,
	.symbol = no_symbol,
	.symbol_local = no_symbol,
	.symbol_at = no_symbol_at,
	.percpu = no_percpu,
	.type_size = no_size,
	.member = no_member,
	.enumerator = no_size,
	.variable_size = no_size,
	.load_module = no_module,
	.interrupted = is_interrupted,
};
