// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio_gpu.h"

#include <stdio.h>
#include <string.h>

#include "dump/layout.h"
#include "virtio_driver.h"

#define GPUS_MAX 256
#define FEATURE_BITS 64
#define CAPSETS_MAX 64

/* include/uapi/linux/virtio_gpu.h, virtio_ring.h, virtio_config.h */
static const char *const feature_words[FEATURE_BITS] = {
	[0] = "VIRGL",
	[1] = "EDID",
	[2] = "RESOURCE_UUID",
	[3] = "RESOURCE_BLOB",
	[4] = "CONTEXT_INIT",
	[5] = "BLOB_ALIGNMENT",
	[24] = "NOTIFY_ON_EMPTY",
	[27] = "ANY_LAYOUT",
	[28] = "RING_INDIRECT_DESC",
	[29] = "RING_EVENT_IDX",
	[32] = "VERSION_1",
	[33] = "ACCESS_PLATFORM",
	[34] = "RING_PACKED",
	[35] = "IN_ORDER",
	[36] = "ORDER_PLATFORM",
	[37] = "SR_IOV",
	[38] = "NOTIFICATION_DATA",
	[39] = "NOTIF_CONFIG_DATA",
	[40] = "RING_RESET",
	[41] = "ADMIN_VQ",
};

static void __attribute__((format(printf, 3, 4)))
damaged(struct dump *d, struct gpu *g, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	*vec_push(d->arena, &g->damage) = arena_vprintf(d->arena, fmt, ap);
	va_end(ap);
}

static unsigned int member_uint(struct dump *d, kaddr_t base, enum layout_id member)
{
	uint64_t v;

	return member_u64(d, base, member, &v) ? (unsigned int)v : 0;
}

static bool member_bool(struct dump *d, kaddr_t base, enum layout_id member)
{
	return member_uint(d, base, member) != 0;
}

/* ---- types -------------------------------------------------------------- */

/* Types that the module alone has, or the kernel where the driver is built in. */
static bool gpu_types_known(struct dump *d)
{
	return layout_has_all(d, GPU, GPU_VDEV, GPU_NUM_SCANOUTS);
}

/* This function of a driver is in the kernel, and in none of its modules. */
static bool is_builtin(struct dump *d, const char *function)
{
	struct dump_symbol sym;
	kaddr_t addr;

	return dump_symbol(d, function, &addr) && dump_symbol_at(d, addr, &sym) &&
	       !sym.module[0];
}

static void note_missing(struct dump *d, struct gpus *gpus, bool gpu_known)
{
	struct types_missing gpu = {.module = "virtio_gpu",
				    .builtin = gpus->builtin,
				    .without =
					    "scanouts, fence counters, pending commands"};
	struct types_missing ring =
		{.module = "virtio_ring",
		 .builtin = is_builtin(d, "vring_interrupt"),
		 .without = "the queues' size, indices and commands in flight"};

	if (!gpu_known)
		*vec_push(d->arena, &gpus->missing) = gpu;
	if (!vring_known(d))
		*vec_push(d->arena, &gpus->missing) = ring;
}

/* ---- struct virtio_device ------------------------------------------------ */

static void name_features(struct dump *d, struct gpu *g)
{
	unsigned int bit;

	for (bit = 0; bit < FEATURE_BITS; bit++)
		if (g->features >> bit & 1)
			*vec_push(d->arena, &g->feature_names) =
				feature_words[bit]
					? feature_words[bit]
					: arena_printf(d->arena, "bit %u", bit);
}

static bool read_vdev(struct dump *d, kaddr_t vdev, struct gpu *g)
{
	struct object o;

	obj_init(&o, d);
	g->vdev = vdev;
	if (!obj_read(&o, VIRTIO_DEVICE, g->vdev)) {
		dump_unread(d, "the virtio_device at 0x%llx", HEX(g->vdev));
		return false;
	}
	if (!virtio_device_name(d, vdev, g->name, sizeof(g->name)))
		snprintf(g->name, sizeof(g->name), "virtio%d",
			 (int)obj_s64(&o, VIRTIO_DEVICE_INDEX));
	g->device_id = member_uint(d, obj_addr(&o, VIRTIO_DEVICE_ID), VIRTIO_ID_DEVICE);
	g->failed = obj_u64(&o, VIRTIO_DEVICE_FAILED);
	g->config_enabled = !layout_has(d, VIRTIO_DEVICE_CONFIG_ENABLED) ||
			    obj_u64(&o, VIRTIO_DEVICE_CONFIG_ENABLED);
	g->config_change_pending = obj_u64(&o, VIRTIO_DEVICE_CONFIG_PENDING);
	g->features = obj_u64(&o, VIRTIO_DEVICE_FEATURES);
	g->drm = obj_u64(&o, VIRTIO_DEVICE_PRIV);
	name_features(d, g);
	virtqueues_read(d, g->vdev, &g->vqs);
	return true;
}

/* ---- struct virtio_gpu_device -------------------------------------------- */

/* What the guest shows: the primary plane's framebuffer, and that one's object. */
static void read_scanout(struct dump *d, struct gpu_output *out)
{
	kaddr_t plane, state, fb;
	uint64_t resource = 0;

	if (!member_ptr(d, out->crtc, DRM_CRTC_PRIMARY, &plane) || !plane ||
	    !member_ptr(d, plane, DRM_PLANE_STATE, &state) || !state ||
	    !member_ptr(d, state, DRM_PLANE_STATE_FB, &fb) || !fb ||
	    !drm_framebuffer_read(d, fb, &out->fb) || !out->fb.objects[0])
		return;
	member_u64(d, member_base(d, out->fb.objects[0], GPU_OBJECT_GEM),
		   GPU_OBJECT_RESOURCE, &resource);
	out->resource = (uint32_t)resource;
}

/* What the guest has set, which need not be what the host offers. */
static void read_crtc(struct dump *d, struct gpu_output *out)
{
	kaddr_t state, mode;

	read_scanout(d, out);
	if (!layout_has_all(d, DRM_CRTC_STATE, CRTC_STATE_ACTIVE, CRTC_STATE_MODE,
			    DISPLAY_MODE_WIDTH, DISPLAY_MODE_HEIGHT) ||
	    !member_ptr(d, out->crtc, DRM_CRTC_STATE, &state))
		return;
	out->crtc_known = true;
	if (!state)
		return;
	mode = member_addr(d, state, CRTC_STATE_MODE);
	out->active = member_bool(d, state, CRTC_STATE_ACTIVE);
	out->width = member_uint(d, mode, DISPLAY_MODE_WIDTH);
	out->height = member_uint(d, mode, DISPLAY_MODE_HEIGHT);
}

static void read_output(struct dump *d, struct gpu *g, unsigned int index)
{
	kaddr_t addr = member_addr(d, g->vgdev, GPU_OUTPUTS) +
		       (kaddr_t)index * (kaddr_t)layout_size(d, GPU_OUTPUT);
	kaddr_t info = member_addr(d, addr, GPU_OUTPUT_INFO);
	kaddr_t rect = member_addr(d, info, GPU_DISPLAY_RECT);
	struct gpu_output out = {.index = index};
	uint64_t enabled;

	if (!member_u64(d, info, GPU_DISPLAY_ENABLED, &enabled)) {
		dump_unread(d, "%s: scanout %u", g->name, index);
		return;
	}
	out.host_enabled = enabled;
	out.host_width = member_uint(d, rect, GPU_RECT_WIDTH);
	out.host_height = member_uint(d, rect, GPU_RECT_HEIGHT);
	out.crtc = member_addr(d, addr, GPU_OUTPUT_CRTC);
	read_crtc(d, &out);
	*vec_push(d->arena, &g->outputs) = out;
}

static void read_outputs(struct dump *d, struct gpu *g)
{
	unsigned int i, n = g->num_scanouts;

	if (n > GPU_SCANOUTS_MAX) {
		damaged(d, g, "num_scanouts is %u, and a device has at most %u", n,
			GPU_SCANOUTS_MAX);
		n = GPU_SCANOUTS_MAX;
	}
	for (i = 0; i < n && !dump_interrupted(d); i++)
		read_output(d, g, i);
}

static void read_fences(struct dump *d, struct gpu *g)
{
	kaddr_t drv = member_addr(d, g->vgdev, GPU_FENCE_DRV);

	member_u64(d, drv, FENCE_DRV_EMITTED, &g->fence_emitted);
	member_u64(d, drv, FENCE_DRV_SIGNALLED, &g->fence_signalled);
	member_u64(d, drv, FENCE_DRV_CONTEXT, &g->fence_context);
	if (g->fence_signalled > g->fence_emitted)
		damaged(d, g,
			"fence %llu has signalled, and the last that was emitted is %llu",
			COUNT(g->fence_signalled), COUNT(g->fence_emitted));
}

static void read_flags(struct dump *d, struct gpu *g)
{
	g->has_virgl_3d = member_bool(d, g->vgdev, GPU_HAS_VIRGL);
	g->has_edid = member_bool(d, g->vgdev, GPU_HAS_EDID);
	g->has_indirect = member_bool(d, g->vgdev, GPU_HAS_INDIRECT);
	g->three_at_most = layout_has(d, VBUFFER_BUF) && !layout_has(d, VBUFFER_OBJS);
	g->has_resource_assign_uuid = member_bool(d, g->vgdev, GPU_HAS_UUID);
	g->has_resource_blob = member_bool(d, g->vgdev, GPU_HAS_BLOB);
	g->has_host_visible = member_bool(d, g->vgdev, GPU_HAS_HOST_VISIBLE);
	g->has_context_init = member_bool(d, g->vgdev, GPU_HAS_CONTEXT_INIT);
	g->display_info_pending = member_bool(d, g->vgdev, GPU_DISPLAY_INFO_PENDING);
	g->num_capsets = member_uint(d, g->vgdev, GPU_NUM_CAPSETS);
	g->num_scanouts = member_uint(d, g->vgdev, GPU_NUM_SCANOUTS);
	g->pending_commands =
		layout_has(d, GPU_PENDING_COMMANDS)
			? (int)member_uint(d, g->vgdev, GPU_PENDING_COMMANDS)
			: -1;
}

static void read_capsets(struct dump *d, struct gpu *g)
{
	size_t i, n = g->num_capsets;
	struct gpu_capset *c;
	struct object o;
	kaddr_t at;

	if (!n || !member_ptr(d, g->vgdev, GPU_CAPSETS, &at) || !at)
		return;
	if (n > CAPSETS_MAX) {
		damaged(d, g, "num_capsets is %zu", n);
		return;
	}
	obj_init(&o, d);
	for (i = 0; i < n; i++, at += (kaddr_t)layout_size(d, GPU_CAPSET)) {
		if (!obj_read(&o, GPU_CAPSET, at)) {
			dump_unread(d, "%s: capset %zu", g->name, i);
			return;
		}
		c = vec_push(d->arena, &g->capsets);
		c->id = (uint32_t)obj_u64(&o, GPU_CAPSET_ID);
		c->max_version = (uint32_t)obj_u64(&o, GPU_CAPSET_VERSION);
		c->max_size = (uint32_t)obj_u64(&o, GPU_CAPSET_SIZE);
	}
}

static bool is_pending(struct dump *d, kaddr_t base, enum layout_id work)
{
	unsigned int bit = layout_bit(d, WORK_STRUCT_PENDING_BIT, 0);
	uint64_t data;

	return layout_has(d, work) &&
	       member_u64(d, member_addr(d, base, work), WORK_DATA, &data) &&
	       data >> bit & 1;
}

static void read_works(struct dump *d, struct gpu *g)
{
	g->config_work_pending = is_pending(d, g->vgdev, GPU_CONFIG_WORK);
	g->obj_free_work_pending = is_pending(d, g->vgdev, GPU_OBJ_FREE_WORK);
}

void gpus_read_outputs(struct dump *d, struct gpus *gpus)
{
	struct gpu *g;
	size_t i;

	for (i = 0; i < gpus->all.n; i++) {
		g = &gpus->all.v[i];
		if (!g->read)
			continue;
		if (layout_has(d, GPU_OUTPUTS))
			read_outputs(d, g);
		read_capsets(d, g);
		read_works(d, g);
	}
}

static void check_queues(struct dump *d, struct gpu *g)
{
	if (g->vqs.complete && !gpu_queue(g, g->ctrlq_vq))
		damaged(d, g, "ctrlq.vq is 0x%llx, which is no queue of the device",
			HEX(g->ctrlq_vq));
	if (g->vqs.complete && !gpu_queue(g, g->cursorq_vq))
		damaged(d, g, "cursorq.vq is 0x%llx, which is no queue of the device",
			HEX(g->cursorq_vq));
}

/* virtio_device.priv is the drm_device, and that one's dev_private is the GPU. */
static void read_vgdev(struct dump *d, struct gpu *g)
{
	kaddr_t vdev;

	if (!g->drm) {
		damaged(d, g, "the device is bound, and no drm_device belongs to it");
		return;
	}
	if (!member_ptr(d, g->drm, DRM_DEVICE_PRIVATE, &g->vgdev) ||
	    !member_ptr(d, g->vgdev, GPU_VDEV, &vdev)) {
		dump_unread(d, "%s: the virtio_gpu_device of drm_device 0x%llx", g->name,
			    HEX(g->drm));
		return;
	}
	if (vdev != g->vdev) {
		damaged(d, g,
			"the virtio_gpu_device at 0x%llx belongs to another device, "
			"0x%llx",
			HEX(g->vgdev), HEX(vdev));
		return;
	}
	g->read = true;
	member_ptr(d, member_addr(d, g->vgdev, GPU_CTRLQ), GPU_QUEUE_VQ, &g->ctrlq_vq);
	member_ptr(d, member_addr(d, g->vgdev, GPU_CURSORQ), GPU_QUEUE_VQ,
		   &g->cursorq_vq);
	gpu_waits_read(d, g->vgdev, &g->waits);
	read_flags(d, g);
	read_fences(d, g);
	check_queues(d, g);
}

/* ---- the driver's devices ------------------------------------------------ */

static void add_device(struct dump *d, struct gpus *gpus, kaddr_t vdev, bool gpu_known)
{
	struct gpu g;

	memset(&g, 0, sizeof(g));
	g.pending_commands = -1;
	if (!read_vdev(d, vdev, &g))
		return;
	if (gpu_known)
		read_vgdev(d, &g);
	*vec_push(d->arena, &gpus->all) = g;
}

static void read_devices(struct dump *d, struct gpus *gpus, kaddr_t driver,
			 bool gpu_known)
{
	struct virtio_devices devices;
	size_t i;

	gpus->state = GPUS_UNREADABLE;
	if (!virtio_devices_read(d, driver, "virtio-gpu", &devices))
		return;
	for (i = 0; i < devices.all.n; i++)
		add_device(d, gpus, devices.all.v[i], gpu_known);
	if (gpus->all.n)
		gpus->state = GPUS_FOUND;
	else if (devices.complete && !devices.all.n)
		gpus->state = GPUS_NO_DEVICE;
}

/* ---- devices that DRM knows ---------------------------------------------- */

static struct gpu *gpu_of_drm(struct gpus *gpus, kaddr_t drm)
{
	size_t i;

	for (i = 0; i < gpus->all.n; i++)
		if (gpus->all.v[i].drm == drm)
			return &gpus->all.v[i];
	return NULL;
}

void gpus_add_drm(struct dump *d, struct gpus *gpus, kaddr_t drm)
{
	kaddr_t vgdev, vdev;
	struct gpu g;

	if (!drm || gpu_of_drm(gpus, drm) || gpus->all.n == GPUS_MAX ||
	    !member_ptr(d, drm, DRM_DEVICE_PRIVATE, &vgdev) ||
	    !member_ptr(d, vgdev, GPU_VDEV, &vdev))
		return;
	memset(&g, 0, sizeof(g));
	g.pending_commands = -1;
	g.unbound = true;
	if (!read_vdev(d, vdev, &g))
		return;
	/* Since then the virtio_device may be another's, or free. */
	if (g.drm != drm)
		damaged(d, &g, "its drm_device 0x%llx is not the virtio_device's, 0x%llx",
			HEX(drm), HEX(g.drm));
	g.drm = drm;
	read_vgdev(d, &g);
	*vec_push(d->arena, &gpus->all) = g;
	gpus->state = GPUS_FOUND;
}

/*
 * Is it this driver's?  A struct drm_driver lies in the module that it is of; of one that is
 * built in, which are all called "driver", its own name says it.
 */
static bool is_virtio_gpu(struct dump *d, kaddr_t drm)
{
	struct dump_symbol sym;
	kaddr_t driver, at;
	char name[16];

	if (!member_ptr(d, drm, DRM_DEVICE_DRIVER, &driver))
		return false;
	if (dump_symbol_at(d, driver, &sym) && sym.module[0])
		return !strcmp(sym.module, "virtio_gpu");
	return layout_has(d, DRM_DRIVER_NAME) &&
	       member_ptr(d, driver, DRM_DRIVER_NAME, &at) &&
	       dump_string(d, at, name, sizeof(name)) && !strcmp(name, "virtio_gpu");
}

/* A driver's list loses a device before its minors go. */
void gpus_read_minors(struct dump *d, struct gpus *gpus)
{
	struct drm_minors minors;
	const struct drm_minor *m;
	struct gpu *g;
	size_t i;

	if (!gpu_types_known(d))
		return;
	drm_minors_read(d, &minors);
	for (i = 0; i < minors.all.n; i++) {
		m = &minors.all.v[i];
		if (!gpu_of_drm(gpus, m->device) && is_virtio_gpu(d, m->device))
			gpus_add_drm(d, gpus, m->device);
		g = m->device ? gpu_of_drm(gpus, m->device) : NULL;
		if (g)
			*vec_push(d->arena, &g->minors) = m->index;
	}
}

bool gpus_read(struct dump *d, struct gpus *gpus)
{
	struct dump_symbol sym;
	bool gpu_known, in_dump;
	kaddr_t driver;

	memset(gpus, 0, sizeof(*gpus));
	/* A look for a type that no debuginfo has costs more than to load the module. */
	dump_load_module(d, "virtio_gpu", &in_dump);
	gpus->state = in_dump ? GPUS_NO_SYMBOL : GPUS_NO_DRIVER;
	if (!dump_symbol(d, "virtio_gpu_driver", &driver))
		return false;
	gpu_known = gpu_types_known(d);
	gpus->builtin = dump_symbol_at(d, driver, &sym) && !sym.module[0];
	read_devices(d, gpus, driver, gpu_known);
	if (gpus->state == GPUS_FOUND)
		note_missing(d, gpus, gpu_known);
	return gpus->state == GPUS_FOUND;
}

const char *gpus_state_words(enum gpus_state state)
{
	static const char *const words[] = {
		[GPUS_NO_DRIVER] = "this kernel has no virtio-gpu driver loaded",
		[GPUS_DRIVER_NOT_KNOWN] =
			"whether virtio-gpu is loaded is not known: the list of modules cannot be read whole",
		[GPUS_NO_SYMBOL] =
			"virtio-gpu is loaded, its driver cannot be found by name",
		[GPUS_UNREADABLE] = "the list of virtio-gpu devices cannot be read",
		[GPUS_NO_DEVICE] = "virtio-gpu is loaded, no device is bound to it",
		[GPUS_FOUND] = "found",
	};

	return words[state];
}

struct virtqueue *gpu_queue(const struct gpu *gpu, kaddr_t vq)
{
	size_t i;

	for (i = 0; i < gpu->vqs.all.n; i++)
		if (gpu->vqs.all.v[i].addr == vq)
			return &gpu->vqs.all.v[i];
	return NULL;
}

bool gpu_commands_known(const struct gpu *gpu)
{
	const struct virtqueue *vq = gpu_queue(gpu, gpu->ctrlq_vq);
	size_t i;

	for (i = 0; i < gpu->commands.all.n; i++)
		if (!gpu->commands.all.v[i].read)
			return false;
	return vq && vq->counted && !vq->damage.n;
}
