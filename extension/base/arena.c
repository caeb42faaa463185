// SPDX-License-Identifier: GPL-2.0-or-later
#include "arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
	struct arena_block *next, *prev;
	size_t size;
	_Alignas(max_align_t) unsigned char bytes[];
};

static _Noreturn void out_of_memory(struct arena *a)
{
	if (a->no_memory)
		a->no_memory();
	abort();
}

static struct arena_block *block_resize(struct arena *a, struct arena_block *old,
					size_t size)
{
	struct arena_block *b;

	if (size > SIZE_MAX / 2 || !(b = realloc(old, sizeof(*b) + size)))
		out_of_memory(a);
	return b;
}

static void block_link(struct arena *a, struct arena_block *b)
{
	b->prev = NULL;
	b->next = a->blocks;
	if (b->next)
		b->next->prev = b;
	a->blocks = b;
}

void *arena_alloc(struct arena *a, size_t size)
{
	struct arena_block *b = NULL;

	/* calloc() knows which memory is zeros already: not all of it may ever be touched. */
	if (size <= SIZE_MAX / 2)
		b = calloc(1, sizeof(*b) + size);
	if (!b)
		out_of_memory(a);
	b->size = size;
	block_link(a, b);
	return b->bytes;
}

static struct arena_block *block_of(void *ptr)
{
	return (struct arena_block *)((char *)ptr - offsetof(struct arena_block, bytes));
}

void *arena_grow(struct arena *a, void *ptr, size_t size)
{
	struct arena_block *b;
	size_t old;

	if (!ptr)
		return arena_alloc(a, size);
	b = block_of(ptr);
	old = b->size;
	b = block_resize(a, b, size);
	/* The block may have moved: set the links that point at it. */
	if (b->prev)
		b->prev->next = b;
	else
		a->blocks = b;
	if (b->next)
		b->next->prev = b;
	b->size = size;
	if (size > old)
		memset(b->bytes + old, 0, size - old);
	return b->bytes;
}

void arena_drop(struct arena *a, void *ptr)
{
	struct arena_block *b;

	if (!ptr)
		return;
	b = block_of(ptr);
	if (b->prev)
		b->prev->next = b->next;
	else
		a->blocks = b->next;
	if (b->next)
		b->next->prev = b->prev;
	free(b);
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	char *s;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	s = arena_alloc(a, n > 0 ? (size_t)n + 1 : 1);
	if (n > 0)
		vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	return s;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return s;
}

void arena_free(struct arena *a)
{
	struct arena_block *b, *next;

	for (b = a->blocks; b; b = next) {
		next = b->next;
		free(b);
	}
	a->blocks = NULL;
}

void vec_room(struct arena *a, void **v, size_t n, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 8;

	if (n < *room)
		return;
	/* Where there is no memory we do not come back: room stays what there is. */
	*v = arena_grow(a, *v, more * size);
	*room = more;
}
