// SPDX-License-Identifier: GPL-2.0-or-later
#include "lies.h"

#include <stdbool.h>
#include <string.h>

#include "harm.h"
#include "readers/core/types.h"

/* Of so many names one is lied about. */
#define HONEST 40

bool real_size(struct types *t, const char *type,
	       long *size) __asm__("__real_types_size");
bool real_member(struct types *t, const char *type, const char *path, long *offset,
		 long *size) __asm__("__real_types_member");
bool real_enumerator(struct types *t, const char *name,
		     long *value) __asm__("__real_types_enumerator");
bool lying_size(struct types *t, const char *type,
		long *size) __asm__("__wrap_types_size");
bool lying_member(struct types *t, const char *type, const char *path, long *offset,
		  long *size) __asm__("__wrap_types_member");
bool lying_enumerator(struct types *t, const char *name,
		      long *value) __asm__("__wrap_types_enumerator");

static uint64_t seed;
static bool lies;

void lies_begin(uint64_t from)
{
	seed = from;
	lies = true;
}

/* Is it lied about?  Then by what *state goes on to. */
static bool is_lie(const char *name, const char *more, uint64_t *state)
{
	*state = seed;
	for (; *name; name++)
		*state = (*state ^ (unsigned char)*name) * 0x100000001b3;
	for (; *more; more++)
		*state = (*state ^ (unsigned char)*more) * 0x100000001b3;
	return lies && !harm_chance(state, HONEST);
}

/* A little beside what is true, of the kind, or anything. */
static void lie(uint64_t *state, long *number, uint64_t kind)
{
	switch (harm_chance(state, 4)) {
	case 0:
		*number += (long)harm_chance(state, 64) - 16;
		break;
	case 1:
		*number = (long)harm_chance(state, kind);
		break;
	case 2:
		*number = (long)harm_chance(state, 1ull << 30);
		break;
	default:
		*number = -(long)harm_chance(state, 1ull << 30);
	}
}

bool lying_size(struct types *t, const char *type, long *size)
{
	uint64_t state;

	if (!real_size(t, type, size))
		return false;
	if (is_lie(type, "", &state))
		lie(&state, size, 4096);
	return true;
}

bool lying_member(struct types *t, const char *type, const char *path, long *offset,
		  long *size)
{
	uint64_t state;

	if (!real_member(t, type, path, offset, size))
		return false;
	if (is_lie(type, path, &state))
		lie(&state, harm_chance(&state, 3) ? offset : size, 4096);
	return true;
}

bool lying_enumerator(struct types *t, const char *name, long *value)
{
	uint64_t state;

	if (!real_enumerator(t, name, value))
		return false;
	if (is_lie(name, "", &state))
		lie(&state, value, 128);
	return true;
}
