/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small things that C lacks and more than one file needs; none knows of kernels. */
#ifndef VGPU_BASE_H
#define VGPU_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Arguments of %llx and %llu: uint64_t is unsigned long on one machine, not on another. */
#define HEX(x) ((unsigned long long)(x))
#define COUNT(x) ((unsigned long long)(x))

/* The little-endian word of up to 8 bytes at p, aligned or not. */
static inline uint64_t load_le(const void *p, size_t bytes)
{
	uint64_t v = 0;

	memcpy(&v, p, bytes < sizeof(v) ? bytes : sizeof(v));
	return v;
}

static inline uint64_t load_u64(const void *p)
{
	return load_le(p, sizeof(uint64_t));
}

static inline bool all_zeros(const void *bytes, size_t n)
{
	const unsigned char *b = bytes;

	return !n || (!b[0] && !memcmp(b, b + 1, n - 1));
}

static inline size_t lesser(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Below 0, 0 or above it, as qsort() wants to be told. */
static inline int compare(uint64_t x, uint64_t y)
{
	return (x > y) - (x < y);
}

/* For qsort() and bsearch() of uint64_t, and so of kaddr_t. */
static inline int compare_u64(const void *x, const void *y)
{
	return compare(*(const uint64_t *)x, *(const uint64_t *)y);
}

#endif
