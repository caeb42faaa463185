// SPDX-License-Identifier: GPL-2.0-or-later
#include "layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct layout {
	unsigned int generation; /* counts the module debuginfo loaded */
	struct layout_slot {
		struct layout_row row;
		bool resolved, present;
		unsigned int generation;
		size_t span; /* 0: not known */
		unsigned int span_generation;
	} slots[LAYOUT_COUNT];
};

static const struct {
	enum layout_kind kind;
	const char *label, *spellings;
} table[LAYOUT_COUNT] = {
#define T(id, spellings) [id] = {LAYOUT_TYPE, #id, spellings},
#define M(id, spellings) [id] = {LAYOUT_MEMBER, #id, spellings},
#define E(id, spellings) [id] = {LAYOUT_ENUMERATOR, #id, spellings},
#define V(id, spellings) [id] = {LAYOUT_VARIABLE, #id, spellings},
#include "layout.def"
};

struct layout *layout_create(void)
{
	struct layout *l = calloc(1, sizeof(*l));
	size_t i;

	for (i = 0; l && i < LAYOUT_COUNT; i++) {
		l->slots[i].row.id = (enum layout_id)i;
		l->slots[i].row.kind = table[i].kind;
		l->slots[i].row.label = table[i].label;
		l->slots[i].row.spellings = table[i].spellings;
	}
	return l;
}

void layout_destroy(struct layout *l)
{
	free(l);
}

void layout_retry(struct layout *l)
{
	l->generation++;
}

/*
 * A dump's own debuginfo may lie.  Who has read a type takes members out of its bytes, so one
 * that is not in its type is none; a bit field's own type may reach over the end.
 */
static bool keep_in_type(struct dump *d, const char *type, struct layout_row *row)
{
	long size;

	if (row->offset < 0 || row->size < 0)
		return false;
	if (!d->ops->type_size(d, type, &size))
		return true;
	if (row->offset > size || (row->offset == size && row->size))
		return false;
	if (row->size > size - row->offset)
		row->size = size - row->offset;
	return true;
}

/* Ask the debuginfo for the spelling in found. */
static bool try_spelling(struct dump *d, struct layout_row *row, bool anonymous)
{
	char *dot;
	bool ok;

	switch (row->kind) {
	case LAYOUT_TYPE:
		return d->ops->type_size(d, row->found, &row->size);
	case LAYOUT_ENUMERATOR:
		return d->ops->enumerator(d, row->found, &row->offset);
	case LAYOUT_VARIABLE:
		return d->ops->variable_size(d, row->found, &row->size);
	case LAYOUT_MEMBER:
		break;
	}
	dot = strchr(row->found, '.');
	*dot = '\0';
	ok = d->ops->member(d, row->found, dot + 1, anonymous, &row->offset,
			    &row->size) &&
	     keep_in_type(d, row->found, row);
	*dot = '.';
	return ok;
}

/*
 * Copy the next spelling to found, without the '~' of an anonymous member.
 * Returns what follows it, NULL after the last.
 */
static const char *next_spelling(char *found, size_t size, const char *p, bool *anonymous)
{
	size_t n = 0;

	*anonymous = false;
	for (; *p && *p != '|'; p++)
		if (*p == '~')
			*anonymous = true;
		else if (n + 1 < size)
			found[n++] = *p;
	found[n] = '\0';
	return *p ? p + 1 : NULL;
}

bool layout_next_spelling(struct layout_spelling *s)
{
	bool anonymous;

	if (!s->rest) {
		if (s->next == LAYOUT_COUNT)
			return false;
		s->kind = table[s->next].kind;
		s->rest = table[s->next++].spellings;
	}
	s->rest = next_spelling(s->name, sizeof(s->name), s->rest, &anonymous);
	return true;
}

static void resolve(struct dump *d, struct layout_slot *s)
{
	struct layout_row *row = &s->row;
	const char *p = row->spellings;
	bool anonymous;

	s->resolved = true;
	s->generation = d->layout->generation;
	while (p) {
		p = next_spelling(row->found, sizeof(row->found), p, &anonymous);
		if (try_spelling(d, row, anonymous)) {
			s->present = true;
			return;
		}
	}
	row->found[0] = '\0';
	row->offset = row->size = 0;
	/* A search that Ctrl-C ended has not been through all. */
	s->resolved = !dump_interrupted(d);
}

static struct layout_slot *slot(struct dump *d, enum layout_id id)
{
	struct layout_slot *s = &d->layout->slots[id];

	if (!s->resolved || (!s->present && s->generation != d->layout->generation))
		resolve(d, s);
	return s;
}

const struct layout_row *layout_row(struct dump *d, enum layout_id id)
{
	return &slot(d, id)->row;
}

bool layout_has(struct dump *d, enum layout_id id)
{
	return slot(d, id)->present;
}

bool layout_has_each(struct dump *d, const enum layout_id *ids)
{
	while (*ids != LAYOUT_COUNT)
		if (!layout_has(d, *ids++))
			return false;
	return true;
}

long layout_offset(struct dump *d, enum layout_id id)
{
	return slot(d, id)->row.offset;
}

long layout_size(struct dump *d, enum layout_id id)
{
	return slot(d, id)->row.size;
}

static size_t find_span(struct dump *d, enum layout_id member)
{
	const char *name = layout_name(d, member);
	const struct layout_row *row;
	char type[sizeof(row->found)];
	size_t span = 0, end;
	int id;

	/* "task_struct." */
	snprintf(type, sizeof(type), "%.*s", (int)strcspn(name, ".") + 1, name);
	for (id = 0; id < LAYOUT_COUNT; id++) {
		/* Only what may be one is looked up: each look-up costs the reader time. */
		if (table[id].kind != LAYOUT_MEMBER || !strstr(table[id].spellings, type))
			continue;
		row = layout_row(d, (enum layout_id)id);
		end = (size_t)row->offset + (size_t)row->size;
		if (!strncmp(row->found, type, strlen(type)) && end > span)
			span = end;
	}
	return span;
}

/* All rows are looked through, so not for each object anew. */
size_t layout_span(struct dump *d, enum layout_id member)
{
	struct layout_slot *s = slot(d, member);
	size_t span;

	if (s->span && s->span_generation == d->layout->generation)
		return s->span;
	span = find_span(d, member);
	s->span = dump_interrupted(d) ? 0 : span;
	s->span_generation = d->layout->generation;
	return span;
}

long layout_enum(struct dump *d, enum layout_id id, long fallback)
{
	return layout_has(d, id) ? layout_offset(d, id) : fallback;
}

unsigned int layout_bit(struct dump *d, enum layout_id id, unsigned int fallback)
{
	return (unsigned int)layout_enum(d, id, (long)fallback) & 63;
}

const char *layout_name(struct dump *d, enum layout_id id)
{
	const struct layout_row *row = layout_row(d, id);

	return row->found[0] ? row->found : row->spellings;
}

/* ---- what every kernel has ------------------------------------------------- */

static const enum layout_id always[] = {
#define ALWAYS(id) id,
#include "layout_always.def"
#undef ALWAYS
};

static bool is_told(struct dump *d, const char *name)
{
	size_t i;

	for (i = 0; i < d->notes.n; i++)
		if (strstr(d->notes.v[i], name))
			return true;
	return false;
}

/* Has the type, or another member of it, been found? */
static bool knows_type(struct dump *d, const char *type)
{
	const char *found;
	size_t i;

	for (i = 0; i < LAYOUT_COUNT; i++) {
		found = d->layout->slots[i].row.found;
		if (strcspn(found, ".") == strlen(type) &&
		    !strncmp(found, type, strlen(type)))
			return true;
	}
	return false;
}

/* "task_struct.__state or task_struct.state" */
static const char *all_spellings(struct dump *d, const struct layout_row *row)
{
	const char *p = row->spellings, *all = "";
	char name[sizeof(row->found)];
	bool anonymous;

	while (p) {
		p = next_spelling(name, sizeof(name), p, &anonymous);
		all = arena_printf(d->arena, "%s%s%s", all, *all ? " or " : "", name);
	}
	return all;
}

static void note_missing(struct dump *d, const struct layout_row *row)
{
	const char *name;
	char type[sizeof(row->found)];

	snprintf(type, sizeof(type), "%.*s", (int)strcspn(row->spellings, "."),
		 row->spellings);
	name = knows_type(d, type) ? all_spellings(d, row) : type;
	if (!is_told(d, name))
		dump_note(d, "no debuginfo for %s: what needs it could not be read",
			  name);
}

void layout_note_missing(struct dump *d)
{
	const struct layout_slot *s;
	size_t i;

	for (i = 0; i < sizeof(always) / sizeof(always[0]); i++) {
		s = &d->layout->slots[always[i]];
		if (s->resolved && !s->present)
			note_missing(d, &s->row);
	}
}

void obj_init(struct object *o, struct dump *d)
{
	memset(o, 0, sizeof(*o));
	o->d = d;
}

void obj_done(struct object *o)
{
	arena_drop(o->d->arena, o->bytes);
	obj_init(o, o->d);
}

/* A size that was read from the dump may be anything. */
#define OBJECT_MAX (16u << 20)

bool obj_read_bytes(struct object *o, kaddr_t addr, size_t size)
{
	o->addr = addr;
	o->size = 0;
	o->d->unread = DUMP_OK;
	if (!size || size > OBJECT_MAX)
		return false;
	if (size > o->room) {
		o->bytes = arena_grow(o->d->arena, o->bytes, size);
		o->room = size;
	}
	if (dump_read(o->d, addr, o->bytes, size) != DUMP_OK)
		return false;
	o->size = size;
	return true;
}

bool obj_read(struct object *o, enum layout_id type, kaddr_t addr)
{
	return obj_read_bytes(o, addr, (size_t)layout_size(o->d, type));
}

uint64_t obj_u64(const struct object *o, enum layout_id member)
{
	const struct layout_slot *s = slot(o->d, member);
	size_t n = (size_t)s->row.size, at = (size_t)s->row.offset;

	if (!s->present || at > o->size)
		return 0;
	if (n > 8)
		n = 8;
	return n > o->size - at ? 0 : load_le(o->bytes + at, n);
}

int64_t obj_s64(const struct object *o, enum layout_id member)
{
	uint64_t v = obj_u64(o, member);

	switch (layout_size(o->d, member)) {
	case 1:
		return (int8_t)v;
	case 2:
		return (int16_t)v;
	case 4:
		return (int32_t)v;
	default:
		return (int64_t)v;
	}
}

void obj_string(const struct object *o, enum layout_id member, char *buf, size_t size)
{
	const struct layout_slot *s = slot(o->d, member);
	size_t n = (size_t)s->row.size, at = (size_t)s->row.offset;

	if (!s->present || at > o->size || n > o->size - at)
		n = 0;
	if (n > size - 1)
		n = size - 1;
	if (n)
		memcpy(buf, o->bytes + at, n);
	buf[n] = '\0';
}

kaddr_t obj_addr(const struct object *o, enum layout_id member)
{
	return o->addr + (kaddr_t)layout_offset(o->d, member);
}

bool member_u64(struct dump *d, kaddr_t base, enum layout_id member, uint64_t *v)
{
	const struct layout_slot *s = slot(d, member);
	unsigned char bytes[8] = {0};
	size_t n = (size_t)s->row.size;

	d->unread = DUMP_OK;
	if (!s->present)
		return false;
	if (n > sizeof(bytes))
		n = sizeof(bytes);
	if (dump_read(d, base + (kaddr_t)s->row.offset, bytes, n) != DUMP_OK)
		return false;
	*v = load_le(bytes, n);
	return true;
}

kaddr_t member_addr(struct dump *d, kaddr_t base, enum layout_id member)
{
	return base + (kaddr_t)layout_offset(d, member);
}

kaddr_t member_base(struct dump *d, kaddr_t addr, enum layout_id member)
{
	return addr - (kaddr_t)layout_offset(d, member);
}
