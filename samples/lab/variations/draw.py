# SPDX-License-Identifier: GPL-2.0-or-later
"""Draws a variation's details from its seed: the same ones each time.

Each question has dice of its own, so one that is added later changes no other's answer.
"""

import random
import typing

# Drivers are called like drivers, processes like processes, or like what they are not.
DRIVERS = (("ac", "bt", "cx", "dw", "ex", "hx", "lt", "mv", "pm", "qx", "sn", "tz"),
           ("audio", "bridge", "codec", "gauge", "meter", "panel", "press", "relay",
            "touch", "tuner"))
TASKS = ("Xwayland", "gnome-shell", "kwin_wayland", "Web Content", "systemd-udevd",
         "pulseaudio", "Xorg", "ukui-panel", "a (b) c", "kworker/1:9", "rcu_worker",
         "render-thread", "java", "agent", "backupd", "virtio-gpu", "swapper/1",
         "update-checker", "sh", "mysqld", "khungtaskd2", "compositor", "Main Loop",
         "drain_pages", "fcitx", "dde-dock", "plymouthd", "vmtoolsd", "top", "cat",
         "lightdm", "monitor: net", "collectd", "postgres", "weston", "crond")
GROUPS = ("user.slice", "desktop", "session-2", "app-browser", "build", "batch",
          "docker-7f3a", "kiosk", "tenant 4", "low")


class Senseless(Exception):
    """These details do not go together; the text says why."""


class Draw:
    def __init__(self, seed: int, base: str, attempt: int = 0):
        self.base = base        # of the kernel: "6.1"
        self._root = f"{seed}/{attempt}"
        # What was drawn, in the order of the questions: the variation in words.
        self.drawn: dict[str, typing.Any] = {}
        self._tasks = self._dice("tasks").sample(TASKS, len(TASKS))

    def _dice(self, question: str) -> random.Random:
        return random.Random(f"{self._root}/{question}")

    def pick(self, question: str, options, weights=None):
        [chosen] = self._dice(question).choices(list(options), weights)
        self.drawn[question] = chosen if isinstance(chosen, (int, str)) else str(chosen)
        return chosen

    def several(self, question: str, options, count: int) -> list:
        chosen = self._dice(question).choices(list(options), k=count)
        self.drawn[question] = chosen
        return chosen

    def shuffled(self, question: str, items) -> list:
        order = list(items)
        self._dice(question).shuffle(order)
        return order

    def number(self, question: str, least: int, most: int) -> int:
        return self.pick(question, range(least, most + 1))

    def chance(self, question: str, percent: int) -> bool:
        return bool(self.pick(question, (1, 0), (percent, 100 - percent)))

    def memory(self) -> int:
        """In MB: little, since a core is written by a slow machine."""
        return self.pick("memory", (576, 640, 768))

    def driver(self) -> str:
        first, second = (self._dice(f"driver {part}").choice(DRIVERS[part])
                         for part in (0, 1))
        return f"{first}{second}{self._dice('driver').randrange(10)}"

    def task(self) -> str:
        """Each name once."""
        return self._tasks.pop()


def fits(true, reason: str) -> None:
    if not true:
        raise Senseless(reason)
