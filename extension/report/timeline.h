/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When it happened, in seconds before the end, by whatever clock the facts have it. */
#ifndef VGPU_TIMELINE_H
#define VGPU_TIMELINE_H

#include "triage/triage.h"

enum moment_kind {
	MOMENT_KEEPS, /* who keeps the others waiting, or the last sign of it */
	MOMENT_WAITS, /* a victim, or who stands between */
	MOMENT_SAID,  /* a line of the log */
	MOMENT_SEEN,  /* a sign of life */
};

struct moment {
	enum moment_kind kind;
	const char *what;
	double ago_s;
	bool lasts; /* from then to the end */
};

struct timeline {
	VEC(struct moment) all; /* the earliest first */
	double from_s;		/* where it begins */
};

/* In the facts' arena. */
void timeline_make(struct timeline *t, const struct facts *f,
		   const struct triage *judged);

#endif
