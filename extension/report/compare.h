/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two dumps side by side. */
#ifndef VGPU_REPORT_COMPARE_H
#define VGPU_REPORT_COMPARE_H

#include "facts/slab_growth.h"
#include "json_writer.h"
#include "report.h"

struct compared {
	struct arena *arena;
	struct compared_side {
		const struct facts *f;
		const struct triage *t;
	} side[2];
	const struct slab_growths *slabs; /* NULL: not known of both */
	const char *no_slabs;		  /* why, a sentence */
};

/* Of the verdict that comes first. */
const struct verdict *compared_verdict(const struct compared_side *s);
/* "Xorg -> mutex -> work drain_local_pages_wq -> cpu": no address, pid or number. */
const char *compared_chain(const struct compared_side *s);

void text_compare(FILE *out, const struct compared *c);
/* What the document has beside what each has. */
void json_compare_part(struct json *j, const struct compared *c);
void json_compare(FILE *out, const struct dump_about *about, const struct compared *c);

#endif
