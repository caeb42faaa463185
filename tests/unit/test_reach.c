// SPDX-License-Identifier: GPL-2.0-or-later
/* The leak finder's engine, against a plain matrix where that is possible. */
#include "test.h"

#include "kernel/mm/reach.h"

static int arena_start(void **state)
{
	*state = calloc(1, sizeof(struct arena));
	return *state ? 0 : -1;
}

static int arena_end(void **state)
{
	arena_free(*state);
	free(*state);
	return 0;
}

#define reach_test(f) cmocka_unit_test_setup_teardown(f, arena_start, arena_end)

static void a_chain_hangs_by_its_head(void **state)
{
	struct reach r;
	uint32_t o;

	reach_init(&r, *state, 6);
	for (o = 0; o < 6; o++) {
		reach_object(&r, o);
		if (o != 2) /* cut in two: 0 1 2 | 3 4 5 */
			reach_edge(&r, o + 1);
	}
	reach_root(&r, 0);
	assert_true(reach_mark(&r, NULL, NULL));
	for (o = 0; o < 6; o++)
		assert_int_equal(reach_lost(&r, o), o > 2);
	assert_false(reach_held(&r, 3));
	assert_true(reach_held(&r, 4));
	assert_true(reach_held(&r, 5));
}

static void a_ring_that_nobody_holds_is_lost(void **state)
{
	struct reach r;
	uint32_t o;

	reach_init(&r, *state, 3);
	for (o = 0; o < 3; o++) {
		reach_object(&r, o);
		reach_edge(&r, (o + 1) % 3);
		reach_edge(&r, (o + 2) % 3);
		reach_edge(&r, o); /* an empty list head refers to itself */
	}
	assert_int_equal(r.edges, 6);
	assert_true(reach_mark(&r, NULL, NULL));
	for (o = 0; o < 3; o++) {
		assert_true(reach_lost(&r, o));
		assert_true(reach_held(&r, o));
	}
}

static void what_is_free_is_never_lost(void **state)
{
	struct reach r;

	reach_init(&r, *state, 4);
	reach_object(&r, 1);
	reach_edge(&r, 2); /* a stale pointer to what is free */
	assert_true(reach_mark(&r, NULL, NULL));
	assert_false(reach_lost(&r, 0));
	assert_true(reach_lost(&r, 1));
	assert_false(reach_lost(&r, 2));
	assert_false(reach_lost(&r, 3));
}

static void a_root_may_come_late(void **state)
{
	struct reach r;

	reach_init(&r, *state, 200);
	reach_object(&r, 150);
	reach_edge(&r, 3);
	reach_object(&r, 160);
	reach_root(&r, 150);
	reach_root(&r, 4000000000u); /* no such object */
	assert_true(reach_mark(&r, NULL, NULL));
	assert_true(reach_reached(&r, 3));
	assert_false(reach_lost(&r, 150));
	assert_true(reach_lost(&r, 160));
}

static void an_empty_dump(void **state)
{
	struct reach r;

	reach_init(&r, *state, 0);
	reach_root(&r, 0);
	reach_object(&r, 0);
	reach_edge(&r, 0);
	assert_true(reach_mark(&r, NULL, NULL));
}

/* A list of two million, as one process's messages are: no recursion, little memory. */
static void a_long_list(void **state)
{
	const uint32_t n = 2000000;
	struct reach r;
	uint32_t o;

	reach_init(&r, *state, n);
	for (o = 0; o < n; o++) {
		reach_object(&r, o);
		/* In the order in which a hardened slab hands them out: any. */
		reach_edge(&r, (uint32_t)((o * 48271ull + 1) % n));
	}
	reach_root(&r, 0);
	assert_true(reach_mark(&r, NULL, NULL));
	assert_true(r.peak < 16);
	/* 4 bytes for its edges' place, at most 4 for the edge, 3 bits. */
	assert_true(reach_memory(&r) < (size_t)n * 9);
	for (o = 0; reach_reached(&r, o % n) && o < n; o++)
		;
	assert_true(o > 1);
}

/* Edges of every length, in both directions, across the ends of blocks. */
static void far_edges(void **state)
{
	const uint32_t n = 3000000;
	struct reach r;
	uint32_t o, k;

	reach_init(&r, *state, n);
	for (o = 0; o < n; o += 3)
		for (reach_object(&r, o), k = 0; k < 2; k++)
			reach_edge(&r, k ? n - 1 - o : o / 2);
	reach_root(&r, 2999997);
	assert_true(reach_mark(&r, NULL, NULL));
	assert_true(r.used > REACH_BLOCK);
	assert_true(reach_reached(&r, 2));
	assert_true(reach_reached(&r, 2999997 / 2));
}

/* ---- against a matrix ------------------------------------------------------- */

#define SMALL 70u

struct model {
	bool edge[SMALL][SMALL], allocated[SMALL], root[SMALL], reached[SMALL];
};

static void closure(struct model *m)
{
	bool grew = true;
	unsigned int i, k;

	memcpy(m->reached, m->root, sizeof(m->reached));
	while (grew)
		for (grew = false, i = 0; i < SMALL; i++)
			for (k = 0; k < SMALL; k++)
				if (m->reached[i] && m->edge[i][k] && !m->reached[k])
					m->reached[k] = grew = true;
}

static bool is_held(const struct model *m, unsigned int o)
{
	unsigned int i;

	for (i = 0; i < SMALL; i++)
		if (i != o && m->edge[i][o] && m->allocated[i] && !m->reached[i])
			return true;
	return false;
}

static void random_graphs(void **state)
{
	struct model m;
	struct reach r;
	unsigned int i, k, round;

	srand(20);
	for (round = 0; round < 300; round++) {
		memset(&m, 0, sizeof(m));
		reach_init(&r, *state, SMALL);
		for (i = 0; i < SMALL; i++) {
			m.allocated[i] = rand() % 5;
			m.root[i] = rand() % 20 == 0;
			if (m.allocated[i])
				reach_object(&r, i);
			for (k = 0; m.allocated[i] && k < SMALL; k++) {
				m.edge[i][k] = rand() % 60 == 0;
				if (m.edge[i][k])
					reach_edge(&r, k);
			}
			if (m.root[i])
				reach_root(&r, i);
		}
		closure(&m);
		assert_true(reach_mark(&r, NULL, NULL));
		for (i = 0; i < SMALL; i++) {
			assert_int_equal(reach_lost(&r, i),
					 m.allocated[i] && !m.reached[i]);
			if (reach_lost(&r, i))
				assert_int_equal(reach_held(&r, i), is_held(&m, i));
		}
	}
}

static bool at_once(void *arg)
{
	(*(int *)arg)++;
	return true;
}

static void ctrl_c(void **state)
{
	const uint32_t n = 200000;
	struct reach r;
	uint32_t o;
	int asked = 0;

	reach_init(&r, *state, n);
	for (o = 0; o < n; o++) {
		reach_object(&r, o);
		reach_edge(&r, o + 1);
	}
	reach_root(&r, 0);
	assert_false(reach_mark(&r, at_once, &asked));
	assert_int_equal(asked, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		reach_test(a_chain_hangs_by_its_head),
		reach_test(a_ring_that_nobody_holds_is_lost),
		reach_test(what_is_free_is_never_lost),
		reach_test(a_root_may_come_late),
		reach_test(an_empty_dump),
		reach_test(a_long_list),
		reach_test(far_edges),
		reach_test(random_graphs),
		reach_test(ctrl_c),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
