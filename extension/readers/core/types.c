// SPDX-License-Identifier: GPL-2.0-or-later
#include "types.h"

#include <limits.h>
#include <string.h>

#include "base/text.h"
#include "btf.h"
#include "dwarf_types.h"

struct types {
	struct arena *arena;
	struct type_source *first, **last; /* in the order in which they are asked */
	const struct type_source *kernel;  /* whose BTF that of modules goes on from */
};

struct types *types_create(struct arena *a)
{
	struct types *t = arena_alloc(a, sizeof(*t));

	t->arena = a;
	t->last = &t->first;
	return t;
}

void types_destroy(struct types *t)
{
	struct type_source *s;

	for (s = t->first; s; s = s->next)
		if (s->ops->close)
			s->ops->close(s);
	t->first = NULL;
	t->last = &t->first;
}

static bool add_source(struct types *t, struct type_source *s, const char *module)
{
	s->module = module ? arena_printf(t->arena, "%s", module) : NULL;
	*t->last = s;
	t->last = &s->next;
	return true;
}

bool types_add_btf(struct types *t, const char *module, const unsigned char *data,
		   size_t size, struct error *why)
{
	struct type_source *s;

	if (module && !t->kernel)
		return error_set(why, "BTF of a module needs that of its kernel");
	s = btf_open(t->arena, data, size, module ? t->kernel : NULL, why);
	if (!s)
		return false;
	if (!module)
		t->kernel = s;
	return add_source(t, s, module);
}

bool types_add_dwarf(struct types *t, const char *module, const char *path,
		     struct error *why)
{
	struct type_source *s = dwarf_open(t->arena, path, why);

	return s && add_source(t, s, module);
}

void types_add_table(struct types *t, const char *module, const struct table_part *part)
{
	add_source(t, table_types(t->arena, part), module);
}

struct type_source *types_next(const struct types *t, struct type_source *after)
{
	return after ? after->next : t->first;
}

bool types_have(const struct types *t, const char *module)
{
	const struct type_source *s;

	for (s = t->first; s; s = s->next)
		if (module ? s->module && !strcmp(s->module, module) : !s->module)
			return true;
	return false;
}

/* ---- the walk along a path ----------------------------------------------- */

struct walk {
	struct type_source *source;
	unsigned int
		steps; /* that are left: a struct may hold itself in a made-up dump */
	uint64_t bits; /* where it has come to */
	uint64_t id;   /* the type there */
};
/* The largest structs have some hundred members. */
#define STEPS_MAX 10000
#define DEPTH_MAX 16

/* The member of that name, also in anonymous ones, in their order. */
static bool find_part(struct walk *w, const char *name, size_t n)
{
	struct level {
		uint64_t id, bits;
		size_t i;
	} levels[DEPTH_MAX] = {{w->id, w->bits, 0}}, *l;
	struct dump_type_member m;
	size_t depth = 1;

	for (; depth && w->steps; w->steps--) {
		l = &levels[depth - 1];
		if (!w->source->ops->part(w->source, l->id, l->i++, &m)) {
			depth--;
		} else if (*m.name && !strncmp(m.name, name, n) && !m.name[n]) {
			w->id = m.type.id;
			w->bits = l->bits + m.bit_offset;
			return true;
		} else if (!*m.name && depth < DEPTH_MAX) {
			levels[depth++] =
				(struct level){m.type.id, l->bits + m.bit_offset, 0};
		}
	}
	return false;
}

/* From an array to its first element: a path has no indices. */
static bool first_element(struct walk *w)
{
	struct dump_type_about about;
	unsigned int left;

	for (left = DEPTH_MAX; left; left--) {
		if (!w->source->ops->about(w->source, w->id, &about))
			return false;
		if (about.class != TYPE_ARRAY)
			return true;
		w->id = about.of.id;
	}
	return false;
}

static bool as_long(uint64_t v, long *to)
{
	*to = (long)v;
	return v <= LONG_MAX;
}

static bool size_of(struct type_source *s, uint64_t id, long *size)
{
	struct dump_type_about about;

	return s->ops->about(s, id, &about) && about.class != TYPE_VOID &&
	       about.class != TYPE_FUNCTION && as_long(about.size, size);
}

bool walk_size(struct type_source *s, const char *name, enum type_name as, long *size)
{
	uint64_t id;

	return s->ops->find(s, name, as, &id) && size_of(s, id, size);
}

bool walk_variable_size(struct type_source *s, const char *name, long *size)
{
	return walk_size(s, name, NAME_VARIABLE, size);
}

bool walk_member(struct type_source *s, const char *name, enum type_name as,
		 const char *path, long *offset, long *size)
{
	struct walk w = {.source = s, .steps = STEPS_MAX};
	size_t n;

	if (!s->ops->find(s, name, as, &w.id))
		return false;
	for (;; path += n + 1) {
		n = strcspn(path, ".");
		if (!first_element(&w) || !find_part(&w, path, n))
			return false;
		if (!path[n])
			return as_long(w.bits / 8, offset) && size_of(s, w.id, size);
	}
}

/* ---- sizes and members --------------------------------------------------- */

/* A tag comes before a typedef, in whichever source it is: C's own order for crash, too. */
static const enum type_name orders[] = {NAME_TAG, NAME_TYPEDEF};

bool types_size(struct types *t, const char *type, long *size)
{
	struct type_source *s;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(orders); i++)
		for (s = t->first; s; s = s->next)
			if (s->ops->size(s, type, orders[i], size))
				return true;
	return false;
}

bool types_member(struct types *t, const char *type, const char *path, long *offset,
		  long *size)
{
	struct type_source *s;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(orders); i++)
		for (s = t->first; s; s = s->next)
			if (s->ops->member(s, type, orders[i], path, offset, size))
				return true;
	return false;
}

bool types_enumerator(struct types *t, const char *name, long *value)
{
	struct type_source *s;

	for (s = t->first; s; s = s->next)
		if (s->ops->enumerator(s, name, value))
			return true;
	return false;
}

bool types_variable_size(struct types *t, const char *name, long *size)
{
	struct type_source *s;

	for (s = t->first; s; s = s->next)
		if (s->ops->variable_size(s, name, size))
			return true;
	return false;
}

/* ---- what types are made of ---------------------------------------------- */

static bool find_as(struct types *t, const char *name, enum type_name as,
		    struct dump_type *type)
{
	struct type_source *s;

	for (s = t->first; s; s = s->next)
		if (s->ops->find(s, name, as, &type->id)) {
			type->source = s;
			return true;
		}
	return false;
}

bool types_find(struct types *t, const char *name, struct dump_type *type)
{
	if (text_starts(name, "struct "))
		return find_as(t, name + strlen("struct "), NAME_STRUCT, type);
	if (text_starts(name, "union "))
		return find_as(t, name + strlen("union "), NAME_UNION, type);
	if (text_starts(name, "enum "))
		return find_as(t, name + strlen("enum "), NAME_ENUM, type);
	return find_as(t, name, NAME_TAG, type) || find_as(t, name, NAME_TYPEDEF, type);
}

/* Of its pointer without const; NULL: it is none of ours. */
static struct type_source *source_of(struct types *t, struct dump_type type)
{
	struct type_source *s;

	for (s = t->first; s && s != type.source; s = s->next)
		;
	return s;
}

bool types_about(struct types *t, struct dump_type type, struct dump_type_about *about)
{
	struct type_source *s = source_of(t, type);

	return s && s->ops->about(s, type.id, about);
}

bool types_part(struct types *t, struct dump_type type, size_t i,
		struct dump_type_member *member)
{
	struct type_source *s = source_of(t, type);

	return s && s->ops->part(s, type.id, i, member);
}

bool types_value(struct types *t, struct dump_type type, size_t i,
		 struct dump_type_value *value)
{
	struct type_source *s = source_of(t, type);

	return s && s->ops->value(s, type.id, i, value);
}
