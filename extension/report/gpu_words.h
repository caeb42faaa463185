/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of a GPU on a terminal and in a report that is sent; in an arena, or static. */
#ifndef VGPU_GPU_WORDS_H
#define VGPU_GPU_WORDS_H

#include "facts/facts.h"

/* "split", "packed"; "?": not read. */
const char *ring_words(const struct virtqueue *vq);
/* What is unusual: "failed", "UNBOUND from its driver"; "": nothing is. */
const char *gpu_state_words(struct arena *a, const struct gpu *g);
/* "34 virtio1-control: came 120 times; goes to CPU 0 (affinity 0-1); DISABLED, depth 1" */
const char *irq_words(struct arena *a, const struct gpu_irq *irq);
/* "SUBMIT_3D context 2 fence 7; for 20.0 s at least", of a command that was read. */
const char *command_words(struct arena *a, const struct gpu_command *c);
/* "pid 196", "the kernel"; and with its name: "pid 196 (Xorg)". */
const char *opener_words(struct arena *a, int pid);
const char *owner_words(const struct facts *f, int pid);

#endif
