/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every unit test includes: cmocka wants these headers before its own. */
#ifndef VGPU_TEST_H
#define VGPU_TEST_H

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_dump.h"
#include "fake_kernel.h"
#include "fake_work.h"

/* A function that takes a fake dump of 5.10, as a cmocka test. */
#define fake_test(f)                                                                     \
	cmocka_unit_test_prestate_setup_teardown(f, test_5_10, test_end, NULL)

/* What a test that aborts was about to do should be seen. */
__attribute__((constructor)) static inline void test_unbuffered(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
}

/* The text is seen where it is not so. */
static inline void assert_contains(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in: %s", part, text);
}

static inline void assert_not_contains(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" is in: %s", part, text);
}

/* Documents are kept for `make test-docs`, which holds them to docs/json.md. */
static inline void keep_documents(const char *text)
{
	const char *path = getenv("VGPU_DOCUMENTS");
	FILE *kept = path ? fopen(path, "a") : NULL;
	size_t n;

	for (; kept && *text; text += n) {
		n = strcspn(text, "\n");
		n += text[n] == '\n';
		if (!strncmp(text, "{\"vgpu\":", 8))
			fwrite(text, 1, n, kept);
	}
	if (kept)
		fclose(kept);
}

static inline int test_5_10(void **state)
{
	*state = fake_5_10();
	return 0;
}

static inline int test_end(void **state)
{
	fake_destroy(*state);
	return 0;
}

#endif
