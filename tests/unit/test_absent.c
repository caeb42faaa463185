// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A kernel that lacks a member which vgpu reads: a vendor's, or one that is built with
 * other options.  Each is taken away in turn, and the drain hang is judged without it.
 * What depends on it may not be found any more; nobody else is blamed for that, and where
 * the answer is another one, the user is told for want of what.
 */
#define _GNU_SOURCE /* open_memstream() */
#include "test.h"

#include <yajl/yajl_tree.h>

#include "fake_session.h"
#include "fake_slab.h"

static const struct kernel {
	const char *name;
	struct fake *(*create)(void);
} kernels[] = {
	{"5.10", fake_5_10},
};

/* What is judged, and all that the test wants of an answer. */
struct answer {
	char cause[64], culprit[128];
	size_t missing; /* what the verdict says that it lacks */
	yajl_val doc;
};

static struct fake *hang(const struct kernel *k)
{
	struct fake *f = k->create();
	size_t i;

	fake_pages(f);
	for (i = 0; i < 2; i++)
		fake_slab(f, fake_cache(f, i ? "kmalloc-128" : "kmalloc-64", i ? 128 : 64,
					i ? 128 : 64));
	fake_drain_hang(f);
	return f;
}

static const char *text_at(yajl_val v, const char *key)
{
	return YAJL_GET_STRING(
		yajl_tree_get(v, (const char *[]){key, NULL}, yajl_t_string));
}

static yajl_val array_at(yajl_val v, const char *key)
{
	return yajl_tree_get(v, (const char *[]){key, NULL}, yajl_t_array);
}

static void ask(struct fake *f, struct answer *a)
{
	struct fake_session s = {.fake = f, .program = true};
	yajl_val best, culprit;

	memset(a, 0, sizeof(*a));
	a->doc = yajl_tree_parse(type(&s, "vgpu -j"), NULL, 0);
	assert_non_null(a->doc);
	assert_true(array_at(a->doc, "verdicts")->u.array.len > 0);
	best = array_at(a->doc, "verdicts")->u.array.values[0];
	snprintf(a->cause, sizeof(a->cause), "%s", text_at(best, "cause"));
	a->missing = array_at(best, "missing")->u.array.len;
	culprit = yajl_tree_get(best, (const char *[]){"culprit", NULL}, yajl_t_any);
	if (YAJL_IS_OBJECT(culprit))
		snprintf(a->culprit, sizeof(a->culprit), "%s %s",
			 text_at(culprit, "kind"), text_at(culprit, "name"));
	fake_session_end(&s);
}

/* How many of what could not be read are for want of this. */
static size_t named(const struct answer *a, const char *member)
{
	yajl_val notes = array_at(a->doc, "incomplete");
	size_t i, n = 0;

	for (i = 0; i < notes->u.array.len; i++)
		n += strstr(notes->u.array.values[i]->u.string, member) != NULL;
	return n;
}

/*
 * The hog has CPU 1.  Whoever does not see the hog may name the CPU, and say that he does
 * not know more.
 */
static void blames_nobody_else(const struct answer *a, const struct answer *whole)
{
	if (!a->culprit[0] || !strcmp(a->culprit, whole->culprit))
		return;
	assert_string_equal(a->cause, "unexplained");
	assert_string_equal(a->culprit, "cpu CPU 1");
}

static void without(const struct kernel *k, const char *member,
		    const struct answer *whole)
{
	struct fake *f = hang(k);
	struct answer a;

	fake_absent(f, member);
	ask(f, &a);
	blames_nobody_else(&a, whole);
	if (named(&a, member) > 1)
		fail_msg("%s: said to be missing more than once", member);
	if (strcmp(a.cause, whole->cause) != 0 && !named(&a, member) && !a.missing)
		fail_msg("%s: %s without it, and nothing says so", member, a.cause);
	yajl_tree_free(a.doc);
}

/* What every kernel has is in all those whose types the tests have. */
static void always_there(void **state)
{
	static const enum layout_id always[] = {
#define ALWAYS(id) id,
#include "dump/layout_always.def"
#undef ALWAYS
	};
	struct fake *all[] = {fake_4_19_arm64(), fake_5_10(), fake_6_1(), fake_7_2()};
	size_t i, k;

	(void)state;
	for (k = 0; k < ARRAY_SIZE(all); k++) {
		for (i = 0; i < ARRAY_SIZE(always); i++)
			if (!layout_has(fake_dump(all[k]), always[i]))
				fail_msg("%s", layout_name(fake_dump(all[k]), always[i]));
		fake_destroy(all[k]);
	}
}

static void each_member_in_turn(void **state)
{
	const struct kernel *k = *state;
	struct fake *f = hang(k);
	char member[128];
	struct answer whole;
	int id;

	ask(hang(k), &whole);
	for (id = 0; id < LAYOUT_COUNT; id++) {
		if (!layout_has(fake_dump(f), (enum layout_id)id))
			continue;
		snprintf(member, sizeof(member), "%s",
			 layout_name(fake_dump(f), (enum layout_id)id));
		without(k, member, &whole);
	}
	yajl_tree_free(whole.doc);
	fake_destroy(f);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(kernels) + 1] = {
		cmocka_unit_test(always_there)};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kernels); i++)
		tests[i + 1] = (struct CMUnitTest){
			.name = kernels[i].name,
			.test_func = each_member_in_turn,
			.initial_state = (void *)&kernels[i],
		};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
