/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BTF that is written down in a test, type by type.
 *
 *	struct made_btf *m = made_btf(NULL);
 *	uint32_t number = made_int(m, "int", 4, MADE_SIGNED);
 *
 *	made_struct(m, "point", 8, MEMBER("x", number, 0), MEMBER("y", number, 32));
 *
 * Each call adds a type, and returns its id.
 */
#ifndef VGPU_MADE_BTF_H
#define VGPU_MADE_BTF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As linux/btf.h numbers them. */
enum made_kind {
	MADE_INT = 1,
	MADE_PTR,
	MADE_ARRAY,
	MADE_STRUCT,
	MADE_UNION,
	MADE_ENUM,
	MADE_FWD,
	MADE_TYPEDEF,
	MADE_VOLATILE,
	MADE_CONST,
	MADE_RESTRICT,
	MADE_FUNC,
	MADE_FUNC_PROTO,
	MADE_VAR,
	MADE_DATASEC,
	MADE_FLOAT,
	MADE_DECL_TAG,
	MADE_TYPE_TAG,
	MADE_ENUM64,
};

enum made_encoding { MADE_UNSIGNED = 0, MADE_SIGNED = 1, MADE_BOOL = 4 };

struct made_btf;

/* base: whose ids and strings those of a module go on from; NULL: of a kernel. */
struct made_btf *made_btf(const struct made_btf *base);
void made_btf_free(struct made_btf *m);
/* As if nothing had been added yet; of its base first. */
void made_btf_empty(struct made_btf *m);
/* As it is in memory; valid until the next type. */
const unsigned char *made_btf_bytes(struct made_btf *m, size_t *size);

uint32_t made_int(struct made_btf *m, const char *name, uint32_t size,
		  enum made_encoding encoding);
/* Of fewer bits than its bytes have, as bitfields were until 2018. */
uint32_t made_bits(struct made_btf *m, const char *name, uint32_t size, uint32_t offset,
		   uint32_t bits);
/* What has a name and one number alone: a size, or the type that it is of. */
uint32_t made_plain(struct made_btf *m, enum made_kind kind, const char *name,
		    uint32_t number);
#define made_pointer(m, to) made_plain((m), MADE_PTR, "", (to))
#define made_typedef(m, name, of) made_plain((m), MADE_TYPEDEF, (name), (of))
#define made_var(m, name, of) made_plain((m), MADE_VAR, (name), (of))
uint32_t made_array(struct made_btf *m, uint32_t of, uint32_t n);

struct made_member {
	const char *name;
	uint32_t type, bit_offset;
	uint32_t bits; /* of a bitfield, as it has been written since 2018 */
};
#define MEMBER(name, type, bit_offset)                                                   \
	{                                                                                \
		name, type, bit_offset, 0                                                \
	}
#define BITFIELD(name, type, bit_offset, bits)                                           \
	{                                                                                \
		name, type, bit_offset, bits                                             \
	}
uint32_t made_members(struct made_btf *m, enum made_kind kind, const char *name,
		      uint32_t size, const struct made_member *members, size_t n);
#define made_members_(m, kind, name, size, ...)                                          \
	made_members((m), (kind), (name), (size),                                        \
		     (const struct made_member[]){__VA_ARGS__},                          \
		     sizeof((const struct made_member[]){__VA_ARGS__}) /                 \
			     sizeof(struct made_member))
#define made_struct(m, name, size, ...)                                                  \
	made_members_(m, MADE_STRUCT, name, size, __VA_ARGS__)
#define made_union(m, name, size, ...)                                                   \
	made_members_(m, MADE_UNION, name, size, __VA_ARGS__)

struct made_value {
	const char *name;
	int64_t value;
};
/* is_signed is what pahole says since 1.24, and never said before. */
uint32_t made_values(struct made_btf *m, enum made_kind kind, const char *name,
		     bool is_signed, const struct made_value *values, size_t n);
#define made_enum(m, kind, name, is_signed, ...)                                         \
	made_values((m), (kind), (name), (is_signed),                                    \
		    (const struct made_value[]){__VA_ARGS__},                            \
		    sizeof((const struct made_value[]){__VA_ARGS__}) /                   \
			    sizeof(struct made_value))

/* Words as they are, behind the last type. */
void made_words(struct made_btf *m, const uint32_t *words, size_t n);
/* A kind that is not made by the others: name, kind, parts, number, and words behind it. */
uint32_t made_raw(struct made_btf *m, const char *name, uint32_t info, uint32_t number);

#endif
