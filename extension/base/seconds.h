/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VGPU_SECONDS_H
#define VGPU_SECONDS_H

/* Since some moment in the past, by a clock that nobody sets. */
double seconds_now(void);

#endif
