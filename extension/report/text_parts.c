// SPDX-License-Identifier: GPL-2.0-or-later
/* What several commands end with. */
#include "report.h"

#include "text_writer.h"
#include "triage/debuginfo.h"

#define INDENT 10

void text_missing(FILE *out, const struct facts *f)
{
	const struct types_missing *m;
	size_t i;

	for (i = 0; i < f->gpus.missing.n; i++) {
		m = &f->gpus.missing.v[i];
		text_wrapf(
			out, "NO TYPES", INDENT,
			"Without debuginfo of module %s vgpu cannot show: %s. Install the "
			"package %s (or put its .ko where crash looks), or load it by hand:",
			m->module, m->without, debuginfo_package(f));
		fprintf(out, "%*s%s\n", INDENT, "", debuginfo_command(f, m->module));
	}
}

void text_notes(FILE *out, const struct facts *f)
{
	size_t i;

	for (i = 0; i < f->notes->n; i++)
		text_wrap(out, i ? "" : "UNREAD", INDENT, f->notes->v[i]);
}
