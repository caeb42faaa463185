// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * stream COMM CPU NODE WHAT PAUSE: a GPU client that sends one kind of command without an
 * end, so many milliseconds apart, from when the file /tmp/go is there; if it does not wait
 * for that, a dash stands before WHAT.
 *
 *	transfer create dumb    2D: of one buffer; buffers, with a fence or without
 *	flush crtc cursor       what a display server sends, who is master
 *	exec context            3D: a command; clients that come and go
 *	modes                   asks what is shown
 *	nothing                 has the node open
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <virtgpu_drm.h>

#include "drm.h"
#include "kms.h"
#include "lab.h"

#define WIDTH 64
#define HEIGHT 64

struct stream {
	int fd;
	const char *node;
	struct object object;
	struct screen screen;
	uint32_t fb;
	uint32_t turn;
};

static void nothing(struct stream *s)
{
	(void)s;
	sleep_ms(1000);
}

static void transfer(struct stream *s)
{
	transfer_2d(s->fd, &s->object, WIDTH, HEIGHT);
}

static void create(struct stream *s)
{
	struct object made;

	create_resource(s->fd, &made, WIDTH, HEIGHT);
}

static void dumb(struct stream *s)
{
	struct object made;

	create_dumb(s->fd, &made, WIDTH, HEIGHT);
}

static void flush(struct stream *s)
{
	struct drm_mode_fb_dirty_cmd dirty = {.fb_id = s->fb};

	if (drm_ioctl(s->fd, DRM_IOCTL_MODE_DIRTYFB, &dirty))
		die("stream: MODE_DIRTYFB");
}

static void crtc(struct stream *s)
{
	set_crtc(s->fd, &s->screen, s->fb);
}

static void modes(struct stream *s)
{
	struct drm_mode_crtc get = {.crtc_id = s->screen.crtc};

	if (drm_ioctl(s->fd, DRM_IOCTL_MODE_GETCRTC, &get))
		die("stream: MODE_GETCRTC");
}

static void cursor(struct stream *s)
{
	struct drm_mode_cursor move = {
		.flags = DRM_MODE_CURSOR_MOVE,
		.crtc_id = s->screen.crtc,
		.x = (int)(s->turn % 600),
		.y = (int)(s->turn % 400),
	};

	if (drm_ioctl(s->fd, DRM_IOCTL_MODE_CURSOR, &move))
		die("stream: MODE_CURSOR");
}

static void exec(struct stream *s)
{
	submit_3d(s->fd, &s->object, 1, false);
}

static void context(struct stream *s)
{
	struct object made;
	int fd = open(s->node, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		die("stream: %s", s->node);
	create_resource(fd, &made, WIDTH, HEIGHT);
	close(fd);
}

static void show_cursor(struct stream *s)
{
	struct drm_mode_cursor set = {
		.flags = DRM_MODE_CURSOR_BO,
		.crtc_id = s->screen.crtc,
		.width = WIDTH,
		.height = HEIGHT,
	};
	struct object picture;

	create_dumb(s->fd, &picture, WIDTH, HEIGHT);
	set.handle = picture.handle;
	if (drm_ioctl(s->fd, DRM_IOCTL_MODE_CURSOR, &set))
		die("stream: MODE_CURSOR with a buffer");
}

/* What is to be there before: nothing, an output found, a picture shown, a cursor on it. */
enum before { BARE, FOUND, SHOWN, POINTED };

static const struct kind {
	const char *name;
	void (*send)(struct stream *s);
	enum before before;
} kinds[] = {
	{"transfer", transfer, BARE}, {"create", create, BARE},
	{"dumb", dumb, BARE},	      {"flush", flush, SHOWN},
	{"crtc", crtc, SHOWN},	      {"cursor", cursor, POINTED},
	{"exec", exec, BARE},	      {"context", context, BARE},
	{"modes", modes, FOUND},      {"nothing", nothing, BARE},
};

static void set_up(struct stream *s, enum before before)
{
	struct object front;

	create_resource(s->fd, &s->object, WIDTH, HEIGHT);
	if (before >= FOUND)
		find_screen(s->fd, &s->screen);
	if (before >= SHOWN) {
		create_dumb(s->fd, &front, s->screen.mode.hdisplay,
			    s->screen.mode.vdisplay);
		s->fb = add_fb(s->fd, front.handle, &s->screen);
		set_crtc(s->fd, &s->screen, s->fb);
	}
	if (before >= POINTED)
		show_cursor(s);
	wait_object(s->fd, &s->object);
}

static const struct kind *find_kind(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	die("stream: %s", name);
}

static int stream(int argc, char **argv)
{
	struct stream s = {0};
	const struct kind *kind;
	bool waits;

	if (argc != 6)
		return 2;
	waits = argv[4][0] != '-';
	kind = find_kind(argv[4] + !waits);
	pin_to_cpu((int)number(argv[2]));
	s.node = argv[3];
	s.fd = gpu_open("client", s.node, argv[1]);
	set_up(&s, kind->before);
	record("settled\tpid=%d", getpid());
	while (waits && access("/tmp/go", F_OK))
		sleep_ms(20);
	for (;; s.turn++) {
		kind->send(&s);
		if (number(argv[5]))
			sleep_ms(number(argv[5]));
	}
}

COMMAND(stream, "COMM CPU NODE WHAT PAUSE", stream)
