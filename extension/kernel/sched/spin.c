// SPDX-License-Identifier: GPL-2.0-or-later
#include "spin.h"

#include <string.h>

#include "arch/arch.h"
#include "base/base.h"

#define PIECE 512

/* _raw_spin_lock(), _raw_spin_lock_irqsave(), _raw_write_lock_bh(), ... */
static bool is_lock_function(const struct dump_symbol *sym)
{
	static const char *const begins[] = {"_raw_spin_lock", "_raw_read_lock",
					     "_raw_write_lock"};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(begins); i++)
		if (!strncmp(sym->name, begins[i], strlen(begins[i])))
			return true;
	return false;
}

static bool find_in(struct dump *d, const uint64_t *words, size_t n,
		    bool (*is)(const struct dump_symbol *sym), struct spin_trace *s)
{
	struct dump_symbol sym;
	size_t i;

	for (i = 0; i < n; i++) {
		if (words[i] < d->arch->kernel_low ||
		    !dump_symbol_at(d, words[i], &sym) || !sym.offset || !is(&sym))
			continue;
		s->function = arena_printf(d->arena, "%s", sym.name);
		s->at += i * sizeof(*words);
		return true;
	}
	return false;
}

const struct spin_trace *trace_on_stack(struct dump *d, const struct task *t,
					bool (*is)(const struct dump_symbol *sym))
{
	uint64_t words[PIECE / sizeof(uint64_t)];
	struct spin_trace *s = arena_alloc(d->arena, sizeof(*s));
	size_t at;

	if (t->stack_size > TASK_STACK_MAX)
		return NULL;
	/* Each by itself: some may not be in the dump. */
	for (at = 0; at + PIECE <= t->stack_size && !dump_interrupted(d); at += PIECE) {
		s->at = t->stack + at;
		if (dump_read(d, s->at, words, PIECE) == DUMP_OK &&
		    find_in(d, words, ARRAY_SIZE(words), is, s))
			return s;
	}
	return NULL;
}

const struct spin_trace *spin_on_stack(struct dump *d, const struct task *t)
{
	return trace_on_stack(d, t, is_lock_function);
}
