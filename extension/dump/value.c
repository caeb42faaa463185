// SPDX-License-Identifier: GPL-2.0-or-later
#include "value.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "block.h"

/* The kernel's types are a dozen deep. */
#define DEPTH_MAX 24
/* task_struct has some thousand parts, with those of its parts. */
#define PARTS_MAX 20000
#define ELEMENTS_MAX 200
#define REPEATS_MIN 10
#define BYTES_MAX (1u << 20)
#define STRING_MAX 200
/* Bytes that are compared in search of elements that are the same. */
#define COMPARED_MAX (16u << 20)
#define MEMBERS_MAX 65536
#define WORDS_DEPTH_MAX 8
/* Members and enumerators that are looked at in search of one. */
#define LOOKS_MAX (1u << 20)

static bool about_type(struct dump *d, struct dump_type type,
		       struct dump_type_about *about)
{
	memset(about, 0, sizeof(*about));
	return type.id ? d->ops->types->about(d, type, about)
		       : (about->class = TYPE_VOID, about->name = "void", true);
}

static bool has_members(const struct dump_type_about *about)
{
	return about->class == TYPE_STRUCT || about->class == TYPE_UNION;
}

static uint64_t members_of(const struct dump_type_about *about)
{
	return about->count < MEMBERS_MAX ? about->count : MEMBERS_MAX;
}

/* ---- a type in words ------------------------------------------------------ */

static const char *tagged(struct dump *d, const char *what, const char *name)
{
	char safe[256];

	text_escape(safe, sizeof(safe), name ? name : "");
	return arena_printf(d->arena, "%s%s%s", what, *what && *safe ? " " : "", safe);
}

static const char *named(struct dump *d, const struct dump_type_about *about)
{
	switch (about->class) {
	case TYPE_STRUCT:
		return tagged(d, "struct", about->name);
	case TYPE_UNION:
		return tagged(d, "union", about->name);
	case TYPE_ENUM:
		return tagged(d, "enum", about->name);
	case TYPE_FUNCTION:
		return "function";
	case TYPE_VOID:
		return "void";
	default:
		return tagged(d, "", about->name);
	}
}

const char *type_words(struct dump *d, struct dump_type type, const char **dimensions)
{
	struct dump_type_about about;
	const char *words, *stars = "", *within = "";
	int depth;

	*dimensions = "";
	for (depth = 0; depth < WORDS_DEPTH_MAX; depth++) {
		if (!about_type(d, type, &about))
			return "?";
		if (about.class == TYPE_POINTER)
			stars = arena_printf(d->arena, "*%s", stars);
		else if (about.class == TYPE_ARRAY && !*stars)
			*dimensions = arena_printf(d->arena, "%s[%" PRIu64 "]",
						   *dimensions, about.count);
		else if (about.class == TYPE_ARRAY)
			within = arena_printf(d->arena, "%s[%" PRIu64 "]", within,
					      about.count);
		else
			break;
		type = about.of;
	}
	words = depth < WORDS_DEPTH_MAX ? named(d, &about) : "...";
	if (*within)
		return arena_printf(d->arena, "%s %s %s", words, within, stars);
	return *stars ? arena_printf(d->arena, "%s %s", words, stars) : words;
}

/* ---- a member by its path --------------------------------------------------- */

struct search {
	struct dump *d;
	const char *name;
	size_t length;
	unsigned int looks;
};

/* Of this struct, or of an anonymous one in it. */
/* NOLINTNEXTLINE(misc-no-recursion): no deeper than DEPTH_MAX */
static bool find_member(struct search *s, struct dump_type type, int depth,
			struct type_place *place)
{
	struct dump_type_about about;
	struct dump_type_member m;
	uint64_t i;

	if (depth >= DEPTH_MAX || !about_type(s->d, type, &about) || !has_members(&about))
		return false;
	for (i = 0; i < members_of(&about) && s->looks < LOOKS_MAX; i++, s->looks++) {
		if (!s->d->ops->types->member(s->d, type, (size_t)i, &m))
			return false;
		if (!m.name[0] && find_member(s, m.type, depth + 1, place)) {
			place->bit_offset += m.bit_offset;
			return true;
		}
		if (strlen(m.name) != s->length ||
		    strncmp(m.name, s->name, s->length) != 0)
			continue;
		*place = (struct type_place){.type = m.type,
					     .bit_offset = m.bit_offset,
					     .bits = m.bits};
		return true;
	}
	return false;
}

bool type_place(struct dump *d, struct dump_type type, const char *path,
		struct type_place *place)
{
	struct search s = {.d = d};
	struct type_place next;
	size_t n;

	*place = (struct type_place){.name = path, .type = type};
	while (*path) {
		n = strcspn(path, ".");
		s.name = path;
		s.length = n;
		if (!n || !find_member(&s, place->type, 0, &next))
			return false;
		place->type = next.type;
		place->bit_offset += next.bit_offset;
		place->bits = next.bits;
		path += n;
		if (*path == '.' && !*++path)
			return false;
	}
	return true;
}

/* ---- the tree ---------------------------------------------------------------- */

struct reading {
	struct dump *d;
	const struct block *block; /* NULL: the layout alone */
	uint64_t base;		   /* offset of the block's first byte */
	bool hex;
	size_t parts; /* so far */
	unsigned int looks;
	size_t compared;
};

/* One level: where it is, and how far below the top. */
struct spot {
	struct dump_type type;
	uint64_t bit_offset;
	unsigned int bits;
	int depth;
	uint64_t room; /* bytes, of what it is a part of: it has no more */
};

static void read_spot(struct reading *r, const struct spot *spot, struct value *v);

/* May these bytes be looked at?  If not, the value says why. */
static const unsigned char *bytes_of(const struct reading *r, struct value *v,
				     uint64_t offset, uint64_t size)
{
	const struct block *b = r->block;
	const struct hole *hole;
	uint64_t at = offset - r->base;

	if (offset < r->base || at > b->size || size > b->size - at) {
		v->unread = "outside of what is read";
		return NULL;
	}
	hole = block_hole(b, (size_t)at, (size_t)size);
	if (hole)
		v->unread = hole->why;
	return hole ? NULL : b->bytes + at;
}

static uint64_t bits_from(const unsigned char *bytes, unsigned int bit, unsigned int bits)
{
	uint64_t v = 0;
	unsigned int i;

	for (i = 0; i < bits; i++, bit++)
		v |= (uint64_t)(bytes[bit / 8] >> bit % 8 & 1) << i;
	return v;
}

/* A number of up to 64 bits, its sign carried on. */
static bool number(const struct reading *r, const struct spot *spot, bool is_signed,
		   struct value *v, uint64_t *n)
{
	unsigned int bit = (unsigned int)(spot->bit_offset % 8), bits;
	const unsigned char *bytes;

	if (v->size > sizeof(*n) || spot->bits > 64 || !v->size) {
		v->unread = "no number of 64 bits or less";
		return false;
	}
	bits = spot->bits ? spot->bits : (unsigned int)v->size * 8;
	bytes = bytes_of(r, v, v->offset, (bit + bits + 7) / 8);
	if (!bytes)
		return false;
	*n = bits_from(bytes, bit, bits);
	if (is_signed && bits < 64 && *n >> (bits - 1) & 1)
		*n |= ~0ull << bits;
	return true;
}

static uint64_t low_bytes(uint64_t n, uint64_t size)
{
	return size < sizeof(n) ? n & ~(~0ull << size * 8) : n;
}

static const char *integer(const struct reading *r, const struct value *v, uint64_t n,
			   bool is_signed)
{
	if (r->hex)
		return arena_printf(r->d->arena, "0x%llx", HEX(low_bytes(n, v->size)));
	if (is_signed)
		return arena_printf(r->d->arena, "%" PRId64, (int64_t)n);
	return arena_printf(r->d->arena, "%" PRIu64, n);
}

static void read_integer(const struct reading *r, const struct spot *spot,
			 const struct dump_type_about *about, struct value *v)
{
	uint64_t n;

	if (!number(r, spot, about->is_signed, v, &n))
		return;
	if (about->class == TYPE_BOOL && n <= 1)
		v->text = n ? "true" : "false";
	else if (about->class == TYPE_FLOAT)
		v->text = arena_printf(r->d->arena, "0x%llx", HEX(n));
	else
		v->text = integer(r, v, n, about->is_signed);
}

/* The name of an enum's value; a number that has none stays one. */
static void read_enum(struct reading *r, const struct spot *spot,
		      const struct dump_type_about *about, struct value *v)
{
	struct dump_type_value known;
	uint64_t n, i;

	if (!number(r, spot, about->is_signed, v, &n))
		return;
	for (i = 0; i < members_of(about) && r->looks < LOOKS_MAX; i++, r->looks++) {
		if (!r->d->ops->types->value(r->d, spot->type, (size_t)i, &known))
			break;
		if (low_bytes((uint64_t)known.value, v->size) == low_bytes(n, v->size)) {
			v->text = tagged(r->d, "", known.name);
			return;
		}
	}
	v->text = integer(r, v, n, about->is_signed);
}

/* Where it is not known what it is, its value tells: there are no numbers as large. */
static bool is_address(const struct reading *r, const struct spot *spot,
		       const struct dump_type_about *about, const struct value *v)
{
	struct value ignored = *v;
	uint64_t n;

	return about->class == TYPE_WORD && about->size == sizeof(kaddr_t) &&
	       number(r, spot, false, &ignored, &n) && n >> 63;
}

static bool is_char(const struct dump_type_about *about)
{
	return about->size == 1 && about->name && !strcmp(about->name, "char");
}

static void read_pointer(const struct reading *r, const struct spot *spot,
			 const struct dump_type_about *about, struct value *v)
{
	char raw[STRING_MAX + 1], end;
	struct dump_type_about of;
	struct dump_symbol sym;
	uint64_t to;

	if (!number(r, spot, false, v, &to))
		return;
	v->text = arena_printf(r->d->arena, "0x%llx", HEX(to));
	if (!to)
		return;
	if (dump_symbol_at(r->d, to, &sym))
		v->symbol = sym.offset ? arena_printf(r->d->arena, "%s+0x%llx", sym.name,
						      HEX(sym.offset))
				       : arena_printf(r->d->arena, "%s", sym.name);
	if (!about_type(r->d, about->of, &of) || !is_char(&of) ||
	    !dump_string(r->d, to, raw, sizeof(raw)))
		return;
	v->string = text_escaped(r->d->arena, raw);
	v->clipped = dump_read(r->d, to + strlen(raw), &end, 1) != DUMP_OK || end;
}

/* Up to its NUL. */
static void read_text(const struct reading *r, struct value *v)
{
	/* One more than is shown tells whether there are more. */
	uint64_t size = v->size <= STRING_MAX ? v->size : STRING_MAX + 1;
	char raw[STRING_MAX + 2] = "";
	const unsigned char *bytes = bytes_of(r, v, v->offset, size);

	if (!bytes)
		return;
	memcpy(raw, bytes, size);
	v->clipped = strlen(raw) > STRING_MAX;
	raw[STRING_MAX] = '\0';
	v->string = text_escaped(r->d->arena, raw);
}

static struct value *add_part(struct reading *r, struct value *v, const char *name)
{
	struct value *part;

	if (r->parts >= PARTS_MAX)
		return NULL;
	r->parts++;
	part = vec_push(r->d->arena, &v->parts);
	part->name = name;
	part->repeats = 1;
	return part;
}

static uint64_t room_behind(const struct spot *spot, uint64_t bit_offset)
{
	return bit_offset / 8 < spot->room ? spot->room - bit_offset / 8 : 0;
}

/* NOLINTNEXTLINE(misc-no-recursion): no deeper than DEPTH_MAX */
static void read_members(struct reading *r, const struct spot *spot,
			 const struct dump_type_about *about, struct value *v)
{
	struct dump_type_member m;
	struct value *part;
	struct spot inner;
	uint64_t i;

	for (i = 0; i < members_of(about); i++) {
		if (!r->d->ops->types->member(r->d, spot->type, (size_t)i, &m))
			break;
		part = add_part(r, v, tagged(r->d, "", m.name));
		if (!part)
			break;
		inner = (struct spot){m.type, spot->bit_offset + m.bit_offset, m.bits,
				      spot->depth + 1, room_behind(spot, m.bit_offset)};
		read_spot(r, &inner, part);
	}
	v->more = about->count - i;
}

/* Element i and the one at `with` look the same: in their bytes, or in why there are none. */
static bool is_same(const struct reading *r, const struct value *v, uint64_t i,
		    uint64_t with, uint64_t size)
{
	struct value x = {0}, y = {0};
	const unsigned char *a = bytes_of(r, &x, v->offset + i * size, size);
	const unsigned char *b = bytes_of(r, &y, v->offset + with * size, size);

	if (!a || !b)
		return !a && !b && x.unread == y.unread;
	return !memcmp(a, b, size);
}

/* How many elements from the i-th on are the same, as far as it may be looked. */
static uint64_t equal_run(struct reading *r, const struct value *v, uint64_t i,
			  uint64_t count, uint64_t size)
{
	uint64_t n = 1;

	while (i + n < count && r->compared < COMPARED_MAX &&
	       is_same(r, v, i, i + n, size)) {
		r->compared += size + r->block->holes.n;
		n++;
	}
	return n;
}

/* Of those that there is room for, in the block too. */
static uint64_t elements_there(const struct reading *r, const struct spot *spot,
			       const struct value *v, uint64_t count, uint64_t size)
{
	uint64_t at = v->offset - r->base, room = spot->room;

	if (!size || v->offset < r->base || at >= r->block->size)
		return 0;
	if (room > r->block->size - at)
		room = r->block->size - at;
	return count < room / size ? count : room / size;
}

/* NOLINTNEXTLINE(misc-no-recursion): no deeper than DEPTH_MAX */
static void read_elements(struct reading *r, const struct spot *spot,
			  const struct dump_type_about *about, uint64_t size,
			  struct value *v)
{
	uint64_t i, n, there = elements_there(r, spot, v, about->count, size);
	struct value *part;
	struct spot inner;

	for (i = 0; i < there && v->parts.n < ELEMENTS_MAX; i += n) {
		part = add_part(r, v, arena_printf(r->d->arena, "[%" PRIu64 "]", i));
		if (!part)
			break;
		n = equal_run(r, v, i, there, size);
		if (n < REPEATS_MIN)
			n = 1;
		inner = (struct spot){about->of, spot->bit_offset + i * size * 8, 0,
				      spot->depth + 1, size};
		read_spot(r, &inner, part);
		part->repeats = (size_t)n;
	}
	v->more = about->count - i;
}

/* In a layout a type with a name is looked up by that. */
static bool is_open(const struct reading *r, const struct spot *spot,
		    const struct dump_type_about *about)
{
	return r->block || !spot->depth || !about->name || !about->name[0];
}

/* Each is like the first; what has no name is shown here. */
/* NOLINTNEXTLINE(misc-no-recursion): no deeper than DEPTH_MAX */
static void layout_elements(struct reading *r, const struct spot *spot,
			    const struct dump_type_about *about,
			    const struct dump_type_about *of, struct value *v)
{
	struct spot first = {about->of, spot->bit_offset, 0, spot->depth + 1, spot->room};

	if (has_members(of) && is_open(r, &first, of))
		read_members(r, &first, of, v);
}

/* NOLINTNEXTLINE(misc-no-recursion): no deeper than DEPTH_MAX */
static void read_array(struct reading *r, const struct spot *spot,
		       const struct dump_type_about *about, struct value *v)
{
	struct dump_type_about of;

	if (!about_type(r->d, about->of, &of)) {
		v->unread = "a type that is not known";
		return;
	}
	v->size = of.size && about->count > UINT64_MAX / of.size ? UINT64_MAX
								 : of.size * about->count;
	if (!r->block)
		layout_elements(r, spot, about, &of, v);
	else if (is_char(&of) && about->count)
		read_text(r, v);
	else
		read_elements(r, spot, about, of.size, v);
}

static void describe(const struct reading *r, const struct spot *spot,
		     const struct dump_type_about *about, struct value *v)
{
	v->class = about->class;
	v->size = about->size;
	v->offset = spot->bit_offset / 8;
	v->bits = spot->bits;
	v->bit = (unsigned int)(spot->bit_offset % 8);
	v->type = type_words(r->d, spot->type, &v->dimensions);
}

/* NOLINTNEXTLINE(misc-no-recursion): no deeper than DEPTH_MAX */
static void read_spot(struct reading *r, const struct spot *spot, struct value *v)
{
	struct dump_type_about about;

	if (!about_type(r->d, spot->type, &about) || spot->depth >= DEPTH_MAX) {
		v->type = v->dimensions = "";
		v->unread = spot->depth < DEPTH_MAX ? "a type that is not known"
						    : "too deep to be shown";
		return;
	}
	describe(r, spot, &about, v);
	if (has_members(&about)) {
		if (is_open(r, spot, &about))
			read_members(r, spot, &about, v);
	} else if (about.class == TYPE_ARRAY) {
		read_array(r, spot, &about, v);
	} else if (r->block &&
		   (about.class == TYPE_POINTER || is_address(r, spot, &about, v))) {
		read_pointer(r, spot, &about, v);
	} else if (r->block && about.class == TYPE_ENUM) {
		read_enum(r, spot, &about, v);
	} else if (r->block && about.class != TYPE_VOID && about.class != TYPE_FUNCTION) {
		read_integer(r, spot, &about, v);
	}
}

static void read_tree(struct reading *r, const struct type_place *place, struct value *v)
{
	struct spot top = {.type = place->type,
			   .bit_offset = place->bit_offset,
			   .bits = place->bits,
			   .room = UINT64_MAX};

	memset(v, 0, sizeof(*v));
	v->name = place->name;
	v->repeats = 1;
	read_spot(r, &top, v);
}

/* An array's own size may not be known to its reader: then its elements' is. */
static uint64_t size_of(struct dump *d, struct dump_type type)
{
	struct dump_type_about about, of;

	if (!about_type(d, type, &about))
		return 0;
	if (about.class != TYPE_ARRAY || about.size || !about_type(d, about.of, &of))
		return about.size;
	if (of.size && about.count > BYTES_MAX / of.size)
		return BYTES_MAX;
	return of.size * about.count;
}

void value_read(struct dump *d, const struct type_place *place, kaddr_t addr, bool hex,
		struct value *v)
{
	uint64_t size = size_of(d, place->type);
	struct reading r = {.d = d, .base = place->bit_offset / 8, .hex = hex};
	struct block block;

	/* A bitfield may go on behind its number's size, in a packed struct. */
	size += place->bits ? 1 : 0;
	block_read(d, addr + r.base, size < BYTES_MAX ? (size_t)size : BYTES_MAX, &block);
	r.block = &block;
	read_tree(&r, place, v);
}

void value_layout(struct dump *d, const struct type_place *place, struct value *v)
{
	struct reading r = {.d = d};

	read_tree(&r, place, v);
}
