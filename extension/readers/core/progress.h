/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VGPU_CORE_PROGRESS_H
#define VGPU_CORE_PROGRESS_H

#include "base/error.h"

#include <stdint.h>

/* What may take long tells how far it is, and asks whether to go on.  Each may be NULL. */
struct progress {
	/* what: "unpacking"; of: 0: nobody knows.  Often: show it now and then. */
	void (*tell)(const char *what, uint64_t done, uint64_t of);
	bool (*interrupted)(void); /* the user pressed Ctrl-C */
};

/* Shall it go on? */
static inline bool progress_at(const struct progress *p, const char *what, uint64_t done,
			       uint64_t of, struct error *why)
{
	if (p->tell)
		p->tell(what, done, of);
	if (p->interrupted && p->interrupted())
		return error_set(why, "interrupted while %s", what);
	return true;
}

#endif
