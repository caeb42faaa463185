// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include <drm.h>
#include <drm_mode.h>

#include "atomic.h"
#include "drm.h"
#include "lab.h"

#define MAX_PLANES 16
#define MAX_PROPS 64

static const char *const names[FLIP_PROPS] = {"FB_ID", "IN_FENCE_FD"};

void use_atomic(int fd)
{
	struct drm_set_client_cap cap = {.capability = DRM_CLIENT_CAP_ATOMIC, .value = 1};

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
		for (k = 0; k < FLIP_PROPS; k++)
			if (!strcmp(prop.name, names[k]))
				plane->props[k] = ids[i];
		/* DRM_PLANE_TYPE_PRIMARY is 1. */
		primary |= !strcmp(prop.name, "type") && values[i] == 1;
	}
	return primary;
}

void find_plane(int fd, struct plane *plane)
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

void flip_after(int fd, const struct plane *plane, uint32_t fb, int fence)
{
	uint64_t values[FLIP_PROPS] = {fb, (uint64_t)fence};
	uint32_t count = FLIP_PROPS;
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
