// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A libFuzzer target: a layout table, as its file is, and all that is asked of one.
 *
 * Random bytes as its file are refused by the checksum.  So the text is made here, most of
 * it of lines as they should be, with some that are not and some bytes changed, and packed
 * as a whole table is; a small share of inputs damages the file itself.
 *
 * Besides what the sanitizers see: what was read is within its bounds, each row that the
 * table has is found by its name, and what is read can be asked for.
 */
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "readers/core/table_types.h"

#define TEXT_SIZE 8192
#define LINES_MAX 200

static const char *const names[] = {"task_struct", "task_struct.pid", "rq",  "a.b.c",
				    "MOD_TEXT",	   "virtio_gpu",      "x86", ".data"};
static const char *const numbers[] = {"0",	    "8",
				      "1",	    "4096",
				      "-1",	    "ffffffffffffffff",
				      "1073741825", "9223372036854775808"};
static const char kinds[] = "TMEVASD";

struct input {
	const uint8_t *p;
	size_t left;
};

static void fail(const char *what)
{
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

static uint8_t take(struct input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->p++;
}

/* ---- a table ------------------------------------------------------------------------ */

static const char *take_name(struct input *in)
{
	return names[take(in) % ARRAY_SIZE(names)];
}

static const char *take_number(struct input *in)
{
	return numbers[take(in) % ARRAY_SIZE(numbers)];
}

static void put_row(FILE *out, char kind, struct input *in)
{
	fputc(kind, out);
	if (kind == 'D')
		fprintf(out, " %s %s %c %s", take_name(in), take_number(in), take(in),
			take_name(in));
	else if (kind == 'A' || kind == 'S')
		fprintf(out, " %s d %s", take_number(in), take_name(in));
	else
		fprintf(out, " %s %s", take_name(in), take_number(in));
	if (kind == 'M')
		fprintf(out, " %s", take_number(in));
	fputc('\n', out);
}

static void put_line(FILE *out, struct input *in)
{
	uint8_t which = take(in);

	if (which < 230)
		put_row(out, kinds[which % (sizeof(kinds) - 1)], in);
	else if (which < 245)
		fprintf(out, "module %s 0123456789abcdef\n", take_name(in));
	else if (which < 250)
		fprintf(out, "build-id %s\n", take_number(in));
	else
		fprintf(out, "%c %s\n", take(in), take_name(in));
}

static size_t make_text(char text[TEXT_SIZE], struct input *in)
{
	FILE *out = fmemopen(text, TEXT_SIZE, "w");
	size_t n = take(in) % LINES_MAX, i, size;

	if (!out)
		abort();
	fputs("vgpu-layout 1\nrelease 5.10.0\nbanner Linux version 5.10.0\n", out);
	for (i = 0; i < n && in->left; i++)
		put_line(out, in);
	fflush(out);
	size = (size_t)ftell(out);
	fclose(out);
	if (size > TEXT_SIZE)
		size = TEXT_SIZE;
	for (n = take(in) % 4; n && in->left; n--) {
		i = take(in) | (size_t)take(in) << 8;
		text[i % size] = (char)take(in);
	}
	return size;
}

/* Its very size: nothing is behind it. */
static unsigned char *make_file(struct input *in, size_t *size)
{
	static struct libdeflate_compressor *c;
	static char text[TEXT_SIZE];
	static unsigned char packed[2 * TEXT_SIZE];
	size_t n = make_text(text, in);
	unsigned char *file;

	if (!c)
		c = libdeflate_alloc_compressor(1);
	n = c ? libdeflate_gzip_compress(c, text, n, packed, sizeof(packed)) : 0;
	if (!n)
		abort();
	if (take(in) > 240)
		packed[take(in) % n] ^= take(in);
	*size = take(in) > 240 ? take(in) % n : n;
	file = malloc(*size + !*size);
	if (!file)
		abort();
	memcpy(file, packed, *size);
	return file;
}

/* ---- what is asked ------------------------------------------------------------------ */

static void ask_rows(const struct table_part *part)
{
	size_t i;

	for (i = 0; i < part->rows.n; i++) {
		const struct table_row *r = &part->rows.v[i];

		if (!r->name || !*r->name)
			fail("a row without a name");
		if (!layout_table_row(part, r->kind, r->name))
			fail("a row that is not found");
		if (r->size < 0 || (r->kind != LAYOUT_ENUMERATOR && r->offset < 0))
			fail("a size below 0");
	}
}

static void ask_symbols(const struct table_part *part)
{
	size_t i;

	for (i = 0; i < part->symbols.all.n; i++)
		if (!part->symbols.all.v[i].it.name)
			fail("a symbol without a name");
}

static void ask(struct arena *a, const struct layout_table *t)
{
	size_t i;

	if (!t->release || !t->banner || !t->parts.n || t->parts.v[0].module)
		fail("a table that does not say of what it is");
	for (i = 0; i < t->parts.n; i++) {
		ask_rows(&t->parts.v[i]);
		ask_symbols(&t->parts.v[i]);
		if (!table_types(a, &t->parts.v[i]))
			fail("a part without types");
	}
	for (i = 0; i < ARRAY_SIZE(names); i++)
		layout_table_module(t, names[i]);
	layout_table_name(a, t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	struct arena arena = {0};
	struct error why = {""};
	size_t n;
	unsigned char *file = make_file(&in, &n);
	const struct layout_table *t = layout_table_parse(&arena, file, n, &why);

	if (t)
		ask(&arena, t);
	else if (!*why.text)
		fail("a table that is refused without a reason");
	free(file);
	arena_free(&arena);
	return 0;
}
