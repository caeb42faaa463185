// SPDX-License-Identifier: GPL-2.0-or-later
#include "stack_search.h"

#include "base/base.h"

struct search {
	struct dump *d;
	struct stack_target *v;
	size_t n;
	unsigned char *page;
};

/* The last target that begins at or before the address; NULL: none does. */
static struct stack_target *target_before(const struct search *s, kaddr_t addr)
{
	size_t low = 0, high = s->n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (s->v[middle].start <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &s->v[low - 1] : NULL;
}

static void search_word(struct search *s, const struct task *t, kaddr_t at, kaddr_t word)
{
	struct stack_target *target = target_before(s, word);

	if (!target || word >= target->end || target->task)
		return;
	target->task = t;
	target->at = at;
}

/* A page at a time: one that is not in the dump costs no other. */
static void search_stack(struct search *s, const struct task *t)
{
	kaddr_t from = task_stack_used(t), end = t->stack + t->stack_size;
	size_t i, n, page = s->d->info.page_size;

	for (; from < end && !dump_interrupted(s->d); from += n) {
		n = page - from % page;
		if (n > end - from)
			n = end - from;
		if (dump_read(s->d, from, s->page, n) != DUMP_OK)
			continue;
		for (i = 0; i + sizeof(kaddr_t) <= n; i += sizeof(kaddr_t))
			search_word(s, t, from + i, load_u64(s->page + i));
	}
}

void stacks_search(struct dump *d, const struct tasks *tasks, struct stack_target *v,
		   size_t n)
{
	struct search s = {.d = d, .v = v, .n = n};
	size_t i;

	if (!n)
		return;
	s.page = arena_alloc(d->arena, d->info.page_size);
	for (i = 0; i < tasks->all.n; i++)
		search_stack(&s, &tasks->all.v[i]);
}
