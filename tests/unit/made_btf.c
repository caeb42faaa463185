// SPDX-License-Identifier: GPL-2.0-or-later
#include "made_btf.h"

#include <stdlib.h>
#include <string.h>

#define ROOM 65536

struct made_btf {
	const struct made_btf *base;
	uint32_t n, types_size, strings_size;
	unsigned char types[ROOM];
	char strings[ROOM];
	unsigned char whole[2 * ROOM + 24];
};

static void *check(void *p)
{
	if (!p)
		abort();
	return p;
}

struct made_btf *made_btf(const struct made_btf *base)
{
	struct made_btf *m = check(calloc(1, sizeof(*m)));

	m->base = base;
	made_btf_empty(m);
	return m;
}

/* The first string of a kernel's is "". */
void made_btf_empty(struct made_btf *m)
{
	m->n = m->types_size = 0;
	m->strings_size = m->base ? 0 : 1;
}

void made_btf_free(struct made_btf *m)
{
	free(m);
}

static uint32_t strings_of(const struct made_btf *m)
{
	return (m->base ? m->base->strings_size : 0) + m->strings_size;
}

static uint32_t types_of(const struct made_btf *m)
{
	return (m->base ? m->base->n : 0) + m->n;
}

static uint32_t string(struct made_btf *m, const char *s)
{
	uint32_t at = strings_of(m);
	size_t size = strlen(s) + 1;

	if (size == 1)
		return 0;
	if (size > ROOM - m->strings_size)
		abort();
	memcpy(m->strings + m->strings_size, s, size);
	m->strings_size += (uint32_t)size;
	return at;
}

void made_words(struct made_btf *m, const uint32_t *words, size_t n)
{
	size_t size = n * sizeof(*words);

	if (size > ROOM - m->types_size)
		abort();
	memcpy(m->types + m->types_size, words, size);
	m->types_size += (uint32_t)size;
}

uint32_t made_raw(struct made_btf *m, const char *name, uint32_t info, uint32_t number)
{
	uint32_t words[] = {string(m, name), info, number};

	made_words(m, words, 3);
	m->n++;
	return types_of(m);
}

static uint32_t info_of(enum made_kind kind, size_t parts, bool flag)
{
	return (uint32_t)kind << 24 | (uint32_t)parts | (uint32_t)flag << 31;
}

uint32_t made_bits(struct made_btf *m, const char *name, uint32_t size, uint32_t offset,
		   uint32_t bits)
{
	uint32_t id = made_raw(m, name, info_of(MADE_INT, 0, false), size);
	uint32_t word = offset << 16 | bits;

	made_words(m, &word, 1);
	return id;
}

uint32_t made_int(struct made_btf *m, const char *name, uint32_t size,
		  enum made_encoding encoding)
{
	uint32_t id = made_raw(m, name, info_of(MADE_INT, 0, false), size);
	uint32_t word = (uint32_t)encoding << 24 | size * 8;

	made_words(m, &word, 1);
	return id;
}

uint32_t made_plain(struct made_btf *m, enum made_kind kind, const char *name,
		    uint32_t number)
{
	uint32_t id = made_raw(m, name, info_of(kind, 0, false), number);

	if (kind == MADE_VAR || kind == MADE_DECL_TAG)
		made_words(m, &(uint32_t){1}, 1);
	return id;
}

uint32_t made_array(struct made_btf *m, uint32_t of, uint32_t n)
{
	uint32_t id = made_raw(m, "", info_of(MADE_ARRAY, 0, false), 0);

	made_words(m, (const uint32_t[]){of, 0, n}, 3);
	return id;
}

uint32_t made_members(struct made_btf *m, enum made_kind kind, const char *name,
		      uint32_t size, const struct made_member *members, size_t n)
{
	bool bitfields = false;
	uint32_t id;
	size_t i;

	for (i = 0; i < n; i++)
		bitfields |= members[i].bits != 0;
	id = made_raw(m, name, info_of(kind, n, bitfields), size);
	for (i = 0; i < n; i++)
		made_words(m,
			   (const uint32_t[]){string(m, members[i].name), members[i].type,
					      members[i].bits << 24 |
						      members[i].bit_offset},
			   3);
	return id;
}

uint32_t made_values(struct made_btf *m, enum made_kind kind, const char *name,
		     bool is_signed, const struct made_value *values, size_t n)
{
	uint32_t id =
		made_raw(m, name, info_of(kind, n, is_signed), kind == MADE_ENUM ? 4 : 8);
	uint64_t v;
	size_t i;

	for (i = 0; i < n; i++) {
		v = (uint64_t)values[i].value;
		made_words(m,
			   (const uint32_t[]){string(m, values[i].name), (uint32_t)v,
					      (uint32_t)(v >> 32)},
			   kind == MADE_ENUM ? 2 : 3);
	}
	return id;
}

const unsigned char *made_btf_bytes(struct made_btf *m, size_t *size)
{
	/* magic, version 1; the header's length; types; strings. */
	const uint32_t header[] = {0x01eb9f,	   24, 0, m->types_size, m->types_size,
				   m->strings_size};

	memcpy(m->whole, header, sizeof(header));
	memcpy(m->whole + 24, m->types, m->types_size);
	memcpy(m->whole + 24 + m->types_size, m->strings, m->strings_size);
	*size = 24 + m->types_size + m->strings_size;
	return m->whole;
}
