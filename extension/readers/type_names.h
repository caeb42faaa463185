/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names that a source of types knows, or those of the modules' symbols: of each the
 * first definition, since that is the one that a debugger takes.  The texts are the
 * caller's, and are not copied.
 */
#ifndef VGPU_TYPE_NAMES_H
#define VGPU_TYPE_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/* What a name is of. */
enum type_name {
	NAME_STRUCT = 1,
	NAME_UNION = 2,
	NAME_ENUM = 4,
	NAME_TAG = NAME_STRUCT | NAME_UNION | NAME_ENUM,
	NAME_TYPEDEF = 8,
	NAME_VARIABLE = 16,
	NAME_ENUMERATOR = 32,
	NAME_SYMBOL = 64, /* its id is its address */
};

struct type_names {
	struct arena *arena;
	VEC(struct type_names_entry) all;
	uint32_t *first; /* of each hash, its number in all, plus 1 */
	size_t mask;
};

/* expected: how many there will be, about. */
void type_names_init(struct type_names *names, struct arena *a, size_t expected);
/* Nothing when it is known already, or is "". */
void type_names_add(struct type_names *names, const char *text, enum type_name as,
		    uint64_t id);
/* Of any of the sorts in as. */
bool type_names_find(const struct type_names *names, const char *text, enum type_name as,
		     uint64_t *id);

#endif
