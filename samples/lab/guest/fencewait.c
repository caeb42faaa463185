// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fencewait: a compositor, an atomic 3D client (the kernel lets none whose name
 * begins with an X be one). Once /tmp/go.compositor is there, it has the host
 * draw and, without waiting, shows another buffer as soon as the fence of that
 * drawing is signalled: a worker of the kernel waits for it. Then it removes the
 * buffer's framebuffer.
 */
#include <string.h>
#include <unistd.h>

#include "drm.h"
#include "kms.h"
#include "lab.h"

#define BUFFERS 2
#define MAX_PLANES 16
#define MAX_PROPS 64
#define SIDE 64

/* The properties of a plane that a flip sets, and their ids. */
static const char *const names[] = {"FB_ID", "IN_FENCE_FD"};

#define NAMES (sizeof(names) / sizeof(names[0]))

struct plane {
	uint32_t id;
	uint32_t props[NAMES];
};

static void set_cap(int fd, uint64_t capability)
{
	struct drm_set_client_cap cap = {.capability = capability, .value = 1};

	if (drm_ioctl(fd, DRM_IOCTL_SET_CLIENT_CAP, &cap))
		die("SET_CLIENT_CAP");
}

/* Takes the ids of the plane's properties down; is it a primary one? */
static bool read_plane(int fd, struct plane *plane)
{
	uint32_t ids[MAX_PROPS], i, k;
	uint64_t values[MAX_PROPS];
	struct drm_mode_obj_get_properties get = {
		.props_ptr = (uintptr_t)ids,
		.prop_values_ptr = (uintptr_t)values,
		.count_props = MAX_PROPS,
		.obj_id = plane->id,
		.obj_type = DRM_MODE_OBJECT_PLANE,
	};
	bool primary = false;

	if (drm_ioctl(fd, DRM_IOCTL_MODE_OBJ_GETPROPERTIES, &get) ||
	    get.count_props > MAX_PROPS)
		die("MODE_OBJ_GETPROPERTIES");
	for (i = 0; i < get.count_props; i++) {
		struct drm_mode_get_property prop = {.prop_id = ids[i]};

		if (drm_ioctl(fd, DRM_IOCTL_MODE_GETPROPERTY, &prop))
			die("MODE_GETPROPERTY");
		for (k = 0; k < NAMES; k++)
			if (!strcmp(prop.name, names[k]))
				plane->props[k] = ids[i];
		/* DRM_PLANE_TYPE_PRIMARY is 1. */
		primary |= !strcmp(prop.name, "type") && values[i] == 1;
	}
	return primary;
}

static void find_plane(int fd, struct plane *plane)
{
	uint32_t ids[MAX_PLANES], i;
	struct drm_mode_get_plane_res res = {
		.plane_id_ptr = (uintptr_t)ids,
		.count_planes = MAX_PLANES,
	};

	if (drm_ioctl(fd, DRM_IOCTL_MODE_GETPLANERESOURCES, &res) ||
	    res.count_planes > MAX_PLANES)
		die("MODE_GETPLANERESOURCES");
	for (i = 0; i < res.count_planes; i++) {
		memset(plane, 0, sizeof(*plane));
		plane->id = ids[i];
		if (read_plane(fd, plane) && plane->props[0] && plane->props[1])
			return;
	}
	die("no primary plane that waits for a fence");
}

/* Returns at once; the buffer is shown when the fence is signalled. */
static void flip_after(int fd, const struct plane *plane, uint32_t fb, int fence)
{
	uint64_t values[NAMES] = {fb, (uint64_t)fence};
	uint32_t count = NAMES;
	struct drm_mode_atomic atomic = {
		.flags = DRM_MODE_ATOMIC_NONBLOCK,
		.count_objs = 1,
		.objs_ptr = (uintptr_t)&plane->id,
		.count_props_ptr = (uintptr_t)&count,
		.props_ptr = (uintptr_t)plane->props,
		.prop_values_ptr = (uintptr_t)values,
	};

	if (drm_ioctl(fd, DRM_IOCTL_MODE_ATOMIC, &atomic))
		die("MODE_ATOMIC");
}

/* Three commands, so that the fence waited for is neither the first nor the last. */
static int draw(int fd, const struct object *object)
{
	int fence;

	submit_3d(fd, object, 1, false);
	fence = submit_3d(fd, NULL, 0, true);
	submit_3d(fd, object, 1, false);
	return fence;
}

static int fencewait(int argc, char **argv)
{
	uint32_t fbs[BUFFERS];
	struct object buffer, texture;
	struct screen screen;
	struct plane plane;
	int fd, i;

	(void)argv;
	if (argc != 1)
		return 2;
	pin_to_cpu(0);
	fd = gpu_open("compositor", CARD, "compositor");
	set_cap(fd, DRM_CLIENT_CAP_ATOMIC);
	find_screen(fd, &screen);
	find_plane(fd, &plane);
	for (i = 0; i < BUFFERS; i++) {
		create_dumb(fd, &buffer, screen.mode.hdisplay, screen.mode.vdisplay);
		record_object(&buffer, "dumb");
		fbs[i] = add_fb(fd, buffer.handle, &screen);
	}
	set_crtc(fd, &screen, fbs[0]);
	create_resource(fd, &texture, SIDE, SIDE);
	record_object(&texture, "3d");
	wait_object(fd, &texture);
	record("settled\tpid=%d", getpid());
	while (access("/tmp/go.compositor", F_OK))
		sleep_ms(20);
	flip_after(fd, &plane, fbs[1], draw(fd, &texture));
	record("held\tpid=%d\tsync_files=1", getpid());
	if (drm_ioctl(fd, DRM_IOCTL_MODE_RMFB, &fbs[1]))
		die("MODE_RMFB");
	die("fencewait: nobody waits for the fence");
}

COMMAND(fencewait, "", fencewait)
