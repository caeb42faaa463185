// SPDX-License-Identifier: GPL-2.0-or-later
/* Two dumps side by side. */
#define _GNU_SOURCE /* open_memstream() */
#include "test.h"

#include "fake_session.h"
#include "report/compare.h"
#include "scene.h"

/* ---- slab caches ------------------------------------------------------------ */

static struct arena arena;
static struct slab_overview overview[2];
static struct slabs slabs[2];
static struct slab_growths growths;

static void has(size_t side, const char *name, uint64_t objects, uint64_t pages)
{
	struct slab_row *row = vec_push(&arena, &overview[side].rows);

	row->name = name;
	row->all.objects = objects;
	row->pages = pages;
	overview[side].bytes += pages << 12;
}

static void grow(void)
{
	slabs[0].pages.shift = slabs[1].pages.shift = 12;
	slab_growth_make(&arena,
			 (const struct slab_overview *const[2]){&overview[0],
								&overview[1]},
			 (const struct slabs *const[2]){&slabs[0], &slabs[1]}, &growths);
}

static int no_slabs(void **state)
{
	(void)state;
	arena_free(&arena);
	memset(&arena, 0, sizeof(arena));
	memset(overview, 0, sizeof(overview));
	memset(slabs, 0, sizeof(slabs));
	return 0;
}

static void what_grew_most_is_first(void **state)
{
	(void)state;
	has(0, "dentry", 100, 10);
	has(0, "same", 5, 7);
	has(0, "gone", 9, 3);
	has(1, "same", 6, 7);
	has(1, "dentry", 80, 8);
	has(1, "leak", 4000, 90);
	grow();
	assert_int_equal(growths.all.n, 3);
	assert_string_equal(growths.all.v[0].name, "leak");
	assert_int_equal(growths.all.v[0].objects[0], 0);
	assert_int_equal(growths.all.v[0].objects[1], 4000);
	assert_int_equal(growths.all.v[0].bytes[1], 90 * 4096);
	assert_string_equal(growths.all.v[1].name, "gone");
	assert_int_equal(growths.all.v[1].bytes[1], 0);
	assert_string_equal(growths.all.v[2].name, "dentry");
	assert_int_equal(growths.bytes[0], 20 * 4096);
}

static void names_that_come_twice_and_counts_that_lie(void **state)
{
	(void)state;
	grow();
	assert_int_equal(growths.all.n, 0);
	has(0, "", 1, 1);
	has(0, "a", UINT64_MAX, UINT64_MAX);
	has(0, "a", UINT64_MAX, UINT64_MAX);
	has(1, "", 1, 2);
	grow();
	assert_int_equal(growths.all.n, 2);
}

/* ---- what is said ------------------------------------------------------------- */

static struct scene *scenes[2];
static struct triage triages[2];
static struct compared compared;

static int begin(void **state)
{
	size_t i;

	no_slabs(state);
	memset(&compared, 0, sizeof(compared));
	compared.arena = &arena;
	compared.no_slabs = "not known";
	for (i = 0; i < 2; i++) {
		scenes[i] = scene_create();
		compared.side[i].f = &scenes[i]->facts;
		compared.side[i].t = &triages[i];
	}
	return 0;
}

static int end(void **state)
{
	scene_destroy(scenes[0]);
	scene_destroy(scenes[1]);
	return no_slabs(state);
}

#define test(f) cmocka_unit_test_setup_teardown(f, begin, end)

/* As text, or as the members of a document. */
static char *said(bool json)
{
	char *text = NULL;
	size_t length, i;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	for (i = 0; i < 2; i++)
		triage_make(&scenes[i]->facts, &triages[i]);
	if (json)
		json_compare(out, scenes[0]->facts.info->about, &compared);
	else
		text_compare(out, &compared);
	fclose(out);
	return text;
}

static void hang(struct scene *s, int pid, kaddr_t lock)
{
	scene_waits(s, scene_task(s, pid, "Xorg"), 30, WAIT_MUTEX, lock, NULL);
}

/* Neither an address nor a pid makes a difference to the chain. */
static void what_both_share_is_said_once(void **state)
{
	char *text;

	(void)state;
	hang(scenes[0], 196, 0xffff888001230000);
	hang(scenes[1], 700, 0xffff888009990000);
	text = said(false);
	assert_contains(text, "CHAIN     Xorg -> mutex\n");
	assert_contains(text,
			"TASKS     1 in uninterruptible sleep, 1 behind the verdict\n");
	assert_contains(text, "SLABS     not known\n");
	free(text);
	text = said(true);
	assert_contains(text, "\"chain\":true");
	assert_contains(text, "\"slabs\":null");
	keep_documents(text);
	free(text);
}

static void what_differs_is_said_of_each(void **state)
{
	char *text;

	(void)state;
	scene_commands(scene_gpu(scenes[1]), 5, 0);
	hang(scenes[1], 700, 0xffff888009990000);
	has(0, "kmalloc-96", 1, 1);
	has(1, "kmalloc-96", 2000, 50);
	grow();
	compared.slabs = &growths;
	text = said(false);
	assert_contains(text, "CHAIN     A: none\n          B: Xorg -> mutex\n");
	assert_contains(
		text, "QUEUES    A: none\n          B: control of virtio1: 5 in flight");
	assert_contains(text, "         1       2000          4        200 +        196  "
			      "kmalloc-96\n");
	free(text);
	text = said(true);
	assert_contains(text, "\"chain\":false");
	assert_contains(text,
			"{\"cache\":\"kmalloc-96\",\"objects_a\":1,\"objects_b\":2000,"
			"\"bytes_a\":4096,\"bytes_b\":204800}");
	keep_documents(text);
	free(text);
}

/* ---- the command ---------------------------------------------------------------- */

static void each_is_read_and_closed(void **state)
{
	struct fake_session s = {.fake = fake_5_10(), .program = true, .no_dump = true};

	(void)state;
	fake_drain_hang(s.fake);
	assert_contains(type(&s, "vgpu compare one two"), "VERDICT   cpu-monopolised");
	assert_contains(s.text, "SLABS     ");
	assert_int_equal(s.result, RESULT_DONE);
	assert_int_equal(s.begun, 0);
	assert_int_equal(s.open, 0);
	assert_contains(type(&s, "vgpu compare one two -j"),
			"\"same\":{\"release\":true");
	assert_contains(type(&s, "vgpu compare one"), "it needs two: A B");
	assert_int_equal(s.result, RESULT_USAGE);
	assert_contains(type(&s, "vgpu compare one nowhere"),
			"compare: nowhere: it is not");
	assert_int_equal(s.result, RESULT_UNREADABLE);
	assert_contains(type(&s, "vgpu compare nowhere two -j"), "nowhere: it is not");
	assert_int_equal(s.open, 0);
	fake_session_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_grew_most_is_first, no_slabs,
						no_slabs),
		cmocka_unit_test_setup_teardown(names_that_come_twice_and_counts_that_lie,
						no_slabs, no_slabs),
		test(what_both_share_is_said_once),
		test(what_differs_is_said_of_each),
		cmocka_unit_test(each_is_read_and_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
