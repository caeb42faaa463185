// SPDX-License-Identifier: GPL-2.0-or-later
#include "drm_commit.h"

#include <string.h>

#include "dump/layout.h"

/* Each CRTC of a machine has one or two under way. */
#define COMMITS_MAX 256

void drm_commits_find(struct dump *d, const struct workqueues *wqs,
		      struct drm_commits *commits)
{
	const struct pool *p;
	size_t i, k;

	memset(commits, 0, sizeof(*commits));
	for (i = 0; i < wqs->pools.n; i++) {
		p = wqs->pools.v[i];
		for (k = 0; k < p->works.n && commits->works.n < COMMITS_MAX; k++)
			if (strstr(p->works.v[k]->function, "commit_work"))
				*vec_push(d->arena, &commits->works) = p->works.v[k];
	}
}

/*
 * Is this the commit of the drm_atomic_state that the work is part of?  The state and the
 * commit name the same CRTC, and the state's slot for that one names the commit.
 */
static bool carries_out(struct dump *d, const struct work *w, kaddr_t commit)
{
	kaddr_t state = member_base(d, w->addr, ATOMIC_STATE_WORK);
	kaddr_t crtc, slot, there;
	uint64_t index;

	if (!member_ptr(d, commit, CRTC_COMMIT_CRTC, &crtc) ||
	    !member_u64(d, crtc, DRM_CRTC_INDEX, &index) ||
	    !member_ptr(d, state, ATOMIC_STATE_CRTCS, &slot))
		return false;
	slot += index * (kaddr_t)layout_size(d, CRTCS_STATE);
	return member_ptr(d, slot, CRTCS_STATE_CRTC, &there) && there == crtc &&
	       member_ptr(d, slot, CRTCS_STATE_COMMIT, &there) && there == commit;
}

/*
 * What the work itself completes.  Not flip_done: that is for the device's interrupt, and
 * the work waits for it like anybody else.
 */
static const struct {
	enum layout_id id;
	const char *name;
} ends[] = {
	{CRTC_COMMIT_HW_DONE, "hw_done"},
	{CRTC_COMMIT_CLEANUP_DONE, "cleanup_done"},
};

static bool tells_end_of(struct dump *d, const struct work *w, kaddr_t completion,
			 struct drm_commit *commit)
{
	kaddr_t addr;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		addr = member_base(d, completion, ends[i].id);
		if (!carries_out(d, w, addr))
			continue;
		*commit = (struct drm_commit){addr, ends[i].name, w};
		return true;
	}
	return false;
}

bool drm_commit_of(struct dump *d, const struct drm_commits *commits, kaddr_t completion,
		   struct drm_commit *commit)
{
	size_t i;

	/* First: types that no work asks for need not be looked up. */
	if (!commits->works.n || !completion ||
	    !layout_has_all(d, CRTC_COMMIT_CRTC, CRTC_COMMIT_HW_DONE,
			    CRTC_COMMIT_CLEANUP_DONE, DRM_CRTC_INDEX, ATOMIC_STATE_WORK,
			    ATOMIC_STATE_CRTCS, CRTCS_STATE, CRTCS_STATE_CRTC,
			    CRTCS_STATE_COMMIT))
		return false;
	for (i = 0; i < commits->works.n; i++)
		if (tells_end_of(d, commits->works.v[i], completion, commit))
			return true;
	return false;
}
