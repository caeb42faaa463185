// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands that look around, for who reads a core without crash. */
#define _GNU_SOURCE /* open_memstream() */
#include "test.h"

#include "fake_session.h"
#include "fake_types.h"
#include "report/report.h"
#include "scene.h"

static struct fake_session session;

static int begin(void **state)
{
	session.fake = fake_5_10();
	session.program = true;
	fake_kernel(session.fake);
	*state = session.fake;
	return 0;
}

static int end(void **state)
{
	(void)state;
	fake_session_end(&session);
	return 0;
}

#define look_test(f) cmocka_unit_test_setup_teardown(f, begin, end)

static void says(const char *line, const char *part)
{
	assert_contains(type(&session, line), part);
}

static void fails(const char *line, enum result result, const char *part)
{
	char json[128];

	says(line, part);
	assert_int_equal(session.result, result);
	snprintf(json, sizeof(json), "%s -j", line);
	says(json, "\"error\":\"");
	assert_int_equal(session.result, result);
}

/* "vgpu rd ffff888001000000 4" */
static const char *of(const char *command, kaddr_t addr, const char *rest)
{
	static char line[128];

	snprintf(line, sizeof(line), "vgpu %s %llx%s", command, HEX(addr), rest);
	return line;
}

/* ---- whose they are -------------------------------------------------------- */

static void crash_has_its_own(void **state)
{
	static const char *const names[] = {"log", "ps", "sys",	  "mod",
					    "sym", "rd", "struct"};
	char line[64];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		session.program = true;
		snprintf(line, sizeof(line), "\n  vgpu %s [-j", names[i]);
		says("vgpu help", line);
		session.program = false;
		assert_not_contains(type(&session, "vgpu help"), line);
		snprintf(line, sizeof(line), "vgpu %s 1", names[i]);
		says(line, "there is no command \"");
		assert_int_equal(session.result, RESULT_USAGE);
	}
	/* Nor is one of them meant. */
	assert_not_contains(type(&session, "vgpu lgo"), "log");
}

static void arguments(void **state)
{
	(void)state;
	says("vgpu rd -h",
	     "  vgpu rd [-j | -d | -u] [-s] [-x] [-w bits] address [count]\n");
	says("vgpu struct -h",
	     "  vgpu struct [-j] [-x] type[.member[.member][,member]] [address]\n");
	says("vgpu sym -h", "  vgpu sym [-j] symbol | address\n");
	fails("vgpu rd", RESULT_USAGE, "it needs to be told of what: address");
	fails("vgpu rd init_task 1 2", RESULT_USAGE, "\"2\" is one argument too many");
	fails("vgpu sym init_task 1", RESULT_USAGE, "\"1\" is one argument too many");
}

/* ---- log ------------------------------------------------------------------- */

static char *printed;
static size_t printed_size;

static FILE *print(void)
{
	FILE *out;

	free(printed);
	out = open_memstream(&printed, &printed_size);
	assert_non_null(out);
	return out;
}

static void log_lines(struct scene *s)
{
	static const struct log_line lines[] = {
		{.ts_s = 0.000001, .seq = 7, .level = 5, .first = true, .text = "Linux"},
		{.ts_s = 12.5, .seq = 8, .first = true, .caller = "T1", .text = "one"},
		{.ts_s = 12.5, .seq = 8, .text = "and more of it", .clipped = true},
		{.ts_s = 99.75,
		 .seq = 9,
		 .facility = 1,
		 .first = true,
		 .text = "\\x09a\\x1b\\x09"},
	};
	size_t i;

	s->info.crash_time = 1700000100;
	s->facts.machine.uptime_s = 100.8;
	s->facts.log.store = KLOG_RINGBUFFER;
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		*vec_push(&s->arena, &s->facts.log.lines) = lines[i];
}

static void log_as_dmesg_prints_it(void **state)
{
	struct scene *s = scene_create();
	FILE *out = print();

	(void)state;
	log_lines(s);
	s->facts.log.older = 2;
	text_log(out, &s->facts, false);
	fclose(out);
	assert_string_equal(printed, "(2 older messages left out)\n"
				     "[    0.000001] Linux\n"
				     "[   12.500000] one\n"
				     "               and more of it\n"
				     "[   99.750000] \ta\\x1b\t\n");
	scene_destroy(s);
}

static void log_with_dates(void **state)
{
	struct scene *s = scene_create();
	FILE *out = print();

	(void)state;
	log_lines(s);
	text_log(out, &s->facts, true);
	fclose(out);
	assert_contains(printed, "[Tue Nov 14 22:13:20 UTC 2023] Linux\n"
				 "[Tue Nov 14 22:13:32 UTC 2023] one\n"
				 "                               and more of it\n");
	out = print();
	s->info.crash_time = 0;
	text_log(out, &s->facts, true);
	fclose(out);
	assert_contains(printed, "(when it booted is not known: no dates)\n"
				 "[    0.000001] Linux\n");
	scene_destroy(s);
}

static void log_as_documents(void **state)
{
	struct scene *s = scene_create();
	FILE *out = print();

	(void)state;
	log_lines(s);
	json_log(out, &s->facts);
	fclose(out);
	keep_documents(printed);
	assert_contains(printed,
			"{\"seq\":8,\"ts_s\":12.500,\"stamp\":\"12.500000\","
			"\"time\":1700000012.500,\"level\":0,\"facility\":0,"
			"\"caller\":\"T1\",\"lines\":[\"one\",\"and more of it\"]"
			",\"clipped\":true}");
	assert_contains(printed, "\"boot_time\":1700000000.000,\"older\":0");
	scene_destroy(s);
}

static void no_log(void **state)
{
	(void)state;
	fails("vgpu log", RESULT_UNREADABLE, "the log of this dump cannot be found");
}

/* ---- ps, sys, mod ------------------------------------------------------------ */

static void tasks_by_their_pid(void **state)
{
	struct fake *f = *state;
	kaddr_t init = fake_task(f, 1, "init"), shell = fake_task(f, 300, "shell");

	fake_kthread(f, 2, "kthreadd");
	fake_thread(f, shell, 200, "thread");
	fake_set(f, shell, "task_struct.real_parent", init);
	fake_task_runs(f, shell, 1);
	fake_task_state(f, init, TASK_STATE_UNINTERRUPTIBLE);
	says("vgpu ps",
	     "     PID    PPID  CPU  TASK_STRUCT      S       SINCE  COMMAND\n");
	assert_contains(session.text, "[swapper/0]\n");
	assert_contains(session.text,
			of(">    300       1    1 ", shell, " R ") + strlen("vgpu "));
	assert_contains(session.text, " D ");
	assert_contains(session.text, "  [kthreadd]\n");
	assert_true(strstr(session.text, "thread\n") < strstr(session.text, "shell\n"));
	says("vgpu ps -p 300", "thread\n");
	assert_not_contains(session.text, "init");
	says("vgpu ps -p 300 -j", "\"tgid\":300,\"ppid\":null");
	assert_contains(session.text, "\"ppid\":1,\"cpu\":1,\"on_cpu\":true,"
				      "\"kthread\":false,\"idle\":false,");
	fails("vgpu ps -p 999", RESULT_NOT_FOUND, "no process with pid 999");
}

/* Who has the CPU, and how he came to it. */
static void tasks_of_a_cpu(void **state)
{
	struct fake *f = *state;
	kaddr_t hog = fake_task(f, 300, "hog"), waits = fake_task(f, 301, "waits");

	fake_task(f, 302, "asleep");
	fake_task_rt(f, hog, 1, 99);
	fake_task_runs(f, hog, 1);
	fake_task_queued(f, waits, 1);
	says("vgpu ps -c 1", "CLASS    POLICY   PRIO  COMMAND\n>    300  ");
	assert_contains(session.text, " rt       FIFO       99  hog\n");
	assert_contains(session.text, " fair     NORMAL      0  waits\n");
	assert_not_contains(session.text, "asleep");
	says("vgpu ps -c 1 -j",
	     "\"class\":\"rt\",\"policy\":\"FIFO\",\"rt_priority\":99");
	assert_not_contains(session.text, "asleep");
	fails("vgpu ps -c 2", RESULT_NOT_FOUND, "no CPU 2: this dump has 2");
}

/* Behind those who wait for the CPU, whom a quota holds back. */
static void task_held_back(void **state)
{
	struct fake *f = *state;
	kaddr_t held = fake_task(f, 300, "held"), cfs_rq = fake_new(f, "cfs_rq"),
		group = fake_new(f, "task_group");

	fake_task_queued(f, held, 1);
	fake_task_queued(f, fake_task(f, 301, "waits"), 1);
	fake_set(f, held, "task_struct.se.cfs_rq", cfs_rq);
	fake_set(f, cfs_rq, "cfs_rq.rq", fake_rq(f, 1));
	fake_set(f, cfs_rq, "cfs_rq.tg", group);
	fake_set(f, cfs_rq, "cfs_rq.throttle_count", 1);
	fake_set(f, group, "task_group.cfs_bandwidth.quota", 1000000);
	fake_set(f, group, "task_group.cfs_bandwidth.period", 100000000);
	says("vgpu ps -c 1",
	     "held\n          held back by the quota of cgroup not known: 1 "
	     "ms of CPU time in each\n          100 ms\n");
	assert_true(strstr(session.text, "waits\n") < strstr(session.text, "held\n"));
	says("vgpu ps -c 1 -j", "\"throttled\":{\"cgroup\":null,\"task_group\":");
	assert_contains(session.text,
			"\"quota_s\":0.001,\"period_s\":0.100,\"left_s\":0.000,"
			"\"periods\":0,\"periods_throttled\":0}");
	assert_contains(session.text, "\"rt_priority\":0,\"throttled\":null}");
}

static void the_machine(void **state)
{
	struct scene *s = scene_create();
	struct machine *m = &s->facts.machine;
	struct module *mod = vec_push(&s->arena, &s->facts.modules.all);
	FILE *out = print();

	(void)state;
	snprintf(m->version, sizeof(m->version), "#1 SMP Debian 5.10.262-1");
	snprintf(m->node, sizeof(m->node), "desk7");
	snprintf(mod->name, sizeof(mod->name), "nvidia");
	mod->taints = 1u << 12 | 1u;
	m->memory = 734ull << 20;
	s->facts.memory = (struct memory){.counted = true,
					  .total = 732ull << 20,
					  .free = 12 << 20,
					  .anon = 100 << 20,
					  .file = 30 << 20,
					  .shmem = 10 << 20,
					  .slab = 20 << 20};
	m->load_known = true;
	m->load[0] = 1.5;
	m->load[2] = 0.25;
	m->taint_known = true;
	m->taint = 1u << 12 | 1u;
	s->info.crash_time = 1700000100;
	scene_task(s, 1, "init");
	scene_waits(s, scene_task(s, 2, "stuck"), 30, WAIT_MUTEX, 0, NULL);
	text_system(out, &s->facts);
	fclose(out);
	assert_contains(printed, "VERSION   #1 SMP Debian 5.10.262-1\n");
	assert_contains(printed, "NODE      desk7\n");
	assert_contains(printed, "CRASHED   Tue Nov 14 22:15:00 UTC 2023\n");
	assert_contains(printed, "LOAD      1.50, 0.00, 0.25\n");
	assert_contains(printed,
			"MEMORY    734 MiB\n"
			"          the kernel manages 732.0 MiB: 12.0 MiB free, "
			"100.0 MiB anonymous, 10.0\n          MiB shared memory");
	assert_contains(printed, "20.0 MiB other files,\n          20.0 MiB slabs\n");
	assert_contains(printed, "TASKS     6 (1 D, 4 R, 1 S)\n");
	assert_contains(printed, "PANIC     no sign of a panic\n");
	assert_contains(printed, "TAINTED   P: a proprietary module was loaded\n"
				 "          O: a module from outside");
	assert_contains(printed, "FOREIGN   nvidia: proprietary (P), out of tree (O)\n");
	out = print();
	json_system(out, &s->facts);
	fclose(out);
	keep_documents(printed);
	assert_contains(printed, "\"sys\":{\"version\":\"#1 SMP Debian 5.10.262-1\","
				 "\"load\":[1.500,0.000,0.250],\"memory\":{\"total\":"
				 "767557632,\"free\":12582912,\"anonymous\":104857600,"
				 "\"files\":31457280,\"shared\":10485760,\"slabs\":"
				 "20971520},\"tasks\":6,\"trigger\":{");
	scene_destroy(s);
}

/* What is not known is said to be so, and an answer nevertheless. */
static void a_machine_of_which_nothing_is_known(void **state)
{
	(void)state;
	says("vgpu sys", "VERSION   not known\n");
	assert_contains(session.text, "LOAD      not known\n");
	assert_int_equal(session.result, RESULT_DONE);
	says("vgpu sys -j", "\"sys\":{\"version\":null,\"load\":[],");
}

static kaddr_t fake_loaded(struct fake *f, kaddr_t head, const char *name, kaddr_t text)
{
	kaddr_t m = fake_alloc_pages(f, 2048);

	fake_set_string(f, m, "module.name", name);
	fake_list_add_tail(f, head, fake_at(f, m, "module.list"));
	fake_set(f, fake_id_at(f, m, MODULE_CORE), "module_layout.base", text);
	fake_set(f, fake_id_at(f, m, MODULE_CORE), "module_layout.size", 0x5000);
	fake_set(f, fake_id_at(f, m, MODULE_CORE), "module_layout.text_size", 0x2000);
	return m;
}

static void the_modules(void **state)
{
	struct fake *f = *state;
	kaddr_t head = fake_variable(f, "modules", 16), m;

	says("vgpu mod", "no modules are loaded\n");
	fake_list_head(f, head);
	m = fake_loaded(f, head, "virtio_gpu", 0xffffffffc0270000);
	fake_loaded(f, head, "drm", 0xffffffffc0280000);
	fake_set(f, m, "module.taints", 1u << 13);
	says("vgpu mod", "  ffffffffc0270000    8192    20480  virtio_gpu         btf\n"
			 "                  taints: unsigned (E)\n");
	assert_contains(session.text, "  drm                -\n");
	says("vgpu mod -j", "\"text\":{\"start\":\"0xffffffffc0270000\",\"end\":"
			    "\"0xffffffffc0272000\"},\"init\":null,\"size\":20480,"
			    "\"taints\":\"unsigned (E)\"}");
}

/* ---- sym ------------------------------------------------------------------- */

static void symbols_both_ways(void **state)
{
	struct fake *f = *state;

	fake_function(f, "do_it", NULL, 0xffffffff81234000, 0x100);
	fake_function(f, "gpu_do_it", "virtio_gpu", 0xffffffffc0270000, 0x100);
	assert_string_equal(type(&session, "vgpu sym do_it"),
			    "ffffffff81234000  do_it\n");
	assert_string_equal(type(&session, "vgpu sym 0xffffffff81234010"),
			    "ffffffff81234010  do_it+0x10\n");
	assert_string_equal(type(&session, "vgpu sym gpu_do_it+16"),
			    "ffffffffc0270010  gpu_do_it+0x10 [virtio_gpu]\n");
	says("vgpu sym gpu_do_it -j",
	     "\"symbol\":{\"address\":\"0xffffffffc0270000\",\"name\":\"gpu_do_it\","
	     "\"offset\":0,\"module\":\"virtio_gpu\"}");
	says("vgpu sym do_it -j", "\"module\":null}");
	fake_symbol(f, "alias_of_it", 0xffffffff81234000);
	assert_string_equal(type(&session, "vgpu sym alias_of_it"),
			    "ffffffff81234000  alias_of_it\n");
	fails("vgpu sym do_them", RESULT_NOT_FOUND,
	      "\"do_them\" is neither an address nor a symbol of this dump");
	fails("vgpu sym 1234", RESULT_NOT_FOUND, "0x1234 is in no symbol of this dump");
	fails("vgpu sym do_it+x", RESULT_USAGE, "\"x\" is no offset");
	fails("vgpu sym 11112222333344445", RESULT_NOT_FOUND, "is neither an address");
	says("vgpu sym -- -1", "\"\" is neither an address");
}

static void a_variable_of_each_cpu(void **state)
{
	struct fake *f = *state;
	kaddr_t base = fake_percpu_variable(f, "my_counter", 8);

	fake_u64(f, fake_percpu(f, 1, base), 0x77);
	says("vgpu sym my_counter", "  my_counter\n");
	says("vgpu rd my_counter:1", "0000000000000077");
	fails("vgpu rd my_counter:2", RESULT_NOT_FOUND, "no CPU 2: this dump has 2");
	fails("vgpu rd my_counter:x", RESULT_NOT_FOUND, "no CPU x: this dump has 2");
	fails("vgpu rd no_counter:1", RESULT_NOT_FOUND, "no symbol \"no_counter\"");
	fails("vgpu rd my_counter:-1", RESULT_USAGE,
	      "\"my_counter:\" is of no CPU: my_counter:0 is of CPU 0");
}

/* By its name alone it is where all of them were copied from, which says of none what it is. */
static void none_of_each_cpu(void **state)
{
	struct fake *f = *state;
	kaddr_t base = fake_percpu_variable(f, "my_counter", 8);
	kaddr_t other = fake_variable(f, "my_variable", 8);

	fake_symbol(f, "__per_cpu_start", base);
	fake_symbol(f, "__per_cpu_end", base + 8);
	fails("vgpu rd my_counter", RESULT_NOT_FOUND,
	      "each CPU has its own my_counter: my_counter:0 is that of CPU 0");
	fails("vgpu rd my_counter+4", RESULT_NOT_FOUND,
	      "each CPU has its own my_counter");
	says("vgpu rd my_counter:1+0", "0000000000000000");
	fake_u64(f, other, 0x55);
	says("vgpu rd my_variable", "0000000000000055");
	says("vgpu sym my_counter", "  my_counter\n");
}

/* ---- rd -------------------------------------------------------------------- */

static kaddr_t some_memory(struct fake *f)
{
	kaddr_t at = fake_alloc_pages(f, 2 * FAKE_PAGE);

	fake_bytes(f, at, "Linux version 5.10\033", 19);
	return at;
}

static void words_of_memory(void **state)
{
	kaddr_t at = some_memory(*state);
	char line[96];

	snprintf(line, sizeof(line),
		 "%llx:  65762078756e694c 2e35206e6f697372   Linux version 5.\n",
		 HEX(at));
	says(of("rd", at, " 3"), line);
	snprintf(line, sizeof(line),
		 "%llx:  00000000001b3031                    10......\n", HEX(at + 16));
	assert_contains(session.text, line);
	says(of("rd -x", at, ""), "65762078756e694c\n");
	says(of("rd -w 32", at, " 3"), ":  756e694c 65762078 6f697372            Linux");
	says(of("rd -w 16", at, " 0x2"), ":  694c 756e  ");
	says(of("rd -w8", at, " 2"), ":  4c 69  ");
	assert_contains(session.text, "   Li\n");
	says(of("rd", at, "+0x10"), "1b3031");
	says(of("rd -j", at, " 1"),
	     "\"memory\":{\"word_bytes\":8,\"runs\":[{\"address\":");
	assert_contains(session.text, "\"words\":[\"65762078756e694c\"]}]}");
}

/* A ring's index, panic_cpu, and what is of 64 bits. */
static void words_that_are_numbers(void **state)
{
	struct fake *f = *state;
	kaddr_t at = fake_alloc(f, 16);
	char line[96];

	fake_u64(f, at, 0xffffffffffff9c40);
	fake_u64(f, at + 8, 33);
	says(of("rd -u -w 16", at, " 1"), ":   40000      ");
	says(of("rd -d -w 16", at, " 1"), ":  -25536 ");
	says(of("rd -d -w 32", at, "+4 2"), ":           -1          33 ");
	says(of("rd -d -w 8", at, " 2"), ":    64 -100 ");
	snprintf(line, sizeof(line), "%llx:  %20d %20d   ", HEX(at), -25536, 33);
	says(of("rd -d", at, " 2"), line);
	says(of("rd -u", at, " 1"), ":  18446744073709526080                        @");
	fails("vgpu rd -d -u init_task", RESULT_USAGE, "-d and -u exclude each other");
	fails("vgpu rd -s -u init_task", RESULT_USAGE, "-s and -u exclude each other");
}

static void words_that_are_symbols(void **state)
{
	struct fake *f = *state;
	kaddr_t at = fake_alloc(f, 32);

	fake_u64(f, at, fake_function(f, "do_it", NULL, 0, 0x100) + 8);
	fake_u64(f, at + 8, 7);
	fake_u64(f, at + 16, fake_value(f, "do_it"));
	says(of("rd -s", at + 16, ""), ":  do_it\n");
	says(of("rd -s", at, " 2"), ":  do_it+0x8                0000000000000007\n");
	says(of("rd -s -j", at, " 2"), "\"symbols\":[\"do_it+0x8\",null]");
	fails(of("rd -s -w 8", at, ""), RESULT_USAGE, "-s is of words of 64 bits");
}

static void memory_that_is_not_there(void **state)
{
	struct fake *f = *state;
	kaddr_t at = some_memory(f) + FAKE_PAGE;

	fake_exclude(f, at, FAKE_PAGE);
	says(of("rd", at - 8, " 4"), ":  page excluded from the dump (24 bytes)\n");
	assert_int_equal(session.result, RESULT_DONE);
	says(of("rd", at - 4, " 2"), ":  page excluded from the dump (16 bytes)\n");
	says(of("rd -j", at - 8, " 4"),
	     "\"bytes\":24,\"unread\":\"page excluded from the dump\"}");
	fails(of("rd", at, " 2"), RESULT_UNREADABLE, ": page excluded from the dump");
	fails(of("rd", FAKE_NOWHERE, ""), RESULT_NOT_FOUND, ": no such address");
	/* Past the end of all addresses. */
	fake_u64(f, 0xfffffffffffffff8, 5);
	says("vgpu rd fffffffffffffff8 4", ":  0000000000000005");
	assert_contains(session.text, "0000000000000000:  no such address (24 bytes)\n");
}

static void how_much_may_be_read(void **state)
{
	(void)state;
	fails("vgpu rd init_task 0", RESULT_USAGE, "\"0\" is no count of words");
	fails("vgpu rd init_task x", RESULT_USAGE, "\"x\" is no count of words");
	fails("vgpu rd init_task 99999999", RESULT_USAGE, "are too many: up to 2097152");
	fails("vgpu rd -w 12 init_task", RESULT_USAGE, "8, 16, 32 or 64 bits, not 12");
}

/* ---- struct ------------------------------------------------------------------ */

#define SHAPE static const struct fake_shape

SHAPE shape_char = {.class = TYPE_CHAR, .name = "char", .size = 1, .is_signed = true};
SHAPE shape_int = {.class = TYPE_INT, .name = "int", .size = 4, .is_signed = true};
SHAPE shape_long = {.class = TYPE_INT, .name = "unsigned long", .size = 8};
SHAPE shape_bool = {.class = TYPE_BOOL, .name = "_Bool", .size = 1};
SHAPE shape_name = {.class = TYPE_ARRAY, .count = 16, .size = 16, .of = &shape_char};
SHAPE shape_ints = {.class = TYPE_ARRAY, .count = 16, .size = 64, .of = &shape_int};
SHAPE shape_words = {.class = TYPE_POINTER, .size = 8, .of = &shape_char};
SHAPE shape_function = {.class = TYPE_FUNCTION};
SHAPE shape_call = {.class = TYPE_POINTER, .size = 8, .of = &shape_function};
static const struct dump_type_value colours[] = {{"RED", 1}, {"BLUE", -2}};
SHAPE shape_colour = {.class = TYPE_ENUM,
		      .name = "colour",
		      .size = 4,
		      .is_signed = true,
		      .count = 2,
		      .values = colours};

static const struct fake_shape shape_node;
static const struct fake_shape shape_to_node = {.class = TYPE_POINTER,
						.size = 8,
						.of = &shape_node};
static const struct fake_part node_parts[] = {{"next", &shape_to_node, 0, 0},
					      {"prev", &shape_to_node, 64, 0}};
static const struct fake_shape shape_node = {.class = TYPE_STRUCT,
					     .name = "node",
					     .size = 16,
					     .count = 2,
					     .parts = node_parts};

static const struct fake_part either_parts[] = {{"as_int", &shape_int, 0, 0},
						{"colour", &shape_colour, 0, 0}};
SHAPE shape_either = {.class = TYPE_UNION, .size = 4, .count = 2, .parts = either_parts};

static const struct fake_part thing_parts[] = {
	{"name", &shape_name, 0, 0},   {"node", &shape_node, 128, 0},
	{"call", &shape_call, 256, 0}, {"label", &shape_words, 320, 0},
	{"", &shape_either, 384, 0},   {"low", &shape_int, 416, 3},
	{"high", &shape_int, 419, 5},  {"on", &shape_bool, 424, 0},
	{"ints", &shape_ints, 448, 0}, {"size", &shape_long, 960, 0},
};
SHAPE shape_thing = {.class = TYPE_STRUCT,
		     .name = "thing",
		     .size = 128,
		     .count = ARRAY_SIZE(thing_parts),
		     .parts = thing_parts};

static kaddr_t a_thing(struct fake *f)
{
	static const struct fake_shape *const known[] = {&shape_thing, &shape_node,
							 &shape_colour, NULL};
	kaddr_t at = fake_alloc_pages(f, 128), label = fake_alloc(f, 16);

	fake_shapes(f, known);
	fake_string(f, at, "a \033thing");
	fake_ptr(f, at + 16, at + 16);
	fake_ptr(f, at + 32, fake_function(f, "call_me", NULL, 0, 0x40) + 4);
	fake_ptr(f, at + 40, label);
	fake_string(f, label, "label");
	fake_u32(f, at + 48, (uint32_t)-2);
	fake_u8(f, at + 52, 0xb6); /* low: 110, high: 10110 */
	fake_u8(f, at + 53, 1);
	fake_u32(f, at + 56, (uint32_t)-7);
	fake_u64(f, at + 120, 1ull << 63);
	return at;
}

static void an_object(void **state)
{
	struct fake *f = *state;
	kaddr_t at = a_thing(f);
	char expected[1024], line[64];

	snprintf(expected, sizeof(expected),
		 "struct thing {\n"
		 "  name = \"a \\x1bthing\",\n"
		 "  node = {\n"
		 "    next = 0x%llx,\n"
		 "    prev = 0x0\n"
		 "  },\n"
		 "  call = 0x%llx <call_me+0x4>,\n"
		 "  label = 0x%llx \"label\",\n"
		 "  {\n"
		 "    as_int = -2,\n"
		 "    colour = BLUE\n"
		 "  },\n"
		 "  low = -2,\n"
		 "  high = -10,\n"
		 "  on = true,\n"
		 "  ints = {-7, 0 <repeats 15 times>},\n"
		 "  size = 9223372036854775808\n"
		 "}\n",
		 HEX(at + 16), HEX(fake_value(f, "call_me") + 4),
		 HEX(fake_peek_u64(f, at + 40)));
	assert_string_equal(type(&session, of("struct thing", at, "")), expected);
	snprintf(line, sizeof(line), "vgpu struct thing %llx -x", HEX(at));
	says(line, "ints = {0xfffffff9, 0x0 <repeats 15 times>}");
	assert_contains(session.text, "size = 0x8000000000000000\n");
	/* Of no name. */
	fake_u32(f, at + 48, (uint32_t)-7);
	says(line, "colour = 0xfffffff9\n");
}

static void members_of_an_object(void **state)
{
	struct fake *f = *state;
	kaddr_t at = a_thing(f);

	assert_string_equal(type(&session,
				 of("struct thing.colour,low,node.prev", at, "")),
			    "  colour = BLUE\n  low = -2\n  node.prev = 0x0\n");
	says(of("struct thing.node", at, ""), "  node = {\n    next = 0x");
	assert_contains(session.text, ",\n    prev = 0x0\n  }\n");
	fails(of("struct thing.none", at, ""), RESULT_NOT_FOUND,
	      "thing has no member \"none\"");
	fails(of("struct thing.low.er", at, ""), RESULT_NOT_FOUND,
	      "no member \"low.er\"");
	fails(of("struct thing.", at, ""), RESULT_NOT_FOUND, "no member \"\"");
	fails(of("struct thing.low,,on", at, ""), RESULT_NOT_FOUND, "no member \"\"");
	fails(of("struct thing.node.", at, ""), RESULT_NOT_FOUND, "no member \"node.\"");
}

static void an_object_as_a_document(void **state)
{
	kaddr_t at = a_thing(*state);

	says(of("struct thing -j", at, ""),
	     "{\"name\":\"call\",\"type\":\"function *\",\"offset\":32,\"size\":8,\"value\":");
	assert_contains(session.text, "\"symbol\":\"call_me+0x4\"}");
	assert_contains(session.text,
			"{\"name\":\"low\",\"type\":\"int\",\"offset\":52,"
			"\"size\":4,\"bit\":0,\"bits\":3,\"value\":\"-2\"}");
	assert_contains(session.text,
			"{\"name\":\"ints\",\"type\":\"int [16]\",\"offset\":"
			"56,\"size\":64,\"elements\":[{\"name\":\"[0]\",");
	assert_contains(session.text, "\"value\":\"0\",\"repeats\":15}");
	assert_contains(session.text, "\"text\":\"a \\\\x1bthing\"}");
}

static void the_layout_of_a_type(void **state)
{
	a_thing(*state);
	assert_string_equal(type(&session, "vgpu struct thing"),
			    "  OFFSET     SIZE\n"
			    "       0      128  struct thing {\n"
			    "       0       16    char name[16];\n"
			    "      16       16    struct node node;\n"
			    "      32        8    function *call;\n"
			    "      40        8    char *label;\n"
			    "      48        4    union {\n"
			    "      48        4      int as_int;\n"
			    "      48        4      enum colour colour;\n"
			    "                     };\n"
			    "    52:0    3 bit    int low;\n"
			    "    52:3    5 bit    int high;\n"
			    "      53        1    _Bool on;\n"
			    "      56       64    int ints[16];\n"
			    "     120        8    unsigned long size;\n"
			    "                   };\n");
	says("vgpu struct thing.node", "      16       16  struct node {\n"
				       "      16        8    struct node *next;\n");
	assert_contains(session.text, "                   } node;\n");
	says("vgpu struct thing -j", "\"object\":{\"type\":\"thing\",\"address\":null,");
	assert_not_contains(session.text, "\"value\"");
}

/* Of a layout table: no more is known of them than where they are. */
static void members_that_are_words(void **state)
{
	static const struct fake_shape word = {.class = TYPE_WORD,
					       .name = "u64",
					       .size = 8};
	static const struct fake_shape half = {.class = TYPE_WORD,
					       .name = "u32",
					       .size = 4};
	static const struct fake_part parts[] = {{"count", &word, 0, 0},
						 {"owner", &word, 64, 0},
						 {"flags", &half, 128, 0}};
	static const struct fake_shape lock = {.class = TYPE_STRUCT,
					       .name = "lock",
					       .size = 32,
					       .count = 3,
					       .is_in_part = true,
					       .parts = parts};
	struct fake *f = *state;
	kaddr_t at = fake_alloc(f, 32);

	fake_shapes(f, (const struct fake_shape *const[]){&lock, NULL});
	fake_u64(f, at, 28545000000);
	fake_ptr(f, at + 8, fake_function(f, "taker", NULL, 0, 0x40) + 4);
	fake_u32(f, at + 16, 0xfffffffe);
	says(of("struct lock.count,flags", at, ""),
	     "  count = 28545000000\n  flags = 4294967294\n");
	assert_not_contains(session.text, "no more is known");
	says(of("struct -x lock.flags", at, ""), "  flags = 0xfffffffe\n");
	says(of("struct lock.owner", at, ""), "  owner = 0xffffffff");
	assert_contains(session.text, " <taker+0x4>\n");
	says(of("struct lock", at, ""), "  count = 28545000000,\n");
	assert_contains(session.text, "of struct lock no more is known than");
	says(of("struct lock -j", at, ""), "\"incomplete\":[\"of struct lock no more");
}

static void types_that_are_not_there(void **state)
{
	struct fake *f = *state;

	fails("vgpu struct thing", RESULT_UNREADABLE,
	      "what reads this dump has no types to show");
	a_thing(f);
	fails("vgpu struct nothing", RESULT_NOT_FOUND, "no type \"nothing\"");
	fails("vgpu struct thing nowhere", RESULT_NOT_FOUND, "neither an address");
	fails(of("struct thing", FAKE_NOWHERE, ""), RESULT_NOT_FOUND,
	      "thing at 0xffffc90000bad000: no such address");
}

/* A page that is missing costs the members in it. */
static void an_object_with_a_hole(void **state)
{
	struct fake *f = *state;
	kaddr_t at;

	a_thing(f);
	at = fake_alloc_pages(f, 2 * FAKE_PAGE) + FAKE_PAGE - 64;
	fake_exclude(f, at + 64, FAKE_PAGE);
	says(of("struct thing", at, ""), "size = <page excluded from the dump>\n");
	assert_contains(session.text, "on = false,\n");
	assert_contains(session.text, "ints = {0, 0, <page excluded from the dump>");
	says(of("struct thing -j", at, ""),
	     "\"unread\":\"page excluded from the dump\"}");
}

/* ---- types that lie ------------------------------------------------------------ */

static const struct fake_shape shape_self;
static const struct fake_part self_parts[] = {{"", &shape_self, 0, 0},
					      {"me", &shape_self, 0, 0},
					      {"", &shape_self, 0, 0}};
static const struct fake_shape shape_self = {.class = TYPE_STRUCT,
					     .name = "self",
					     .size = 8,
					     .count = 3,
					     .parts = self_parts};
SHAPE shape_vast = {.class = TYPE_ARRAY,
		    .name = "vast",
		    .count = UINT64_MAX,
		    .size = UINT64_MAX,
		    .of = &shape_long};
static const struct fake_part empties_parts[] = {{"", NULL, 0, 0}};
SHAPE shape_empty = {.class = TYPE_STRUCT, .name = "empty", .parts = empties_parts};
SHAPE shape_empties = {.class = TYPE_ARRAY, .count = UINT64_MAX, .of = &shape_empty};
static const struct fake_shape shape_turtle;
static const struct fake_shape shape_turtle = {.class = TYPE_POINTER,
					       .size = 8,
					       .of = &shape_turtle};
static const struct fake_shape shape_russian;
static const struct fake_shape shape_russian = {.class = TYPE_ARRAY,
						.count = 1u << 30,
						.size = 8,
						.of = &shape_russian};
SHAPE shape_broad = {.class = TYPE_INT, .name = "\033broad", .size = 4096};
static const struct fake_part liar_parts[] = {
	{"vast", &shape_vast, 0, 0},
	{"empties", &shape_empties, 0, 0},
	{"turtle", &shape_turtle, 0, 0},
	{"russian", &shape_russian, 0, 0},
	{"broad\033", &shape_broad, 0, 0},
	{"far", &shape_int, UINT64_MAX - 3, 0},
	{"wide", &shape_int, 0, UINT32_MAX},
	{"nowhere", &shape_long, 1ull << 40, 0},
	{"nothing", NULL, 0, 0},
};
SHAPE shape_liar = {.class = TYPE_STRUCT,
		    .name = "liar",
		    .size = UINT64_MAX,
		    .count = ARRAY_SIZE(liar_parts),
		    .parts = liar_parts};

static void types_that_lie(void **state)
{
	static const struct fake_shape *const known[] = {&shape_self, &shape_vast,
							 &shape_liar, NULL};
	static const char *const asked[] = {"struct self",
					    "struct self.me.me",
					    "struct vast",
					    "struct liar",
					    "struct liar.far,nowhere",
					    "struct liar -x",
					    "struct liar.empties",
					    "struct liar.turtle",
					    "struct liar.russian",
					    "struct liar.wide,nothing"};
	struct fake *f = *state;
	kaddr_t at = fake_alloc_pages(f, FAKE_PAGE);
	size_t i;

	fake_shapes(f, known);
	for (i = 0; i < ARRAY_SIZE(asked); i++) {
		type(&session, of(asked[i], at, ""));
		assert_true(session.length < 4u << 20);
		assert_not_contains(session.text, "\033");
		type(&session, of(asked[i], at, " -j"));
		assert_contains(session.text, "{\"vgpu\":");
		/* The last page of all addresses. */
		type(&session, of(asked[i], 0xfffffffffffff000, ""));
	}
	says("vgpu struct liar", "far");
	says(of("struct liar.nowhere,vast", at, ""), "  nowhere = <no such address>\n");
	assert_contains(session.text,
			"  vast = {0 <repeats 512 times>, <no such address> "
			"<repeats");
	assert_contains(session.text, "... 18446744073709420543 more}");
	fails(of("struct self.you", at, ""), RESULT_NOT_FOUND, "no member \"you\"");
}

/* ---- what is left out ------------------------------------------------------------ */

#define TEXT_SHOWN 200

SHAPE shape_text = {.class = TYPE_ARRAY, .count = 256, .size = 256, .of = &shape_char};
static const struct fake_part texts_parts[] = {{"text", &shape_text, 0, 0},
					       {"to", &shape_words, 256 * 8, 0}};
SHAPE shape_texts = {.class = TYPE_STRUCT,
		     .name = "texts",
		     .size = 264,
		     .count = 2,
		     .parts = texts_parts};

static void text_that_goes_on(void **state)
{
	static const struct fake_shape *const known[] = {&shape_texts, NULL};
	struct fake *f = *state;
	kaddr_t at = fake_alloc_pages(f, 2 * FAKE_PAGE), text = at + FAKE_PAGE - 4;
	size_t i;

	fake_shapes(f, known);
	for (i = 0; i < TEXT_SHOWN; i++)
		fake_u8(f, at + i, 'a');
	fake_ptr(f, at + 256, at);
	says(of("struct texts", at, ""), "aaa\",\n  to = 0x");
	assert_contains(session.text, "aaa\"\n}");
	fake_u8(f, at + TEXT_SHOWN, 'b');
	says(of("struct texts", at, ""), "aaa\"...,\n  to = 0x");
	assert_contains(session.text, "aaa\"...\n}");
	says(of("struct texts -j", at, ""), "aaa\",\"clipped\":true},{\"name\":\"to\"");
	assert_contains(session.text, "aaa\",\"clipped\":true}]");
	/* Its end is in a page that is missing. */
	fake_string(f, text, "endless");
	fake_exclude(f, at + FAKE_PAGE, FAKE_PAGE);
	fake_ptr(f, at + 256, text);
	says(of("struct texts", at, ""), " \"endl\"...\n");
}

#define VAST (1u << 20)
#define MANY 40

/* Elements are compared only so far: a type may have any number of members at one place. */
static void looking_for_what_is_the_same_ends(void **state)
{
	SHAPE byte = {.class = TYPE_INT, .name = "u8", .size = 1};
	SHAPE bytes = {.class = TYPE_ARRAY, .count = VAST, .size = VAST, .of = &byte};
	static struct fake_part parts[MANY];
	SHAPE many = {.class = TYPE_UNION,
		      .name = "many",
		      .size = VAST,
		      .count = MANY,
		      .parts = parts};
	static const struct fake_shape *const known[] = {&many, NULL};
	struct fake *f = *state;
	kaddr_t at = fake_alloc_pages(f, VAST);
	size_t i;

	fake_shapes(f, known);
	for (i = 0; i < MANY; i++)
		parts[i] = (struct fake_part){"x", &bytes, 0, 0};
	parts[MANY - 1].name = "last";
	says(of("struct many", at, ""), "{\n  x = {0 <repeats 1048576 times>},\n");
	assert_contains(session.text, "  last = {0, 0, 0,");
}

/* More members than are shown, and those that cannot be had. */
static void members_left_out(void **state)
{
	static struct fake_part parts[30000];
	SHAPE wide = {.class = TYPE_UNION,
		      .name = "wide",
		      .size = 4,
		      .count = 70000,
		      .parts = parts};
	static const struct fake_shape *const known[] = {&wide, NULL};
	size_t i;

	fake_shapes(*state, known);
	for (i = 0; i < ARRAY_SIZE(parts); i++)
		parts[i] = (struct fake_part){"x", &shape_int, 0, 0};
	says("vgpu struct wide", "... 50000 more\n");
	says("vgpu struct wide -j", ",\"more\":50000}");
	fake_parts_known(1);
	says("vgpu struct wide", "  int x;\n                     ... 69999 more\n");
	fake_parts_known(0);
	says(of("struct wide", fake_alloc(*state, 8), ""),
	     "union wide {... 70000 more}\n");
}

/* Ctrl-C, whenever it comes: then there is no answer, be it that there is none. */
static void interrupted_at_any_read(struct fake *f, const char *line, enum result result)
{
	size_t n = 0;

	do {
		fake_interrupt_after(f, n++);
		type(&session, line);
		assert_int_equal(session.result, dump_interrupted(fake_dump(f))
							 ? RESULT_INTERRUPTED
							 : result);
	} while (session.result == RESULT_INTERRUPTED);
	assert_true(n > 2);
	assert_not_contains(session.text, "interrupted");
}

static void interrupted(void **state)
{
	struct fake *f = *state;
	kaddr_t at = a_thing(f), head = fake_variable(f, "modules", 16);

	fake_task(f, 1, "init");
	fake_list_head(f, head);
	fake_loaded(f, head, "drm", 0xffffffffc0280000);
	interrupted_at_any_read(f, of("struct thing", at, ""), RESULT_DONE);
	interrupted_at_any_read(f, of("rd", at, " 8"), RESULT_DONE);
	interrupted_at_any_read(f, "vgpu struct nothing", RESULT_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		look_test(crash_has_its_own),
		look_test(arguments),
		look_test(log_as_dmesg_prints_it),
		look_test(log_with_dates),
		look_test(log_as_documents),
		look_test(no_log),
		look_test(tasks_by_their_pid),
		look_test(tasks_of_a_cpu),
		look_test(task_held_back),
		look_test(the_machine),
		look_test(a_machine_of_which_nothing_is_known),
		look_test(the_modules),
		look_test(symbols_both_ways),
		look_test(a_variable_of_each_cpu),
		look_test(none_of_each_cpu),
		look_test(words_of_memory),
		look_test(words_that_are_numbers),
		look_test(words_that_are_symbols),
		look_test(memory_that_is_not_there),
		look_test(how_much_may_be_read),
		look_test(an_object),
		look_test(members_of_an_object),
		look_test(an_object_as_a_document),
		look_test(the_layout_of_a_type),
		look_test(members_that_are_words),
		look_test(types_that_are_not_there),
		look_test(an_object_with_a_hole),
		look_test(types_that_lie),
		look_test(text_that_goes_on),
		look_test(looking_for_what_is_the_same_ends),
		look_test(members_left_out),
		look_test(interrupted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
