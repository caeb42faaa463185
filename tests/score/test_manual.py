# SPDX-License-Identifier: GPL-2.0-or-later
"""The manual page, --help, and the program say the same."""
import os
import re
import unittest

import made
from vgpu_score import options, store

with open(os.path.join(made.TOP, "extension", "score", "vgpu-score.8"), encoding="utf-8") as f:
    PAGE = f.read().replace("\\-", "-")
SOURCES = os.path.join(made.TOP, "extension", "score", "vgpu_score")


def section(title):
    """From .SH or .SS title to the next one."""
    found = re.search(rf"^\.S[HS] {re.escape(title)}\n(.*?)(?=^\.S[HS] |\Z)", PAGE, re.M | re.S)
    return found.group(1)


class Manual(unittest.TestCase):
    def test_options(self):
        known = {o for a in options.parser()._actions for o in a.option_strings}
        heads = re.findall(r"^\.TP\n(\.BR? .*)$", section("OPTIONS"), re.M)
        told = {o for head in heads for o in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", head)}
        self.assertEqual(told, known)

    def test_serve(self):
        known = {o for a in options.serve_parser()._actions for o in a.option_strings}
        heads = re.findall(r"^\.TP\n(\.BR? .*)$", section("SERVE"), re.M)
        told = {o for head in heads for o in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", head)}
        self.assertEqual(told, known - {"-h", "--help"})

    def test_help_has_every_option(self):
        text = options.parser().format_help()
        for action in options.parser()._actions:
            for option in action.option_strings:
                self.assertIn(option, text)

    def test_defaults(self):
        defaults = {a.dest: a.default for a in options.parser()._actions}
        self.assertEqual((defaults["timeout"], defaults["memory"], defaults["output"]),
                         (600, 8 << 30, "vgpu-scores"))
        for word in ("Default: 600.", "Default: 8G.", "Default: 1T."):
            self.assertIn(word, PAGE)

    def test_schema(self):
        told = re.findall(r"^(\w+)@T\{", section("Schema of scores.sqlite"), re.M)
        self.assertEqual(told, store.COLUMNS)
        tables = dict(re.findall(r"TABLE IF NOT EXISTS (\w+) \((.*?)\);", store.TABLE, re.S))
        columns = {name: re.findall(r"(\w+) +(?:BLOB|TEXT|INTEGER|REAL)", of)
                   for name, of in tables.items()}
        self.assertEqual(told, columns.pop("cores"))
        for name, of in columns.items():
            self.assertRegex(section("Schema of scores.sqlite").replace("\n", " "),
                             r"\.B %s \(%s\)" % (name, ", ".join(of)))

    def test_codes(self):
        told = set(re.findall(r"^([\w-]+)@T\{", section("Codes of rows without a score"), re.M))
        used = set()
        for name in os.listdir(SOURCES):
            if name.endswith(".py"):
                with open(os.path.join(SOURCES, name), encoding="utf-8") as f:
                    text = f.read()
                used |= set(re.findall(r'(?:[Ff]ail(?:ed)?\(|code = |return |"failed", )'
                                       r'"([a-z]+(?:-[a-z]+)*)", ?[f("\n]', text))
                used |= set(re.findall(r'\.code = "([a-z-]+)"', text))
        used -= {"stopped", "failed"}  # no row, a state
        self.assertLessEqual(used, told)
        self.assertGreater(len(used), 12)

    def test_exit_statuses(self):
        told = re.findall(r"^\.B ([\d, ]+)$", section("EXIT STATUS"), re.M)
        self.assertEqual(told, ["0", "1", "2", "3", "129, 130, 143"])
        self.assertEqual(re.findall(r"^  ([\d, ]+?)  ", options.EPILOG, re.M), told)
