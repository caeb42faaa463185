// SPDX-License-Identifier: GPL-2.0-or-later
/* virtio-gpu: its devices, their queues, fences and objects. */
#include "command.h"

#include <string.h>

#include "process.h"
#include "report/report.h"

#define FACTS_GPU (FACTS_TASKS | FACTS_DEVICES | FACTS_USE)

#define VERBOSE 'v'
#define ALL 'a'
#define BY_SIZE 's'

static enum result run_dev(struct session *s)
{
	(s->json ? json_devices : text_devices)(s->out, s->facts);
	return RESULT_DONE;
}

const struct command command_dev = {
	.name = "dev",
	.help = "virtio-gpu devices, of the driver's list and of DRM's minors: "
		"features, capsets, scanouts with their framebuffers, contexts and "
		"whose they are, works pending, fence counters, interrupts (how "
		"often each came, whether it is disabled, where it goes), and queues "
		"with depth, free descriptors and commands in flight. Loads the "
		"debuginfo of modules virtio_gpu and virtio_ring where it can be "
		"found, and says what to install if not; so do vq, fence and obj.",
	.facts = FACTS_GPU,
	.run = run_dev,
};

/* False, and an error: queues were found, and none of this name. */
static bool has_queue(struct session *s, const char *name)
{
	struct nearest near = {.word = name};
	const struct gpus *gpus = &s->facts->gpus;
	const struct virtqueues *vqs;
	size_t i, k, n = 0;

	for (i = 0; i < gpus->all.n; i++) {
		vqs = &gpus->all.v[i].vqs;
		for (k = 0; k < vqs->all.n; k++, n++) {
			if (!strcmp(vqs->all.v[k].name, name))
				return true;
			nearest_try(&near, vqs->all.v[k].name);
		}
	}
	if (!n)
		return true;
	session_error_near(s, RESULT_NOT_FOUND, &near,
			   "no virtio-gpu queue is called \"%s\"", name);
	return false;
}

static enum result run_vq(struct session *s)
{
	if (s->argument && !has_queue(s, s->argument))
		return RESULT_NOT_FOUND;
	if (s->json)
		json_queues(s->out, s->facts, s->argument);
	else
		text_queues(s->out, s->facts, s->argument, session_has(s, VERBOSE));
	return RESULT_DONE;
}

const struct command command_vq = {
	.name = "vq",
	.argument = "name",
	.help = "The queues, or the one of this name (control, cursor): indices, "
		"kicks and interrupts wanted or due, who waits for room, what "
		"contradicts what.",
	.facts = FACTS_GPU,
	.options =
		{
			{.letter = VERBOSE,
			 .help = "each command in flight, the oldest first where ages are known: its "
				 "descriptor, where it is, its vbuffer, type, resource, context, "
				 "fence, and the answer where the device has written one; -j always "
				 "has them"},
		},
	.run = run_vq,
};

/* Was the fence's command given by the process, in a context of its own? */
static bool gave_command(const struct gpu *g, const struct gpu_fence *fence, int pid)
{
	const struct gpu_context *c;
	size_t i;

	for (i = 0; fence->command && i < g->contexts.n; i++) {
		c = &g->contexts.v[i];
		if (c->file && c->file->pid == pid && c->id == fence->command->context)
			return true;
	}
	return false;
}

static bool fence_is_of(const struct gpu *g, const struct gpu_fence *fence, int pid)
{
	const struct fence_holder *h = g->fences.holders.v;
	size_t i;

	for (i = 0; i < fence->f.waiters.n; i++)
		if (fence->f.waiters.v[i].task && fence->f.waiters.v[i].task->tgid == pid)
			return true;
	for (i = 0; i < fence->nholders; i++)
		if (h[fence->first_holder + i].pid == pid)
			return true;
	return gave_command(g, fence, pid);
}

static void narrow_fences(struct gpus *gpus, int pid)
{
	struct gpu_fences *fs;
	size_t i, k, n;

	for (i = 0; i < gpus->all.n; i++) {
		fs = &gpus->all.v[i].fences;
		for (k = n = 0; k < fs->all.n; k++)
			if (fence_is_of(&gpus->all.v[i], &fs->all.v[k], pid))
				fs->all.v[n++] = fs->all.v[k];
		fs->all.n = n;
	}
}

static enum result run_fence(struct session *s)
{
	int pid;

	if (!process_wanted(s, &pid))
		return RESULT_NOT_FOUND;
	if (pid >= 0)
		narrow_fences(&s->facts->gpus, pid);
	(s->json ? json_fences : text_fences)(s->out, s->facts, session_has(s, ALL));
	return RESULT_DONE;
}

const struct command command_fence = {
	.name = "fence",
	.help = "Fences: by context, then those on the device's list with who waits "
		"on each, what holds it, and the command that carries it.",
	.facts = FACTS_GPU,
	.options =
		{
			{.letter = ALL,
			 .facts = FACTS_FENCES,
			 .level = SMALL_LEAK,
			 .help = "those off the list too, told apart as held (by an open sync_file, "
				 "a reservation, a syncobj, a framebuffer), leaked, freed and "
				 "waiting for RCU"},
			{.letter = PROCESS,
			 .number = "pid",
			 .help = "only fences that are waited for, held, or asked for by a command of this process"},
		},
	.run = run_fence,
};

static bool object_is_of(const struct gpu_object *o, int pid)
{
	size_t i;

	for (i = 0; i < o->handles.n; i++)
		if (o->handles.v[i].file->pid == pid)
			return true;
	return false;
}

/* Who has a handle: then it is no orphan. */
static void narrow_objects_of(struct gpu_objects *os, int pid)
{
	size_t i, n = 0;

	os->bytes = os->orphan_bytes = 0;
	os->orphans = os->freeing = 0;
	for (i = 0; i < os->all.n; i++) {
		if (!object_is_of(&os->all.v[i], pid))
			continue;
		os->bytes += os->all.v[i].size;
		os->freeing += os->all.v[i].freeing;
		os->all.v[n++] = os->all.v[i];
	}
	os->all.n = n;
}

static void narrow_objects(struct gpus *gpus, int pid)
{
	size_t i;

	for (i = 0; i < gpus->all.n; i++)
		narrow_objects_of(&gpus->all.v[i].objects, pid);
}

static enum result run_obj(struct session *s)
{
	int pid;

	if (!process_wanted(s, &pid))
		return RESULT_NOT_FOUND;
	if (pid >= 0)
		narrow_objects(&s->facts->gpus, pid);
	(s->json ? json_objects : text_objects)(s->out, s->facts,
						session_has(s, BY_SIZE));
	return RESULT_DONE;
}

const struct command command_obj = {
	.name = "obj",
	.help = "GEM objects by process: resource id, size, kind, pages that back "
		"it, and what refers to it; orphans, to which nothing does.",
	.facts = FACTS_GPU,
	.options =
		{
			{.letter = BY_SIZE, .help = "the largest first"},
			{.letter = PROCESS,
			 .number = "pid",
			 .help = "only objects that have a handle of this process"},
		},
	.run = run_obj,
};
