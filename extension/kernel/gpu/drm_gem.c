// SPDX-License-Identifier: GPL-2.0-or-later
#include "drm_gem.h"

#include <stdio.h>
#include <string.h>

#include "dump/layout.h"
#include "dump/list.h"
#include "base/text.h"

#define FILES_MAX 65536
#define FRAMEBUFFERS_MAX 65536
#define PLANES_MAX 1024
#define OBJECTS_MAX (1u << 22)

/* ---- who has it open ----------------------------------------------------- */

/* struct pid, in the first name space. */
static int pid_of(struct dump *d, kaddr_t pid)
{
	uint64_t nr;

	if (!pid)
		return 0;
	if (!member_u64(d, member_addr(d, pid, PID_NUMBERS), UPID_NR, &nr))
		return -1;
	return (int)nr;
}

static void read_file(struct dump *d, kaddr_t addr, bool internal, struct drm *drm)
{
	struct drm_file *f;
	struct object o;

	obj_init(&o, d);
	if (!obj_read(&o, DRM_FILE, addr)) {
		drm->files_complete = false;
		dump_unread(d, "the drm_file at 0x%llx", HEX(addr));
		return;
	}
	f = vec_push(d->arena, &drm->files);
	f->addr = addr;
	f->internal = internal;
	f->pid = internal ? 0 : pid_of(d, obj_u64(&o, DRM_FILE_PID));
	f->filp = obj_u64(&o, DRM_FILE_FILP);
	f->private = obj_u64(&o, DRM_FILE_PRIV);
	if (!idr_read(d, obj_addr(&o, DRM_FILE_OBJECTS), "GEM handles", &f->handles) ||
	    !f->handles.complete)
		drm->files_complete = false;
	if (layout_has(d, DRM_FILE_SYNCOBJ_IDR))
		idr_read(d, obj_addr(&o, DRM_FILE_SYNCOBJ_IDR), "syncobj handles",
			 &f->syncobjs);
	else if (layout_has(d, DRM_FILE_SYNCOBJ_XA))
		xarray_read(d, obj_addr(&o, DRM_FILE_SYNCOBJ_XA), "syncobj handles",
			    &f->syncobjs);
}

static void read_files(struct dump *d, enum layout_id list, bool internal,
		       struct drm *drm)
{
	struct list_walk w;
	kaddr_t node;

	if (!layout_has(d, list))
		return;
	list_begin(&w, d, member_addr(d, drm->addr, list), FILES_MAX);
	while (list_next(&w, &node))
		read_file(d, member_base(d, node, DRM_FILE_LIST), internal, drm);
	if (w.end != WALK_DONE)
		drm->files_complete = false;
	list_end_note(&w, "opens of a DRM device");
}

void drm_files_read(struct dump *d, kaddr_t device, struct drm *drm)
{
	drm->addr = device;
	drm->files_complete = true;
	read_files(d, DRM_DEVICE_FILES, false, drm);
	read_files(d, DRM_DEVICE_INTERNAL, true, drm);
}

/* ---- framebuffers -------------------------------------------------------- */

static void read_fourcc(struct dump *d, kaddr_t format, char *to, size_t size)
{
	uint64_t v;
	char text[5] = "";
	int i;

	if (!member_u64(d, format, DRM_FORMAT_FOURCC, &v))
		return;
	for (i = 0; i < 4; i++)
		text[i] = (char)(v >> 8 * i & 0x7f);
	text_escape(to, size, text);
}

bool drm_framebuffer_read(struct dump *d, kaddr_t addr, struct drm_framebuffer *fb)
{
	char comm[17];
	struct object o;
	size_t at;

	memset(fb, 0, sizeof(*fb));
	obj_init(&o, d);
	if (!obj_read(&o, DRM_FB, addr))
		return false;
	fb->addr = addr;
	fb->id = (unsigned int)obj_u64(&o, DRM_FB_ID);
	fb->width = (unsigned int)obj_u64(&o, DRM_FB_WIDTH);
	fb->height = (unsigned int)obj_u64(&o, DRM_FB_HEIGHT);
	obj_string(&o, DRM_FB_COMM, comm, sizeof(comm));
	text_escape(fb->comm, sizeof(fb->comm), comm);
	read_fourcc(d, obj_u64(&o, DRM_FB_FORMAT), fb->fourcc, sizeof(fb->fourcc));
	at = (size_t)layout_offset(d, DRM_FB_OBJ);
	if (layout_has(d, DRM_FB_OBJ) && at + sizeof(fb->objects) <= o.size)
		memcpy(fb->objects, o.bytes + at, sizeof(fb->objects));
	return true;
}

static void read_framebuffers(struct dump *d, struct drm *drm)
{
	struct drm_framebuffer fb;
	struct list_walk w;
	kaddr_t node;

	if (!layout_has_all(d, DRM_DEVICE_FBS, DRM_FB, DRM_FB_HEAD))
		return;
	list_begin(&w, d, member_addr(d, drm->addr, DRM_DEVICE_FBS), FRAMEBUFFERS_MAX);
	while (list_next(&w, &node))
		if (drm_framebuffer_read(d, member_base(d, node, DRM_FB_HEAD), &fb))
			*vec_push(d->arena, &drm->framebuffers) = fb;
	list_end_note(&w, "framebuffers of a DRM device");
}

static void read_planes(struct dump *d, struct drm *drm)
{
	struct list_walk w;
	kaddr_t node, state;

	if (!layout_has_all(d, DRM_DEVICE_PLANES, DRM_PLANE_HEAD, DRM_PLANE_STATE))
		return;
	list_begin(&w, d, member_addr(d, drm->addr, DRM_DEVICE_PLANES), PLANES_MAX);
	while (list_next(&w, &node))
		if (member_ptr(d, member_base(d, node, DRM_PLANE_HEAD), DRM_PLANE_STATE,
			       &state) &&
		    state)
			*vec_push(d->arena, &drm->planes) = state;
	list_end_note(&w, "planes of a DRM device");
}

/* ---- objects ------------------------------------------------------------- */

bool drm_vma_nodes_read(struct dump *d, kaddr_t manager, struct drm_vma_nodes *nodes)
{
	struct list_walk w;
	kaddr_t head, node;

	if (!layout_has_all(d, VMA_MANAGER_MM, DRM_MM_NODES, DRM_MM_NODE_LIST,
			    VMA_NODE_MM))
		return false;
	head = member_addr(d, member_addr(d, manager, VMA_MANAGER_MM), DRM_MM_NODES);
	list_begin(&w, d, head, OBJECTS_MAX);
	while (list_next(&w, &node)) {
		node = member_base(d, node, DRM_MM_NODE_LIST);
		*vec_push(d->arena, &nodes->all) = member_base(d, node, VMA_NODE_MM);
	}
	list_end_note(&w, "mappable GEM objects");
	return w.end == WALK_DONE;
}

static void read_mappable(struct dump *d, struct drm *drm)
{
	struct drm_vma_nodes nodes = {0};
	kaddr_t manager;
	size_t i;

	if (!layout_has_all(d, DRM_DEVICE_VMA_MANAGER, GEM_VMA_NODE) ||
	    !member_ptr(d, drm->addr, DRM_DEVICE_VMA_MANAGER, &manager) || !manager)
		return;
	drm->mappable_complete = drm_vma_nodes_read(d, manager, &nodes);
	for (i = 0; i < nodes.all.n; i++)
		*vec_push(d->arena, &drm->mappable) =
			member_base(d, nodes.all.v[i], GEM_VMA_NODE);
}

void drm_read(struct dump *d, kaddr_t device, struct drm *drm)
{
	uint64_t unplugged = 0;

	memset(drm, 0, sizeof(*drm));
	member_u64(d, device, DRM_DEVICE_UNPLUGGED, &unplugged);
	drm->unplugged = unplugged != 0;
	drm_files_read(d, device, drm);
	read_framebuffers(d, drm);
	read_planes(d, drm);
	read_mappable(d, drm);
}

/* ---- minors -------------------------------------------------------------- */

void drm_minors_read(struct dump *d, struct drm_minors *minors)
{
	struct drm_minor *m;
	struct ids ids = {0};
	kaddr_t root;
	size_t i;

	memset(minors, 0, sizeof(*minors));
	/* An xarray since 6.12. */
	if (dump_symbol(d, "drm_minors_xa", &root))
		xarray_read(d, root, "DRM minors", &ids);
	else if (dump_symbol(d, "drm_minors_idr", &root))
		idr_read(d, root, "DRM minors", &ids);
	for (i = 0; i < ids.all.n; i++) {
		m = vec_push(d->arena, &minors->all);
		m->index = (unsigned int)ids.all.v[i].id;
		if (!member_ptr(d, ids.all.v[i].ptr, DRM_MINOR_DEV, &m->device))
			m->device = 0;
	}
}
