// SPDX-License-Identifier: GPL-2.0-or-later
/* Faults that a team knows, in a file that anybody may have written. */
#include "judged.h"

#include "fake_session.h"
#include "report/triage_words.h"
#include "scratch.h"
#include "triage/known_rules.h"

static struct known_rules rules;
static const char *why;

static bool parse_bytes(struct scene *s, const char *text, size_t size)
{
	why = "";
	return known_rules_parse(&s->arena, "rules", text, size, &rules, &why);
}

static bool parse(struct scene *s, const char *text)
{
	return parse_bytes(s, text, strlen(text));
}

/* ---- the file ---------------------------------------------------------------- */

static void all_keys(void **state)
{
	const struct known_rule *r;

	assert_true(parse(*state, "# ours\r\n\r\n [a rule] \r\n"
				  "what :  it: hangs\r\n"
				  "cause: lock-cycle\n"
				  "frames: a,b  c\nframes: d\n"
				  "signature: 0123456789abcdef\n"
				  "symbol: x y.z$1\nno-symbol: w\n"
				  "fix: https://example.org/1\n[b]\nwhat: w\nframes: e"));
	assert_int_equal(rules.all.n, 2);
	r = &rules.all.v[0];
	assert_string_equal(r->name, "a rule");
	assert_string_equal(r->file, "rules");
	assert_int_equal(r->line, 3);
	assert_string_equal(r->what, "it: hangs");
	assert_string_equal(r->cause, "lock-cycle");
	assert_int_equal(r->stacks.n, 2);
	assert_int_equal(r->stacks.v[0].all.n, 3);
	assert_string_equal(r->stacks.v[0].all.v[1], "b");
	assert_string_equal(r->signature, "0123456789abcdef");
	assert_int_equal(r->symbols.n, 3);
	assert_string_equal(r->symbols.v[1].name, "y.z$1");
	assert_true(r->symbols.v[1].wanted);
	assert_false(r->symbols.v[2].wanted);
	assert_string_equal(r->fix, "https://example.org/1");
	assert_null(rules.all.v[1].fix);
}

static void what_is_wrong_is_told_with_its_line(void **state)
{
	static const struct {
		const char *text, *why;
	} tests[] = {
		{"", "line 1: there is no rule"},
		{"# only this\n", "there is no rule"},
		{"what: x\n", "line 1: no rule has begun"},
		{"[]\n", "line 1: a rule begins with its name in brackets"},
		{"[a\n", "line 1: a rule begins with its name in brackets"},
		{"[a]\nwhat: x\n", "line 1: this rule fits everything"},
		{"\n[a]\ncause: lock-cycle\n[b]\n", "line 2: this rule does not say"},
		{"[a]\nwhat: x\ncause: io-wait\n[a]\n",
		 "line 4: there is a rule \"a\" in line 1 already"},
		{"[a]\nwhat: x\nwhat: y\n", "line 3: \"what\" is given twice"},
		{"[a]\nwhat:\n", "line 2: \"what\" has no value"},
		{"[a]\nwhat\n", "line 2: neither [name], nor"},
		{"[a]\nframe: x\n",
		 "line 2: there is no key \"frame\": did you mean frames?"},
		{"[a]\n\033[2J: x\n", "line 2: there is no key \"\\x1b[2J\""},
		{"[a]\ncause: lock-cycel\n", "did you mean lock-cycle?"},
		{"[a]\nsignature: 0123456789ABCDEF\n",
		 "line 2: a signature is 16 digits"},
		{"[a]\nsignature: 0123456789abcdef0\n",
		 "line 2: a signature is 16 digits"},
		{"[a]\nframes: , ,\n", "line 2: a name is missing"},
		{"[a]\nframes: (a+)+$\n", "line 2: \"(a+)+$\" is no name"},
		{"[a]\nsymbol: a;b\n", "line 2: \"a;b\" is no name"},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		assert_false(parse(*state, tests[i].text));
		assert_contains(why, tests[i].why);
	}
	assert_false(parse_bytes(*state, "[a]\nwhat: x\0y\n", 14));
	assert_contains(why, "line 2: a byte 0");
}

/* n times what, behind head. */
static const char *many(struct scene *s, const char *head, const char *what, size_t n)
{
	char *text = arena_alloc(&s->arena, strlen(head) + strlen(what) * n + 1);
	char *end = stpcpy(text, head);

	while (n--)
		end = stpcpy(end, what);
	return text;
}

static void a_mark_of_utf8_is_no_word(void **state)
{
	assert_true(parse(*state, "\xef\xbb\xbf[a]\nwhat: x\ncause: io-wait\n"));
	assert_false(parse(*state, "\xef\xbb\xbf"));
	assert_contains(why, "there is no rule in it");
}

static void all_is_bounded(void **state)
{
	const char *text = "";
	size_t i;

	assert_true(parse(*state, many(*state, "[a]\nwhat: x\nframes:", " f", 16)));
	assert_false(parse(*state, many(*state, "[a]\nwhat: x\nframes:", " f", 17)));
	assert_contains(why, "line 3: more than 16 names");
	assert_false(parse(*state, many(*state, "[a]\nwhat: x\n", "frames: f\n", 9)));
	assert_contains(why, "line 11: more than 8 stacks");
	assert_false(parse(*state, many(*state, "[a]\nwhat: x\n", "symbol: f\n", 17)));
	assert_contains(why, "more than 16 symbols");
	assert_false(parse(*state, many(*state, "[a]\nwhat: ", "x", 1000)));
	assert_contains(why, "line 2: longer than 1000 bytes");
	for (i = 0; i <= KNOWN_RULES_MAX; i++)
		text = arena_printf(&((struct scene *)*state)->arena,
				    "%s[%zu]\nwhat: x\ncause: io-wait\n", text, i);
	assert_false(parse(*state, text));
	assert_contains(why, "line 769: more than 256 rules");
}

/* Whatever of it is lost or changed: it is a file of rules, or why it is none is said. */
static void damaged_files(void **state)
{
	static const char whole[] = "[a]\nwhat: x\ncause: io-wait\nframes: a b\n[b]\n"
				    "what: y\nsignature: 0123456789abcdef\nsymbol: s\n";
	char text[sizeof(whole)];
	size_t i;
	int byte;

	for (i = 0; i < sizeof(whole); i++)
		assert_true(parse_bytes(*state, whole, i) || *why);
	for (i = 0; i + 1 < sizeof(whole); i++)
		for (byte = 0; byte < 256; byte += 5) {
			memcpy(text, whole, sizeof(whole));
			text[i] = (char)byte;
			assert_true(parse_bytes(*state, text, sizeof(text) - 1) || *why);
		}
}

/* ---- what they fit ------------------------------------------------------------ */

/* Xorg waits for a mutex whose holder sleeps elsewhere. */
static struct task *hang(struct scene *s)
{
	struct task *xorg = scene_task(s, 196, "Xorg"),
		    *holder = scene_task(s, 200, "hold");

	scene_waits(s, xorg, 30, WAIT_MUTEX, 0xffff888001230000, holder);
	scene_waits(s, holder, 40, WAIT_COMPLETION, 0xffff888009990000, NULL);
	scene_stack(s, xorg, "__schedule", "__mutex_lock", "team_lock.isra.0",
		    "team_ioctl");
	scene_stack(s, holder, "__schedule", "wait_for_completion", "team_wait");
	return xorg;
}

/* The rule's match, when the scene is judged with it; NULL: it does not fit. */
static const struct known_match *of_rule(struct scene *s, const char *text)
{
	const struct known_match *m;
	size_t i;

	assert_true(parse(s, text));
	judge_all(s);
	known_rules_match(&rules, &s->facts, &judged);
	for (i = 0; i < judged.verdicts.all.v[0]->known.n; i++) {
		m = &judged.verdicts.all.v[0]->known.v[i];
		if (m->rule)
			return m;
	}
	return NULL;
}

static void by_frames_of_several_stacks(void **state)
{
	struct scene *s = *state;
	struct task *xorg = hang(s);
	const struct known_match *m = of_rule(
		s, "[ours]\nwhat: team_lock() is held\nframes: team_lock team_ioctl\n"
		   "frames: team_wait\nfix: ours 1.2\n");

	assert_non_null(m);
	assert_null(m->id);
	assert_int_equal(m->confidence, SURE_KNOWN_RULE_FRAMES);
	assert_int_equal(m->address, xorg->addr);
	assert_contains(m->why, "Xorg (pid 196) is in team_lock(), team_ioctl()");
	assert_contains(m->why, "hold (pid 200) is in team_wait()");
	assert_contains(known_words(&s->facts, m),
			"ours (of rules, line 1): team_lock()");
	assert_contains(known_words(&s->facts, m), "Fix: ours 1.2. 75 % (likely)");
	/* In another order, on two stacks, or only one of two. */
	assert_null(of_rule(s, "[a]\nwhat: x\nframes: team_ioctl team_lock\n"));
	assert_null(of_rule(s, "[a]\nwhat: x\nframes: team_lock team_wait\n"));
	assert_null(of_rule(s, "[a]\nwhat: x\nframes: team_lock\nframes: team_close\n"));
	/* A part of a name is none. */
	assert_null(of_rule(s, "[a]\nwhat: x\nframes: team_loc\n"));
}

static void by_cause(void **state)
{
	const struct known_match *m;
	const char *cause;

	hang(*state);
	judge_all(*state);
	cause = cause_name(verdict(0)->cause);
	m = of_rule(*state, arena_printf(&((struct scene *)*state)->arena,
					 "[a]\nwhat: x\ncause: %s\n", cause));
	assert_non_null(m);
	assert_int_equal(m->confidence, SURE_KNOWN_RULE_CAUSE);
	assert_null(of_rule(*state, "[a]\nwhat: x\ncause: io-wait\n"));
	assert_null(of_rule(*state, "[a]\nwhat: x\ncause: io-wait\nframes: team_wait\n"));
}

static void by_signature(void **state)
{
	struct scene *s = *state;
	const struct known_match *m;

	hang(s);
	judge_all(s);
	m = of_rule(s, arena_printf(&s->arena, "[a]\nwhat: x\nsignature: %s\n",
				    judged.signature.hash));
	assert_non_null(m);
	assert_int_equal(m->confidence, SURE_KNOWN_RULE_SIGNATURE);
	assert_null(of_rule(s, "[a]\nwhat: x\nsignature: 0000000000000000\n"));
}

/* A worker's function may have no frame. */
static void by_the_work_that_runs(void **state)
{
	struct scene *s = *state;
	struct task *kworker = scene_kthread(s, 36, "kworker/1:0");

	scene_busy(s, scene_worker(s, scene_pool(s, 2, 1), kworker), "team_work");
	scene_waits(s, kworker, 30, WAIT_COMPLETION, 0xffff888009990000, NULL);
	scene_stack(s, kworker, "__schedule", "team_wait", "process_one_work");
	assert_non_null(of_rule(s, "[a]\nwhat: x\nframes: team_wait team_work\n"));
	assert_null(of_rule(s, "[a]\nwhat: x\nframes: team_work team_wait\n"));
}

static void by_symbols_too(void **state)
{
	static const char text[] =
		"[a]\nwhat: x\nframes: team_wait\nsymbol: p\nno-symbol: q\n";

	hang(*state);
	assert_null(of_rule(*state, text));
	rules.all.v[0].symbols.v[0].there = true;
	known_rules_match(&rules, &((struct scene *)*state)->facts, &judged);
	assert_int_equal(judged.verdicts.all.v[0]->known.n, 1);
	assert_contains(judged.verdicts.all.v[0]->known.v[0].why,
			"this kernel has p; this kernel has no q");
	judged.verdicts.all.v[0]->known.n = 0;
	rules.all.v[0].symbols.v[1].there = true;
	known_rules_match(&rules, &((struct scene *)*state)->facts, &judged);
	assert_int_equal(judged.verdicts.all.v[0]->known.n, 0);
}

/* ---- the command --------------------------------------------------------------- */

static const char *file_of(const char *text)
{
	static char name[256];
	FILE *out;

	snprintf(name, sizeof(name), "%s/rules", scratch);
	out = fopen(name, "w");
	assert_non_null(out);
	fputs(text, out);
	fclose(out);
	return name;
}

static void the_command_shows_and_checks(void **state)
{
	struct fake_session s = {.fake = fake_5_10()};
	char line[512];

	(void)state;
	fake_drain_hang(s.fake);
	assert_contains(type(&s, "vgpu known"),
			"https://git.kernel.org/linus/443c2accd1b6");
	assert_contains(s.text, "here: ");
	snprintf(
		line, sizeof(line), "vgpu known --known %s",
		file_of("[ours]\nwhat: x\nframes: drain_all_pages\nsymbol: init_task\n"));
	assert_contains(type(&s, line), "symbol: init_task, which is there");
	strcat(line, " -j");
	assert_contains(type(&s, line), "\"there\":true");
	snprintf(line, sizeof(line), "vgpu -j --known %s", file_of("[ours]\n"));
	assert_contains(type(&s, line), "line 1: this rule does not say");
	assert_int_equal(s.result, RESULT_UNREADABLE);
	/* Without a dump the table is shown, and nothing is read. */
	s.program = s.no_dump = true;
	s.begun = 0;
	assert_null(strstr(type(&s, "vgpu known"), "here: "));
	type(&s, "vgpu known -j");
	assert_int_equal(s.begun, 0);
	assert_int_equal(s.result, RESULT_DONE);
	assert_contains(type(&s, "vgpu known --known /nowhere"),
			"/nowhere: No such file");
	assert_contains(type(&s, "vgpu hung --known /nowhere"),
			"of the triage and of known");
	fake_session_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scene_test(all_keys),
		scene_test(what_is_wrong_is_told_with_its_line),
		scene_test(a_mark_of_utf8_is_no_word),
		scene_test(all_is_bounded),
		scene_test(damaged_files),
		scene_test(by_frames_of_several_stacks),
		scene_test(by_cause),
		scene_test(by_signature),
		scene_test(by_the_work_that_runs),
		scene_test(by_symbols_too),
		cmocka_unit_test(the_command_shows_and_checks),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
