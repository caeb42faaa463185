/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A folder for the files of a test, which goes with all that is in it. */
#ifndef VGPU_SCRATCH_H
#define VGPU_SCRATCH_H

extern char scratch[];

/* As cmocka's setup and teardown, of a test or of all. */
int scratch_make(void **state);
int scratch_remove(void **state);

#endif
