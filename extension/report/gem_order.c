// SPDX-License-Identifier: GPL-2.0-or-later
#include "gem_order.h"

#include <stdlib.h>

/* Those that no process has a handle of come last. */
static int by_process(const void *a, const void *b)
{
	const struct gpu_object *x = *(const struct gpu_object *const *)a;
	const struct gpu_object *y = *(const struct gpu_object *const *)b;
	const struct object_handle *of_x = x->handles.v, *of_y = y->handles.v;

	if (!x->handles.n || !y->handles.n)
		return x->handles.n || y->handles.n
			       ? compare(!x->handles.n, !y->handles.n)
			       : compare(x->resource, y->resource);
	if (of_x->file->pid != of_y->file->pid)
		return of_x->file->pid < of_y->file->pid ? -1 : 1;
	if (of_x->handle != of_y->handle)
		return compare(of_x->handle, of_y->handle);
	return compare(x->resource, y->resource);
}

static int by_bytes(const void *a, const void *b)
{
	const struct gpu_object *x = *(const struct gpu_object *const *)a;
	const struct gpu_object *y = *(const struct gpu_object *const *)b;

	return x->size != y->size ? compare(y->size, x->size) : by_process(a, b);
}

const struct gpu_object **objects_sorted(struct arena *a, const struct gpu *g,
					 bool by_size)
{
	size_t i, n = g->objects.all.n;
	const struct gpu_object **v;

	v = arena_alloc(a, (n + 1) * sizeof(const struct gpu_object *));
	for (i = 0; i < n; i++)
		v[i] = &g->objects.all.v[i];
	qsort(v, n, sizeof(v[0]), by_size ? by_bytes : by_process);
	return v;
}

static int most_first(const void *a, const void *b)
{
	const struct object_owner *x = a, *y = b;

	return x->bytes != y->bytes ? compare(y->bytes, x->bytes)
				    : (x->pid > y->pid) - (x->pid < y->pid);
}

static int by_pid(const void *a, const void *b)
{
	const struct object_owner *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

/* One for each handle, then those of a process as one. */
void object_owners_make(struct arena *a, const struct gpu *g,
			struct object_owners *owners)
{
	const struct gpu_object *o;
	struct object_owner *w;
	size_t i, k, n = 0;

	for (i = 0; i < g->objects.all.n; i++) {
		o = &g->objects.all.v[i];
		for (k = 0; k < o->handles.n; k++) {
			if (k &&
			    o->handles.v[k].file->pid == o->handles.v[k - 1].file->pid)
				continue;
			w = vec_push(a, &owners->all);
			w->pid = o->handles.v[k].file->pid;
			w->objects = 1;
			w->bytes = o->size;
		}
	}
	if (!owners->all.n)
		return;
	qsort(owners->all.v, owners->all.n, sizeof(owners->all.v[0]), by_pid);
	for (i = 1; i < owners->all.n; i++) {
		if (owners->all.v[i].pid != owners->all.v[n].pid) {
			owners->all.v[++n] = owners->all.v[i];
			continue;
		}
		owners->all.v[n].objects++;
		owners->all.v[n].bytes += owners->all.v[i].bytes;
	}
	owners->all.n = n + 1;
	qsort(owners->all.v, owners->all.n, sizeof(owners->all.v[0]), most_first);
}
