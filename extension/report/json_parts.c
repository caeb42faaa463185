// SPDX-License-Identifier: GPL-2.0-or-later
/* What every document has, and the parts that several have. */
#include "json_parts.h"

#include "base/text.h"
#include "spelling.h"

#define SCHEMA 1

static void taint(struct json *j, const struct machine *m)
{
	char letters[64 + 1] = "";
	unsigned int bit, n = 0;

	if (!m->taint_known) {
		json_null(j, "taint");
		return;
	}
	for (bit = 0; bit < 64; bit++)
		if (m->taint >> bit & 1 && taint_words(bit))
			letters[n++] = taint_letter(bit);
	letters[n] = '\0';
	json_object(j, "taint");
	json_text(j, "letters", letters);
	json_array(j, "words");
	for (bit = 0; bit < 64; bit++)
		if (m->taint >> bit & 1 && taint_words(bit))
			json_text(j, NULL, taint_words(bit));
	json_end_array(j);
	json_end_object(j);
}

static void kernel(struct json *j, const struct facts *f)
{
	const struct dump_info *info = f->info;
	double uptime = facts_uptime(f);
	size_t i;

	json_object(j, "kernel");
	json_text(j, "release", info->release[0] ? info->release : NULL);
	json_text(j, "machine", info->machine[0] ? info->machine : NULL);
	json_seconds(j, "uptime_s", uptime > 0 ? uptime : -1);
	json_seconds(j, "crash_time", info->crash_time > 0 ? info->crash_time : -1);
	json_text(j, "node", f->machine.node[0] ? f->machine.node : NULL);
	json_known(j, "cpus", info->cpus ? (int64_t)info->cpus : -1);
	json_known(j, "memory", f->machine.memory ? (int64_t)f->machine.memory : -1);
	taint(j, &f->machine);
	json_array(j, "out_of_tree");
	for (i = 0; i < f->modules.all.n; i++)
		if (module_is_foreign(&f->modules.all.v[i]))
			json_text(j, NULL, f->modules.all.v[i].name);
	json_end_array(j);
	json_end_object(j);
}

static void program(struct json *j, const struct dump_about *about)
{
	json_object(j, "program");
	json_text(j, "vgpu", VGPU_VERSION);
	json_text(j, "crash", about->crash);
	json_text(j, "reader", about->reader);
	json_end_object(j);
}

static void filtered(struct json *j, const struct dump_about *about)
{
	if (about->filter_level < 0) {
		json_null(j, "filtered");
		return;
	}
	json_object(j, "filtered");
	json_int(j, "level", about->filter_level);
	json_text(j, "by", about->filtered_by);
	json_end_object(j);
}

static void small(struct json *j, const struct dump_small *small)
{
	if (!small) {
		json_null(j, "small");
		return;
	}
	json_object(j, "small");
	json_text(j, "level", small_level_word(small->level));
	json_bool(j, "blank", small->blank);
	json_bool(j, "no_types", small->no_types);
	json_int(j, "pages", (int64_t)small->pages);
	json_end_object(j);
}

static void types(struct json *j, const struct dump_about *about)
{
	size_t i;

	json_array(j, "layouts");
	for (i = 0; i < about->types.n; i++) {
		json_object(j, NULL);
		json_text(j, "module", about->types.v[i].module);
		json_text(j, "kind", about->types.v[i].kind);
		json_text(j, "file", about->types.v[i].file);
		json_end_object(j);
	}
	json_end_array(j);
}

static void dump(struct json *j, const struct dump_about *about)
{
	static const char *const doors[DOORS] =
		{[DOOR_CRASH] = "crash", [DOOR_PROGRAM] = "program"};

	if (!about->files.n) {
		json_null(j, "dump");
		return;
	}
	json_object(j, "dump");
	json_texts(j, "files", about->files.v, about->files.n);
	json_text(j, "format", about->format);
	json_text(j, "door", doors[about->door]);
	json_bool(j, "live", about->live);
	filtered(j, about);
	json_known(j, "partial", about->partial);
	small(j, about->small);
	types(j, about);
	json_end_object(j);
}

struct json *json_begin(FILE *out, const struct facts *f)
{
	struct json *j = json_open(out);

	if (!j)
		return NULL;
	/* Of what is printed without a dump there are none. */
	if (f->arena)
		json_scratch(j)->no_memory = f->arena->no_memory;
	json_object(j, NULL);
	json_int(j, "vgpu", SCHEMA);
	program(j, f->info->about);
	kernel(j, f);
	return j;
}

void json_texts(struct json *j, const char *key, const char *const *v, size_t n)
{
	size_t i;

	json_array(j, key);
	for (i = 0; i < n; i++)
		json_text(j, NULL, v[i]);
	json_end_array(j);
}

/* At the end, since a dump is known better the more of it was read. */
void json_finish(struct json *j, const struct facts *f)
{
	dump(j, f->info->about);
	json_texts(j, "incomplete", (const char *const *)f->notes->v, f->notes->n);
	json_end_object(j);
	json_close(j);
}

void json_known(struct json *j, const char *key, int64_t value)
{
	if (value < 0)
		json_null(j, key);
	else
		json_int(j, key, value);
}

const char *json_comm(const struct facts *f, int pid)
{
	const struct task *t = pid > 0 ? task_by_pid(&f->tasks, pid) : NULL;

	return t ? t->comm : NULL;
}

/* "function+0x1c [module]" */
static void frame(struct json *j, const struct frame *fr)
{
	struct arena *a = json_scratch(j);
	const char *mod = fr->module[0] ? arena_printf(a, " [%s]", fr->module) : "";

	if (fr->function[0])
		json_text(j, NULL,
			  arena_printf(a, "%s+0x%llx%s", fr->function, HEX(fr->offset),
				       mod));
	else
		json_text(j, NULL, arena_printf(a, "0x%llx", HEX(fr->ip)));
}

void json_stack(struct json *j, const struct stack *s)
{
	size_t i;

	json_array(j, "stack");
	for (i = 0; i < s->n; i++)
		frame(j, &s->v[i]);
	json_end_array(j);
}

void json_task_fields(struct json *j, const struct task *t)
{
	char state[2] = {t->state_letter, '\0'};

	json_address(j, "task", t->addr);
	json_int(j, "pid", t->pid);
	json_text(j, "comm", t->comm);
	json_text(j, "state", state);
}

void json_check(struct json *j, const struct facts *f, const struct look *look)
{
	const char *number = look_number_name(look->kind);

	json_text(j, "check", look_text_in(json_scratch(j), f, look));
	if (look->kind == LOOK_NONE) {
		json_null(j, "look");
		return;
	}
	json_object(j, "look");
	json_text(j, "kind", look_kind_name(look->kind));
	json_text(j, "type", look_type(look));
	json_address(j, "address", look->address);
	if (look->name)
		json_text(j, "name", look->name);
	if (number)
		json_int(j, number, look->n);
	json_end_object(j);
}

void json_trigger(struct json *j, const struct facts *f)
{
	const struct trigger *t = &f->panic.trigger;
	size_t i;

	json_object(j, "trigger");
	json_text(j, "kind", trigger_kind_name(t->kind));
	json_text(j, "message", t->message);
	json_text(j, "task", t->comm[0] ? t->comm : NULL);
	json_known(j, "pid", t->pid);
	json_known(j, "cpu", t->cpu);
	json_text(j, "sysctl", t->sysctl);
	if (t->accused)
		json_text(j, "accused", accused_kind_name(t->accused));
	if (t->accused_name[0])
		json_text(j, "accused_name", t->accused_name);
	json_array(j, "evidence");
	for (i = 0; i < t->evidence.n; i++) {
		json_object(j, NULL);
		json_text(j, "claim", t->evidence.v[i].claim);
		json_address(j, "address", t->evidence.v[i].addr);
		json_check(j, f, &t->evidence.v[i].look);
		json_end_object(j);
	}
	json_end_array(j);
	json_end_object(j);
}

void json_sysctls(struct json *j, const struct facts *f)
{
	const struct sysctl_value *s;
	int64_t value;
	size_t i;

	json_object(j, "sysctls");
	for (i = 0; i < f->sysctls.all.n; i++) {
		s = &f->sysctls.all.v[i];
		if (facts_switch(f, s, &value))
			json_int(j, s->name, value);
		else
			json_null(j, s->name);
	}
	json_end_object(j);
}

void json_build(struct json *j, const struct facts *f, const struct fix *fix)
{
	if (!fix)
		return;
	json_object(j, "build");
	json_text(j, "state", build_name(fix->build));
	json_text(j, "why", fix->why);
	json_address(j, "address", fix->address);
	json_check(j, f, &fix->look);
	json_end_object(j);
}
