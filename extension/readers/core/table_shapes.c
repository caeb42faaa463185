// SPDX-License-Identifier: GPL-2.0-or-later
#include "table_shapes.h"

#include <string.h>

/* The longest paths of layout.def have half as many members of members. */
#define DEPTH_MAX 8
/* No struct of the kernel is as large; a table may say what it likes. */
#define BYTES_MAX (1ull << 28)

struct shape_part {
	const char *name;
	uint64_t id, offset;
};

struct shape {
	struct dump_type_about about;
	uint64_t of; /* an array's element */
	VEC(struct shape_part) parts;
};

struct table_shapes {
	struct arena *arena;
	const struct table_part *part;
	VEC(struct shape *) all; /* the first has id 1 */
};

/* Rows of one struct, by what is behind `skip` characters of their names. */
struct span {
	size_t from, to, skip;
	int depth;
};

static struct shape *add(struct table_shapes *s, enum dump_type_class class,
			 const char *name, uint64_t size)
{
	struct shape *shape = arena_alloc(s->arena, sizeof(*shape));

	shape->about =
		(struct dump_type_about){.class = class, .name = name, .size = size};
	*vec_push(s->arena, &s->all) = shape;
	return shape;
}

static struct shape *shape_of(const struct table_shapes *s, uint64_t id)
{
	return id && id <= s->all.n ? s->all.v[id - 1] : NULL;
}

/* ---- words -------------------------------------------------------------------- */

/* Ids 1 to 4, as made by table_shapes(). */
static const char *const words[] = {"u8", "u16", "u32", "u64"};

/* The largest word that so many bytes are a multiple of. */
static size_t word_of(uint64_t size)
{
	size_t i = ARRAY_SIZE(words) - 1;

	while (i && size % (1u << i))
		i--;
	return i;
}

static uint64_t id_of_bytes(struct table_shapes *s, uint64_t size)
{
	size_t word = word_of(size);
	struct shape *array;

	if (size == 1u << word)
		return word + 1;
	array = add(s, TYPE_ARRAY, "", size);
	array->of = word + 1;
	array->about.count = size >> word;
	return s->all.n;
}

/* ---- structs ------------------------------------------------------------------ */

static const char *rest_of(const struct table_shapes *s, const struct span *of, size_t i)
{
	return s->part->rows.v[i].name + of->skip;
}

/* The rows from the i-th on that are of the same member, or of members of it. */
static struct span of_member(const struct table_shapes *s, const struct span *of,
			     size_t i)
{
	const char *name = rest_of(s, of, i), *next;
	size_t n = strcspn(name, "."), to;

	for (to = i + 1; to < of->to; to++) {
		next = rest_of(s, of, to);
		if (strncmp(next, name, n) != 0 || (next[n] && next[n] != '.'))
			break;
	}
	return (struct span){i, to, of->skip + n + 1, of->depth + 1};
}

static bool is_sound(const struct table_row *r)
{
	return r->offset >= 0 && r->size >= 0 && (uint64_t)r->offset < BYTES_MAX &&
	       (uint64_t)r->size < BYTES_MAX;
}

/* Where the first of these begins, and where the last of them ends. */
static void extent(const struct table_shapes *s, const struct span *of, uint64_t *begin,
		   uint64_t *end)
{
	const struct table_row *r;
	size_t i;

	*begin = BYTES_MAX;
	*end = 0;
	for (i = of->from; i < of->to; i++) {
		r = &s->part->rows.v[i];
		if (!is_sound(r))
			continue;
		if ((uint64_t)r->offset < *begin)
			*begin = (uint64_t)r->offset;
		if ((uint64_t)(r->offset + r->size) > *end)
			*end = (uint64_t)(r->offset + r->size);
	}
}

static uint64_t make_struct(struct table_shapes *s, const char *name, uint64_t size,
			    const struct span *of, uint64_t base);

/* Where members of it have rows too, these are what is known of it. */
/* NOLINTNEXTLINE(misc-no-recursion): no deeper than DEPTH_MAX */
static void add_member(struct table_shapes *s, struct shape *to, const char *name,
		       uint64_t base, struct span of)
{
	struct shape_part *part;
	uint64_t begin, end, id;

	extent(s, &of, &begin, &end);
	if (begin > end)
		return;
	/* Its own row has no name behind that; a table that lies may have it twice. */
	while (of.from < of.to && strlen(s->part->rows.v[of.from].name) < of.skip)
		of.from++;
	id = of.from < of.to && of.depth < DEPTH_MAX
		     ? make_struct(s, "", end - begin, &of, begin)
		     : id_of_bytes(s, end - begin);
	part = vec_push(s->arena, &to->parts);
	part->name = name;
	part->offset = begin - base;
	part->id = id;
}

/* NOLINTNEXTLINE(misc-no-recursion): no deeper than DEPTH_MAX */
static uint64_t make_struct(struct table_shapes *s, const char *name, uint64_t size,
			    const struct span *of, uint64_t base)
{
	struct shape *shape = add(s, TYPE_STRUCT, name, size);
	uint64_t id = s->all.n;
	struct span member;
	const char *rest;
	size_t i;

	shape->about.is_in_part = true;
	for (i = of->from; i < of->to; i = member.to) {
		rest = rest_of(s, of, i);
		member = of_member(s, of, i);
		add_member(s, shape,
			   arena_printf(s->arena, "%.*s", (int)strcspn(rest, "."), rest),
			   base, member);
	}
	shape->about.count = shape->parts.n;
	return id;
}

/* The rows of a type's members; none: from is to. */
static struct span rows_of(const struct table_shapes *s, const char *name)
{
	struct span of = {.skip = strlen(name) + 1};
	const struct table_row *r;
	size_t i;

	for (i = 0; i < s->part->rows.n; i++) {
		r = &s->part->rows.v[i];
		if (r->kind != LAYOUT_MEMBER ||
		    strncmp(r->name, name, of.skip - 1) != 0 ||
		    r->name[of.skip - 1] != '.')
			continue;
		if (of.from == of.to)
			of.from = i;
		of.to = i + 1;
	}
	return of;
}

/* ---- asked -------------------------------------------------------------------- */

bool table_shape_find(struct table_shapes *s, const char *name, uint64_t *id)
{
	const struct table_row *type = layout_table_row(s->part, LAYOUT_TYPE, name);
	struct span of;
	uint64_t begin, end;
	size_t i;

	if (!*name || strchr(name, '.'))
		return false;
	for (i = 0; i < s->all.n; i++)
		if (s->all.v[i]->about.is_in_part &&
		    !strcmp(s->all.v[i]->about.name, name)) {
			*id = i + 1;
			return true;
		}
	of = rows_of(s, name);
	if (of.from == of.to)
		return false;
	extent(s, &of, &begin, &end);
	*id = make_struct(s, arena_printf(s->arena, "%s", name),
			  type && is_sound(type) ? (uint64_t)type->size : end, &of, 0);
	return true;
}

bool table_shape_about(struct table_shapes *s, uint64_t id, struct dump_type_about *about)
{
	const struct shape *shape = shape_of(s, id);

	if (!shape)
		return false;
	*about = shape->about;
	about->of.id = shape->of;
	return true;
}

bool table_shape_part(struct table_shapes *s, uint64_t id, size_t i,
		      struct dump_type_member *member)
{
	const struct shape *shape = shape_of(s, id);
	const struct shape_part *part;

	if (!shape || i >= shape->parts.n)
		return false;
	part = &shape->parts.v[i];
	*member = (struct dump_type_member){.name = part->name,
					    .type = {.id = part->id},
					    .bit_offset = part->offset * 8};
	return true;
}

struct table_shapes *table_shapes(struct arena *a, const struct table_part *part)
{
	struct table_shapes *s = arena_alloc(a, sizeof(*s));
	size_t i;

	s->arena = a;
	s->part = part;
	for (i = 0; i < ARRAY_SIZE(words); i++)
		add(s, TYPE_WORD, words[i], 1u << i);
	return s;
}
