// SPDX-License-Identifier: GPL-2.0-or-later
#include "pages.h"

#include "readers/core/format.h"

enum dump_err (*page_passes)(uint64_t pfn, unsigned char *page, size_t size);

static struct core *core;
static const struct core_format *real;
static struct core_format ours;

/* As --wrap names them. */
struct core *open_really(struct arena *a, const struct core_request *request,
			 struct error *why) __asm__("__real_core_open");
struct core *open_watched(struct arena *a, const struct core_request *request,
			  struct error *why) __asm__("__wrap_core_open");

static enum dump_err pass(void *state, uint64_t pfn, unsigned char *to, uint64_t *stored)
{
	enum dump_err err = real->page(state, pfn, to, stored);

	if (err != DUMP_OK || !page_passes)
		return err;
	return page_passes(pfn, to, core->about.page_size);
}

struct core *open_watched(struct arena *a, const struct core_request *request,
			  struct error *why)
{
	core = open_really(a, request, why);
	if (core) {
		real = core->format;
		ours = *real;
		ours.page = pass;
		core->format = &ours;
	}
	return core;
}

enum dump_err page_as_it_is(uint64_t pfn, unsigned char *page)
{
	uint64_t stored = 0;

	if (pfn >= core->about.max_pfn)
		return DUMP_ABSENT;
	return real->page(core->state, pfn, page, &stored);
}

uint64_t pages_end(void)
{
	return core->about.max_pfn;
}

void pages_forget(void)
{
	core_set_page_size(core, core->about.page_size);
}
