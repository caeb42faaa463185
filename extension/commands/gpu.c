// SPDX-License-Identifier: GPL-2.0-or-later
/* virtio-gpu: its devices, their queues, fences and objects. */
#include "command.h"

#include "report/report.h"

#define FACTS_GPU (FACTS_TASKS | FACTS_DEVICES | FACTS_USE)

#define VERBOSE 'v'
#define ALL 'a'
#define BY_SIZE 's'

static void run_dev(struct session *s)
{
	(s->json ? json_devices : text_devices)(s->out, s->facts);
}

const struct command command_dev = {
	.name = "dev",
	.use = "[-j]",
	.help = "  vgpu dev [-j]\n"
		"    virtio-gpu devices, of the driver's list and of DRM's minors: features, capsets,\n"
		"    scanouts with their framebuffers, contexts and whose they are, works pending,\n"
		"    fence counters, and their queues with depth, free descriptors and commands in\n"
		"    flight.  Loads the debuginfo of modules virtio_gpu and virtio_ring if crash can\n"
		"    find it, and says what to install if not; so do the next three.\n",
	.facts = FACTS_GPU,
	.run = run_dev,
};

static void run_vq(struct session *s)
{
	if (s->json)
		json_queues(s->out, s->facts, s->argument);
	else
		text_queues(s->out, s->facts, s->argument, session_has(s, VERBOSE));
}

const struct command command_vq = {
	.name = "vq",
	.use = "[-j] [-v] [name]",
	.help = "  vgpu vq [-j] [-v] [name]\n"
		"    The queues, or the one of this name (control, cursor): indices, kicks and\n"
		"    interrupts wanted or due, who waits for room, what contradicts what.  -v: each\n"
		"    command in flight, the oldest first where ages are known: its descriptor, where\n"
		"    it is, its vbuffer, type, resource, context, fence, and the answer where the\n"
		"    device has written one.\n",
	.facts = FACTS_GPU,
	.takes_argument = true,
	.options = {{.letter = VERBOSE}},
	.run = run_vq,
};

static void run_fence(struct session *s)
{
	(s->json ? json_fences : text_fences)(s->out, s->facts, session_has(s, ALL));
}

const struct command command_fence = {
	.name = "fence",
	.use = "[-j] [-a]",
	.help = "  vgpu fence [-j] [-a]\n"
		"    Fences: by context, then those on the device's list with who waits on each,\n"
		"    what holds it, and the command that carries it.  -a: those off the list too,\n"
		"    told apart as held (by an open sync_file, a reservation, a syncobj, a\n"
		"    framebuffer), leaked, freed and waiting for RCU.\n",
	.facts = FACTS_GPU,
	.options = {{.letter = ALL, .facts = FACTS_FENCES}},
	.run = run_fence,
};

static void run_obj(struct session *s)
{
	(s->json ? json_objects : text_objects)(s->out, s->facts,
						session_has(s, BY_SIZE));
}

const struct command command_obj = {
	.name = "obj",
	.use = "[-j] [-s]",
	.help = "  vgpu obj [-j] [-s]\n"
		"    GEM objects by process: resource id, size, kind, pages that back it, and what\n"
		"    refers to it; orphans, to which nothing does.  -s: the largest first.\n",
	.facts = FACTS_GPU,
	.options = {{.letter = BY_SIZE}},
	.run = run_obj,
};
