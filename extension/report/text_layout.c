// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu layout`: what vgpu believes of this kernel's structures. */
#include "report.h"

#include "dump/layout.h"

void text_layout(FILE *out, struct dump *d)
{
	const struct layout_row *row;
	int id;

	fprintf(out, "%-24s %7s %7s  %s\n", "ROW", "OFFSET", "SIZE", "FOUND AS");
	for (id = 0; id < LAYOUT_COUNT; id++) {
		row = layout_row(d, (enum layout_id)id);
		if (!row->found[0])
			fprintf(out, "%-24s %7s %7s  absent: %s\n", row->label, "-", "-",
				row->spellings);
		else if (row->kind == LAYOUT_TYPE || row->kind == LAYOUT_VARIABLE)
			fprintf(out, "%-24s %7s %7ld  %s\n", row->label, "", row->size,
				row->found);
		else if (row->kind == LAYOUT_MEMBER)
			fprintf(out, "%-24s %7ld %7ld  %s\n", row->label, row->offset,
				row->size, row->found);
		else
			fprintf(out, "%-24s %7ld %7s  %s\n", row->label, row->offset, "",
				row->found);
	}
}
