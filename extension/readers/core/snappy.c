// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The length of what it inflates to, as a varint; then elements.  The low two bits of an
 * element's first byte say what it is: bytes that follow, or a copy of what was inflated
 * already, so far back.
 */
#include "snappy.h"

#include <stdint.h>
#include <string.h>

#include "base/base.h"

enum { LITERAL, COPY_1, COPY_2, COPY_4 };

struct snappy {
	const unsigned char *from;
	size_t left;
	unsigned char *to;
	size_t done, size;
};

/* A little-endian number of so many bytes. */
static bool take(struct snappy *s, size_t bytes, uint64_t *v)
{
	if (bytes > s->left)
		return false;
	*v = load_le(s->from, bytes);
	s->from += bytes;
	s->left -= bytes;
	return true;
}

static bool take_varint(struct snappy *s, uint64_t *v)
{
	unsigned int shift;
	uint64_t byte;

	*v = 0;
	for (shift = 0; shift < 35; shift += 7) {
		if (!take(s, 1, &byte))
			return false;
		*v |= (byte & 0x7f) << shift;
		if (byte < 0x80)
			return true;
	}
	return false;
}

/* Lengths above 60 stand behind the tag, in 1 to 4 bytes. */
static bool literal(struct snappy *s, unsigned int tag)
{
	uint64_t n = tag >> 2;

	if (n >= 60 && !take(s, n - 59, &n))
		return false;
	n++;
	if (n > s->left || n > s->size - s->done)
		return false;
	memcpy(s->to + s->done, s->from, n);
	s->from += n;
	s->left -= n;
	s->done += n;
	return true;
}

/* It may reach into what it makes itself, and repeats it then. */
static bool copy(struct snappy *s, uint64_t back, size_t n)
{
	unsigned char *to = s->to + s->done;
	const unsigned char *from;
	size_t i;

	if (!back || back > s->done || n > s->size - s->done)
		return false;
	from = to - back;
	if (back >= n)
		memcpy(to, from, n);
	else
		for (i = 0; i < n; i++)
			to[i] = from[i];
	s->done += n;
	return true;
}

static bool element(struct snappy *s)
{
	uint64_t tag, back;

	if (!take(s, 1, &tag))
		return false;
	switch (tag & 3) {
	case LITERAL:
		return literal(s, (unsigned int)tag);
	case COPY_1:
		return take(s, 1, &back) &&
		       copy(s, (tag >> 5) << 8 | back, (tag >> 2 & 7) + 4);
	case COPY_2:
		return take(s, 2, &back) && copy(s, back, (tag >> 2) + 1);
	default:
		return take(s, 4, &back) && copy(s, back, (tag >> 2) + 1);
	}
}

/* NOLINTNEXTLINE(readability-non-const-parameter): written to, through the struct */
bool snappy_inflate(const unsigned char *from, size_t n, unsigned char *to, size_t size)
{
	struct snappy s = {.from = from, .left = n, .to = to, .size = size};
	uint64_t length;

	if (!take_varint(&s, &length) || length != size)
		return false;
	while (s.left)
		if (!element(&s))
			return false;
	return s.done == size;
}
