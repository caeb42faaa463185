// SPDX-License-Identifier: GPL-2.0-or-later
#include "gpu_refusals.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/gpu/virtio_gpu_cmd.h"
#include "kernel/log/complaint.h"

/* Kinds of refusal that are told apart; the rest is only counted. */
#define KINDS_MAX 64

/* The hexadecimal number behind the label; *end is behind it. */
static bool hex_behind(const char *text, const char *label, uint32_t *v, const char **end)
{
	const char *at = strstr(text, label);
	char *stop;

	if (!at)
		return false;
	at += strlen(label);
	*v = (uint32_t)strtoul(at, &stop, 16);
	*end = stop;
	return stop != at;
}

static bool is_refusal(const struct log_line *line, uint32_t *answer, uint32_t *command)
{
	const char *at;

	return is_kernels_own(line) &&
	       strstr(line->text, "virtio_gpu_dequeue_ctrl_func") &&
	       hex_behind(line->text, "*ERROR* response 0x", answer, &at) &&
	       hex_behind(at, " (command 0x", command, &at) && *at == ')';
}

static struct gpu_refusal *kind_of(struct dump *d, struct gpu_refusals *r,
				   uint32_t answer, uint32_t command)
{
	struct gpu_refusal *k;
	size_t i;

	for (i = 0; i < r->all.n; i++)
		if (r->all.v[i].answer == answer && r->all.v[i].command == command)
			return &r->all.v[i];
	if (r->all.n == KINDS_MAX)
		return NULL;
	k = vec_push(d->arena, &r->all);
	k->answer = answer;
	k->command = command;
	k->answer_name = gpu_answer_name(d, answer);
	k->command_name = gpu_command_name(d, command);
	return k;
}

void gpu_refusals_find(struct dump *d, const struct klog *log, struct gpu_refusals *r)
{
	const struct log_line *line;
	uint32_t answer, command;
	struct gpu_refusal *k;
	size_t i;

	memset(r, 0, sizeof(*r));
	r->last_s = -1;
	for (i = 0; i < log->lines.n; i++) {
		line = &log->lines.v[i];
		if (!is_refusal(line, &answer, &command))
			continue;
		r->count++;
		r->last_s = line->ts_s;
		k = kind_of(d, r, answer, command);
		if (!k)
			continue;
		if (!k->count++)
			k->first_s = line->ts_s;
		k->last_s = line->ts_s;
	}
}
