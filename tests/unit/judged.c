// SPDX-License-Identifier: GPL-2.0-or-later
#include "judged.h"

#include "commands/command.h"
#include "report/spelling.h"

struct triage judged;

int scene_begin(void **state)
{
	*state = scene_create();
	return 0;
}

int scene_end(void **state)
{
	scene_destroy(*state);
	return 0;
}

/* ---- what a verdict must be --------------------------------------------- */

/* All that is to be looked at has a command in each door. */
static void assert_can_be_checked(struct scene *s, const struct evidences *es)
{
	const enum door door = s->about.door;
	const struct look *look;
	size_t i;

	for (i = 0; i < es->n; i++) {
		look = &es->v[i].look;
		for (s->about.door = 0; s->about.door < DOORS; s->about.door++)
			assert_true(look->kind == LOOK_NONE ||
				    look_text(&s->facts, look) != NULL);
	}
	s->about.door = door;
}

/* It is a door's to spell: no sentence has one of vgpu's or of crash's in it. */
static void assert_names_no_command(const char *text)
{
	static const char *const of_crash[] = {"kmem -", "runq", "irq -",  "dev -",
					       "bt -",	 "rd ",	 "struct "};
	const struct command *const *c;
	char own[32];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(of_crash); i++)
		assert_null(strstr(text, of_crash[i]));
	for (c = commands; *c; c++) {
		snprintf(own, sizeof(own), "vgpu %s", (*c)->name);
		assert_null(strstr(text, own));
	}
}

/* Each sentence has as many marks as there is to look at. */
static void assert_advises(const struct verdict *v)
{
	const char *p;
	size_t i, n;

	for (i = 0; i < v->next.n; i++) {
		n = 0;
		if (v->next.v[i].text)
			assert_names_no_command(v->next.v[i].text);
		for (p = v->next.v[i].text; p && *p; p++)
			n += *p == *LOOK_HERE || *p == *LOOK_ASIDE;
		assert_int_equal(n, v->next.v[i].looks.n);
		for (n = 0; n < v->next.v[i].looks.n; n++)
			assert_true(v->next.v[i].looks.v[n].n >= 0);
	}
}

/* Whatever it says, the reader can check it. */
static void assert_sound(struct scene *s, const struct verdict *v)
{
	size_t i;

	assert_in_range(v->confidence, 1, 100);
	assert_true(v->summary && v->summary[0]);
	assert_null(strstr(v->summary, "-1.0 s"));
	assert_null(strstr(v->summary, "pid -1"));
	for (i = 0; i < v->evidence.n; i++) {
		assert_true(v->evidence.v[i].claim[0]);
		assert_null(strstr(v->evidence.v[i].claim, "-1.0 s"));
		assert_true(v->evidence.v[i].look.kind || v->evidence.v[i].address);
	}
	for (i = 0; i < v->against.n; i++)
		assert_null(strstr(v->against.v[i].claim, "-1.0 s"));
	assert_can_be_checked(s, &v->evidence);
	assert_can_be_checked(s, &v->against);
	assert_advises(v);
	if (!v->victims.n)
		return;
	assert_true(v->chain.n > 0);
	assert_ptr_equal(v->chain.v[0], v->victims.v[0]);
	assert_true(v->chain.cycle <= v->chain.n);
}

void judge_all(struct scene *s)
{
	size_t i;

	triage_make(&s->facts, &judged);
	assert_true(judged.verdicts.all.n >= 1);
	for (i = 0; i < judged.verdicts.all.n; i++)
		assert_sound(s, judged.verdicts.all.v[i]);
	assert_in_range(judged.score.total, 0, 100);
	assert_int_equal(strlen(judged.signature.hash), 16);
}

const struct verdict *verdict(size_t i)
{
	assert_true(i < judged.verdicts.all.n);
	return judged.verdicts.all.v[i];
}

/* The only verdict there is. */
const struct verdict *only(struct scene *s, enum cause cause)
{
	judge_all(s);
	assert_int_equal(judged.verdicts.all.n, 1);
	assert_string_equal(cause_name(verdict(0)->cause), cause_name(cause));
	return verdict(0);
}

void assert_blames(const struct verdict *v, const struct task *task)
{
	assert_int_equal(v->culprit.kind, CULPRIT_TASK);
	assert_int_equal(v->culprit.pid, task->pid);
	assert_int_equal(v->culprit.address, task->addr);
	assert_string_equal(v->culprit.name, task->comm);
}

const char *next_step(struct scene *s, const struct verdict *v, size_t i)
{
	struct sentences next = {0};

	next_sentences(&s->facts, v, &next);
	assert_true(i < next.all.n);
	return next.all.v[i];
}

bool says(const struct evidences *es, const char *words)
{
	size_t i;

	for (i = 0; i < es->n; i++)
		if (strstr(es->v[i].claim, words))
			return true;
	return false;
}

bool lacks(const struct verdict *v, const char *words)
{
	size_t i;

	for (i = 0; i < v->missing.n; i++)
		if (strstr(v->missing.v[i], words))
			return true;
	return false;
}
