/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a task asked of the kernel, in words. */
#ifndef VGPU_ASKED_WORDS_H
#define VGPU_ASKED_WORDS_H

#include "facts/facts.h"

/*
 * "ioctl(13</dev/dri/card0>, DRM_IOCTL_VIRTGPU_WAIT, 0x7ffd3a0e8)", as strace has it;
 * NULL: it came by no system call, or not from user space.
 */
const char *asked_call(struct arena *a, const struct asked *asked);
/*
 * What it is in: "ioctl DRM_IOCTL_VIRTGPU_WAIT on /dev/dri/card0", or "exit" of who ends,
 * whatever he asked for last; NULL as above.
 */
const char *asked_short(struct arena *a, const struct asked *asked);
/* The same of a task by its address; NULL, too: nobody looked at it closely. */
const char *asked_of_task(const struct facts *f, kaddr_t task);
/* "/bin/true+0x1234", "[vdso]+0x12"; NULL: not known. */
const char *asked_code(struct arena *a, const struct asked *asked);
/* A shell's command that names that place, where the object's file is; NULL: none does. */
const char *asked_addr2line(struct arena *a, const struct asked *asked);

#endif
