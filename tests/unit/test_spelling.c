// SPDX-License-Identifier: GPL-2.0-or-later
/* What to look at, in the words of each door. */
#define _GNU_SOURCE /* open_memstream() */
#include "judged.h"

#include "report/debuginfo.h"
#include "report/report.h"
#include "report/spelling.h"

#define ADDRESS 0xffff888009990000

static struct triage other;

static const struct kind {
	struct look look;
	const char *in[DOORS]; /* NULL: the door has none */
} all[] = {
	{LOOK(STRUCT, .type = "mutex", .address = ADDRESS),
	 {"struct mutex 0xffff888009990000", "struct mutex 0xffff888009990000"}},
	{LOOK(STRUCT, .type = "rq.clock", .address = ADDRESS),
	 {"struct rq.clock 0xffff888009990000", "struct rq.clock 0xffff888009990000"}},
	{LOOK_BITS("mutex.owner", ADDRESS),
	 {"struct -x mutex.owner 0xffff888009990000",
	  "struct -x mutex.owner 0xffff888009990000"}},
	{LOOK(TASK, .type = "task_struct.on_rq,se.exec_start", .address = ADDRESS),
	 {"task_struct.on_rq,se.exec_start 0xffff888009990000",
	  "struct task_struct.on_rq,se.exec_start 0xffff888009990000"}},
	{LOOK(WORDS, .address = ADDRESS, .n = 4),
	 {"rd 0xffff888009990000 4", "rd 0xffff888009990000 4"}},
	{LOOK(FLAGS, .address = ADDRESS, .n = 2),
	 {"rd -16 0xffff888009990000 2", "rd -w 16 0xffff888009990000 2"}},
	{LOOK(NUMBERS, .address = ADDRESS, .n = 1),
	 {"rd -16 -d 0xffff888009990000 1", "rd -u -w 16 0xffff888009990000 1"}},
	{LOOK(FLAGS, .type = "u32", .address = ADDRESS, .n = 4),
	 {"rd -32 0xffff888009990000 4", "rd -w 32 0xffff888009990000 4"}},
	{LOOK(NUMBERS, .type = "u64", .address = ADDRESS, .n = 1),
	 {"rd -d 0xffff888009990000 1", "rd -u 0xffff888009990000 1"}},
	{LOOK(TEXT, .address = ADDRESS),
	 {"rd -a 0xffff888009990000", "rd 0xffff888009990000 16"}},
	{LOOK(VARIABLE, .name = "panic_cpu", .n = 4),
	 {"p panic_cpu", "rd -d -w 32 panic_cpu"}},
	{LOOK(FUNCTION, .name = "schedule"), {"dis schedule", "sym schedule"}},
	{LOOK(RUNQUEUE, .n = 1), {"runq -c 1", "ps -c 1"}},
	{LOOK(CPU_STACK, .n = 1), {"bt -c 1", "bt -c 1"}},
	{LOOK(STACK, .n = 196), {"vgpu bt 196", "bt 196"}},
	{LOOK(LOG), {"log", "log"}},
	{LOOK(MEMORY), {"kmem -i", "sys"}},
	{LOOK(MOUNT, .address = ADDRESS),
	 {"mount", "struct super_block.s_writers 0xffff888009990000"}},
	{LOOK(INTERRUPTS), {"irq -s, irq", "dev"}},
	{LOOK(DISKS), {"dev -d", NULL}},
	{LOOK(OBJECT, .address = ADDRESS),
	 {"vgpu slab 0xffff888009990000", "slab 0xffff888009990000"}},
	{LOOK(TYPES, .name = "kmalloc-64"),
	 {"vgpu slab -t kmalloc-64", "slab -t kmalloc-64"}},
	{LOOK(LEAKS, .name = "kmalloc-64"), {"vgpu leak kmalloc-64", "leak kmalloc-64"}},
	{LOOK(COMMAND, .name = "vq -v"), {"vgpu vq -v", "vq -v"}},
};

static void assert_spelled(struct scene *s, const struct look *look, enum door door,
			   const char *want)
{
	const char *said;

	s->about.door = door;
	said = look_text(&s->facts, look);
	if (want)
		assert_string_equal(said, want);
	else
		assert_null(said);
}

static void each_kind_in_each_door(void **state)
{
	bool tried[LOOK_KINDS] = {[LOOK_NONE] = true};
	enum door door;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		tried[all[i].look.kind] = true;
		for (door = 0; door < DOORS; door++)
			assert_spelled(*state, &all[i].look, door, all[i].in[door]);
	}
	for (i = 0; i < LOOK_KINDS; i++)
		assert_true(tried[i]);
	for (door = 0; door < DOORS; door++)
		assert_spelled(*state, &LOOK(NONE), door, NULL);
}

static void each_kind_has_a_name_of_its_own(void **state)
{
	enum look_kind kind, k;

	(void)state;
	assert_null(look_kind_name(LOOK_NONE));
	for (kind = LOOK_STRUCT; kind < LOOK_KINDS; kind++)
		for (k = LOOK_STRUCT; k < kind; k++)
			assert_string_not_equal(look_kind_name(kind), look_kind_name(k));
}

/* Its commands are typed into a shell, and a cache is called what its maker likes. */
static void names_of_the_dump_are_quoted_for_a_shell(void **state)
{
	static const struct {
		const char *cache, *command;
	} said[] = {
		{"ext4_groupinfo_4k", "leak ext4_groupinfo_4k"},
		{"dma-kmalloc-1k(2:a.slice)", "leak 'dma-kmalloc-1k(2:a.slice)'"},
		{"a b;reboot", "leak 'a b;reboot'"},
		{"it's", "leak 'it'\"'\"'s'"},
		{"'", "leak ''\"'\"''"},
		{"$(reboot)", "leak '$(reboot)'"},
		{"", "leak ''"},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(said); i++)
		assert_spelled(*state, &LOOK(LEAKS, .name = said[i].cache), DOOR_PROGRAM,
			       said[i].command);
}

/* ---- sentences ----------------------------------------------------------- */

static struct verdict *add_advice(struct scene *s, const char *text, struct look look)
{
	struct verdict *v = arena_alloc(&s->arena, sizeof(*v));
	struct advice *a = vec_push(&s->arena, &v->next);

	a->text = text;
	if (look.kind)
		*vec_push(&s->arena, &a->looks) = look;
	return v;
}

static void a_sentence_names_what_to_look_at(void **state)
{
	struct scene *s = *state;
	struct verdict *v =
		add_advice(s, "See " LOOK_HERE ", then " LOOK_HERE ".", LOOK(LOG));

	*vec_push(&s->arena, &v->next.v[0].looks) = LOOK(STACK, .n = 7);
	assert_string_equal(next_step(s, v, 0), "See log, then vgpu bt 7.");
	s->about.door = DOOR_PROGRAM;
	assert_string_equal(next_step(s, v, 0), "See log, then bt 7.");
}

static void what_a_door_has_no_command_for_is_left_out(void **state)
{
	struct scene *s = *state;
	struct verdict *v = add_advice(s, "See the disks" LOOK_ASIDE ".", LOOK(DISKS));

	assert_string_equal(next_step(s, v, 0), "See the disks (dev -d).");
	s->about.door = DOOR_PROGRAM;
	assert_string_equal(next_step(s, v, 0), "See the disks.");
}

/* crash takes a command of the shell behind '!', and looks beside the vmlinux. */
static void how_to_get_debuginfo(void **state)
{
	struct scene *s = *state;
	struct verdict *v = add_advice(s, NULL, LOOK(NONE));
	const char *package = debuginfo_package(&s->facts);

	assert_non_null(strstr(next_step(s, v, 0), package));
	assert_non_null(strstr(next_step(s, v, 0), "where the vmlinux is"));
	assert_string_equal(next_step(s, v, 1),
			    "!apt-get install -y linux-image-5.10.0-scene-amd64-dbg");
	s->about.door = DOOR_PROGRAM;
	assert_non_null(strstr(next_step(s, v, 0), package));
	assert_non_null(strstr(next_step(s, v, 0), "--debug-dir"));
	assert_null(strstr(next_step(s, v, 0), "vmlinux"));
	assert_string_equal(next_step(s, v, 1),
			    "apt-get install -y linux-image-5.10.0-scene-amd64-dbg");
	snprintf(s->info.release, sizeof(s->info.release), "6.6.1-mine");
	assert_non_null(strstr(next_step(s, v, 0), "--debug-dir"));
	s->about.door = DOOR_CRASH;
	assert_non_null(strstr(next_step(s, v, 0), "beside the vmlinux"));
}

/* ---- the judgement ------------------------------------------------------- */

static void the_judgement_knows_no_door(void **state)
{
	struct scene *s = *state;
	const struct verdict *a, *b;
	size_t i;

	scene_drain_hang(s, SCENE_MACHINE);
	judge_all(s);
	other = judged;
	s->about.door = DOOR_PROGRAM;
	judge_all(s);
	assert_string_equal(judged.signature.hash, other.signature.hash);
	assert_string_equal(judged.signature.text, other.signature.text);
	assert_int_equal(judged.score.total, other.score.total);
	assert_int_equal(judged.verdicts.all.n, other.verdicts.all.n);
	a = verdict(0);
	b = other.verdicts.all.v[0];
	assert_int_equal(a->confidence, b->confidence);
	assert_int_equal(a->evidence.n, b->evidence.n);
	for (i = 0; i < a->evidence.n; i++) {
		assert_string_equal(a->evidence.v[i].claim, b->evidence.v[i].claim);
		assert_int_equal(a->evidence.v[i].look.kind, b->evidence.v[i].look.kind);
	}
}

/* What a document of the judgement says in this door; to be freed. */
static char *document(struct scene *s, enum door door,
		      void (*print)(FILE *, const struct facts *, const struct triage *))
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	s->about.door = door;
	judge_all(s);
	s->about.door = door;
	print(out, &s->facts, &judged);
	fclose(out);
	keep_documents(text);
	return text;
}

static void assert_has(const char *text, const char *words)
{
	if (!strstr(text, words))
		fail_msg("\"%s\" is not in: %s", words, text);
}

static void documents_speak_as_their_door(void **state)
{
	char *crash, *program;

	scene_drain_hang(*state, SCENE_MACHINE);
	crash = document(*state, DOOR_CRASH, text_triage);
	program = document(*state, DOOR_PROGRAM, text_triage);
	assert_has(crash, "check: runq -c 1\n");
	assert_has(crash, "check: task_struct.on_rq");
	assert_has(crash, "check: p sysctl_sched_rt_runtime\n");
	assert_has(program, "check: ps -c 1\n");
	assert_has(program, "check: struct task_struct.on_rq");
	assert_has(program, "check: rd -d -w 32 sysctl_sched_rt_runtime\n");
	assert_null(strstr(program, "vgpu bt"));
	assert_null(strstr(program, "runq"));
	free(crash);
	free(program);
}

static void json_has_the_look_and_its_spelling(void **state)
{
	char *crash, *program;

	scene_drain_hang(*state, SCENE_MACHINE);
	crash = document(*state, DOOR_CRASH, json_triage);
	program = document(*state, DOOR_PROGRAM, json_triage);
	assert_has(crash, "\"check\":\"runq -c 1\",\"look\":{\"kind\":\"runqueue\","
			  "\"type\":null,\"address\":null,\"cpu\":1}");
	assert_has(program, "\"check\":\"ps -c 1\",\"look\":{\"kind\":\"runqueue\","
			    "\"type\":null,\"address\":null,\"cpu\":1}");
	assert_has(program, "\"look\":{\"kind\":\"variable\",\"type\":null,\"address\":"
			    "null,\"name\":\"sysctl_sched_rt_runtime\",\"bytes\":4}");
	assert_has(program, "\"look\":{\"kind\":\"task\",\"type\":"
			    "\"task_struct.on_rq,on_cpu,sched_info\",\"address\":\"0x");
	free(crash);
	free(program);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scene_test(each_kind_in_each_door),
		cmocka_unit_test(each_kind_has_a_name_of_its_own),
		scene_test(names_of_the_dump_are_quoted_for_a_shell),
		scene_test(a_sentence_names_what_to_look_at),
		scene_test(what_a_door_has_no_command_for_is_left_out),
		scene_test(how_to_get_debuginfo),
		scene_test(the_judgement_knows_no_door),
		scene_test(documents_speak_as_their_door),
		scene_test(json_has_the_look_and_its_spelling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
