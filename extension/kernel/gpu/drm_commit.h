/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commits of DRM's atomic helpers: changes of what the screens show.
 *
 * Who would make another change waits for the one before, on the completions of its
 * drm_crtc_commit.  A change that its program did not wait for is carried out by a work,
 * which is where the chain goes on.
 */
#ifndef VGPU_DRM_COMMIT_H
#define VGPU_DRM_COMMIT_H

#include "dump/dump.h"
#include "kernel/sched/workqueue.h"

/* The works, of whatever driver, that carry out commits, by their functions' names. */
struct drm_commits {
	VEC(const struct work *) works;
};

struct drm_commit {
	kaddr_t addr;		/* struct drm_crtc_commit */
	const char *completion; /* "hw_done", "cleanup_done" */
	const struct work *work;
};

void drm_commits_find(struct dump *d, const struct workqueues *wqs,
		      struct drm_commits *commits);
/*
 * The commit that the completion tells the end of.  False, and nothing is set, when none
 * of the works carries it out: another completion, or the caller's own ioctl does.
 */
bool drm_commit_of(struct dump *d, const struct drm_commits *commits, kaddr_t completion,
		   struct drm_commit *commit);

#endif
