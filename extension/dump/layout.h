/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What vgpu knows of the kernel's types: the rows of layout.def, asked of the debuginfo.
 *
 * A walker never asks which release it looks at: it asks layout_has().  A row is
 * resolved when it is first asked for, once for the life of the dump, and again only if
 * it was absent and a module's debuginfo has been loaded since.
 */
#ifndef VGPU_LAYOUT_H
#define VGPU_LAYOUT_H

#include "dump.h"

enum layout_id {
#define T(id, spellings) id,
#define M(id, spellings) id,
#define E(id, spellings) id,
#define V(id, spellings) id,
#include "layout.def"
	LAYOUT_COUNT
};

enum layout_kind { LAYOUT_TYPE, LAYOUT_MEMBER, LAYOUT_ENUMERATOR, LAYOUT_VARIABLE };

struct layout_row {
	enum layout_id id;
	enum layout_kind kind;
	const char *label;     /* the row's name in the table */
	const char *spellings; /* as in the table */
	char found[96];	       /* the spelling that was found, "" when none was */
	long offset, size;     /* in bytes; an enumerator's value is in .offset */
};

/*
 * Each spelling of each row, for those who write them down:
 *	struct layout_spelling s = {0};
 *	while (layout_next_spelling(&s))
 */
struct layout_spelling {
	enum layout_kind kind;
	char name[96];
	size_t next; /* row */
	const char *rest;
};
bool layout_next_spelling(struct layout_spelling *s);

/* Owned by the caller; lives as long as the dump is open. */
struct layout *layout_create(void);
void layout_destroy(struct layout *l);
/* A module's debuginfo has been loaded: look again for what was absent. */
void layout_retry(struct layout *l);

bool layout_has(struct dump *d, enum layout_id id);
/* All of these?  layout_has_all(d, ID, ...) */
#define layout_has_all(d, ...)                                                           \
	layout_has_each((d), (const enum layout_id[]){__VA_ARGS__, LAYOUT_COUNT})
bool layout_has_each(struct dump *d, const enum layout_id *ids);
/* Bytes from the start of the type; 0 for an absent member: ask layout_has(). */
long layout_offset(struct dump *d, enum layout_id id);
/* Bytes, of a type, a member or a variable; 0 when absent. */
long layout_size(struct dump *d, enum layout_id id);
/*
 * Bytes from the start of the member's type to the end of the furthest of that type's
 * members in the table.  An object may be shorter in memory than its type: task_struct's
 * end is only as long as the CPU's registers need (arch_task_struct_size).
 */
size_t layout_span(struct dump *d, enum layout_id member);
/* An enumerator's value, or fallback when debuginfo has none (a #define). */
long layout_enum(struct dump *d, enum layout_id id, long fallback);
/* A bit's number in a word of 64, by the same. */
unsigned int layout_bit(struct dump *d, enum layout_id id, unsigned int fallback);
/* The row, resolved.  Never NULL for an id below LAYOUT_COUNT. */
const struct layout_row *layout_row(struct dump *d, enum layout_id id);
/* Note each member of layout_always.def that was looked for and is not there. */
void layout_note_missing(struct dump *d);
/* The row's spelling that was found, or the first one for a message. */
const char *layout_name(struct dump *d, enum layout_id id);

/*
 * A structure read as one block.  Members are taken out of it by their row, as
 * wide as the debuginfo says they are, so that a member which changed from long
 * to int needs nothing.  obj_read() reuses the buffer; an absent member reads 0.
 */
struct object {
	struct dump *d;
	kaddr_t addr;
	unsigned char *bytes; /* in the dump's arena */
	size_t size, room;
};

void obj_init(struct object *o, struct dump *d);
/* Gives its buffer back: of one that is made anew for each of many tasks. */
void obj_done(struct object *o);
bool obj_read(struct object *o, enum layout_id type, kaddr_t addr);
/* The same for size bytes that have no type of their own. */
bool obj_read_bytes(struct object *o, kaddr_t addr, size_t size);
uint64_t obj_u64(const struct object *o, enum layout_id member);
int64_t obj_s64(const struct object *o, enum layout_id member);
/* Copies a char array, always NUL-terminated. */
void obj_string(const struct object *o, enum layout_id member, char *buf, size_t size);
/* The address of the member in the dump. */
kaddr_t obj_addr(const struct object *o, enum layout_id member);

/* One member of a structure too large to read whole. */
bool member_u64(struct dump *d, kaddr_t base, enum layout_id member, uint64_t *v);
#define member_ptr member_u64
kaddr_t member_addr(struct dump *d, kaddr_t base, enum layout_id member);
/* container_of(): the structure that holds the member at addr. */
kaddr_t member_base(struct dump *d, kaddr_t addr, enum layout_id member);

#endif
