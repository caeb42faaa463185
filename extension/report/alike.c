// SPDX-License-Identifier: GPL-2.0-or-later
#include "alike.h"

#include <string.h>

#include "base/keyed.h"

uint64_t alike_number(uint64_t hash, uint64_t number)
{
	size_t i;

	hash = hash ? hash : 0xcbf29ce484222325ull; /* FNV-1a */
	for (i = 0; i < sizeof(number); i++)
		hash = (hash ^ (number >> 8 * i & 0xff)) * 0x100000001b3ull;
	return hash;
}

static uint64_t part_of_words(uint64_t hash, const char *words, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		hash = alike_number(hash, (unsigned char)words[i]);
	return alike_number(hash, 0);
}

uint64_t alike_words(uint64_t hash, const char *words)
{
	return part_of_words(hash, words, strlen(words));
}

/* A frame without a function is that of its address. */
static uint64_t frame_hash(uint64_t hash, const struct frame *fr)
{
	if (!fr->function[0])
		return alike_number(hash, fr->ip);
	return alike_words(alike_words(hash, fr->function), fr->module);
}

uint64_t alike_hash(const struct task *t, const struct stack *s)
{
	size_t name = t->kthread ? strcspn(t->comm, "/") : strlen(t->comm), i;
	uint64_t hash = part_of_words(0, t->comm, name);

	hash = alike_number(hash, (uint64_t)t->kthread << 16 | (uint64_t)t->on_cpu << 9 |
					  (uint64_t)t->on_rq << 8 |
					  (unsigned char)t->state_letter);
	if (!s)
		return alike_number(hash, t->addr);
	for (i = 0; i < s->n; i++)
		hash = frame_hash(hash, &s->v[i]);
	return alike_number(hash, (uint64_t)s->user << 1 | s->complete);
}

/* Of groups, which move, the place and 1 are kept. */
static struct alike *group_of(struct arena *a, struct keyed *t, struct alikes *groups,
			      uint64_t hash)
{
	uintptr_t place = (uintptr_t)keyed_get(t, hash);
	struct alike *g;

	if (place)
		return &groups->all.v[place - 1];
	g = vec_push(a, &groups->all);
	g->least_s = g->most_s = -1;
	keyed_put(a, t, hash, (void *)(uintptr_t)groups->all.n);
	return g;
}

static void add(struct arena *a, struct alike *g, const struct alike_task *x)
{
	double s = x->task->since_s;

	*vec_push(a, &g->all) = x;
	if (s < 0)
		return;
	if (g->least_s < 0 || s < g->least_s)
		g->least_s = s;
	if (s > g->most_s)
		g->most_s = s;
}

void alikes_make(struct arena *a, const struct alike_task *v, size_t n,
		 struct alikes *groups)
{
	struct keyed t = {0};
	size_t i;
	int kthread;

	memset(groups, 0, sizeof(*groups));
	for (kthread = 0; kthread < 2; kthread++)
		for (i = 0; i < n; i++)
			if (v[i].task->kthread == kthread)
				add(a,
				    group_of(a, &t, groups,
					     alike_number(alike_hash(v[i].task,
								     v[i].stack),
							  (uintptr_t)v[i].waits)),
				    &v[i]);
}

#define OTHERS_SHOWN 5

const char *alike_others(struct arena *a, const struct alike *g)
{
	const char *words = "";
	size_t i;

	for (i = 1; i < g->all.n && i <= OTHERS_SHOWN; i++)
		words = arena_printf(a, "%s%s%d", words, *words ? ", " : "",
				     g->all.v[i]->task->pid);
	return i < g->all.n ? arena_printf(a, "%s, ...", words) : words;
}
