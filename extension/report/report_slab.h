/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `vgpu slab`, as text and as JSON. */
#ifndef VGPU_REPORT_SLAB_H
#define VGPU_REPORT_SLAB_H

#include "facts/slab_overview.h"
#include "facts/slab_types.h"
#include "facts/slab_whatis.h"
#include "kernel/mm/slab_detail.h"
#include "report.h"

void text_slab_overview(FILE *out, const struct facts *f, const struct slabs *s,
			const struct slab_overview *o);
/* v: one for each cache of the selection. */
void text_slab_caches(FILE *out, const struct facts *f, const struct slabs *s,
		      const struct slab_selection *sel, const struct slab_detail *v);
/* cache: its name. */
void text_slab_types(FILE *out, const struct facts *f, const char *cache,
		     const struct slab_types *x);
void text_slab_users(FILE *out, struct facts *f, const char *cache,
		     const struct slab_users *x);
void text_slab_whatis(FILE *out, struct facts *f, const struct slab_whatis *w);

void json_slab_overview(FILE *out, const struct facts *f, const struct slabs *s,
			const struct slab_overview *o);
void json_slab_caches(FILE *out, const struct facts *f, const struct slabs *s,
		      const struct slab_selection *sel, const struct slab_detail *v);
void json_slab_types(FILE *out, const struct facts *f, const char *cache,
		     const struct slab_types *x);
void json_slab_users(FILE *out, struct facts *f, const char *cache,
		     const struct slab_users *x);
void json_slab_whatis(FILE *out, struct facts *f, const struct slab_whatis *w);

#endif
