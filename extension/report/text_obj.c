// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu obj`. */
#include "gem_order.h"
#include "gpu_words.h"
#include "base/text.h"
#include "report.h"
#include "text_writer.h"

#define INDENT 12
#define LOST_SHOWN 32
#define HANDLES_SHOWN 16

static const char *handles(struct arena *a, const struct gpu_object *o)
{
	const char *refs = "";
	size_t i;

	for (i = 0; i < o->handles.n && i < HANDLES_SHOWN; i++)
		refs = arena_printf(a, "%s handle %u of %s", refs, o->handles.v[i].handle,
				    opener_words(a, o->handles.v[i].file->pid));
	if (i < o->handles.n)
		refs = arena_printf(a, "%s and %zu more handle%s", refs, o->handles.n - i,
				    PLURAL(o->handles.n - i));
	return refs;
}

/* What stands after others: the first has no separator. */
#define add_ref(a, refs, ...)                                                            \
	(*(refs) = arena_printf(a, "%s%s%s", *(refs), **(refs) ? "; " : " ",             \
				arena_printf(a, __VA_ARGS__)))

static const char *referred_to_by(struct arena *a, const struct gpu_object *o)
{
	const char *refs = handles(a, o);

	if (o->framebuffers)
		add_ref(a, &refs, "%u framebuffer%s", o->framebuffers,
			PLURAL(o->framebuffers));
	if (o->commands)
		add_ref(a, &refs, "%u command%s in flight", o->commands,
			PLURAL(o->commands));
	if (o->dma_buf)
		add_ref(a, &refs, "dma-buf 0x%llx (%u descriptor%s)", HEX(o->dma_buf),
			o->dma_bufs, PLURAL(o->dma_bufs));
	if (o->freeing)
		add_ref(a, &refs, "on obj_free_list");
	if (o->passing)
		add_ref(a, &refs, "being %s", o->refcount ? "made" : "freed");
	if (o->on_stack_of)
		add_ref(a, &refs, "on the stack of %s (pid %d)", o->on_stack_of->comm,
			o->on_stack_of->pid);
	if (o->orphan)
		add_ref(a, &refs, "ORPHAN: nothing refers to it");
	return refs;
}

static void object(FILE *out, struct arena *a, const struct gpu_object *o)
{
	fprintf(out, "  0x%llx %8u %10llu %-8s %4d %8llu %4d%s\n", HEX(o->addr),
		o->resource, HEX(o->size), gpu_object_kind_name(o->kind), o->refcount,
		HEX(o->npages), o->pins >= 0 ? o->pins : o->users, referred_to_by(a, o));
}

static void lost(FILE *out, struct arena *a, const struct gpu_objects *os)
{
	const char *ids = "";
	size_t i;

	if (!os->ids_known) {
		text_wrap(out, "  ids", INDENT,
			  "from a counter (virglhack): none can be missing");
		return;
	}
	for (i = 0; i < os->lost.n && i < LOST_SHOWN; i++)
		ids = arena_printf(a, "%s %u", ids, os->lost.v[i]);
	text_wrapf(out, "  ids", INDENT, "%zu allocated and reachable from nowhere%s%s%s",
		   os->lost.n, os->lost.n ? ":" : "", ids,
		   os->lost.n > LOST_SHOWN ? " ..." : "");
}

static void gpu(FILE *out, const struct facts *f, const struct gpu *g, bool by_size)
{
	struct object_owners owners = {0};
	const struct object_owner *w;
	const struct gpu_object **v;
	size_t i;

	object_owners_make(f->arena, g, &owners);
	fprintf(out, "%s  drm_device 0x%llx\n", g->name, HEX(g->drm));
	text_wrapf(
		out, "  objects", INDENT,
		"%zu, %llu bytes; %zu orphan%s with %llu bytes; %zu on obj_free_list%s",
		g->objects.all.n, HEX(g->objects.bytes), g->objects.orphans,
		PLURAL(g->objects.orphans), HEX(g->objects.orphan_bytes),
		g->objects.freeing,
		g->objects.complete ? "" : "; there may be more that nothing leads to");
	lost(out, f->arena, &g->objects);
	for (i = 0; i < owners.all.n; i++) {
		w = &owners.all.v[i];
		text_wrapf(out, "  owner", INDENT, "%s: %zu object%s, %llu bytes",
			   owner_words(f, w->pid), w->objects, PLURAL(w->objects),
			   HEX(w->bytes));
	}
	if (!g->objects.all.n)
		return;
	fprintf(out, "  %-18s %8s %10s %-8s %4s %8s %4s %s\n", "virtio_gpu_object",
		"resource", "bytes", "kind", "refs", "pages", "pins", "referred to by");
	v = objects_sorted(f->arena, g, by_size);
	for (i = 0; i < g->objects.all.n; i++)
		object(out, f->arena, v[i]);
}

void text_objects(FILE *out, const struct facts *f, bool by_size)
{
	size_t i;

	if (f->gpus.state != GPUS_FOUND)
		text_wrap(out, "", 0, gpus_state_words(f->gpus.state));
	for (i = 0; i < f->gpus.all.n; i++)
		if (f->gpus.all.v[i].use_read)
			gpu(out, f, &f->gpus.all.v[i], by_size);
	text_missing(out, f);
	text_notes(out, f);
}
