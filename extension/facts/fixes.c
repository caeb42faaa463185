// SPDX-License-Identifier: GPL-2.0-or-later
#include "fixes.h"

#include <string.h>

#include "arch/flow.h"
#include "base/base.h"

#define OWN "virtio_gpu_"

/* What dma_fence_put() is where it is inlined, and where it is not. */
#define PUT                                                                              \
	{                                                                                \
		"dma_fence_release", "dma_fence_put"                                     \
	}

static const struct test {
	const char *id;
	struct flow_question code;
	/* Or functions that came, or went, with the fix; code.function is NULL then. */
	const char *symbols[2];
	bool fixed; /* the fix is where the code leads there, or a symbol is */
} tests[] = {
	{"8b6ec999b198",
	 {"virtio_gpu_execbuffer_ioctl",
	  {"virtio_gpu_cmd_submit", "virtio_gpu_submit"},
	  PUT,
	  OWN},
	 {NULL},
	 true},
	{"3f26bb732cc1", {"virtio_gpu_dma_fence_wait", {NULL}, PUT, OWN}, {NULL}, true},
	{"d1b894c5bbb3",
	 {"virtio_gpu_cmd_get_display_info_cb",
	  {NULL},
	  {"drm_helper_hpd_irq_event", "drm_kms_helper_hotplug_event"},
	  OWN},
	 {NULL},
	 false},
	{.id = "443c2accd1b6", .symbols = {"drain_local_pages_wq"}},
	{.id = "557a6bfc662c",
	 .symbols = {"fair_server_pick_task", "fair_server_init"},
	 .fixed = true},
};

static void ask_code(struct dump *d, const struct test *t, struct fix *fix)
{
	struct flow_answer a;
	const char *where;

	flow_ask(d, &t->code, &a);
	fix->address = a.at ? a.at : a.function;
	fix->look = LOOK(FUNCTION, .name = t->code.function, .address = a.function);
	if (a.flow == FLOW_UNKNOWN) {
		fix->why = arena_printf(d->arena, "%s(): %s", t->code.function, a.why);
		if (!a.function)
			fix->look = LOOK(NONE);
		return;
	}
	where = a.after ? arena_printf(d->arena, "behind %s() ", a.after) : "";
	fix->build = (a.flow == FLOW_LEADS) == t->fixed ? BUILD_HAS : BUILD_LACKS;
	fix->why = a.flow == FLOW_LEADS
			   ? arena_printf(d->arena, "%s%s() leads to %s(), at 0x%llx",
					  where, t->code.function, a.to, HEX(a.at))
			   : arena_printf(d->arena, "%s%s() never leads to %s()", where,
					  t->code.function, t->code.to[0]);
}

static void ask_symbols(struct dump *d, const struct test *t, struct fix *fix)
{
	const char *name = t->symbols[0];
	bool there = false;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(t->symbols) && t->symbols[i] && !there; i++) {
		there = dump_symbol(d, t->symbols[i], &fix->address);
		name = there ? t->symbols[i] : name;
	}
	fix->build = there == t->fixed ? BUILD_HAS : BUILD_LACKS;
	fix->look = LOOK(NONE);
	if (there)
		fix->look = LOOK(FUNCTION, .name = name, .address = fix->address);
	else
		fix->address = 0;
	fix->why = arena_printf(d->arena, "this kernel has %s%s()", there ? "" : "no ",
				name);
}

/* Without any function that all kernels have, there are no symbols to ask. */
static bool has_symbols(struct dump *d)
{
	kaddr_t addr;

	return dump_symbol(d, "schedule", &addr);
}

void fixes_read(struct dump *d, struct fixes *fixes)
{
	struct fix *fix;
	size_t i;

	memset(fixes, 0, sizeof(*fixes));
	for (i = 0; i < ARRAY_SIZE(tests) && has_symbols(d); i++) {
		fix = vec_push(d->arena, &fixes->all);
		memset(fix, 0, sizeof(*fix));
		fix->id = tests[i].id;
		if (tests[i].code.function)
			ask_code(d, &tests[i], fix);
		else
			ask_symbols(d, &tests[i], fix);
	}
}

const struct fix *fix_by_id(const struct fixes *fixes, const char *id)
{
	size_t i;

	for (i = 0; id && i < fixes->all.n; i++)
		if (!strcmp(fixes->all.v[i].id, id))
			return &fixes->all.v[i];
	return NULL;
}

const char *build_name(enum build_state build)
{
	static const char *const names[] = {
		[BUILD_UNKNOWN] = "cannot tell",
		[BUILD_LACKS] = "lacks",
		[BUILD_HAS] = "has",
	};

	return names[build];
}
