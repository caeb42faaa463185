// SPDX-License-Identifier: GPL-2.0-or-later
#include "triage_words.h"

#include <string.h>

#include "asked_words.h"
#include "panic_words.h"
#include "text_writer.h"
#include "triage/functions.h"
#include "triage/known_rules.h"

const char *sureness(int confidence)
{
	return confidence >= CONFIDENCE_SURE	   ? "sure"
	       : confidence >= CONFIDENCE_LIKELY   ? "likely"
	       : confidence >= CONFIDENCE_POSSIBLE ? "possible"
						   : "weak";
}

/* How sure one is of knowing nothing helps nobody; a suspicion has its percent. */
const char *headline_words(const struct facts *f, const struct verdict *v)
{
	const char *cause = cause_name(v->cause), *sure = sureness(v->confidence);

	if (v->cause != CAUSE_UNEXPLAINED)
		return arena_printf(f->arena, "%s, confidence %d %% (%s)", cause,
				    v->confidence, sure);
	if (v->culprit.kind == CULPRIT_NONE)
		return arena_printf(f->arena, "%s: vgpu blames nobody", cause);
	return arena_printf(f->arena, "%s; the culprit is a suspicion of %d %% (%s)",
			    cause, v->confidence, sure);
}

/* The comma, and " in ioctl ... on ..."; "" of whom nobody looked at. */
static const char *in_call(const struct facts *f, const char *comma, kaddr_t task)
{
	const char *asked = asked_of_task(f, task);

	return asked ? arena_printf(f->arena, "%s in %s", comma, asked) : "";
}

const char *culprit_words(const struct facts *f, const struct culprit *c)
{
	char pid[32] = "", cpu[32] = "", address[32] = "";

	if (c->kind == CULPRIT_NONE)
		return "";
	if (c->pid >= 0)
		snprintf(pid, sizeof(pid), ", pid %d", c->pid);
	if (c->cpu >= 0)
		snprintf(cpu, sizeof(cpu), ", on CPU %d", c->cpu);
	if (c->address)
		snprintf(address, sizeof(address), " (0x%llx)", HEX(c->address));
	return arena_printf(f->arena, "%s %s%s%s%s%s", culprit_kind_name(c->kind),
			    c->name, pid, cpu,
			    c->kind == CULPRIT_TASK ? in_call(f, ",", c->address) : "",
			    address);
}

const char *doing_words(const struct task *t)
{
	return t->on_cpu	   ? "running"
	       : t->on_rq	   ? "runnable"
	       : task_is_waking(t) ? "woken, not yet queued; off its CPU"
				   : "asleep";
}

const char *task_state_words(const struct facts *f, const struct task *t)
{
	const char *in;

	if (t->on_cpu)
		return arena_printf(f->arena, "running on CPU %d for %s", t->cpu,
				    text_seconds(t->since_s));
	if (t->on_rq)
		return arena_printf(f->arena, "runnable but not running for %s",
				    text_seconds(t->since_s));
	if (task_is_waking(t))
		return arena_printf(
			f->arena, "woken, and not yet queued to run; off its CPU for %s",
			text_seconds(t->since_s));
	in = function_of_task(f, t);
	return arena_printf(f->arena, "asleep (%c) for %s%s%s", t->state_letter,
			    text_seconds(t->since_s), in ? " in " : "", in ? in : "");
}

const char *node_words(const struct facts *f, const struct node *n)
{
	const struct task *t = n->task;

	return t ? arena_printf(f->arena, "%s, pid %d: %s", t->comm, t->pid,
				task_state_words(f, t))
		 : n->title;
}

const char *chain_node_words(const struct facts *f, const struct chain *c, size_t i)
{
	const struct node *n = c->v[i];
	size_t k;

	for (k = 0; k < c->n && !n->task; k++)
		if (c->v[k] != n && c->v[k]->address != n->address &&
		    !strcmp(c->v[k]->title, n->title))
			return arena_printf(f->arena, "%s, 0x%llx", n->title,
					    HEX(n->address));
	return node_words(f, n);
}

const char *victim_words(const struct facts *f, const struct alike *g)
{
	const struct task *t = g->all.v[0]->task;
	char more[48] = "";

	if (g->all.n > 1)
		snprintf(more, sizeof(more), ", and %zu more like it", g->all.n - 1);
	return arena_printf(f->arena, "%s, pid %d%s: %s for %s%s", t->comm, t->pid, more,
			    t->on_rq ? "ready to run, and not running," : "blocked",
			    text_seconds(t->since_s),
			    !t->kthread	    ? in_call(f, "", t->addr)
			    : g->all.n == 1 ? " (kernel thread)"
					    : " (kernel threads)");
}

void victims_alike(const struct facts *f, const struct verdict *v, struct alikes *groups)
{
	struct alike_task *tasks =
		arena_alloc(f->arena, (v->victims.n + 1) * sizeof(*tasks));
	const struct node *n;
	size_t i;

	for (i = 0; i < v->victims.n; i++) {
		n = v->victims.v[i];
		tasks[i].task = n->task;
		tasks[i].stack = facts_studied(f, n->task)
					 ? &facts_studied(f, n->task)->stack
					 : NULL;
		tasks[i].waits = n->out.n ? n->out.v[0]->to : NULL;
	}
	alikes_make(f->arena, tasks, v->victims.n, groups);
}

static const char *rule_words(const struct facts *f, const struct known_match *m)
{
	const struct known_rule *r = m->rule;

	return arena_printf(f->arena, "%s (of %s, line %u): %s. %s%s%s%d %% (%s): %s.",
			    r->name, r->file, r->line, r->what, r->fix ? "Fix: " : "",
			    r->fix ? r->fix : "", r->fix ? ". " : "", m->confidence,
			    sureness(m->confidence), m->why);
}

const char *known_words(const struct facts *f, const struct known_match *m)
{
	const char *fix;

	if (m->rule)
		return rule_words(f, m);
	fix = m->id ? arena_printf(f->arena, "Fixed by commit %s (releases: %s; ", m->id,
				   m->fixed)
		    : arena_printf(f->arena,
				   "A fix is expected in %s, its commit is not "
				   "checked (",
				   m->fixed);
	return arena_printf(f->arena, "%s. %saffected: %s, a hint only). %d %% (%s): %s.",
			    m->what, fix, m->affected, m->confidence,
			    sureness(m->confidence), m->why);
}

const char *build_words(const struct facts *f, const struct fix *build)
{
	if (!build)
		return "";
	if (build->build == BUILD_UNKNOWN)
		return arena_printf(
			f->arena,
			"Whether this build has the fix its code does not tell: %s.",
			build->why);
	return arena_printf(f->arena, "This build %s the fix, by its code: %s.",
			    build_name(build->build), build->why);
}

const char *none_blocked_words(const struct facts *f)
{
	return f->tasks.complete
		       ? "no task is in uninterruptible sleep"
		       : "no task that could be read is in uninterruptible sleep";
}

const char *fired_words(const struct facts *f)
{
	const struct trigger *t = &f->panic.trigger;
	const char *none = not_fired_words(f);
	char where[128] = "";

	if (none)
		snprintf(where, sizeof(where), ": %s", none);
	else if (t->cpu >= 0)
		snprintf(where, sizeof(where), ", on CPU %d%s%s%s", t->cpu,
			 t->comm[0] ? ", in " : "", t->comm,
			 t->kind == TRIGGER_HUNG_TASK ? ", which only reports it" : "");
	return arena_printf(f->arena, "%s%s%s%s", trigger_kind_name(t->kind),
			    t->sysctl ? ", made a panic by " : "",
			    t->sysctl ? t->sysctl : "", where);
}

#define MODULES_NAMED 16

const char *foreign_words(const struct facts *f)
{
	const char *names = "";
	size_t i, n = 0;

	for (i = 0; i < f->modules.all.n; i++)
		if (module_is_foreign(&f->modules.all.v[i]) && n++ < MODULES_NAMED)
			names = arena_printf(f->arena, "%s%s%s", names,
					     *names ? ", " : "",
					     f->modules.all.v[i].name);
	return n > MODULES_NAMED ? arena_printf(f->arena, "%s and %zu more", names,
						n - MODULES_NAMED)
				 : names;
}

const char *taint_string(const struct facts *f)
{
	const char *letters = "";
	unsigned int bit;

	for (bit = 0; bit < 64; bit++)
		if (f->machine.taint >> bit & 1 && taint_letter(bit))
			letters = arena_printf(f->arena, "%s%c", letters,
					       taint_letter(bit));
	return letters;
}
