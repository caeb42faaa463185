// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu struct -j`. */
#include "json_parts.h"

static const char *type_of(const struct facts *f, const struct value *v)
{
	if (!*v->dimensions)
		return v->type;
	return arena_printf(f->arena, "%s %s", v->type, v->dimensions);
}

/* NOLINTNEXTLINE(misc-no-recursion): a tree of bounded depth */
static void value(struct json *j, const struct facts *f, const struct value *v)
{
	size_t i;

	json_object(j, NULL);
	json_text(j, "name", v->name);
	json_text(j, "type", type_of(f, v));
	json_count(j, "offset", v->offset);
	json_count(j, "size", v->size);
	if (v->bits) {
		json_int(j, "bit", v->bit);
		json_int(j, "bits", v->bits);
	}
	if (v->text)
		json_text(j, "value", v->text);
	if (v->symbol)
		json_text(j, "symbol", v->symbol);
	if (v->string)
		json_text(j, "text", v->string);
	if (v->clipped)
		json_bool(j, "clipped", true);
	if (v->unread)
		json_text(j, "unread", v->unread);
	if (v->repeats > 1)
		json_int(j, "repeats", (int64_t)v->repeats);
	if (v->parts.n) {
		json_array(j, v->class == TYPE_ARRAY ? "elements" : "members");
		for (i = 0; i < v->parts.n; i++)
			value(j, f, &v->parts.v[i]);
		json_end_array(j);
	}
	if (v->more)
		json_count(j, "more", v->more);
	json_end_object(j);
}

void json_values(FILE *out, const struct facts *f, const char *name, const kaddr_t *addr,
		 const struct value *v, size_t n)
{
	struct json *j = json_begin(out, f);
	size_t i;

	if (!j)
		return;
	json_object(j, "object");
	json_text(j, "type", name);
	if (addr)
		json_address(j, "address", *addr);
	else
		json_null(j, "address");
	json_array(j, "parts");
	for (i = 0; i < n; i++)
		value(j, f, &v[i]);
	json_end_array(j);
	json_end_object(j);
	json_finish(j, f);
}
