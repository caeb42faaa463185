// SPDX-License-Identifier: GPL-2.0-or-later
/* A report to send: what is in it, and that nothing from a dump becomes markup. */
#define _GNU_SOURCE /* open_memstream() */
#include "test.h"

#include <ctype.h>

#include "base/base.h"
#include "base/text.h"
#include "report/html_writer.h"
#include "report/markdown_writer.h"
#include "report/report.h"
#include "report/sheet.h"
#include "report/timeline.h"
#include "scene.h"

static struct scene *scene;
static struct triage judged;

/* The last output. */
static char *text;
static size_t length;

static int begin(void **state)
{
	*state = scene = scene_create();
	return 0;
}

static int end(void **state)
{
	scene_destroy(*state);
	free(text);
	text = NULL;
	return 0;
}

#define scene_test(f) cmocka_unit_test_setup_teardown(f, begin, end)

static FILE *open_out(void)
{
	FILE *out;

	free(text);
	text = NULL;
	out = open_memstream(&text, &length);
	assert_non_null(out);
	return out;
}

static const char *html(void)
{
	FILE *out = open_out();

	triage_make(&scene->facts, &judged);
	html_triage(out, &scene->facts, &judged, &scene->facts);
	fclose(out);
	return text;
}

static const char *markdown(void)
{
	FILE *out = open_out();

	triage_make(&scene->facts, &judged);
	markdown_triage(out, &scene->facts, &judged, &scene->facts);
	fclose(out);
	return text;
}

/* ---- what a page is ------------------------------------------------------------------- */

#define TAG_MAX 16

struct page {
	char open[64][TAG_MAX];
	size_t depth, tags;
	uint64_t shape; /* the same for the same tags in the same order */
};

static bool is_void(const char *name)
{
	return !strcmp(name, "meta") || !strcmp(name, "!DOCTYPE");
}

static void close_tag(struct page *p, const char *name)
{
	assert_true(p->depth > 0);
	assert_string_equal(p->open[--p->depth], name);
}

/* at: behind its '<'.  Where it ends. */
static const char *tag(struct page *p, const char *at)
{
	char name[TAG_MAX] = "";
	const char *ends = strchr(at, '>');
	bool closes = *at == '/';

	assert_non_null(ends);
	at += closes;
	assert_true(isalpha((unsigned char)*at) || *at == '!');
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(at, " />"), at);
	p->tags++;
	for (at = name; *at; at++)
		p->shape = p->shape * 31 + (unsigned char)*at + closes;
	if (closes)
		close_tag(p, name);
	else if (!is_void(name) && ends[-1] != '/') {
		assert_true(p->depth < ARRAY_SIZE(p->open));
		memcpy(p->open[p->depth++], name, sizeof(name));
	}
	return ends + 1;
}

/* Every tag that is opened is closed. */
static struct page page_of(const char *html)
{
	struct page p = {.depth = 0};
	const char *at;

	assert_int_equal(strlen(html), length);
	for (at = strchr(html, '<'); at; at = strchr(at, '<'))
		at = tag(&p, at + 1);
	assert_int_equal(p.depth, 0);
	return p;
}

/* UTF-8 without control codes but the ends of lines. */
static void assert_sound(void)
{
	const char *at = text;
	size_t n;

	while (*at) {
		n = *at == '\n' ? 1 : text_character(at);
		if (!n)
			fail_msg("a byte 0x%02x after: %.60s", (unsigned char)*at,
				 text + (at - text > 60 ? at - text - 60 : 0));
		at += n;
	}
}

static size_t count(const char *in, const char *words)
{
	size_t n = 0;

	for (in = strstr(in, words); in; in = strstr(in + 1, words))
		n++;
	return n;
}

/* ---- the writers ------------------------------------------------------------------------ */

static const char *as_html(const char *words)
{
	FILE *out = open_out();

	html_text(out, words);
	fclose(out);
	return text;
}

static void html_text_is_never_markup(void **state)
{
	(void)state;
	assert_string_equal(
		as_html("<script>'a' & \"b\"</script>"),
		"&lt;script&gt;&#39;a&#39; &amp; &quot;b&quot;&lt;/script&gt;");
	assert_string_equal(as_html("\xc3\xa9 \xf0\x9f\x90\xa7"),
			    "\xc3\xa9 \xf0\x9f\x90\xa7");
	assert_string_equal(
		as_html("a\x1b[2J\xff\xe2\x80\x8f"),
		"a\xef\xbf\xbd[2J\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

static void html_markup_takes_numbers_alone(void **state)
{
	FILE *out = open_out();

	(void)state;
	html_markup(out, "<rect x=\"%d\" width=\"100%%\" y=\"%d\"/>", -3, 70000);
	fclose(out);
	assert_string_equal(text, "<rect x=\"-3\" width=\"100%%\" y=\"70000\"/>");
}

static const char *as_markdown(void (*write)(FILE *, const char *), const char *words)
{
	FILE *out = open_out();

	write(out, words);
	fclose(out);
	return text;
}

static void markdown_text_is_never_markup(void **state)
{
	(void)state;
	assert_string_equal(as_markdown(markdown_text, "a_b [x](y) `c` **d** _e_"),
			    "a_b \\[x\\](y) \\`c\\` \\*\\*d\\*\\* \\_e\\_");
	assert_string_equal(as_markdown(markdown_text, "<b> & a|b"),
			    "&lt;b> &amp; a\\|b");
	assert_string_equal(as_markdown(markdown_text, "@all\nx"), "@\xe2\x81\xa0"
								   "all\xef\xbf\xbdx");
	assert_string_equal(as_markdown(markdown_text, "5.10.0-46"), "5.10.0-46");
	assert_string_equal(as_markdown(markdown_text, "1. a"), "\xe2\x81\xa0"
								"1. a");
	assert_string_equal(as_markdown(markdown_text, "> a"), "\xe2\x81\xa0> a");
	assert_string_equal(as_markdown(markdown_text, "Xorg -> CPU 1"), "Xorg -> CPU 1");
}

static void code_alone(FILE *out, const char *words)
{
	markdown_code(out, words, false);
}

static void code_in_table(FILE *out, const char *words)
{
	markdown_code(out, words, true);
}

static void markdown_code_ends_where_it_is_ended(void **state)
{
	(void)state;
	assert_string_equal(as_markdown(code_alone, "struct x 0x1"), "`struct x 0x1`");
	assert_string_equal(as_markdown(code_alone, "a`<b>`|"), "`a'<b>'|`");
	assert_string_equal(as_markdown(code_in_table, "a`<b>`|"), "`a'<b>'\\|`");
	assert_string_equal(as_markdown(code_alone, ""), "");
}

static void a_line_cannot_end_its_block(void **state)
{
	(void)state;
	assert_string_equal(as_markdown(markdown_line, "a `b` c"), "a `b` c\n");
	as_markdown(markdown_line, "```` x\n~~~");
	assert_null(strstr(text, "```"));
	assert_null(strstr(text, "~~~"));
}

/* ---- the sheet ---------------------------------------------------------------------------- */

static const struct column two[] = {{"Name", CELL_CODE}, {"Bytes", CELL_NUMBER}};

static void write_parts(struct sheet *s)
{
	sheet_end_links(s);
	sheet_section(s, "a", "A");
	sheet_pair(s, "empty", "%s", "");
	sheet_pair(s, "one", "%d", 1);
	sheet_table(s, "No row", two, 2);
	sheet_table(s, "A row", two, 2);
	sheet_cell(s, "x");
	sheet_cell(s, "%d", 7);
	sheet_more(s, 0, "none");
	sheet_item(s, "an item");
	sheet_section(s, "b", "B");
	sheet_block(s, BLOCK_FOLDED, "Lines");
	sheet_line(s, "a line");
	sheet_end(s);
}

static void parts_end_where_others_begin(void **state)
{
	FILE *out = open_out();
	struct sheet s;

	(void)state;
	sheet_begin(&s, out, &sheet_html, "title", "heading");
	write_parts(&s);
	fclose(out);
	page_of(text);
	assert_null(strstr(text, "No row"));
	assert_null(strstr(text, "empty"));
	assert_contains(text, "<th scope=\"row\"><code>x</code></th>"
			      "<td class=\"number\">7</td></tr>");
	assert_contains(text, "<pre>a line\n</pre></details>\n</section>");
}

static void the_same_parts_in_markdown(void **state)
{
	FILE *out = open_out();
	struct sheet s;

	(void)state;
	sheet_begin(&s, out, &sheet_markdown, "title", "heading");
	write_parts(&s);
	fclose(out);
	assert_string_equal(text, "# heading\n\n## A\n\n- one: 1\n\nA row:\n\n"
				  "| Name | Bytes |\n|---|---:|\n| `x` | 7 |\n\n"
				  "- an item\n\n## B\n\nLines:\n\n```\na line\n```\n");
}

/* Only of an id of ours that is a commit's: what a rule of a user says is words. */
static void a_commit_is_a_link(void **state)
{
	static const char *const ids[] = {"8b6ec999b198", "8b6ec99", "\"><script>", NULL};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		FILE *out = open_out();
		struct sheet s;

		sheet_begin(&s, out, &sheet_html, "title", "heading");
		sheet_link(&s, "a", "A");
		sheet_end_links(&s);
		sheet_section(&s, "a", "A");
		sheet_commit(&s, ids[i], "fixed by 8b6ec999b198 <since>");
		sheet_end(&s);
		fclose(out);
		page_of(text);
		if (i)
			assert_null(strstr(text, "kernel.org"));
		else
			assert_contains(
				text,
				"<p>fixed by <a href=\"https://git.kernel.org/stable/"
				"c/8b6ec999b198\">8b6ec999b198</a> &lt;since&gt;</p>");
	}
}

static void a_commit_is_a_link_in_markdown(void **state)
{
	FILE *out = open_out();
	struct sheet s;

	(void)state;
	sheet_begin(&s, out, &sheet_markdown, "title", "heading");
	sheet_section(&s, "a", "A");
	sheet_commit(&s, "8b6ec999b198", "fixed by 8b6ec999b198 *");
	sheet_end(&s);
	fclose(out);
	assert_contains(text, "fixed by [8b6ec999b198](https://git.kernel.org/stable/c/"
			      "8b6ec999b198) \\*");
}

/* ---- a hang -------------------------------------------------------------------------------- */

/* The drain hang, with names that the dump has. */
static void hang(const char *hog, const char *victim)
{
	struct scene_machine m = SCENE_MACHINE;
	struct scene_hang h;
	struct log_line *l;

	m.hog = hog;
	m.victim = victim;
	h = scene_drain_hang(scene, m);
	scene_study(scene, h.hog);
	scene_stack(scene, h.hog, hog, "do_syscall_64");
	snprintf(scene->facts.machine.node, sizeof(scene->facts.machine.node), "%s",
		 victim);
	scene->facts.gpu_driver = true;
	scene_gpu(scene);
	scene->facts.gpus.state = GPUS_FOUND;
	snprintf(scene->facts.gpus.all.v[0].name, 32, "%s", hog);
	l = vec_push(&scene->arena, &scene->facts.log.lines);
	l->ts_s = SCENE_NOW;
	l->first = true;
	l->text = victim;
}

static void a_page_has_all_that_is_asked_for_first(void **state)
{
	static const char *const words[] = {
		"<h1>cpu-monopolised, confidence",
		"Content-Security-Policy",
		"<main>",
		"lang=\"en\"",
		"Xorg (pid 196) and 1 more task wait for CPU 1",
		"Culprit: rt-hog, pid 191",
		"drain_all_pages+0x",
		"has every CPU give its cached free pages back",
		"<svg",
		"ROOT  rt-hog, pid 191",
		"rt-hog (pid 191) runs on CPU 1",
		"What each CPU was at",
		"Queues",
		"control",
	};
	size_t i;

	(void)state;
	hang("rt-hog", "Xorg");
	html();
	page_of(text);
	assert_sound();
	for (i = 0; i < ARRAY_SIZE(words); i++)
		assert_contains(text, words[i]);
	assert_null(strstr(text, "src="));
	assert_null(strstr(text, "http:"));
	assert_null(strstr(text, "<script"));
}

/* Each link leads to a section that is there, once. */
static void links_lead_to_sections(void **state)
{
	char id[64];
	const char *at;
	size_t n = 0;

	(void)state;
	hang("rt-hog", "Xorg");
	html();
	for (at = strstr(text, "href=\"#"); at; at = strstr(at + 1, "href=\"#"), n++) {
		snprintf(id, sizeof(id), "<section id=\"%.*s\"",
			 (int)strcspn(at + 7, "\""), at + 7);
		assert_int_equal(count(text, id), 1);
	}
	assert_int_equal(n, count(text, "<section id="));
	assert_true(n > 10);
}

static void every_table_has_a_caption_and_heads(void **state)
{
	(void)state;
	hang("rt-hog", "Xorg");
	html();
	assert_true(count(text, "<table>") >= 3);
	assert_int_equal(count(text, "<table>"), count(text, "<caption>"));
	assert_int_equal(count(text, "<tr>"),
			 count(text, "<thead><tr>") + count(text, "<th scope=\"row\""));
	assert_int_equal(count(text, "<th "), count(text, "<th scope=\"row\"") +
						      count(text, "<th scope=\"col\""));
}

static void a_ticket_says_the_same(void **state)
{
	(void)state;
	hang("rt-hog", "Xorg");
	markdown();
	assert_sound();
	assert_contains(text, "# cpu-monopolised, confidence");
	assert_contains(text, "**Xorg (pid 196) and 1 more task wait for CPU 1");
	assert_contains(text, "| Claim | To check it |\n|---|---|\n");
	assert_contains(text, "\nROOT rt-hog, pid 191");
	assert_contains(text,
			" before the end and since: rt-hog (pid 191) runs on CPU 1");
	assert_null(strstr(text, "<svg"));
}

static void of_nothing_there_is_a_page_too(void **state)
{
	(void)state;
	html();
	page_of(text);
	assert_contains(text, "unexplained");
	assert_null(strstr(text, "id=\"hung\""));
	markdown();
	assert_contains(text, "# unexplained");
	assert_null(strstr(text, "(null)"));
}

/* ---- a hostile dump ---------------------------------------------------------------------------- */

static const char *const hostile[] = {
	"<script>x</script>", "\"><img src=x>",	  "]](javascript:x)",  "```\n# x\n```",
	"~~~ @all",	      "a|b|`c`",	  "\033[2J\033]0;x\a", "\xff\xfe\x80",
	"%s%n%d%d",	      "</svg></main><b>", "--><!--",	       "&lt;b&gt;",
	"\xe2\x80\x8fgpj",
};

static void names_stay_names_in_a_page(void **state)
{
	struct page tame, p;
	size_t i;

	(void)state;
	hang("rt-hog", "Xorg");
	html();
	tame = page_of(text);
	for (i = 0; i < ARRAY_SIZE(hostile); i++) {
		scene_destroy(scene);
		*state = scene = scene_create();
		hang(hostile[i], hostile[i]);
		html();
		p = page_of(text);
		assert_sound();
		assert_int_equal(p.tags, tame.tags);
		assert_true(p.shape == tame.shape);
		assert_null(strstr(text, "<script"));
		assert_null(strstr(text, "<img"));
	}
}

/* Lines that open or close a block; whatever is in one is no markup. */
static size_t fences(void)
{
	return count(text, "\n```\n");
}

static size_t headings(void)
{
	return count(text, "\n# ") + count(text, "\n## ") + count(text, "\n### ");
}

static void names_stay_names_in_a_ticket(void **state)
{
	size_t i, tame, tame_headings;

	(void)state;
	hang("rt-hog", "Xorg");
	markdown();
	tame = fences();
	tame_headings = headings();
	for (i = 0; i < ARRAY_SIZE(hostile); i++) {
		scene_destroy(scene);
		*state = scene = scene_create();
		hang(hostile[i], hostile[i]);
		markdown();
		assert_sound();
		assert_int_equal(fences(), tame);
		assert_int_equal(count(text, "```"), tame);
		assert_int_equal(headings(), tame_headings);
	}
}

#define MANY 10000

/* Each of its own name waits for one lock, whose owner is the first. */
static void many_tasks(void)
{
	struct facts *f = &scene->facts;
	struct task *v = arena_alloc(&scene->arena, MANY * sizeof(*v));
	struct studied *st;
	int i;

	f->rqs.all.n = 0;
	f->tasks.all.v = v;
	f->tasks.all.n = MANY;
	for (i = 0; i < MANY; i++) {
		v[i].addr = 0xffff888100000000 + (kaddr_t)i * 0x1000;
		v[i].pid = v[i].tgid = 1000 + i;
		v[i].state = TASK_STATE_UNINTERRUPTIBLE;
		v[i].state_letter = 'D';
		v[i].since_s = 20;
		snprintf(v[i].comm, sizeof(v[i].comm), "task-%d", i);
		st = arena_alloc(&scene->arena, sizeof(*st));
		st->task = &v[i];
		st->wait.kind = i ? WAIT_MUTEX : WAIT_COMPLETION;
		st->wait.object = i ? 0xffff888009990000 : 0xffff888009980000;
		st->wait.owner.owner = i ? &v[0] : NULL;
		facts_add_studied(f, st);
	}
	f->nblocked = MANY;
}

static void many_tasks_are_a_bounded_page(void **state)
{
	(void)state;
	many_tasks();
	html();
	page_of(text);
	assert_true(length < 200000);
	assert_contains(text, "and 9940 more: ");
	markdown();
	assert_true(length < 100000);
}

/* ---- the timeline ---------------------------------------------------------------------------------- */

static void moments_are_in_order(void **state)
{
	struct timeline tl;
	size_t i;

	(void)state;
	hang("rt-hog", "Xorg");
	triage_make(&scene->facts, &judged);
	timeline_make(&tl, &scene->facts, &judged);
	assert_true(tl.all.n >= 5);
	assert_true(tl.from_s == 20);
	for (i = 1; i < tl.all.n; i++)
		assert_true(tl.all.v[i].ago_s <= tl.all.v[i - 1].ago_s);
	assert_string_equal(tl.all.v[0].what, "khugepaged (pid 31) sleeps");
	assert_true(tl.all.v[0].lasts);
}

static double moment(const struct timeline *tl, const char *what)
{
	size_t i;

	for (i = 0; i < tl->all.n; i++)
		if (!strcmp(tl->all.v[i].what, what))
			return tl->all.v[i].ago_s;
	return -1;
}

/* As the verdict says it: which thread the watchdog wakes, and how long there was no tick. */
static void moments_of_a_cpu_and_a_device(void **state)
{
	struct watchdog w = {.cpu = 1, .woken_s = -1};
	struct timeline tl;
	struct runqueue *rq;
	struct gpu *g;

	(void)state;
	hang("rt-hog", "Xorg");
	rq = (struct runqueue *)runqueue_of_cpu(&scene->facts.rqs, 1);
	w.thread = scene_task(scene, 20, "migration/1");
	w.ran_s = (double)scene->facts.rqs.now / 1e9 - 22;
	*vec_push(&scene->arena, &scene->facts.watchdogs.all) = w;
	rq->tick_late_s = 3;
	rq->clock = scene->facts.rqs.now - 4000000000;
	g = scene_gpu(scene);
	g->last.addr = 0xffff888009980000;
	g->last.at_s = facts_uptime(&scene->facts) - 25;
	triage_make(&scene->facts, &judged);
	judged.verdicts.all.v[0]->culprit.cpu = 1;
	timeline_make(&tl, &scene->facts, &judged);
	assert_true(moment(&tl, "CPU 1 last ran migration/1, which its watchdog wakes") >=
		    0);
	assert_true(moment(&tl, "CPU 1 takes no tick") == 4);
	assert_true(moment(&tl, "virtio1 signalled the last fence that is known") >= 0);
}

/* A panic that nothing led to. */
static void a_moment_is_no_timeline(void **state)
{
	struct timeline tl;

	(void)state;
	scene_fired(scene, TRIGGER_SYSRQ, "sysrq triggered crash");
	triage_make(&scene->facts, &judged);
	timeline_make(&tl, &scene->facts, &judged);
	assert_int_equal(tl.all.n, 0);
	assert_null(strstr(html(), "id=\"timeline\""));
}

static void a_clock_that_lies_tells_no_moment(void **state)
{
	struct timeline tl;
	struct task *t;
	size_t i;

	(void)state;
	t = scene_task(scene, 7, "late");
	scene_waits(scene, t, 1e9, WAIT_COMPLETION, 0xffff888009980000, NULL);
	t = scene_task(scene, 8, "sound");
	scene_waits(scene, t, 30, WAIT_COMPLETION, 0xffff888009980000, NULL);
	triage_make(&scene->facts, &judged);
	timeline_make(&tl, &scene->facts, &judged);
	for (i = 0; i < tl.all.n; i++)
		assert_true(tl.all.v[i].ago_s <= SCENE_NOW);
	html();
	page_of(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scene_test(html_text_is_never_markup),
		scene_test(html_markup_takes_numbers_alone),
		scene_test(markdown_text_is_never_markup),
		scene_test(markdown_code_ends_where_it_is_ended),
		scene_test(a_line_cannot_end_its_block),
		scene_test(parts_end_where_others_begin),
		scene_test(the_same_parts_in_markdown),
		scene_test(a_page_has_all_that_is_asked_for_first),
		scene_test(links_lead_to_sections),
		scene_test(every_table_has_a_caption_and_heads),
		scene_test(a_ticket_says_the_same),
		scene_test(of_nothing_there_is_a_page_too),
		scene_test(names_stay_names_in_a_page),
		scene_test(names_stay_names_in_a_ticket),
		scene_test(many_tasks_are_a_bounded_page),
		scene_test(a_commit_is_a_link),
		scene_test(a_commit_is_a_link_in_markdown),
		scene_test(moments_are_in_order),
		scene_test(moments_of_a_cpu_and_a_device),
		scene_test(a_moment_is_no_timeline),
		scene_test(a_clock_that_lies_tells_no_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
