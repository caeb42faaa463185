// SPDX-License-Identifier: GPL-2.0-or-later
#include "table_types.h"

#include <stdio.h>
#include <string.h>

#include "table_shapes.h"

struct table_source {
	struct type_source source; /* first: they are one */
	const struct table_part *part;
	struct table_shapes *shapes;
};

static const struct table_row *row_of(struct type_source *s, enum layout_kind kind,
				      const char *name)
{
	return layout_table_row(((struct table_source *)s)->part, kind, name);
}

/* ---- asked ------------------------------------------------------------------ */

/* As a typedef, which is asked for last: whoever knows more comes first. */
static bool table_size(struct type_source *s, const char *name, enum type_name as,
		       long *size)
{
	const struct table_row *r = as == NAME_TYPEDEF ? row_of(s, LAYOUT_TYPE, name)
						       : NULL;

	if (r)
		*size = r->size;
	return r;
}

static bool table_member(struct type_source *s, const char *name, enum type_name as,
			 const char *path, long *offset, long *size)
{
	const struct table_row *r = NULL;
	char full[sizeof(((struct layout_spelling *)NULL)->name)];

	if (as == NAME_TYPEDEF &&
	    snprintf(full, sizeof(full), "%s.%s", name, path) < (int)sizeof(full))
		r = row_of(s, LAYOUT_MEMBER, full);
	if (!r)
		return false;
	*offset = r->offset;
	*size = r->size;
	return true;
}

static bool table_enumerator(struct type_source *s, const char *name, long *value)
{
	const struct table_row *r = row_of(s, LAYOUT_ENUMERATOR, name);

	if (r)
		*value = r->offset;
	return r;
}

static bool table_variable_size(struct type_source *s, const char *name, long *size)
{
	const struct table_row *r = row_of(s, LAYOUT_VARIABLE, name);

	if (r)
		*size = r->size;
	return r;
}

static struct table_shapes *shapes_of(struct type_source *s)
{
	return ((struct table_source *)s)->shapes;
}

static bool table_find(struct type_source *s, const char *name, enum type_name as,
		       uint64_t *id)
{
	*id = 0;
	return as == NAME_TYPEDEF && table_shape_find(shapes_of(s), name, id);
}

static bool table_about(struct type_source *s, uint64_t id, struct dump_type_about *about)
{
	bool found = table_shape_about(shapes_of(s), id, about);

	about->of.source = s;
	return found;
}

static bool table_part_of(struct type_source *s, uint64_t id, size_t i,
			  struct dump_type_member *member)
{
	bool found = table_shape_part(shapes_of(s), id, i, member);

	member->type.source = s;
	return found;
}

static bool no_value(struct type_source *s, uint64_t id, size_t i,
		     struct dump_type_value *value)
{
	(void)s;
	(void)id;
	(void)i;
	(void)value;
	return false;
}

static const struct type_source_ops table_ops = {
	.find = table_find,
	.about = table_about,
	.part = table_part_of,
	.value = no_value,
	.size = table_size,
	.member = table_member,
	.enumerator = table_enumerator,
	.variable_size = table_variable_size,
};

struct type_source *table_types(struct arena *a, const struct table_part *part)
{
	struct table_source *s = arena_alloc(a, sizeof(*s));

	s->source.ops = &table_ops;
	s->part = part;
	s->shapes = table_shapes(a, part);
	return &s->source;
}

/* ---- made ------------------------------------------------------------------- */

/* A tag comes before a typedef, as in types.c. */
static bool ask_type(struct type_source *s, struct table_row *r)
{
	return s->ops->size(s, r->name, NAME_TAG, &r->size) ||
	       s->ops->size(s, r->name, NAME_TYPEDEF, &r->size);
}

static bool ask_member(struct type_source *s, struct table_row *r)
{
	char type[sizeof(((struct layout_spelling *)NULL)->name)];
	const char *path;

	snprintf(type, sizeof(type), "%s", r->name);
	type[strcspn(type, ".")] = '\0';
	path = r->name + strlen(type);
	path += *path == '.';
	return s->ops->member(s, type, NAME_TAG, path, &r->offset, &r->size) ||
	       s->ops->member(s, type, NAME_TYPEDEF, path, &r->offset, &r->size);
}

static bool ask(struct type_source *s, struct table_row *r)
{
	switch (r->kind) {
	case LAYOUT_TYPE:
		return ask_type(s, r);
	case LAYOUT_MEMBER:
		return ask_member(s, r);
	case LAYOUT_ENUMERATOR:
		return s->ops->enumerator(s, r->name, &r->offset);
	case LAYOUT_VARIABLE:
		return s->ops->variable_size(s, r->name, &r->size);
	}
	return false;
}

static bool has_row(const struct table_part *part, const struct table_row *r)
{
	size_t i;

	for (i = 0; i < part->rows.n; i++)
		if (part->rows.v[i].kind == r->kind &&
		    !strcmp(part->rows.v[i].name, r->name))
			return true;
	return false;
}

void table_take(struct arena *a, struct table_part *part, struct type_source *from,
		const struct table_part *kernel)
{
	struct layout_spelling s = {0};

	while (layout_next_spelling(&s)) {
		struct table_row r = {.kind = s.kind, .name = s.name};

		/* Two rows may share a spelling, and two sources a name. */
		if (has_row(part, &r) || (kernel && has_row(kernel, &r)) ||
		    !ask(from, &r))
			continue;
		r.name = arena_printf(a, "%s", s.name);
		*vec_push(a, &part->rows) = r;
	}
}

bool table_agrees(const struct table_part *part, struct type_source *with)
{
	size_t i;

	for (i = 0; i < part->rows.n; i++) {
		const struct table_row *r = &part->rows.v[i];
		struct table_row other = {.kind = r->kind, .name = r->name};

		if (ask(with, &other) &&
		    (other.offset != r->offset || other.size != r->size))
			return false;
	}
	return true;
}
