// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * README.md says which causes there are, docs/verdicts.md what each means and what confidence
 * is made of: so it is.
 */
#include "test.h"

#include <stdlib.h>

#include "triage/verdict.h"

static const struct row {
	const char *kind, *words;
	int points;
} rows[] = {
#define SECTION(words) {"section", words, 0},
#define START(name, points, words) {"start", words, SURE_##name},
#define MORE(name, points, words) {"more", words, SURE_##name},
#define LESS(name, points, words) {"less", words, SURE_##name},
#define LIMIT(name, points, words) {"limit", words, SURE_##name},
#include "triage/weights.def"
};
#define ROWS ARRAY_SIZE(rows)

/* The tests run in the folder of the repository. */
static char *page(const char *path)
{
	FILE *in = fopen(path, "r");
	char *text = calloc(1, 1 << 20);

	assert_non_null(in);
	assert_non_null(text);
	assert_in_range(fread(text, 1, (1 << 20) - 1, in), 1, (1 << 20) - 2);
	fclose(in);
	return text;
}

static const char *line_of(const struct row *r)
{
	static char line[512];

	if (!strcmp(r->kind, "section"))
		snprintf(line, sizeof(line), "| | **%s** |\n", r->words);
	else if (!strcmp(r->kind, "more") || !strcmp(r->kind, "less"))
		snprintf(line, sizeof(line), "| %+d | %s |\n", r->points, r->words);
	else
		snprintf(line, sizeof(line), "| %d | %s |\n", r->points, r->words);
	return line;
}

#define TABLE_HEAD "| points | what they stand for |\n|---|---|\n"

/* Every row, in the source's order, and none that the source does not have. */
static void verdicts_have_the_weights(void **state)
{
	char *text = page("docs/verdicts.md"), *at = strstr(text, TABLE_HEAD);
	const char *line;
	size_t i, ok = 0;

	(void)state;
	at = at ? at + strlen(TABLE_HEAD) : text;
	for (i = 0; i < ROWS; i++) {
		line = line_of(&rows[i]);
		if (strncmp(at, line, strlen(line)) != 0)
			break;
		at += strlen(line);
		ok++;
	}
	if (ok < ROWS || *at == '|') {
		printf("docs/verdicts.md: the table should be\n\n" TABLE_HEAD);
		for (i = 0; i < ROWS; i++)
			fputs(line_of(&rows[i]), stdout);
	}
	assert_int_equal(ok, ROWS);
	assert_int_not_equal(*at, '|');
	free(text);
}

static void weights_are_in_bounds(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ROWS; i++) {
		if (!strcmp(rows[i].kind, "less"))
			assert_in_range(-rows[i].points, 1, 100);
		else if (strcmp(rows[i].kind, "section") != 0)
			assert_in_range(rows[i].points, 1, 100);
		assert_true(rows[i].words[0]);
		assert_null(strchr(rows[i].words, '|'));
	}
}

static void pages_have_the_causes(void **state)
{
	char *text = page("README.md"), *verdicts = page("docs/verdicts.md"), name[64];
	const char *whom;
	int i;

	(void)state;
	for (i = 0; i < CAUSES; i++) {
		snprintf(name, sizeof(name), "`%s`", cause_name(i));
		assert_non_null(strstr(text, name));
		snprintf(name, sizeof(name), "\n### %s\n", cause_name(i));
		assert_non_null(strstr(verdicts, name));
		assert_in_range(cause_reach(i, &whom), 0, 10);
		assert_true(whom[0]);
	}
	free(text);
	free(verdicts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts_have_the_weights),
		cmocka_unit_test(weights_are_in_bounds),
		cmocka_unit_test(pages_have_the_causes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
