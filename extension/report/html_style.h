/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VGPU_HTML_STYLE_H
#define VGPU_HTML_STYLE_H

extern const char html_style[];

#endif
