// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu panic -j`. */
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

static void blockers(struct json *j, const struct facts *f)
{
	const struct hung_blocker *b;
	size_t i;

	json_array(j, "blockers");
	for (i = 0; i < f->panic.blockers.n; i++) {
		b = &f->panic.blockers.v[i];
		json_object(j, NULL);
		json_text(j, "comm", b->comm);
		json_int(j, "pid", b->pid);
		json_text(j, "owner_comm", b->owner_comm);
		json_int(j, "owner_pid", b->owner_pid);
		json_seconds(j, "ts_s", b->ts_s);
		json_text(j, "text", b->text);
		json_end_object(j);
	}
	json_end_array(j);
}

static void irqs(struct json *j, const struct facts *f)
{
	const struct irq_report *r;
	size_t i;

	json_array(j, "irqs");
	for (i = 0; i < f->panic.irqs.n; i++) {
		r = &f->panic.irqs.v[i];
		json_object(j, NULL);
		json_int(j, "irq", r->irq);
		json_seconds(j, "ts_s", r->ts_s);
		json_text(j, "text", r->text);
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
	blockers(j, f);
	irqs(j, f);
	caught(j, f);
	json_finish(j, f);
}
