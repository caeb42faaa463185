// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A type is struct btf_type and, by its kind, what follows it.  Its id is its number in
 * the data, from 1 on, and a module's ids begin where the kernel's end.  So all of them
 * are walked once, for the place of each and a hash of the names that are asked for.
 */
#include "btf.h"

#include <string.h>

enum kind {
	BTF_VOID,
	BTF_INT,
	BTF_PTR,
	BTF_ARRAY,
	BTF_STRUCT,
	BTF_UNION,
	BTF_ENUM,
	BTF_FWD,
	BTF_TYPEDEF,
	BTF_VOLATILE,
	BTF_CONST,
	BTF_RESTRICT,
	BTF_FUNC,
	BTF_FUNC_PROTO,
	BTF_VAR,
	BTF_DATASEC,
	BTF_FLOAT,
	BTF_DECL_TAG,
	BTF_TYPE_TAG,
	BTF_ENUM64,
	BTF_KINDS
};

/* Bytes that follow a type: one time, and for each of its parts. */
static const struct {
	uint8_t once, each;
} tails[BTF_KINDS] =
	{[BTF_INT] = {4, 0},	[BTF_ARRAY] = {12, 0},	 [BTF_STRUCT] = {0, 12},
	 [BTF_UNION] = {0, 12}, [BTF_ENUM] = {0, 8},	 [BTF_FUNC_PROTO] = {0, 8},
	 [BTF_VAR] = {4, 0},	[BTF_DATASEC] = {0, 12}, [BTF_DECL_TAG] = {4, 0},
	 [BTF_ENUM64] = {0, 12}};

#define BIT(kind) (1u << (kind))
#define STRUCTS (BIT(BTF_STRUCT) | BIT(BTF_UNION))
#define ENUMS (BIT(BTF_ENUM) | BIT(BTF_ENUM64))
/* What only stands for another type. */
#define ALIASES                                                                          \
	(BIT(BTF_TYPEDEF) | BIT(BTF_VOLATILE) | BIT(BTF_CONST) | BIT(BTF_RESTRICT) |     \
	 BIT(BTF_TYPE_TAG))
#define ALIASES_MAX 64 /* one behind the other: no kernel comes near it */

struct btf_header {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t length;
	uint32_t types_at, types_size; /* from the header's end */
	uint32_t strings_at, strings_size;
};
#define BTF_MAGIC 0xeb9f
#define BTF_MAGIC_BIG 0x9feb /* of a big-endian machine */

struct btf_type {
	uint32_t name;
	uint32_t info;
	uint32_t size; /* or the id of another type */
};

struct btf {
	struct type_source source;
	struct arena *arena;
	const struct btf *base;
	const unsigned char *types;
	const char *strings;
	uint32_t types_size, strings_size;
	uint32_t first;	     /* the id of its first type */
	uint32_t strings_at; /* where its strings begin, behind those of its base */
	bool signs;	     /* its enums tell whether they are signed */
	uint32_t *at;	     /* where in types each of them is */
	size_t n, room;
	struct type_names names; /* by id; an enumerator's is its enum's, and PART() */
	bool enumerators;	 /* they are among them */
};

#define PART(i) ((uint64_t)(i) << 32)
#define PART_OF(id) ((size_t)((id) >> 32))

/* A type that was found by its id. */
struct type {
	uint32_t id;
	struct btf_type is;
	const unsigned char *tail;
};

static unsigned int kind_of(const struct btf_type *t)
{
	return t->info >> 24 & 0x1f;
}

static uint32_t parts_of(const struct btf_type *t)
{
	return t->info & 0xffff;
}

/* A struct's: its members have their widths.  An enum's: it is signed. */
static bool flag_of(const struct btf_type *t)
{
	return t->info >> 31;
}

static bool is_one_of(const struct btf_type *t, uint32_t kinds)
{
	return BIT(kind_of(t)) & kinds;
}

static struct btf_type load_type(const unsigned char *p)
{
	struct btf_type t;

	memcpy(&t, p, sizeof(t));
	return t;
}

static uint32_t load_u32(const unsigned char *p)
{
	return (uint32_t)load_le(p, sizeof(uint32_t));
}

/* Each string ends in the data: open_strings() has seen to it. */
static const char *string(const struct btf *b, uint32_t at)
{
	while (b->base && at < b->strings_at)
		b = b->base;
	at -= b->strings_at;
	return at < b->strings_size ? b->strings + at : "";
}

/* False: there is none, or it is void. */
static bool type_of(const struct btf *b, uint32_t id, struct type *t)
{
	const unsigned char *p;

	while (b->base && id < b->first)
		b = b->base;
	if (id < b->first || id - b->first >= b->n)
		return false;
	p = b->types + b->at[id - b->first];
	*t = (struct type){id, load_type(p), p + sizeof(struct btf_type)};
	return true;
}

/* Without its typedefs and qualifiers.  False: they do not end. */
static bool plain_type(const struct btf *b, uint32_t id, struct type *t)
{
	int left;

	for (left = ALIASES_MAX; left; left--) {
		if (!id) {
			*t = (struct type){.id = 0};
			return true;
		}
		if (!type_of(b, id, t))
			return false;
		if (!is_one_of(&t->is, ALIASES))
			return true;
		id = t->is.size;
	}
	return false;
}

/* What a type's name is looked for as. */
static const uint8_t name_sorts[BTF_KINDS] = {
	[BTF_STRUCT] = NAME_STRUCT,   [BTF_UNION] = NAME_UNION,
	[BTF_ENUM] = NAME_ENUM,	      [BTF_ENUM64] = NAME_ENUM,
	[BTF_TYPEDEF] = NAME_TYPEDEF, [BTF_VAR] = NAME_VARIABLE,
};

/* Variables are those of each CPU: pahole writes no others. */
static bool btf_find(struct type_source *s, const char *name, enum type_name as,
		     uint64_t *id)
{
	const struct btf *b = (struct btf *)s;
	struct type t;

	if (!type_names_find(&b->names, name, as, id))
		return false;
	if (as == NAME_VARIABLE && type_of(b, (uint32_t)*id, &t))
		*id = t.is.size;
	return true;
}

/* ---- what a type is ------------------------------------------------------ */

static const uint8_t classes[BTF_KINDS] = {
	[BTF_INT] = TYPE_INT,	  [BTF_PTR] = TYPE_POINTER,
	[BTF_ARRAY] = TYPE_ARRAY, [BTF_STRUCT] = TYPE_STRUCT,
	[BTF_UNION] = TYPE_UNION, [BTF_ENUM] = TYPE_ENUM,
	[BTF_ENUM64] = TYPE_ENUM, [BTF_FUNC_PROTO] = TYPE_FUNCTION,
	[BTF_FLOAT] = TYPE_FLOAT,
};

#define INT_SIGNED 1
#define INT_BOOL 4
/* The word behind an int. */
#define INT_ENCODING(word) ((word) >> 24 & 0xf)
#define INT_OFFSET(word) ((word) >> 16 & 0xff)
#define INT_BITS(word) ((word)&0xff)

static void about_int(const struct type *t, struct dump_type_about *about)
{
	uint32_t encoding = INT_ENCODING(load_u32(t->tail));

	about->is_signed = encoding & INT_SIGNED;
	if (encoding & INT_BOOL)
		about->class = TYPE_BOOL;
	else if (t->is.size == 1)
		about->class = TYPE_CHAR;
}

/* An enum of BTF that does not know of signs (pahole before 1.24) may have a -1. */
static bool is_signed_enum(const struct btf *b, const struct btf_type *t)
{
	return flag_of(t) || !b->signs;
}

/* Elements first: arrays of arrays are no deeper than C's authors can read. */
#define ARRAYS_MAX 16

/* False: it has none, or none that a kernel has. */
static bool size_of(const struct btf *b, uint32_t id, uint64_t *size)
{
	uint64_t n = 1;
	struct type t;
	int left;

	for (left = ARRAYS_MAX; left && plain_type(b, id, &t); left--) {
		switch (kind_of(&t.is)) {
		case BTF_ARRAY:
			if (__builtin_mul_overflow(n, load_u32(t.tail + 8), &n))
				return false;
			id = load_u32(t.tail);
			break;
		case BTF_PTR:
			return !__builtin_mul_overflow(n, sizeof(uint64_t), size);
		case BTF_INT:
		case BTF_FLOAT:
		case BTF_STRUCT:
		case BTF_UNION:
		case BTF_ENUM:
		case BTF_ENUM64:
			return !__builtin_mul_overflow(n, t.is.size, size);
		default:
			return false;
		}
	}
	return false;
}

static void about_kind(const struct btf *b, const struct type *t,
		       struct dump_type_about *about)
{
	switch (about->class) {
	case TYPE_INT:
		about_int(t, about);
		break;
	case TYPE_ENUM:
		about->is_signed = is_signed_enum(b, &t->is);
		about->count = parts_of(&t->is);
		break;
	case TYPE_STRUCT:
	case TYPE_UNION:
		about->count = parts_of(&t->is);
		break;
	case TYPE_POINTER:
		about->of = (struct dump_type){b, t->is.size};
		break;
	case TYPE_ARRAY:
		about->of = (struct dump_type){b, load_u32(t->tail)};
		about->count = load_u32(t->tail + 8);
		break;
	default:
		break;
	}
}

static bool btf_about(struct type_source *s, uint64_t id, struct dump_type_about *about)
{
	const struct btf *b = (struct btf *)s;
	struct type t;

	if (id > UINT32_MAX || !plain_type(b, (uint32_t)id, &t))
		return false;
	*about = (struct dump_type_about){.class = classes[kind_of(&t.is)],
					  .name = string(b, t.is.name)};
	if (kind_of(&t.is) == BTF_FWD) { /* declared only: no size, no members */
		about->class = flag_of(&t.is) ? TYPE_UNION : TYPE_STRUCT;
		return true;
	}
	if (about->class == TYPE_VOID)
		return !t.id; /* else a variable, a function: no type of anything */
	about_kind(b, &t, about);
	return about->class == TYPE_FUNCTION || size_of(b, t.id, &about->size);
}

/* ---- its parts ----------------------------------------------------------- */

/*
 * Where the struct says nothing of bitfields, the int that a member is of may be narrower
 * than its bytes.
 */
static void old_bitfield(const struct btf *b, uint32_t id,
			 struct dump_type_member *member)
{
	struct type t;
	uint32_t word;

	if (!plain_type(b, id, &t) || kind_of(&t.is) != BTF_INT)
		return;
	word = load_u32(t.tail);
	member->bit_offset += INT_OFFSET(word);
	if (INT_BITS(word) != 8ull * t.is.size)
		member->bits = INT_BITS(word);
}

static bool btf_part(struct type_source *s, uint64_t id, size_t i,
		     struct dump_type_member *member)
{
	const struct btf *b = (struct btf *)s;
	uint32_t offset, of;
	struct type t;

	if (id > UINT32_MAX || !plain_type(b, (uint32_t)id, &t) ||
	    !is_one_of(&t.is, STRUCTS) || i >= parts_of(&t.is))
		return false;
	t.tail += 12 * i;
	of = load_u32(t.tail + 4);
	offset = load_u32(t.tail + 8);
	*member = (struct dump_type_member){.name = string(b, load_u32(t.tail)),
					    .type = {s, of},
					    .bit_offset = offset};
	if (flag_of(&t.is)) {
		member->bits = offset >> 24;
		member->bit_offset = offset & 0xffffff;
	} else {
		old_bitfield(b, of, member);
	}
	return true;
}

static void load_value(const struct btf *b, const struct type *t, size_t i,
		       struct dump_type_value *value)
{
	bool wide = kind_of(&t->is) == BTF_ENUM64;
	const unsigned char *p = t->tail + i * tails[kind_of(&t->is)].each;
	uint32_t low = load_u32(p + 4);

	value->name = string(b, load_u32(p));
	if (wide)
		value->value = (int64_t)load_u64(p + 4);
	else
		value->value = is_signed_enum(b, &t->is) ? (int32_t)low : (int64_t)low;
}

static bool btf_value(struct type_source *s, uint64_t id, size_t i,
		      struct dump_type_value *value)
{
	const struct btf *b = (struct btf *)s;
	struct type t;

	if (id > UINT32_MAX || !plain_type(b, (uint32_t)id, &t) ||
	    !is_one_of(&t.is, ENUMS) || i >= parts_of(&t.is))
		return false;
	load_value(b, &t, i, value);
	return true;
}

static void index_enumerators(struct btf *b)
{
	const unsigned char *p;
	struct btf_type t;
	uint32_t k;
	size_t i;

	for (i = 0; i < b->n; i++) {
		p = b->types + b->at[i];
		t = load_type(p);
		if (!is_one_of(&t, ENUMS))
			continue;
		p += sizeof(t);
		for (k = 0; k < parts_of(&t); k++, p += tails[kind_of(&t)].each)
			type_names_add(&b->names, string(b, load_u32(p)), NAME_ENUMERATOR,
				       (b->first + i) | PART(k));
	}
	b->enumerators = true;
}

static bool btf_enumerator(struct type_source *s, const char *name, long *value)
{
	struct btf *b = (struct btf *)s;
	struct dump_type_value v;
	uint64_t id;

	if (!b->enumerators)
		index_enumerators(b);
	if (!type_names_find(&b->names, name, NAME_ENUMERATOR, &id) ||
	    !btf_value(s, (uint32_t)id, PART_OF(id), &v))
		return false;
	*value = (long)v.value;
	return true;
}

/* ---- opening it ---------------------------------------------------------- */

/* Is the part of the data behind the header that begins at and has size bytes there? */
static bool has_part(size_t data, const struct btf_header *h, uint32_t at, uint32_t size)
{
	return (uint64_t)h->length + at + size <= data;
}

static bool open_header(const unsigned char *data, size_t size, struct btf_header *h,
			struct error *why)
{
	if (size < sizeof(*h))
		return error_set(why, "it is shorter than a header");
	memcpy(h, data, sizeof(*h));
	if (h->magic == BTF_MAGIC_BIG)
		return error_set(why, "it is of a big-endian machine");
	if (h->magic != BTF_MAGIC)
		return error_set(why, "it does not begin as BTF does");
	if (h->version != 1)
		return error_set(why, "its version is %u, and 1 is known", h->version);
	if (h->length < sizeof(*h) || !has_part(size, h, h->types_at, h->types_size) ||
	    !has_part(size, h, h->strings_at, h->strings_size))
		return error_set(why, "its header says more than is there");
	return true;
}

static bool open_strings(struct btf *b, struct error *why)
{
	/* A module may do with its kernel's. */
	if (b->base && !b->strings_size)
		return true;
	if (!b->strings_size || b->strings[b->strings_size - 1])
		return error_set(why, "its last string does not end");
	return true;
}

static void add_type(struct btf *b, const struct btf_type *t, uint32_t at)
{
	if (b->n == b->room) {
		/* Most kernels' average is a little more than 24 bytes. */
		b->room = b->room ? b->room * 2 : b->types_size / 24 + 1;
		b->at = arena_grow(b->arena, b->at, b->room * sizeof(*b->at));
	}
	if (name_sorts[kind_of(t)])
		type_names_add(&b->names, string(b, t->name), name_sorts[kind_of(t)],
			       b->first + b->n);
	b->signs |= kind_of(t) == BTF_ENUM64 || (kind_of(t) == BTF_ENUM && flag_of(t));
	b->at[b->n++] = at;
}

static bool open_types(struct btf *b, struct error *why)
{
	uint32_t at, left, kind;
	struct btf_type t;
	size_t size;

	for (at = 0; at < b->types_size; at += (uint32_t)size) {
		left = b->types_size - at;
		if (left < sizeof(t))
			return error_set(why, "its last type is cut off");
		t = load_type(b->types + at);
		kind = kind_of(&t);
		if (!kind || kind >= BTF_KINDS)
			return error_set(why,
					 "its type %zu is of kind %u, which is not known",
					 b->first + b->n, kind);
		size = sizeof(t) + tails[kind].once +
		       (size_t)tails[kind].each * parts_of(&t);
		if (size > left)
			return error_set(why, "its type %zu is cut off", b->first + b->n);
		add_type(b, &t, at);
	}
	return true;
}

static const struct type_source_ops btf_ops = {
	.find = btf_find,
	.about = btf_about,
	.part = btf_part,
	.value = btf_value,
	.size = walk_size,
	.member = walk_member,
	.enumerator = btf_enumerator,
	.variable_size = walk_variable_size,
};

struct type_source *btf_open(struct arena *a, const unsigned char *data, size_t size,
			     const struct type_source *base, struct error *why)
{
	struct btf *b = arena_alloc(a, sizeof(*b));
	struct btf_header h;

	if (!open_header(data, size, &h, why))
		return NULL;
	b->source.ops = &btf_ops;
	b->arena = a;
	b->base = (const struct btf *)base;
	b->types = data + h.length + h.types_at;
	b->types_size = h.types_size;
	b->strings = (const char *)data + h.length + h.strings_at;
	b->strings_size = h.strings_size;
	b->first = b->base ? b->base->first + (uint32_t)b->base->n : 1;
	b->strings_at = b->base ? b->base->strings_at + b->base->strings_size : 0;
	b->signs = b->base && b->base->signs;
	/* A quarter of a kernel's types have names, and take some 100 bytes each. */
	type_names_init(&b->names, a, h.types_size / 100);
	if (!open_strings(b, why) || !open_types(b, why))
		return NULL;
	return &b->source;
}
