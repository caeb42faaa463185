// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * eject: has QEMU unplug the virtio-gpu at once, by the register that ACPI
 * uses for it. The kernel is not told: for it the device is simply gone, as
 * after a surprise removal.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/io.h>
#include <unistd.h>

#include "lab.h"

#define DEVICES "/sys/bus/pci/devices/"
#define ACPI_EJECT 0xae08

static int gpu_slot(void)
{
	unsigned int domain, bus, slot, function;
	char path[512], id[32];
	struct dirent *entry;
	DIR *devices;

	devices = opendir(DEVICES);
	while (devices && (entry = readdir(devices))) {
		snprintf(path, sizeof(path), DEVICES "%s/device", entry->d_name);
		if (read_text(path, id, sizeof(id)) && !strcmp(id, "0x1050\n") &&
		    sscanf(entry->d_name, "%x:%x:%x.%x", &domain, &bus, &slot,
			   &function) == 4)
			return (int)slot;
	}
	die("eject: no virtio-gpu");
}

static int eject(int argc, char **argv)
{
	int slot;

	(void)argv;
	if (argc != 1)
		return 2;
	slot = gpu_slot();
	if (iopl(3))
		die("eject: iopl");
	outl(1u << slot, ACPI_EJECT);
	record("fault\twhat=eject\tslot=%d", slot);
	say("the GPU in slot %d is unplugged", slot);
	return 0;
}

COMMAND(eject, "", eject)
