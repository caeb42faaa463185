// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every value of the JSON's enumerations is in docs/json.schema.json, and no other:
 * whoever adds a cause or a state is told to say what it means.  (tests/docs holds
 * docs/json.md to the schema.)
 */
#include "test.h"

#include <yajl/yajl_tree.h>

#include "facts/facts.h"
#include "facts/object_type.h"
#include "kernel/gpu/virtio_gpu_fence.h"
#include "kernel/gpu/virtio_gpu_object.h"
#include "triage/verdict.h"

#define SCHEMA "docs/json.schema.json" /* tests run at the top */
#define SCHEMA_MAX (1u << 20)

static int read_schema(void **state)
{
	char *text = calloc(1, SCHEMA_MAX);
	FILE *f = fopen(SCHEMA, "r");

	assert_non_null(text);
	assert_non_null(f);
	assert_true(fread(text, 1, SCHEMA_MAX - 1, f) > 0);
	fclose(f);
	*state = yajl_tree_parse(text, NULL, 0);
	free(text);
	return *state ? 0 : -1;
}

static int free_schema(void **state)
{
	yajl_tree_free(*state);
	return 0;
}

static bool has(yajl_val all, const char *word)
{
	const char *one;
	size_t i;

	for (i = 0; i < all->u.array.len; i++) {
		one = YAJL_GET_STRING(all->u.array.values[i]);
		if (one && !strcmp(one, word))
			return true;
	}
	return false;
}

static void assert_words(yajl_val schema, const char *definition,
			 const char *const *words, size_t n)
{
	yajl_val all = yajl_tree_get(schema,
				     (const char *[]){"$defs", definition, "enum", NULL},
				     yajl_t_array);
	size_t i;

	if (!all) {
		fail_msg("%s: no such enumeration in " SCHEMA, definition);
		abort();
	}
	for (i = 0; i < n; i++)
		if (!has(all, words[i]))
			fail_msg("%s: \"%s\" is not in " SCHEMA, definition, words[i]);
	if (all->u.array.len != n)
		fail_msg("%s: " SCHEMA " has others too", definition);
}

/* What name() says of each value from first to last. */
#define hold(definition, name, first, last)                                              \
	do {                                                                             \
		const char *words[(last) - (first) + 1];                                 \
		int value;                                                               \
                                                                                         \
		for (value = (first); value <= (int)(last); value++)                     \
			words[value - (int)(first)] = name(value);                       \
		assert_words(*state, definition, words, ARRAY_SIZE(words));              \
	} while (0)

static void judgement(void **state)
{
	hold("cause", cause_name, 0, CAUSES - 1);
	hold("culprit_kind", culprit_kind_name, CULPRIT_TASK, CULPRIT_CGROUP);
	hold("node_kind", node_kind_name, 0, NODE_HOST);
	hold("trigger_kind", trigger_kind_name, 0, TRIGGER_UNKNOWN);
	hold("build_state", build_name, 0, BUILD_HAS);
	hold("accused", accused_kind_name, ACCUSED_HARDWARE, ACCUSED_WATCHDOG);
}

static void tasks_and_works(void **state)
{
	hold("wait_kind", wait_kind_name, 0, WAIT_RCU);
	hold("hung_now", since_report_name, 0, SINCE_BLOCKED);
	hold("drain_shape", drain_shape_name, 0, DRAIN_REMOTE);
}

static void devices(void **state)
{
	hold("devices_state", gpus_state_words, 0, GPUS_FOUND);
	hold("command_place", vring_place_name, 0, VRING_ANSWERED);
	hold("fence_state", fence_state_name, 0, FENCE_LIES);
	hold("holder_kind", holder_kind_name, 0, HOLDER_STACK);
	hold("gpu_object_kind", gpu_object_kind_name, 0, OBJECT_IMPORTED);
}

static void slabs(void **state)
{
	hold("object_kind", object_kind_word, 0, KINDS - 1);
	hold("object_state", object_state_word, 0, OBJECT_STATES - 1);
	hold("slab_place", slab_place_word, 0, SLAB_PLACES - 1);
	hold("slab_flaw", slab_flaw_word, 0, FLAWS - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judgement),
		cmocka_unit_test(tasks_and_works),
		cmocka_unit_test(devices),
		cmocka_unit_test(slabs),
	};

	return cmocka_run_group_tests(tests, read_schema, free_schema);
}
