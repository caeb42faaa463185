/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines that somebody types at a terminal: edited, completed, remembered.
 *
 * They are remembered in ~/.vgpu_history, where that can be written; where it cannot, until
 * the program ends.
 */
#ifndef VGPU_CORE_PROMPT_H
#define VGPU_CORE_PROMPT_H

struct prompt;

/* NULL: no memory, or the terminal cannot be used. */
struct prompt *prompt_open(const char *text);
/* Without its newline, until the next call; "" after Ctrl-C; NULL: Ctrl-D. */
const char *prompt_line(struct prompt *p);
void prompt_close(struct prompt *p);

#endif
