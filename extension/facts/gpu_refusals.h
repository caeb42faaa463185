/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands that a virtio-gpu answered with an error, as its driver writes them to the log
 * ("response 0x1203 (command 0x102)").  The log does not tell of which device, nor of
 * all: such lines are limited in rate.
 */
#ifndef VGPU_GPU_REFUSALS_H
#define VGPU_GPU_REFUSALS_H

#include "kernel/log/printk.h"

struct gpu_refusal {
	uint32_t command, answer;
	const char *command_name, *answer_name; /* "SUBMIT_3D", "ERR_UNSPEC", "0x1234" */
	size_t count;
	double first_s, last_s; /* since boot */
};

struct gpu_refusals {
	VEC(struct gpu_refusal) all; /* in the log's order */
	size_t count;		     /* of all lines */
	double last_s;		     /* < 0: there are none */
};

void gpu_refusals_find(struct dump *d, const struct klog *log, struct gpu_refusals *r);

#endif
