// SPDX-License-Identifier: GPL-2.0-or-later
#include <drm_fourcc.h>

#include "drm.h"
#include "kms.h"
#include "lab.h"

#define MAX_IDS 16
#define MAX_MODES 64

void find_screen(int fd, struct screen *screen)
{
	uint32_t crtcs[MAX_IDS], connectors[MAX_IDS];
	struct drm_mode_modeinfo modes[MAX_MODES];
	struct drm_mode_card_res res = {
		.crtc_id_ptr = (uintptr_t)crtcs,
		.count_crtcs = MAX_IDS,
		.connector_id_ptr = (uintptr_t)connectors,
		.count_connectors = MAX_IDS,
	};
	struct drm_mode_get_connector get = {
		.modes_ptr = (uintptr_t)modes,
		.count_modes = MAX_MODES,
	};

	if (drm_ioctl(fd, DRM_IOCTL_MODE_GETRESOURCES, &res) || !res.count_crtcs ||
	    !res.count_connectors)
		die("MODE_GETRESOURCES");
	get.connector_id = connectors[0];
	if (drm_ioctl(fd, DRM_IOCTL_MODE_GETCONNECTOR, &get) || !get.count_modes ||
	    get.count_modes > MAX_MODES)
		die("MODE_GETCONNECTOR");
	screen->crtc = crtcs[0];
	screen->connector = connectors[0];
	screen->mode = modes[0];
}

uint32_t add_fb(int fd, uint32_t handle, const struct screen *screen)
{
	struct drm_mode_fb_cmd2 fb = {
		.width = screen->mode.hdisplay,
		.height = screen->mode.vdisplay,
		.pixel_format = DRM_FORMAT_XRGB8888,
		.handles = {handle},
		.pitches = {screen->mode.hdisplay * 4},
	};

	if (drm_ioctl(fd, DRM_IOCTL_MODE_ADDFB2, &fb))
		die("MODE_ADDFB2");
	return fb.fb_id;
}

void set_crtc(int fd, const struct screen *screen, uint32_t fb)
{
	struct drm_mode_crtc crtc = {
		.set_connectors_ptr = (uintptr_t)&screen->connector,
		.count_connectors = 1,
		.crtc_id = screen->crtc,
		.fb_id = fb,
		.mode_valid = 1,
		.mode = screen->mode,
	};

	if (drm_ioctl(fd, DRM_IOCTL_MODE_SETCRTC, &crtc))
		die("MODE_SETCRTC");
}
