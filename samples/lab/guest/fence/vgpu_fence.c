// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vgpu_fence: a fence of another driver. To read the module's parameter "fd" opens a
 * sync_file of it for the reader, and prints the descriptor; to write "signal" signals it.
 */
#include <linux/dma-fence.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/spinlock.h>
#include <linux/sync_file.h>

static const char *lab_name(struct dma_fence *fence)
{
	return "lab";
}

static const struct dma_fence_ops lab_fence_ops = {
	.get_driver_name = lab_name,
	.get_timeline_name = lab_name,
};

static DEFINE_SPINLOCK(lab_lock);
static struct dma_fence lab_fence;

static int get_fd(char *buffer, const struct kernel_param *param)
{
	struct sync_file *file = sync_file_create(&lab_fence);
	int fd;

	if (!file)
		return -ENOMEM;
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0) {
		fput(file->file);
		return fd;
	}
	fd_install(fd, file->file);
	return sprintf(buffer, "%d\n", fd);
}

static int set_signal(const char *value, const struct kernel_param *param)
{
	return dma_fence_signal(&lab_fence);
}

static const struct kernel_param_ops fd_ops = {
	.get = get_fd,
};
static const struct kernel_param_ops signal_ops = {
	.set = set_signal,
};
module_param_cb(fd, &fd_ops, NULL, 0400);
MODULE_PARM_DESC(fd, "read: a descriptor of the fence, for the reader");
module_param_cb(signal, &signal_ops, NULL, 0200);
MODULE_PARM_DESC(signal, "written: signal the fence");

static int __init lab_init(void)
{
	dma_fence_init(&lab_fence, &lab_fence_ops, &lab_lock, dma_fence_context_alloc(1),
		       1);
	return 0;
}
module_init(lab_init);

MODULE_DESCRIPTION("A fence of another driver, for test cores");
MODULE_LICENSE("GPL");
