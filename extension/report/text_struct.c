// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu struct`. */
#include "report.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "text_writer.h"

#define STEP 2
#define FLAT_MAX 512

/* ---- an object, as gdb prints one -------------------------------------------- */

/* A value without parts, in words. */
static const char *flat(const struct facts *f, const struct value *v)
{
	const char *symbol = "", *string = "", *repeats = "";

	if (v->symbol)
		symbol = arena_printf(f->arena, " <%s>", v->symbol);
	if (v->string)
		string = arena_printf(f->arena, "%s\"%s\"%s", v->text ? " " : "",
				      v->string, v->clipped ? "..." : "");
	if (v->repeats > 1)
		repeats = arena_printf(f->arena, " <repeats %zu times>", v->repeats);
	if (v->unread)
		return arena_printf(f->arena, "<%s>%s", v->unread, repeats);
	return arena_printf(f->arena, "%s%s%s%s",
			    v->text		     ? v->text
			    : v->string		     ? ""
			    : v->class == TYPE_ARRAY ? "{}"
						     : "?",
			    symbol, string, repeats);
}

static bool is_struct(const struct value *v)
{
	return v->class == TYPE_STRUCT || v->class == TYPE_UNION;
}

/* Elements that are numbers stand in one line, or as many as they need. */
static bool is_row(const struct value *v)
{
	return v->class == TYPE_ARRAY && v->parts.n && !v->parts.v[0].parts.n &&
	       !is_struct(&v->parts.v[0]) && v->parts.v[0].class != TYPE_ARRAY;
}

static const char *more(const struct facts *f, const struct value *v)
{
	return v->more ? arena_printf(f->arena, "... %" PRIu64 " more", v->more) : "";
}

static void print_row(FILE *out, const struct facts *f, const struct value *v,
		      unsigned int column, unsigned int indent)
{
	const char *words;
	size_t i, n;

	fputc('{', out);
	column++;
	for (i = 0; i < v->parts.n + (v->more > 0); i++) {
		words = i < v->parts.n ? flat(f, &v->parts.v[i]) : more(f, v);
		n = strlen(words);
		if (i && column + 3 + n > TEXT_WIDTH) {
			fprintf(out, ",\n%*s", (int)indent + STEP, "");
			column = indent + STEP;
		} else if (i) {
			fputs(", ", out);
			column += 2;
		}
		fputs(words, out);
		column += (unsigned int)n;
	}
	fputc('}', out);
}

static void print_value(FILE *out, const struct facts *f, const struct value *v,
			unsigned int column, unsigned int indent);

/* NOLINTNEXTLINE(misc-no-recursion): a tree of bounded depth */
static void print_parts(FILE *out, const struct facts *f, const struct value *v,
			unsigned int indent)
{
	const struct value *part;
	size_t i;
	int n;

	fputs("{\n", out);
	for (i = 0; i < v->parts.n; i++) {
		part = &v->parts.v[i];
		n = fprintf(out, "%*s%s%s", (int)indent + STEP, "", part->name,
			    part->name[0] ? " = " : "");
		print_value(out, f, part, (unsigned int)n, indent + STEP);
		fputs(i + 1 < v->parts.n || v->more ? ",\n" : "\n", out);
	}
	if (v->more)
		fprintf(out, "%*s%s\n", (int)indent + STEP, "", more(f, v));
	fprintf(out, "%*s}", (int)indent, "");
}

/* column: where it begins. */
/* NOLINTNEXTLINE(misc-no-recursion): a tree of bounded depth */
static void print_value(FILE *out, const struct facts *f, const struct value *v,
			unsigned int column, unsigned int indent)
{
	if (!v->parts.n && v->more && !v->string && !v->unread) {
		fprintf(out, "{%s}", more(f, v));
		return;
	}
	if (!v->parts.n && is_struct(v)) {
		fputs("{}", out);
		return;
	}
	if (!v->parts.n) {
		fputs(flat(f, v), out);
		return;
	}
	if (is_row(v))
		print_row(out, f, v, column, indent);
	else
		print_parts(out, f, v, indent);
	if (v->repeats > 1)
		fprintf(out, " <repeats %zu times>", v->repeats);
}

void text_values(FILE *out, const struct facts *f, const char *name,
		 const struct value *v, size_t n)
{
	unsigned int column;
	size_t i;

	for (i = 0; i < n; i++) {
		if (v[i].name[0])
			column = (unsigned int)fprintf(out, "  %s = ", v[i].name);
		else
			column = (unsigned int)fprintf(out, "%s%s",
						       *v[i].type ? v[i].type : name,
						       is_struct(&v[i]) ? " " : " = ");
		print_value(out, f, &v[i], column, v[i].name[0] ? STEP : 0);
		fputc('\n', out);
	}
	text_notes(out, f);
}

/* ---- a type, as pahole prints one ---------------------------------------------- */

/* Name and dimensions behind the type, as C has them. */
static void declare(FILE *out, const struct value *v, const char *end)
{
	size_t n = strlen(v->type);
	bool space = v->name[0] && n && v->type[n - 1] != '*';

	fprintf(out, "%s%s%s%s%s", v->type, space ? " " : "", v->name, v->dimensions,
		end);
}

static void place(FILE *out, const struct value *v, unsigned int indent)
{
	char offset[32], size[24];

	snprintf(offset, sizeof(offset), "%" PRIu64, v->offset);
	snprintf(size, sizeof(size), "%" PRIu64, v->size);
	if (v->bits) {
		snprintf(offset, sizeof(offset), "%" PRIu64 ":%u", v->offset, v->bit);
		snprintf(size, sizeof(size), "%u bit", v->bits);
	}
	fprintf(out, "%8s %8s  %*s", offset, size, (int)indent, "");
}

/* NOLINTNEXTLINE(misc-no-recursion): a tree of bounded depth */
static void print_type(FILE *out, const struct value *v, unsigned int indent)
{
	size_t i;

	place(out, v, indent);
	if (!v->parts.n) {
		declare(out, v, v->unread ? ";  ?\n" : ";\n");
		return;
	}
	fprintf(out, "%s {\n", v->type);
	for (i = 0; i < v->parts.n; i++)
		print_type(out, &v->parts.v[i], indent + STEP);
	if (v->more)
		fprintf(out, "%*s... %" PRIu64 " more\n", (int)indent + 21, "", v->more);
	fprintf(out, "%*s}%s%s%s;\n", (int)indent + 19, "", v->name[0] ? " " : "",
		v->name, v->dimensions);
}

void text_type(FILE *out, const struct value *v, size_t n)
{
	size_t i;

	fprintf(out, "%8s %8s\n", "OFFSET", "SIZE");
	for (i = 0; i < n; i++)
		print_type(out, &v[i], 0);
}
