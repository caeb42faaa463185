/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Showing something on the GPU's first output, for clients that are master. */
#ifndef LAB_KMS_H
#define LAB_KMS_H

#include <stdint.h>

#include <drm.h>
#include <drm_mode.h>

struct screen {
	uint32_t crtc;
	uint32_t connector;
	struct drm_mode_modeinfo mode;
};

/* The first connected output, its preferred mode, and the first CRTC. */
void find_screen(int fd, struct screen *screen);
/* A framebuffer of a buffer's handle. */
uint32_t add_fb(int fd, uint32_t handle, const struct screen *screen);
/* Shows it; returns once the driver has done so. */
void set_crtc(int fd, const struct screen *screen, uint32_t fb);

#endif
