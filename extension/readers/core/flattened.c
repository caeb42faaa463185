// SPDX-License-Identifier: GPL-2.0-or-later
#include "flattened.h"

#include <string.h>

#include "base/base.h"

#define SIGNATURE "makedumpfile\0\0\0"
#define HEADER_SIZE 4096
#define RECORD_HEADER 16
#define END UINT64_MAX /* the place of a record that ends them */
/*
 * A record takes memory, which a file of tiny ones shall not use up.  Those that
 * makedumpfile writes have a few pages each, but a few for its headers.
 */
#define RECORDS_FEW 4096
#define RECORD_MEAN 256

struct records {
	struct file *f;
	unsigned char window[4096];
	uint64_t window_at;
	size_t window_n;
	uint64_t end; /* of the core: where the last of its bytes is */
};

static uint64_t load_be64(const unsigned char *p)
{
	return __builtin_bswap64(load_u64(p));
}

/* Small records lie in one window. */
static const unsigned char *record_header(struct records *r, uint64_t where)
{
	if (where < r->window_at || where - r->window_at > r->window_n ||
	    r->window_n - (where - r->window_at) < RECORD_HEADER) {
		r->window_at = where;
		r->window_n = fd_get(r->f->fd, where, r->window, sizeof(r->window));
		if (r->window_n < RECORD_HEADER)
			return NULL;
	}
	return r->window + (where - r->window_at);
}

/* False: there is no more.  The end of the file may cut the last one. */
static bool next_record(struct records *r, uint64_t *where, struct extent *x)
{
	const unsigned char *h = record_header(r, *where);
	uint64_t left;

	r->f->cut |= !h;
	if (!h || load_be64(h) == END)
		return false;
	*x = (struct extent){load_be64(h), load_be64(h + 8), *where + RECORD_HEADER};
	left = r->f->size > x->where ? r->f->size - x->where : 0;
	if (x->size > left) {
		r->f->cut = true;
		x->size = left;
	}
	*where += RECORD_HEADER + x->size;
	return true;
}

static bool add_record(struct arena *a, struct records *r, struct extent x,
		       struct error *why)
{
	if (x.at > INT64_MAX || x.size > INT64_MAX - x.at ||
	    !extents_add(a, r->f->flat, x))
		return error_set(why,
				 "a flattened core with a record at no possible place");
	if (x.size && x.at + x.size > r->end)
		r->end = x.at + x.size;
	if (r->f->flat->all.n > RECORDS_FEW + r->f->size / RECORD_MEAN)
		return error_set(why, "a flattened core of records that are too small");
	return true;
}

static bool read_records(struct arena *a, struct records *r,
			 const struct progress *progress, struct error *why)
{
	uint64_t where = HEADER_SIZE, n;
	struct extent x;

	for (n = 0; next_record(r, &where, &x); n++) {
		if (!add_record(a, r, x, why))
			return false;
		if (n % 1024 == 0 && !progress_at(progress, "reading a flattened core",
						  where, r->f->size, why))
			return false;
	}
	return true;
}

bool flattened_open(struct arena *a, struct file *f, const struct progress *progress,
		    struct error *why)
{
	struct records r = {.f = f};
	char signature[16];

	if (fd_get(f->fd, 0, signature, sizeof(signature)) != sizeof(signature) ||
	    memcmp(signature, SIGNATURE, sizeof(signature)))
		return true;
	f->flat = arena_alloc(a, sizeof(*f->flat));
	if (!read_records(a, &r, progress, why))
		return false;
	if (!f->flat->all.n)
		return error_set(why, "a flattened core without anything in it");
	extents_settle(a, f->flat);
	f->size = r.end;
	return true;
}
