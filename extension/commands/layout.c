// SPDX-License-Identifier: GPL-2.0-or-later
/* What vgpu believes of this kernel's structures. */
#include "command.h"

#include "report/report.h"

static enum result run_layout(struct session *s)
{
	dump_load_module(s->dump, "virtio_gpu", NULL);
	dump_load_module(s->dump, "virtio_ring", NULL);
	if (session_interrupted(s))
		return RESULT_INTERRUPTED;
	if (s->json)
		json_layout(s->out, s->facts, s->dump);
	else
		text_layout(s->out, s->dump);
	return RESULT_DONE;
}

const struct command command_layout = {
	.name = "layout",
	.help = "Every type, member, enumerator and size of a variable that vgpu uses, as "
		"resolved for this kernel.",
	.run = run_layout,
};
