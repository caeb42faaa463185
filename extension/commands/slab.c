// SPDX-License-Identifier: GPL-2.0-or-later
/* SLUB's caches, and what an address is. */
#include "command.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "base/text.h"
#include "cache.h"
#include "report/report.h"
#include "report/report_slab.h"

#define EACH 'e'
#define TYPES 't'
#define USERS 'u'

/* Of -t and -u alone: virtio-gpu's fences are in it. */
#define USUAL_CACHE "kmalloc-128"

/* Hex, of more than the eight digits that a cache's name might have. */
static bool is_address(const char *arg, kaddr_t *addr)
{
	char *end;

	errno = 0;
	*addr = strtoull(arg, &end, 16);
	return isxdigit((unsigned char)*arg) && !*end && !errno &&
	       (*addr > UINT32_MAX || text_starts(arg, "0x"));
}

static enum result run_caches(struct session *s, struct slabs *slabs,
			      const struct slab_selection *sel)
{
	struct slab_detail *v = arena_alloc(&s->arena, sel->v.n * sizeof(*v));
	size_t i;

	for (i = 0; i < sel->v.n; i++)
		slab_detail_read(slabs, sel->v.v[i], &v[i]);
	if (session_interrupted(s))
		return RESULT_INTERRUPTED;
	(s->json ? json_slab_caches : text_slab_caches)(s->out, s->facts, slabs, sel, v);
	return RESULT_DONE;
}

static enum result run_types(struct session *s, struct slabs *slabs, const char *name,
			     const struct slab_selection *sel)
{
	struct slab_types types;

	slab_types_read(s->dump, slabs, facts_gpus(s->dump, s->facts), sel, &types);
	if (session_interrupted(s))
		return RESULT_INTERRUPTED;
	(s->json ? json_slab_types : text_slab_types)(s->out, s->facts, name, &types);
	return RESULT_DONE;
}

static enum result run_users(struct session *s, struct slabs *slabs, const char *name,
			     const struct slab_selection *sel)
{
	struct slab_users users;

	slab_users_read(s->dump, slabs, sel, &users);
	if (session_interrupted(s))
		return RESULT_INTERRUPTED;
	(s->json ? json_slab_users : text_slab_users)(s->out, s->facts, name, &users);
	return RESULT_DONE;
}

static enum result run_selection(struct session *s, struct slabs *slabs)
{
	const char *name = s->argument ? s->argument : USUAL_CACHE;
	struct slab_selection sel;

	if (!cache_wanted(s, slabs, name, session_has(s, EACH), &sel))
		return RESULT_NOT_FOUND;
	if (session_has(s, TYPES))
		return run_types(s, slabs, name, &sel);
	if (session_has(s, USERS))
		return run_users(s, slabs, name, &sel);
	return run_caches(s, slabs, &sel);
}

static enum result run_overview(struct session *s, struct slabs *slabs)
{
	struct slab_overview o;

	slab_overview_read(s->dump, slabs, facts_gpus(s->dump, s->facts),
			   session_has(s, EACH), &o);
	if (session_interrupted(s))
		return RESULT_INTERRUPTED;
	(s->json ? json_slab_overview : text_slab_overview)(s->out, s->facts, slabs, &o);
	return RESULT_DONE;
}

static enum result run_whatis(struct session *s, struct slabs *slabs, kaddr_t addr)
{
	struct slab_whatis w;

	if (session_has(s, TYPES) || session_has(s, USERS) || session_has(s, EACH))
		return session_error(s, RESULT_USAGE,
				     "%s is an address: -e, -t and -u are about caches",
				     s->argument);
	if (addr <= UINT32_MAX)
		return session_error(s, RESULT_NOT_FOUND,
				     "%s is too small for an address of the kernel",
				     s->argument);
	slab_whatis_read(s->dump, slabs, facts_gpus(s->dump, s->facts), &s->facts->tasks,
			 addr, &w);
	if (session_interrupted(s))
		return RESULT_INTERRUPTED;
	(s->json ? json_slab_whatis : text_slab_whatis)(s->out, s->facts, &w);
	return RESULT_DONE;
}

static enum result run_slab(struct session *s)
{
	struct slabs *slabs = slabs_get(s->dump);
	kaddr_t addr;

	if (session_interrupted(s))
		return RESULT_INTERRUPTED;
	if (!slabs)
		return session_error(s, RESULT_UNREADABLE,
				     "the slabs of this dump cannot be found");
	if (s->argument && is_address(s->argument, &addr))
		return run_whatis(s, slabs, addr);
	if (s->argument || session_has(s, TYPES) || session_has(s, USERS))
		return run_selection(s, slabs);
	return run_overview(s, slabs);
}

const struct command command_slab = {
	.name = "slab",
	.argument = "cache | address",
	.help = "SLUB's caches as slabtop shows them, the largest first, from the "
		"page array: full slabs too, which are on no list. The Slab lines "
		"of /proc/meminfo, caches with a large share of slab memory, "
		"damage, and where virtio-gpu's objects are allocated on this "
		"kernel.\n"
		"Of a cache: its slabs by where they are (per-CPU, partial, full) "
		"with objects in use and free, freelists decoded and checked; red "
		"zones and poison compared where they are on.\n"
		"Of an address: the object that it is in: its cache, state, what it "
		"is, who allocated it, and who points to it.",
	.facts = FACTS_TASKS,
	.level = SMALL_COMMANDS,
	.argument_level = SMALL_LEAK,
	.options =
		{
			{.letter = EACH,
			 .help = "each cache by itself: variants of a kmalloc cache (cg, rcl, rnd, "
				 "part) and the caches of memory cgroups (until 5.8) are else one "
				 "line each"},
			{.letter = TYPES,
			 .excludes = "u",
			 .help = "what the objects of a cache are: fences, indirect tables, object "
				 "arrays and so on, then by the symbols that they point to, by their "
				 "lists, by their shape; with an example. `words 0no` is a shape: a "
				 "letter for each 8 bytes, 0 zero, n a number below 2^32, o a "
				 "pointer to an object of a slab, p to a struct page, m to other "
				 "memory, s to a symbol, v elsewhere in the kernel, L a list's "
				 "poison, 6 poison of what is free, x anything else. Without a "
				 "cache: kmalloc-128"},
			{.letter = USERS,
			 .excludes = "t",
			 .help = "who allocated them, and who freed them before, with stacks, pids "
				 "and ages: needs slub_debug=U at boot. Without a cache: kmalloc-128"},
		},
	.run = run_slab,
};
