// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu compare A B`: two dumps, read one after the other, each by a reader of its own. */
#include "report/compare.h"

#include "base/text.h"
#include "command.h"

static enum result not_read(struct session *s, const char *path, const char *why)
{
	/* What a reader says of a file begins with its name. */
	if (text_starts(why, text_escaped(&s->arena, path)))
		return session_error(s, RESULT_UNREADABLE, "%s", why);
	return session_error(s, RESULT_UNREADABLE, "%s: %s", path, why);
}

/* What one of them is read into; nothing of the dump is asked for once it has ended. */
struct side {
	struct facts *facts;
	struct triage triage;
	const struct slabs *slabs; /* NULL: not known */
	struct slab_overview overview;
};

static bool has_slabs(const struct reader *r)
{
	return !r->about.small || r->about.small->level >= SMALL_COMMANDS;
}

static enum result look(struct session *s, struct reader *r, struct dump *d,
			struct side *side)
{
	struct slabs *slabs;

	side->facts = arena_alloc(&s->arena, sizeof(*side->facts));
	facts_read(d, command_triage.facts, side->facts);
	if (side->facts->interrupted)
		return RESULT_INTERRUPTED;
	triage_make(side->facts, &side->triage);
	facts_gpus(d, side->facts);
	slabs = has_slabs(r) ? slabs_get(d) : NULL;
	if (slabs)
		slab_overview_read(d, slabs, &side->facts->gpus, false, &side->overview);
	side->slabs = slabs;
	return dump_interrupted(d) ? RESULT_INTERRUPTED : RESULT_DONE;
}

static enum result read_side(struct session *s, struct other *o, const char *path,
			     struct side *side)
{
	enum result result;
	struct dump *d;
	const char *why;

	o->reader = s->reader->other(s->reader, path);
	if (!o->reader)
		return not_read(s, path, "not enough memory on this machine");
	why = o->reader->refusal(o->reader);
	if (why)
		return not_read(s, path, why);
	if (o->reader->about.text)
		return not_read(s, path,
				"a text, not a core: there is nothing to compare");
	o->begun = true;
	d = o->reader->begin(o->reader, &s->arena);
	result = d ? look(s, o->reader, d, side)
		   : not_read(s, path, "not enough memory on this machine for this dump");
	o->reader->end(o->reader);
	o->begun = false;
	return result;
}

static enum result run_compare(struct session *s)
{
	struct side *v = arena_alloc(&s->arena, 2 * sizeof(*v));
	const char *const paths[2] = {s->argument, s->second};
	struct compared c = {.arena = &s->arena,
			     .no_slabs =
				     "not in both: a small core of --level commands, or "
				     "the whole one, has them"};
	struct slab_growths growths;
	enum result result;
	size_t i;

	for (i = 0; i < 2; i++) {
		result = read_side(s, &s->others[i], paths[i], &v[i]);
		if (result != RESULT_DONE)
			return result;
		c.side[i].f = v[i].facts;
		c.side[i].t = &v[i].triage;
	}
	if (v[0].slabs && v[1].slabs) {
		slab_growth_make(&s->arena,
				 (const struct slab_overview *const[2]){&v[0].overview,
									&v[1].overview},
				 (const struct slabs *const[2]){v[0].slabs, v[1].slabs},
				 &growths);
		c.slabs = &growths;
	}
	if (s->json)
		json_compare(s->out, &s->reader->about, &c);
	else
		text_compare(s->out, &c);
	return RESULT_DONE;
}

const struct command command_compare = {
	.name = "compare",
	.argument = "A",
	.second = "B",
	.needs_argument = true,
	.needs_second = true,
	.help = "Two cores, or small cores, side by side: kernels and machines, uptime, what "
		"fired, the first verdict of each with its culprit and chain, tasks that "
		"hang, the GPU's queues, and which slab caches grew. What both share is said "
		"once. --debug-dir and --layouts are of both.",
	.no_dump = true,
	.program_only = true,
	.run = run_compare,
};
