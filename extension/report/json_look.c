// SPDX-License-Identifier: GPL-2.0-or-later
/* `vgpu log -j`, `ps -j`, `sys -j` and `mod -j`. */
#include "json_parts.h"

#include <string.h>

/* "  123.456789" of "[  123.456789]", without its spaces. */
static const char *stamp_alone(const struct facts *f, double ts_s)
{
	char stamp[LOG_STAMP];
	const char *begin = log_stamp(stamp, ts_s) + 1;

	begin += strspn(begin, " ");
	return arena_printf(f->arena, "%.*s", (int)strcspn(begin, "]"), begin);
}

/* The record that begins at this line; returns where the next one does. */
static size_t record(struct json *j, const struct facts *f, size_t i, double boot)
{
	const struct log_line *line = &f->log.lines.v[i];
	bool clipped = false;

	json_object(j, NULL);
	json_int(j, "seq", (int64_t)line->seq);
	json_seconds(j, "ts_s", line->ts_s);
	json_text(j, "stamp", stamp_alone(f, line->ts_s));
	json_seconds(j, "time", boot > 0 ? boot + line->ts_s : -1);
	json_int(j, "level", line->level);
	json_int(j, "facility", line->facility);
	json_text(j, "caller", line->caller[0] ? line->caller : NULL);
	json_array(j, "lines");
	do {
		clipped |= f->log.lines.v[i].clipped;
		json_text(j, NULL, f->log.lines.v[i++].text);
	} while (i < f->log.lines.n && !f->log.lines.v[i].first);
	json_end_array(j);
	json_bool(j, "clipped", clipped);
	json_end_object(j);
	return i;
}

void json_log(FILE *out, const struct facts *f)
{
	struct json *j = json_begin(out, f);
	double boot = facts_boot_time(f);
	size_t i;

	if (!j)
		return;
	json_array(j, "log");
	for (i = 0; i < f->log.lines.n;)
		i = record(j, f, i, boot);
	json_end_array(j);
	json_seconds(j, "boot_time", boot > 0 ? boot : -1);
	json_int(j, "older", (int64_t)f->log.older);
	json_finish(j, f);
}

static void throttle(struct json *j, const struct throttle *th)
{
	if (!th) {
		json_null(j, "throttled");
		return;
	}
	json_object(j, "throttled");
	json_text(j, "cgroup", th->group->path[0] ? th->group->path : NULL);
	json_address(j, "task_group", th->group->addr);
	json_address(j, "cfs_rq", th->cfs_rq);
	json_seconds(j, "quota_s", (double)th->group->quota / 1e9);
	json_seconds(j, "period_s", (double)th->group->period / 1e9);
	json_seconds(j, "left_s", (double)th->group->runtime / 1e9);
	json_int(j, "periods", (int64_t)th->group->periods);
	json_int(j, "periods_throttled", (int64_t)th->group->throttled);
	json_end_object(j);
}

void json_tasks(FILE *out, const struct facts *f, const struct task *const *v, size_t n)
{
	struct json *j = json_begin(out, f);
	const struct task *t;
	size_t i;

	if (!j)
		return;
	json_array(j, "tasks");
	for (i = 0; i < n; i++) {
		t = v[i];
		json_object(j, NULL);
		json_task_fields(j, t);
		json_int(j, "tgid", t->tgid);
		json_known(j, "ppid", task_ppid(&f->tasks, t));
		json_int(j, "cpu", t->cpu);
		json_bool(j, "on_cpu", t->on_cpu);
		json_bool(j, "kthread", t->kthread);
		json_bool(j, "idle", t->idle);
		json_seconds(j, "since_s", t->since_s);
		json_text(j, "class", sched_kind_name(t->sched));
		json_text(j, "policy", policy_name(t->policy));
		json_int(j, "rt_priority", t->rt_priority);
		throttle(j, t->throttle);
		json_end_object(j);
	}
	json_end_array(j);
	json_finish(j, f);
}

static void memory(struct json *j, const struct memory *m)
{
	if (!m->counted) {
		json_null(j, "memory");
		return;
	}
	json_object(j, "memory");
	json_int(j, "total", (int64_t)m->total);
	json_int(j, "free", (int64_t)m->free);
	json_int(j, "anonymous", (int64_t)m->anon);
	json_int(j, "files", (int64_t)m->file);
	json_int(j, "shared", (int64_t)m->shmem);
	json_int(j, "slabs", (int64_t)m->slab);
	json_end_object(j);
}

void json_system(FILE *out, const struct facts *f)
{
	struct json *j = json_begin(out, f);
	const struct machine *m = &f->machine;
	size_t i;

	if (!j)
		return;
	json_object(j, "sys");
	json_text(j, "version", m->version[0] ? m->version : NULL);
	json_array(j, "load");
	for (i = 0; m->load_known && i < ARRAY_SIZE(m->load); i++)
		json_seconds(j, NULL, m->load[i]);
	json_end_array(j);
	memory(j, &f->memory);
	json_int(j, "tasks", (int64_t)f->tasks.all.n);
	json_trigger(j, f);
	json_end_object(j);
	json_finish(j, f);
}

static void range(struct json *j, const char *key, const struct text_range *r)
{
	if (!r->end) {
		json_null(j, key);
		return;
	}
	json_object(j, key);
	json_address(j, "start", r->start);
	json_address(j, "end", r->end);
	json_end_object(j);
}

/* Where the types of each come from is in every document: dump.layouts. */
void json_modules(FILE *out, const struct facts *f)
{
	struct json *j = json_begin(out, f);
	const struct module *m;
	size_t i;

	if (!j)
		return;
	json_array(j, "modules");
	for (i = 0; i < f->modules.all.n; i++) {
		m = &f->modules.all.v[i];
		json_object(j, NULL);
		json_text(j, "name", m->name);
		json_address(j, "address", m->addr);
		range(j, "text", &m->text);
		range(j, "init", &m->init);
		json_known(j, "size", module_size(m) ? (int64_t)module_size(m) : -1);
		json_text(j, "taints", taints_of_module(f->arena, m->taints));
		json_end_object(j);
	}
	json_end_array(j);
	json_finish(j, f);
}
