// SPDX-License-Identifier: GPL-2.0-or-later
/* The program's command line, and lines that are typed at its prompt. */
#define _GNU_SOURCE /* open_memstream(), strsep() */
#include "test.h"

#include "readers/core/options.h"
#include "readers/core/words.h"

static struct arena arena;
static struct options options;
static struct error why;

static int begin(void **state)
{
	(void)state;
	memset(&arena, 0, sizeof(arena));
	memset(&why, 0, sizeof(why));
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

/* As a shell would start it: words with one blank between them. */
static bool parse(const char *line)
{
	char *words = arena_printf(&arena, "%s", line), *argv[32] = {NULL};
	int argc = 0;

	while (words)
		argv[argc++] = strsep(&words, " ");
	return options_parse(&options, &arena, argc, argv, &why);
}

static void parses(const char *line)
{
	if (!parse(line))
		fail_msg("%s: %s", line, why.text);
}

static void fails(const char *line, const char *part)
{
	if (parse(line))
		fail_msg("%s is right", line);
	if (!strstr(why.text, part))
		fail_msg("%s: \"%s\" is not in: %s", line, part, why.text);
}

/* The words that are left for the command. */
static void left(const char *words)
{
	char all[256] = "";
	size_t i, n = 0;

	for (i = 0; i < options.words.n; i++)
		n += (size_t)snprintf(all + n, sizeof(all) - n, "%s%s", i ? " " : "",
				      options.words.v[i]);
	assert_string_equal(all, words);
}

static void the_dump_comes_first_and_the_command_is_left_as_it_is(void **state)
{
	(void)state;
	parses("vgpu core");
	assert_string_equal(options.dump, "core");
	left("vgpu");
	parses("vgpu core wq -c 3 -v");
	assert_string_equal(options.dump, "core");
	left("vgpu wq -c 3 -v");
	parses("vgpu -j core hung");
	assert_string_equal(options.dump, "core");
	assert_true(options.json);
	left("vgpu -j hung");
	parses("vgpu ./slab slab kmalloc-64");
	assert_string_equal(options.dump, "./slab");
	left("vgpu slab kmalloc-64");
}

static void what_needs_no_dump_takes_none(void **state)
{
	(void)state;
	parses("vgpu help hung");
	assert_null(options.dump);
	assert_true(options.no_dump);
	left("vgpu help hung");
	parses("vgpu version -j");
	assert_null(options.dump);
	left("vgpu version -j");
	parses("vgpu --version");
	assert_null(options.dump);
	left("vgpu --version");
	parses("vgpu core help hung");
	assert_string_equal(options.dump, "core");
	left("vgpu help hung");
	/* It is a word that a dump must come before. */
	parses("vgpu hung");
	assert_string_equal(options.dump, "hung");
}

static void the_programs_options_stand_anywhere(void **state)
{
	(void)state;
	parses("vgpu --debug-dir a core --debug-dir=b --part x --part=y hung -v "
	       "--unpack-limit 2G");
	assert_string_equal(options.dump, "core");
	left("vgpu hung -v");
	assert_int_equal(options.debug_dirs.n, 2);
	assert_string_equal(options.debug_dirs.v[0], "a");
	assert_string_equal(options.debug_dirs.v[1], "b");
	assert_int_equal(options.parts.n, 2);
	assert_string_equal(options.parts.v[1], "y");
	assert_int_equal(options.unpack_max, 2ull << 30);
	parses("vgpu core --commands -");
	assert_string_equal(options.commands, "-");
	parses("vgpu --prompt core -j");
	assert_true(options.prompt);
	assert_true(options.json);
}

static void a_table_is_of_a_core_or_of_files(void **state)
{
	(void)state;
	parses("vgpu core --layouts a layout --layouts=b --export x --no-cache");
	assert_string_equal(options.dump, "core");
	assert_string_equal(options.export, "x");
	assert_int_equal(options.layouts.n, 2);
	assert_true(options.no_cache);
	left("vgpu layout");
	parses("vgpu layout --from vmlinux a.ko b.ko --export x");
	assert_null(options.dump);
	assert_string_equal(options.from, "vmlinux");
	left("vgpu a.ko b.ko");
	parses("vgpu --from=vmlinux layout");
	assert_null(options.dump);
	fails("vgpu core layout --from vmlinux",
	      "--from is of `vgpu layout`, without a core");
	fails("vgpu --from vmlinux", "--from is of");
	fails("vgpu core --export x", "--export is of `vgpu CORE layout`");
	fails("vgpu core dev --export x", "--export is of");
	fails("vgpu core layout -j --export x", "--export is of");
}

static void the_machine_itself_stands_where_a_core_would(void **state)
{
	(void)state;
	parses("vgpu --live");
	assert_true(options.live);
	assert_string_equal(options.dump, "/proc/kcore");
	left("vgpu");
	parses("vgpu -j --live hung -f --memory-limit 32M --time-limit=5");
	left("vgpu -j hung -f");
	assert_int_equal(options.memory_max, 32 << 20);
	assert_int_equal(options.seconds_max, 5);
	parses("vgpu --live --watch=30 --output x");
	assert_int_equal(options.watch, 30);
	assert_string_equal(options.output, "x");
	fails("vgpu hung --live", "--live comes before \"hung\"");
	fails("vgpu core --watch=3", "--watch is of --live");
	fails("vgpu core --memory-limit 3M", "--memory-limit is of --live");
	fails("vgpu core --time-limit 3", "--time-limit is of --live");
	fails("vgpu --live --output x", "--output is of --watch");
	fails("vgpu --live --watch=3 hung", "--watch and a command exclude each other");
	fails("vgpu --live --part x", "--live and --part exclude");
	fails("vgpu --live --watch=0", "--watch takes seconds, 1 to 86400, not \"0\"");
	fails("vgpu --live --watch=1h", "--watch takes seconds");
	fails("vgpu --live --time-limit=-1", "--time-limit takes seconds");
}

static void a_small_core_is_all_that_is_made(void **state)
{
	(void)state;
	parses("vgpu core --extract x --level=leak --blank");
	assert_string_equal(options.extract, "x");
	assert_int_equal(options.level, SMALL_LEAK);
	assert_true(options.blank);
	assert_false(options.no_types);
	parses("vgpu core --no-types --extract x");
	assert_true(options.no_types);
	parses("vgpu core --extract x");
	assert_int_equal(options.level, SMALL_TRIAGE);
	fails("vgpu core --extract x --level all", "--level is triage, commands or leak");
	fails("vgpu core --level leak", "--level is of --extract");
	fails("vgpu core --blank", "--blank is of --extract");
	fails("vgpu core --no-types", "--no-types is of --extract");
	fails("vgpu --extract x", "--extract is of a core");
	fails("vgpu core --extract x hung", "--extract and \"hung\" exclude each other");
	fails("vgpu core --extract x -j", "--extract and \"-j\" exclude each other");
	parses("vgpu --live --extract x");
	fails("vgpu --live --watch 9 --extract x", "--extract and --watch exclude");
	fails("vgpu core --extract x --prompt", "--extract and --prompt exclude");
}

static void two_dashes_end_the_options(void **state)
{
	(void)state;
	parses("vgpu -- --core hung");
	assert_string_equal(options.dump, "--core");
	left("vgpu hung");
	parses("vgpu core slab -- --x");
	left("vgpu slab -- --x");
	parses("vgpu core slab -- -j");
	assert_false(options.json);
}

static void what_is_wrong_is_said(void **state)
{
	(void)state;
	fails("vgpu core --debug-dri x",
	      "there is no option --debug-dri: did you mean --debug-dir?");
	fails("vgpu core --xyzzy=3", "there is no option --xyzzy");
	fails("vgpu core --part", "--part needs its FILE");
	fails("vgpu core --prompt=yes", "--prompt takes no value");
	fails("vgpu core --prompt --commands x", "exclude each other");
	fails("vgpu core --commands x --commands y", "--commands is given twice");
	fails("vgpu core --prompt hung", "--prompt and \"hung\" exclude each other");
	fails("vgpu core --commands x -v", "--commands and \"-v\" exclude each other");
	assert_false(options.json);
	fails("vgpu core --xyzzy hung -vj", "there is no option");
	assert_true(options.json);
}

static void a_size_has_a_unit_or_none(void **state)
{
	static const char *const wrong[] = {"",		"G",
					    "-1G",	"+1",
					    "1GB",	"0G",
					    "1x2",	"99999999999999999999",
					    "99999999T"};
	size_t i;

	(void)state;
	parses("vgpu core --unpack-limit 4096");
	assert_int_equal(options.unpack_max, 4096);
	parses("vgpu core --unpack-limit 3k");
	assert_int_equal(options.unpack_max, 3072);
	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		fails(arena_printf(&arena, "vgpu core --unpack-limit=%s", wrong[i]),
		      "takes a size such as 64G");
}

static void the_help_names_each_option(void **state)
{
	static const char *const names[] = {"--debug-dir DIR", "--layouts DIR",
					    "--no-cache",      "--export FILE",
					    "--from VMLINUX",  "--part FILE",
					    "--extract FILE",  "--level LEVEL",
					    "--blank",	       "--unpack-limit SIZE",
					    "--commands FILE", "--prompt",
					    "--live",	       "--memory-limit SIZE",
					    "--time-limit N",  "--watch N",
					    "--output DIR",    "--help",
					    "--version"};
	char *text = NULL;
	size_t size, i;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	options_help(out);
	fclose(out);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		assert_non_null(strstr(text, names[i]));
	free(text);
}

/* ---- lines ----------------------------------------------------------------- */

/* The words of a line, each with a '|' behind it; NULL: it cannot be split. */
static const char *split(const char *line)
{
	struct line_words w = {{0}};
	char *all = arena_printf(&arena, "%s", "");
	size_t i;

	if (!words_split(&w, &arena, line))
		return NULL;
	for (i = 0; i < w.all.n; i++)
		all = arena_printf(&arena, "%s%s|", all, w.all.v[i]);
	return all;
}

static void a_line_is_split_into_words(void **state)
{
	(void)state;
	assert_string_equal(split("hung -v"), "hung|-v|");
	assert_string_equal(split("  hung \t -v \r\n"), "hung|-v|");
	assert_string_equal(split(""), "");
	assert_string_equal(split("bt 'kworker/u4:1 x'"), "bt|kworker/u4:1 x|");
	assert_string_equal(split("a \"b ' c\"d ''"), "a|b ' cd||");
	assert_null(split("bt 'kworker"));
}

static void a_line_may_begin_as_at_the_prompt_of_crash(void **state)
{
	(void)state;
	assert_string_equal(split("vgpu hung"), "hung|");
	assert_string_equal(split("vgpu"), "");
	assert_string_equal(split("help vgpu"), "help|vgpu|");
}

#define program_test(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		program_test(the_dump_comes_first_and_the_command_is_left_as_it_is),
		program_test(what_needs_no_dump_takes_none),
		program_test(the_programs_options_stand_anywhere),
		program_test(a_table_is_of_a_core_or_of_files),
		program_test(the_machine_itself_stands_where_a_core_would),
		program_test(a_small_core_is_all_that_is_made),
		program_test(two_dashes_end_the_options),
		program_test(what_is_wrong_is_said),
		program_test(a_size_has_a_unit_or_none),
		program_test(the_help_names_each_option),
		program_test(a_line_is_split_into_words),
		program_test(a_line_may_begin_as_at_the_prompt_of_crash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
