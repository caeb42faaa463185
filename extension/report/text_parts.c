// SPDX-License-Identifier: GPL-2.0-or-later
/* What several commands end with. */
#include "report.h"

#include "debuginfo.h"
#include "text_writer.h"

#define INDENT 10

void text_missing(FILE *out, const struct facts *f)
{
	const struct types_missing *m;
	size_t i;

	for (i = 0; i < f->gpus.missing.n; i++) {
		m = &f->gpus.missing.v[i];
		text_wrapf(out, "NO TYPES", INDENT,
			   "Without debuginfo of %s vgpu cannot show: %s.",
			   debuginfo_of(f, m), m->without);
	}
	if (!i)
		return;
	text_wrap(out, "", INDENT, debuginfo_advice(f));
	/* By itself, so that it is not cut where it would be wrapped. */
	if (*debuginfo_command(f))
		fprintf(out, "%*s%s\n", INDENT, "", debuginfo_command(f));
}

void text_notes(FILE *out, const struct facts *f)
{
	size_t i;

	for (i = 0; i < f->notes->n; i++)
		text_wrap(out, i ? "" : "UNREAD", INDENT, f->notes->v[i]);
}
