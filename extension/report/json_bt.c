// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu bt -j`. */
#include "json_parts.h"

void json_stacks(FILE *out, const struct facts *f, const struct stack_of_task *v,
		 size_t n)
{
	struct json *j = json_begin(out, f);
	size_t i;

	if (!j)
		return;
	json_array(j, "stacks");
	for (i = 0; i < n; i++) {
		json_object(j, NULL);
		json_task_fields(j, v[i].task);
		json_int(j, "cpu", v[i].task->cpu);
		json_bool(j, "on_cpu", v[i].task->on_cpu);
		json_asked(j, &v[i].asked);
		json_stack(j, &v[i].stack);
		json_bool(j, "complete", v[i].stack.complete);
		json_bool(j, "user", v[i].stack.user);
		json_text(j, "why", v[i].stack.complete ? NULL : v[i].stack.why);
		json_end_object(j);
	}
	json_end_array(j);
	json_finish(j, f);
}
