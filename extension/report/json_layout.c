// SPDX-License-Identifier: GPL-2.0-or-later
/* The members that vgpu uses, as resolved. */
#include "json_parts.h"

#include "dump/layout.h"

void json_layout(FILE *out, const struct facts *f, struct dump *d)
{
	static const char *const kinds[] = {
		[LAYOUT_TYPE] = "type",
		[LAYOUT_MEMBER] = "member",
		[LAYOUT_ENUMERATOR] = "enumerator",
		[LAYOUT_VARIABLE] = "variable",
	};
	struct json *j = json_begin(out, f);
	const struct layout_row *row;
	int id;

	if (!j)
		return;
	json_array(j, "layout");
	for (id = 0; id < LAYOUT_COUNT; id++) {
		row = layout_row(d, (enum layout_id)id);
		json_object(j, NULL);
		json_text(j, "row", row->label);
		json_text(j, "kind", kinds[row->kind]);
		json_text(j, "found", row->found[0] ? row->found : NULL);
		json_text(j, "spellings", row->spellings);
		if (row->kind == LAYOUT_ENUMERATOR)
			json_int(j, "value", row->offset);
		else
			json_int(j, "size", row->size);
		if (row->kind == LAYOUT_MEMBER)
			json_int(j, "offset", row->offset);
		json_end_object(j);
	}
	json_end_array(j);
	json_finish(j, f);
}
