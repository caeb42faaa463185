// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "base/text.h"

static const char *escape(const char *from)
{
	static char to[4096];

	memset(to, 'X', sizeof(to));
	text_escape(to, sizeof(to), from);
	return to;
}

static void assert_escapes(const char *from, const char *to)
{
	assert_string_equal(escape(from), to);
}

static void plain_text_stays(void **state)
{
	(void)state;
	assert_escapes("", "");
	assert_escapes("kworker/1:0-events", "kworker/1:0-events");
	assert_escapes(" !\"#$%&'()*+,-./0:;<=>?@A[]^_`a{|}~",
		       " !\"#$%&'()*+,-./0:;<=>?@A[]^_`a{|}~");
}

/* Or what was escaped could not be told from what looks so. */
static void backslash_is_escaped(void **state)
{
	(void)state;
	assert_escapes("\\x1b", "\\x5cx1b");
}

static void control_codes(void **state)
{
	char from[2] = "", to[8];
	int c;

	(void)state;
	for (c = 1; c < 0x20; c++) {
		from[0] = (char)c;
		snprintf(to, sizeof(to), "\\x%02x", c);
		assert_escapes(from, to);
	}
	assert_escapes("\x7f", "\\x7f");
	assert_escapes("a\nb\tc\rd", "a\\x0ab\\x09c\\x0dd");
	assert_escapes("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m");
	assert_escapes("\x1b]0;title\x07", "\\x1b]0;title\\x07");
}

static void tabs_are_replaced(void **state)
{
	struct arena a = {0};

	(void)state;
	assert_string_equal(text_tabs(&a, "rcu: \\x091-...\\x09\\x0a", " "),
			    "rcu:  1-... \\x0a");
	assert_string_equal(text_tabs(&a, "\\x09", ""), "");
	assert_string_equal(text_tabs(&a, "none", "-"), "none");
	arena_free(&a);
}

/* Thousands in one line cost as much as they are long, and not a copy of it each. */
static void line_of_tabs(void **state)
{
	enum { TABS = 20000 };
	static const char tab[4] = {'\\', 'x', '0', '9'};
	struct arena a = {0};
	const char *spaced;
	char *text;
	int i;

	(void)state;
	text = arena_alloc(&a, 4 * TABS + 1);
	for (i = 0; i < TABS; i++)
		memcpy(text + 4 * (size_t)i, tab, sizeof(tab));
	spaced = text_tabs(&a, text, "    ");
	assert_int_equal(strlen(spaced), 4 * TABS);
	/* Of both there is one piece of memory. */
	arena_drop(&a, text);
	arena_drop(&a, (char *)spaced);
	assert_null(a.blocks);
	arena_free(&a);
}

static void utf8_stays(void **state)
{
	(void)state;
	assert_escapes("é", "é");
	assert_escapes("日本", "日本");
	assert_escapes("\xf0\x9f\x90\xa7", "\xf0\x9f\x90\xa7"); /* a penguin */
	/* The least and the greatest of each length. */
	assert_escapes("\xc2\xa0", "\xc2\xa0");
	assert_escapes("\xdf\xbf", "\xdf\xbf");
	assert_escapes("\xe0\xa0\x80", "\xe0\xa0\x80");
	assert_escapes("\xed\x9f\xbf", "\xed\x9f\xbf");
	assert_escapes("\xee\x80\x80", "\xee\x80\x80");
	assert_escapes("\xf0\x90\x80\x80", "\xf0\x90\x80\x80");
	assert_escapes("\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf");
}

static void invalid_utf8(void **state)
{
	(void)state;
	assert_escapes("\x80", "\\x80"); /* a tail with no head */
	assert_escapes("\xbf\xbf", "\\xbf\\xbf");
	assert_escapes("\xc3", "\\xc3"); /* a head with no tail */
	assert_escapes("\xe2\x82", "\\xe2\\x82");
	assert_escapes("\xf0\x9f\x90", "\\xf0\\x9f\\x90");
	assert_escapes("\xc3(", "\\xc3("); /* what follows is kept */
	assert_escapes("\xe2\x82\x41", "\\xe2\\x82"
				       "A");
	assert_escapes("\xfe\xff", "\\xfe\\xff");
	assert_escapes("\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80");
}

/* The same character in more bytes than it needs: a way past a filter. */
static void overlong_utf8(void **state)
{
	(void)state;
	assert_escapes("\xc0\x80", "\\xc0\\x80");
	assert_escapes("\xc1\x9b", "\\xc1\\x9b");
	assert_escapes("\xe0\x80\x9b", "\\xe0\\x80\\x9b");
	assert_escapes("\xe0\x9f\xbf", "\\xe0\\x9f\\xbf");
	assert_escapes("\xf0\x80\x80\x9b", "\\xf0\\x80\\x80\\x9b");
	assert_escapes("\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf");
}

static void not_characters(void **state)
{
	(void)state;
	assert_escapes("\xed\xa0\x80", "\\xed\\xa0\\x80"); /* a surrogate */
	assert_escapes("\xed\xbf\xbf", "\\xed\\xbf\\xbf");
	assert_escapes("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"); /* U+110000 */
	assert_escapes("\xf7\xbf\xbf\xbf", "\\xf7\\xbf\\xbf\\xbf");
}

/* C1 codes in UTF-8: U+009B is CSI, and a terminal obeys it. */
static void c1_codes(void **state)
{
	char from[3] = "\xc2", to[16];
	int c;

	(void)state;
	for (c = 0x80; c < 0xa0; c++) {
		from[1] = (char)c;
		snprintf(to, sizeof(to), "\\xc2\\x%02x", c);
		assert_escapes(from, to);
	}
}

/* NOLINTBEGIN(misc-misleading-bidirectional): they are what is tested. */
static void direction_marks(void **state)
{
	(void)state;
	assert_escapes("a\xe2\x80\xae:b", "a\\xe2\\x80\\xae:b"); /* U+202E */
	assert_escapes("\xe2\x81\xa6", "\\xe2\\x81\\xa6");	 /* U+2066 */
	assert_escapes("\xe2\x80\xa8", "\\xe2\\x80\\xa8");	 /* line separator */
	assert_escapes("\xe2\x80\xa9", "\\xe2\\x80\\xa9");
	assert_escapes("\xe2\x80\x8f", "\\xe2\\x80\\x8f"); /* U+200F */
	assert_escapes("\xd8\x9c", "\\xd8\\x9c");	   /* U+061C */
	assert_escapes("\xe2\x80\x94", "—");
}
/* NOLINTEND(misc-misleading-bidirectional) */

/* Into every size of buffer: a prefix of the whole, cut between units. */
static void cutting_keeps_units_whole(void **state)
{
	static const char from[] = "a\x1b"
				   "é\x80日\\";
	static const char *const units[] = {"a", "\\x1b", "é", "\\x80", "日", "\\x5c"};
	char to[64], expect[64];
	size_t size, i;

	(void)state;
	for (size = 1; size < 32; size++) {
		memset(to, 'X', sizeof(to));
		text_escape(to, size, from);
		expect[0] = '\0';
		for (i = 0; i < ARRAY_SIZE(units); i++) {
			if (strlen(expect) + strlen(units[i]) >= size)
				break;
			snprintf(expect + strlen(expect), sizeof(expect) - strlen(expect),
				 "%s", units[i]);
		}
		assert_string_equal(to, expect);
		assert_int_equal(to[size], 'X'); /* nothing past the end */
	}
}

/* What compilers put behind a name is no part of it; what stands before or in it is. */
static void a_function_and_its_parts(void **state)
{
	static const char *const same[] = {"f",
					   "f.isra.0",
					   "f.part.19",
					   "f.constprop.0",
					   "f.cold",
					   "f.constprop.0.isra.0.cold",
					   "f.llvm.12345678901234567890"};
	static const char *const others[] = {"", "ff", "__f", "f_cold", "g.part.0", ".f"};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(same); i++)
		assert_true(text_is_function(same[i], "f"));
	for (i = 0; i < ARRAY_SIZE(others); i++)
		assert_false(text_is_function(others[i], "f"));
	assert_false(text_is_function("f.isra.0", "ff"));
	assert_int_equal(text_function_length("f.isra.0"), 1);
	assert_int_equal(text_function_length(""), 0);
}

static void words(void **state)
{
	static const char *const none[] = {"",	    " ",     "a b",  "a\nb", "a\t",
					   "a\x1b", "a\x7f", "\xe9", "a\x80"};
	size_t i;

	(void)state;
	assert_true(text_is_word("a"));
	assert_true(text_is_word("~!_mask.12"));
	for (i = 0; i < ARRAY_SIZE(none); i++)
		assert_false(text_is_word(none[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_stays),
		cmocka_unit_test(backslash_is_escaped),
		cmocka_unit_test(control_codes),
		cmocka_unit_test(tabs_are_replaced),
		cmocka_unit_test(line_of_tabs),
		cmocka_unit_test(utf8_stays),
		cmocka_unit_test(invalid_utf8),
		cmocka_unit_test(overlong_utf8),
		cmocka_unit_test(not_characters),
		cmocka_unit_test(c1_codes),
		cmocka_unit_test(direction_marks),
		cmocka_unit_test(cutting_keeps_units_whole),
		cmocka_unit_test(a_function_and_its_parts),
		cmocka_unit_test(words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
