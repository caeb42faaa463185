// SPDX-License-Identifier: GPL-2.0-or-later
#include "type_names.h"

#include <string.h>

struct type_names_entry {
	const char *text;
	uint64_t id;
	uint32_t key;  /* its hash, and in the low byte what it is of */
	uint32_t next; /* of the same hash: its number in all, plus 1; 0: the last */
};
#define SORTS 0xffu

/*
 * Of one hash.  A kernel has a dozen; a dump that made up names which collide shall not
 * cost their square, and loses the rest of them.
 */
#define CHAIN_MAX 256

static uint32_t hash_of(const char *s)
{
	uint32_t h = 2166136261u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h & ~SORTS;
}

/* The low byte is not part of the hash. */
static uint32_t *chain_of(const struct type_names *names, uint32_t key)
{
	return &names->first[(key >> 8 ^ key >> 20) & names->mask];
}

static void chain_all(struct type_names *names, size_t mask)
{
	uint32_t *first;
	size_t i;

	names->first = arena_alloc(names->arena, (mask + 1) * sizeof(*names->first));
	names->mask = mask;
	/* From the last on, so that the first comes first. */
	for (i = names->all.n; i; i--) {
		first = chain_of(names, names->all.v[i - 1].key);
		names->all.v[i - 1].next = *first;
		*first = (uint32_t)i;
	}
}

void type_names_init(struct type_names *names, struct arena *a, size_t expected)
{
	size_t mask = 63;

	*names = (struct type_names){.arena = a};
	while (mask < expected)
		mask = mask * 2 + 1;
	chain_all(names, mask);
}

/* The entry, or else the link to write a new one's number to; NULL for both: no room. */
static const struct type_names_entry *look_up(const struct type_names *names,
					      const char *text, uint32_t hash,
					      enum type_name as, uint32_t **link)
{
	struct type_names_entry *e;
	int left;

	*link = chain_of(names, hash);
	for (left = CHAIN_MAX; **link; *link = &e->next) {
		e = &names->all.v[**link - 1];
		if ((e->key & ~SORTS) == hash && e->key & as && !strcmp(e->text, text))
			return e;
		if (!--left) {
			*link = NULL;
			return NULL;
		}
	}
	return NULL;
}

void type_names_add(struct type_names *names, const char *text, enum type_name as,
		    uint64_t id)
{
	uint32_t hash = hash_of(text), *link;
	struct type_names_entry *e;

	/* First, since a number is in a chain only once its entry is there. */
	vec_room(names->arena, (void **)&names->all.v, names->all.n, &names->all.room,
		 sizeof(*names->all.v));
	if (!*text || look_up(names, text, hash, as, &link) || !link)
		return;
	*link = (uint32_t)names->all.n + 1;
	e = vec_push(names->arena, &names->all);
	*e = (struct type_names_entry){text, id, hash | as, 0};
	if (names->all.n > names->mask)
		chain_all(names, names->mask * 2 + 1);
}

bool type_names_find(const struct type_names *names, const char *text, enum type_name as,
		     uint64_t *id)
{
	const struct type_names_entry *e;
	uint32_t *link;

	e = look_up(names, text, hash_of(text), as, &link);
	if (e)
		*id = e->id;
	return e;
}
