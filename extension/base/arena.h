/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that lives as long as one vgpu command.
 *
 * Every record that a command reads from the dump is allocated here and freed
 * at once when the command ends, however it ends.  Each allocation is a block
 * of its own, so that AddressSanitizer sees a write past its end.
 */
#ifndef VGPU_ARENA_H
#define VGPU_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena {
	struct arena_block *blocks;
	void (*no_memory)(void); /* must not return; NULL: abort() */
};

/* Zeroed memory, owned by the arena.  Never NULL. */
void *arena_alloc(struct arena *a, size_t size);

/* realloc() within the arena: new bytes are zero.  ptr may be NULL. */
void *arena_grow(struct arena *a, void *ptr, size_t size);

/* Give it back before the command ends: nothing points to it any more.  ptr may be NULL. */
void arena_drop(struct arena *a, void *ptr);

char *arena_printf(struct arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

void arena_free(struct arena *a);

/*
 * A growing array: struct { T *v; size_t n, room; } vec.  vec_push() returns a
 * pointer to a new zeroed element, which is valid until the next push.
 */
#define VEC(T)                                                                           \
	struct {                                                                         \
		T *v;                                                                    \
		size_t n, room;                                                          \
	}
#define vec_push(a, vec)                                                                 \
	(vec_room((a), (void **)&(vec)->v, (vec)->n, &(vec)->room, sizeof(*(vec)->v)),   \
	 &(vec)->v[(vec)->n++])
void vec_room(struct arena *a, void **v, size_t n, size_t *room, size_t size);

#endif
