// SPDX-License-Identifier: GPL-2.0-or-later
/* Stacks, and what the log said of tasks. */
#include "json_parts.h"

static void reported(struct json *j, const struct facts *f)
{
	const struct hung_report *r;
	size_t i;

	json_array(j, "reported");
	for (i = 0; i < f->panic.hung.n; i++) {
		r = &f->panic.hung.v[i];
		json_object(j, NULL);
		json_text(j, "comm", r->comm);
		json_int(j, "pid", r->pid);
		json_int(j, "seconds", r->seconds);
		json_seconds(j, "ts_s", r->ts_s);
		json_text(j, "now", since_report_name(facts_since_report(f, r)));
		json_end_object(j);
	}
	json_end_array(j);
}

static void caught(struct json *j, const struct facts *f)
{
	const struct caught *c;
	size_t i;

	json_array(j, "caught");
	for (i = 0; i < f->panic.caught.n; i++) {
		c = &f->panic.caught.v[i];
		json_object(j, NULL);
		json_text(j, "sysctl", c->sysctl);
		json_int(j, "count", (long long)c->count);
		json_seconds(j, "first_s", c->first->ts_s);
		json_text(j, "first", c->first->text);
		json_end_object(j);
	}
	json_end_array(j);
}

void json_panic(FILE *out, const struct facts *f)
{
	struct json *j = json_begin(out, f);

	if (!j)
		return;
	json_trigger(j, f);
	json_sysctls(j, f);
	reported(j, f);
	caught(j, f);
	json_finish(j, f);
}

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
		json_stack(j, f, &v[i].stack);
		json_bool(j, "complete", v[i].stack.complete);
		json_bool(j, "user", v[i].stack.user);
		json_text(j, "why", v[i].stack.complete ? NULL : v[i].stack.why);
		json_end_object(j);
	}
	json_end_array(j);
	json_finish(j, f);
}
