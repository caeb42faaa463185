// SPDX-License-Identifier: GPL-2.0-or-later
/* Objects that nothing refers to, by vgpu's own search and by kmemleak. */
#include "command.h"

#include "base/terminal.h"
#include "cache.h"
#include "report/report.h"

#define AGAIN 'f'

static struct leaks *search(struct session *s)
{
	struct leaks *l = leaks_get(s->dump, &s->facts->tasks, terminal_tell,
				    session_has(s, AGAIN));

	terminal_clear();
	return l;
}

static enum result run_leak(struct session *s)
{
	struct slabs *slabs = slabs_get(s->dump);
	struct slab_selection selection = {0}, *only = s->argument ? &selection : NULL;
	struct leak_groups groups;
	struct leaks *l;

	if (only && slabs && !cache_wanted(s, slabs, s->argument, false, only))
		return RESULT_NOT_FOUND;
	l = search(s);
	if (session_interrupted(s))
		return RESULT_INTERRUPTED;
	if (!l)
		return session_error(s, RESULT_UNREADABLE,
				     "this dump's slabs cannot be read");
	leak_groups_read(s->dump, l, facts_gpus(s->dump, s->facts), only, &groups);
	if (session_interrupted(s))
		return RESULT_INTERRUPTED;
	(s->json ? json_leaks : text_leaks)(s->out, s->facts, l, s->argument, only,
					    &groups);
	return RESULT_DONE;
}

const struct command command_leak = {
	.name = "leak",
	.argument = "cache",
	.help = "Objects of slabs that nothing in the kernel's memory refers to: of "
		"all caches, or of one with its kin (kmalloc-cg-128 and so on). Any "
		"word that is an address in an object counts as a reference, and any "
		"page with an offset and a length in one, from every page that the "
		"kernel uses itself but for its code and constants, stacks from their "
		"stack pointer on. By cache and type, with the stack that allocated them where SLUB kept it "
		"(slub_debug=U). HELD: only another lost object refers to it. A lost "
		"object may be missed because a number looks like its address.",
	.facts = FACTS_TASKS,
	.level = SMALL_LEAK,
	.options =
		{
			{.letter = AGAIN,
			 .help = "search again: the result is kept for the session"},
		},
	.run = run_leak,
};

static enum result run_kmemleak(struct session *s)
{
	struct kmemleak k;

	kmemleak_read(s->dump, s->facts->jiffies, s->facts->hz, &k);
	if (session_interrupted(s))
		return RESULT_INTERRUPTED;
	if (s->json)
		json_kmemleak(s->out, s->facts, &k, leaks_known(s->dump));
	else
		text_kmemleak(s->out, s->facts, &k, leaks_known(s->dump));
	return RESULT_DONE;
}

const struct command command_kmemleak = {
	.name = "kmemleak",
	.help = "What /sys/kernel/debug/kmemleak would have shown, if this kernel "
		"had it; after the command leak, how many of these it calls lost too.",
	.run = run_kmemleak,
};
