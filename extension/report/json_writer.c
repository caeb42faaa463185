// SPDX-License-Identifier: GPL-2.0-or-later
#include "json_writer.h"

#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_gen.h>

#include "base/base.h"

struct json {
	yajl_gen gen;
	FILE *out;
	struct arena words;
};

static void print(void *out, const char *s, size_t n)
{
	fwrite(s, 1, n, out);
}

struct json *json_open(FILE *out)
{
	struct json *j = calloc(1, sizeof(*j));

	if (!j)
		return NULL;
	j->out = out;
	j->gen = yajl_gen_alloc(NULL);
	if (!j->gen) {
		free(j);
		return NULL;
	}
	yajl_gen_config(j->gen, yajl_gen_print_callback, print, out);
	/* No name from the dump ends the <script> of a page that holds this. */
	yajl_gen_config(j->gen, yajl_gen_escape_solidus, 1);
	return j;
}

void json_close(struct json *j)
{
	yajl_gen_free(j->gen);
	fputc('\n', j->out);
	arena_free(&j->words);
	free(j);
}

struct arena *json_scratch(struct json *j)
{
	return &j->words;
}

static void string(struct json *j, const char *s)
{
	yajl_gen_string(j->gen, (const unsigned char *)s, strlen(s));
}

static void put_key(struct json *j, const char *key)
{
	if (key)
		string(j, key);
}

void json_object(struct json *j, const char *key)
{
	put_key(j, key);
	yajl_gen_map_open(j->gen);
}

void json_array(struct json *j, const char *key)
{
	put_key(j, key);
	yajl_gen_array_open(j->gen);
}

void json_end_object(struct json *j)
{
	yajl_gen_map_close(j->gen);
	arena_free(&j->words);
}

void json_end_array(struct json *j)
{
	yajl_gen_array_close(j->gen);
}

void json_text(struct json *j, const char *key, const char *value)
{
	put_key(j, key);
	if (value)
		string(j, value);
	else
		yajl_gen_null(j->gen);
}

void json_int(struct json *j, const char *key, int64_t value)
{
	put_key(j, key);
	yajl_gen_integer(j->gen, value);
}

void json_count(struct json *j, const char *key, uint64_t value)
{
	char s[24];

	put_key(j, key);
	yajl_gen_number(j->gen, s, (size_t)snprintf(s, sizeof(s), "%llu", COUNT(value)));
}

void json_address(struct json *j, const char *key, uint64_t value)
{
	char s[24];

	snprintf(s, sizeof(s), "0x%llx", HEX(value));
	json_text(j, key, value ? s : NULL);
}

/* Milliseconds are finer than any clock that these come from, 1e15 s longer. */
void json_seconds(struct json *j, const char *key, double value)
{
	char s[64];
	int n;

	put_key(j, key);
	if (!(value >= 0 && value <= 1e15)) {
		yajl_gen_null(j->gen);
		return;
	}
	n = snprintf(s, sizeof(s), "%.3f", value);
	yajl_gen_number(j->gen, s, (size_t)n);
}

void json_bool(struct json *j, const char *key, bool value)
{
	put_key(j, key);
	yajl_gen_bool(j->gen, value);
}

void json_null(struct json *j, const char *key)
{
	put_key(j, key);
	yajl_gen_null(j->gen);
}
