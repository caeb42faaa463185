// SPDX-License-Identifier: GPL-2.0-or-later
/* What QEMU says of a queue, in a file that anybody may have written. */
#include "test.h"

#include "facts/host_state.h"

#define RING (FAKE_HEAP + 0x4000)
#define RING_PA "16793600" /* of it, in the fake dump */

/* As QEMU 7.2 prints it, in its own order. */
#define QMP(desc, avail, used, inuse)                                                      \
	"{\"return\": {\"signalled-used\": " used ", \"inuse\": " inuse                    \
	", \"name\": \"virtio-gpu\", \"vring-align\": 4096, \"vring-desc\": " desc         \
	", \"signalled-used-valid\": true, \"vring-num-default\": 64, \"vring-avail\": 1," \
	" \"queue-index\": 0, \"last-avail-idx\": " avail ", \"vring-used\": 2,"           \
	" \"used-idx\": " used ", \"shadow-avail-idx\": 133, \"vring-num\": 64}}\n"

#define HMP                                                                              \
	"/machine/peripheral/video0/virtio-backend:\r\n"                                 \
	"  device_name:          virtio-gpu\r\n  queue_index:          0\r\n"            \
	"  inuse:                3\r\n  used_idx:             69\r\n"                    \
	"  signalled_used:       69\r\n  signalled_used_valid: false\r\n"                \
	"  last_avail_idx:       72\r\n  shadow_avail_idx:     133\r\n  VRing:\r\n"      \
	"    num:          64\r\n    num_default:  64\r\n    align:        4096\r\n"     \
	"    desc:         0x0000000001004000\r\n"                                       \
	"    avail:        0x0000000001004400\r\n"                                       \
	"    used:         0x0000000001004500\r\n"

static struct fake *f;
static struct dump *d;
static struct host_state state;
static struct gpus gpus;
static struct gpu gpu;
static struct virtqueue vq;
static const char *why;

static bool parse(const char *text)
{
	memset(&state, 0, sizeof(state));
	return host_state_parse(d->arena, text, strlen(text), &state, &why);
}

static bool fits(const char *text)
{
	assert_true(parse(text));
	return host_state_fit(d, &gpus, &state, &why);
}

static int set_up(void **unused)
{
	f = fake_5_10();
	*unused = f;
	d = fake_dump(f);
	memset(&gpus, 0, sizeof(gpus));
	memset(&gpu, 0, sizeof(gpu));
	vq = (struct virtqueue){.kind = VRING_SPLIT,
				.name = "control",
				.num = 64,
				.desc_ring = RING,
				.ring_read = true,
				.avail_idx = 133,
				.used_idx = 69};
	*vec_push(d->arena, &gpu.vqs.all) = vq;
	*vec_push(d->arena, &gpus.all) = gpu;
	return 0;
}

#define test(f) cmocka_unit_test_setup_teardown(f, set_up, test_end)

static void of_qmp(void **unused)
{
	const struct host_queue *q;

	(void)unused;
	assert_true(fits(
		"{\"return\": [{\"name\": \"virtio-gpu\", \"path\": \"/machine\"}]}\n" QMP(
			RING_PA, "72", "69", "3")));
	assert_int_equal(state.all.n, 1);
	q = host_queue(&state, &gpus.all.v[0].vqs.all.v[0]);
	assert_non_null(q);
	assert_string_equal(q->device, "virtio-gpu");
	assert_int_equal(q->num, 64);
	assert_int_equal(q->inuse, 3);
	assert_int_equal(q->last_avail, 72);
	assert_int_equal(q->used, 69);
	assert_true(q->signalled_known);
	assert_int_equal(q->seen, 133);
	assert_int_equal(q->signalled, 69);
	assert_int_equal(q->answered_since, 0);
	assert_int_equal(state.devices, 0);
	assert_true(parse(
		QMP(RING_PA, "72", "69", "3") "{\"return\": {\"name\": \"virtio-gpu\", "
					      "\"disabled\": true, \"isr\": 1}}"));
	assert_int_equal(state.devices, 1);
	assert_true(state.disabled);
	assert_true(fits(QMP(RING_PA, "72", "69", "3")));
	q = host_queue(&state, &gpus.all.v[0].vqs.all.v[0]);
	assert_non_null(q);
	assert_null(host_queue(&state, &vq));
	assert_null(host_queue(NULL, &vq));
}

/* By itself, and as virsh and QMP wrap it. */
static void of_hmp(void **unused)
{
	(void)unused;
	assert_true(fits(HMP));
	assert_int_equal(state.all.v[0].inuse, 3);
	assert_int_equal(state.all.v[0].last_avail, 72);
	assert_false(state.all.v[0].signalled_known);
	assert_true(fits(HMP HMP));
	assert_int_equal(state.all.n, 2);
	assert_true(fits(
		"{\"id\": 7, \"return\": \"  device_name: virtio-gpu\\r\\n"
		"queue_index: 0\\r\\ninuse: 0\\r\\nused_idx: 69\\r\\n"
		"last_avail_idx: 69\\r\\nshadow_avail_idx: 70\\r\\nnum: 64\\r\\ndesc: 0x1004000\"}"));
}

static void answered_since(void **unused)
{
	(void)unused;
	assert_true(fits(QMP(RING_PA, "72", "67", "5")));
	assert_int_equal(state.all.v[0].answered_since, 2);
}

static void of_another_guest(void **unused)
{
	(void)unused;
	assert_false(fits(QMP("4096", "72", "69", "3")));
	assert_contains(why, "another guest");
	gpus.all.v[0].vqs.all.v[0].num = 128;
	assert_false(fits(QMP(RING_PA, "72", "69", "3")));
	gpus.all.n = 0;
	assert_false(fits(QMP(RING_PA, "72", "69", "3")));
}

/* Further than the guest has published, or a lap behind; more in work than there are. */
static void indices_that_cannot_be(void **unused)
{
	(void)unused;
	assert_false(fits(QMP(RING_PA, "134", "69", "3")));
	assert_contains(why, "cannot be of this hang");
	assert_false(fits(QMP(RING_PA, "60", "60", "0")));
	assert_false(fits(QMP(RING_PA, "72", "70", "3")));
	assert_false(fits(QMP(RING_PA, "72", "69", "65")));
}

/* ---- what lies -------------------------------------------------------------- */

/* vhost's: QEMU does not know how far it has come. */
static const char vhosts[] =
	"device_name: virtio-gpu\nqueue_index: 0\ninuse: 0\nused_idx: 0\n"
	"last_avail_idx: 0\nnum: 64\ndesc: 0x1004000\n";

static void no_such_text(void **unused)
{
	static const char *const texts[] = {
		"",
		"\n\n",
		"queue_index: 0\n",
		vhosts,
		"hello\n:\n::::\n",
		"{}",
		"[[[{\"name\": 7}]]]",
		"{\"return\": {\"queue-index\": true, \"name\": null}}",
		"{\"error\": {\"class\": \"GenericError\", \"desc\": \"no such device\"}}",
	};
	size_t i;

	(void)unused;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		assert_false(parse(texts[i]));
		assert_contains(why, "nothing of a virtqueue");
	}
	assert_false(parse("{\"return\": {"));
	assert_contains(why, "damaged");
	assert_false(parse("{\"return\": }"));
}

static void deep_and_many(void **unused)
{
	static char text[1 << 20];
	size_t i, n = 0;

	(void)unused;
	for (i = 0; i < 1000; i++)
		n += (size_t)sprintf(text + n, "{\"a\":");
	n += (size_t)sprintf(text + n, "%s", QMP(RING_PA, "72", "69", "3"));
	for (i = 0; i < 1000; i++)
		n += (size_t)sprintf(text + n, "}");
	assert_false(parse(text));
	for (i = n = 0; i < 2000; i++)
		n += (size_t)sprintf(text + n, "%s", QMP(RING_PA, "72", "69", "3"));
	assert_true(parse(text));
	assert_in_range(state.all.n, 1, 1024);
}

static void values_that_are_none(void **unused)
{
	(void)unused;
	assert_true(parse(QMP("99999999999999999999999", "-1", "1e9", "3")));
	assert_false(host_state_fit(d, &gpus, &state, &why));
	assert_true(parse(
		"device_name: \033[31m\nqueue_index: x\ninuse: y\nused_idx: \n"
		"last_avail_idx:\nshadow_avail_idx:\nnum: \ndesc: 0xffffffffffffffffffffff\n"));
	assert_string_equal(state.all.v[0].device, "\\x1b[31m");
	assert_false(host_state_fit(d, &gpus, &state, &why));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(of_qmp),
		test(of_hmp),
		test(answered_since),
		test(of_another_guest),
		test(indices_that_cannot_be),
		test(no_such_text),
		test(deep_and_many),
		test(values_that_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
