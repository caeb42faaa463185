// SPDX-License-Identifier: GPL-2.0-or-later
/* SLUB's caches, and what an address is. */
#include "command.h"

#include <stdlib.h>

#include "report/report.h"
#include "report/report_slab.h"

#define EACH 'e'
#define TYPES 't'
#define USERS 'u'

/* Of -t and -u alone: virtio-gpu's fences are in it. */
#define USUAL_CACHE "kmalloc-128"

/* The address of an object is in hex, and has at least eight digits. */
static bool is_address(const char *arg, kaddr_t *addr)
{
	char *end;

	*addr = strtoull(arg, &end, 16);
	return *arg && !*end && *addr > UINT32_MAX;
}

static void run_caches(struct session *s, struct slabs *slabs,
		       const struct slab_selection *sel)
{
	struct slab_detail *v = arena_alloc(&s->arena, sel->v.n * sizeof(*v));
	size_t i;

	for (i = 0; i < sel->v.n; i++)
		slab_detail_read(slabs, sel->v.v[i], &v[i]);
	if (!session_interrupted(s))
		(s->json ? json_slab_caches : text_slab_caches)(s->out, s->facts, slabs,
								sel, v);
}

static void run_types(struct session *s, struct slabs *slabs,
		      const struct slab_selection *sel)
{
	struct slab_types types;

	slab_types_read(s->dump, slabs, facts_gpus(s->dump, s->facts), sel, &types);
	if (!session_interrupted(s))
		(s->json ? json_slab_types : text_slab_types)(s->out, s->facts, &types);
}

static void run_users(struct session *s, struct slabs *slabs,
		      const struct slab_selection *sel)
{
	struct slab_users users;

	slab_users_read(s->dump, slabs, sel, &users);
	if (!session_interrupted(s))
		(s->json ? json_slab_users : text_slab_users)(s->out, s->facts, &users);
}

static void run_selection(struct session *s, struct slabs *slabs)
{
	const char *name = s->argument ? s->argument : USUAL_CACHE;
	struct slab_selection sel;

	if (!slab_select(s->dump, slabs, name, session_has(s, EACH), &sel))
		session_error(s, "no cache \"%s\" in this dump; vgpu slab -e lists them",
			      name);
	else if (session_has(s, TYPES))
		run_types(s, slabs, &sel);
	else if (session_has(s, USERS))
		run_users(s, slabs, &sel);
	else
		run_caches(s, slabs, &sel);
}

static void run_overview(struct session *s, struct slabs *slabs)
{
	struct slab_overview o;

	slab_overview_read(s->dump, slabs, facts_gpus(s->dump, s->facts),
			   session_has(s, EACH), &o);
	(s->json ? json_slab_overview : text_slab_overview)(s->out, s->facts, slabs, &o);
}

static void run_whatis(struct session *s, struct slabs *slabs, kaddr_t addr)
{
	struct slab_whatis w;

	slab_whatis_read(s->dump, slabs, facts_gpus(s->dump, s->facts), &s->facts->tasks,
			 addr, &w);
	if (!session_interrupted(s))
		(s->json ? json_slab_whatis : text_slab_whatis)(s->out, s->facts, &w);
}

static void run_slab(struct session *s)
{
	struct slabs *slabs = slabs_get(s->dump);
	kaddr_t addr;

	if (!slabs) {
		if (!session_interrupted(s))
			session_error(s, "the slabs of this dump cannot be found");
		text_notes(s->out, s->facts);
	} else if (s->argument && is_address(s->argument, &addr)) {
		run_whatis(s, slabs, addr);
	} else if (s->argument || session_has(s, TYPES) || session_has(s, USERS)) {
		run_selection(s, slabs);
	} else {
		run_overview(s, slabs);
	}
}

const struct command command_slab = {
	.name = "slab",
	.use = "[-j] [-e] [-t | -u] [cache | address]",
	.help = "  vgpu slab [-j] [-e]\n"
		"    SLUB's caches as slabtop shows them, the largest first, from the page array: full\n"
		"    slabs too, which are on no list.  The Slab lines of /proc/meminfo, caches with a\n"
		"    large share of slab memory, damage, and where virtio-gpu's objects are allocated on\n"
		"    this kernel.  Variants of a kmalloc cache (cg, rcl, rnd, part) and the caches of\n"
		"    memory cgroups (until 5.8) are one line each; -e: each cache by itself.\n"
		"\n"
		"  vgpu slab [-j] [-e] [-t | -u] cache\n"
		"    Its slabs by where they are (per-CPU, partial, full) with objects in use and free,\n"
		"    freelists decoded and checked; red zones and poison compared where they are on.\n"
		"    -t: what its objects are: fences, indirect tables, object arrays and so on, then by\n"
		"    the symbols that they point to, by their lists, by their shape; with an example.\n"
		"    -u: who allocated them, and who freed them before, with stacks, pids and ages: needs\n"
		"    slub_debug=U at boot.  Without a cache, -t and -u are about kmalloc-128.\n"
		"\n"
		"  vgpu slab [-j] address\n"
		"    The object that the address is in: its cache, state, what it is, who allocated it,\n"
		"    and who points to it.\n",
	.facts = FACTS_TASKS,
	.takes_argument = true,
	.options = {{.letter = EACH}, {.letter = TYPES}, {.letter = USERS}},
	.run = run_slab,
};
