"""What is said of the files that bear a mark is what their indexes say, whatever comes and goes and whoever learns."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest

from lakehouse import files_by_mark
from lakehouse.files_by_mark import FilesByMark
from lakehouse.sorted_runs import Words

Files = dict[str, Words]


def numbers(*values: int) -> Words:
    return np.unique(np.array(values, np.uint64))


def opened(folder: Path, files: Files) -> FilesByMark:
    return FilesByMark(folder, files.__getitem__)


def bearing(files: Files, wanted: Words) -> set[str]:
    return {name for name, marks in files.items() if np.intersect1d(marks, wanted).size}


def test_files_that_come_and_go(tmp_path: Path) -> None:
    dice, files, made = Random(3), Files(), 0
    for _ in range(60):
        for _ in range(dice.randrange(1, 12)):
            files[f"file-{made}"] = numbers(*(dice.randrange(1, 400) for _ in range(dice.randrange(0, 40))))
            made += 1
        for gone in dice.sample(sorted(files), dice.randrange(0, len(files))):
            del files[gone]
        by_mark = opened(tmp_path, files)
        by_mark.learn([name for name in files if name not in by_mark.covered], files.keys())
        wanted = numbers(*(dice.randrange(1, 420) for _ in range(8)))
        for one in (by_mark, opened(tmp_path, files)):
            assert files.keys() <= one.covered
            assert one.bearing(wanted) & files.keys() == bearing(files, wanted)
    assert len(list(tmp_path.glob("*.run"))) < 10


def test_files_that_are_gone_do_not_stay_for_ever(tmp_path: Path) -> None:
    files = {f"old-{n}": numbers(*range(n, n + 1_000)) for n in range(50)}
    opened(tmp_path, files).learn([*files], files.keys())
    for n in range(50):
        files = {f"new-{n}": numbers(n)} | {name: files[name] for name in list(files)[:-1]}
        opened(tmp_path, files).learn([f"new-{n}"], files.keys())
    assert not {name for name in opened(tmp_path, files).covered if name.startswith("old")}


@pytest.mark.parametrize("damage", [lambda run: run[:-1] + b"\xff", lambda run: run[:-8], lambda run: b""])
def test_a_damaged_run_is_no_run(tmp_path: Path, damage: object) -> None:
    files = {"a": numbers(1, 2), "b": numbers(3, 2**64 - 1)}
    opened(tmp_path, files).learn([*files], files.keys())
    [run] = tmp_path.glob("*.run")
    run.write_bytes(damage(run.read_bytes()))  # type: ignore[operator]
    files_by_mark.opened.cache_clear()
    assert opened(tmp_path, files).covered == set()
    (tmp_path / "manifest.json").write_text('{"half":')
    assert opened(tmp_path, files).covered == set()


def test_two_that_learn_at_once_lose_at_most_what_one_of_them_learned(tmp_path: Path) -> None:
    files = {name: numbers(place + 1, 9) for place, name in enumerate("abcd")}
    one, other = opened(tmp_path, files), opened(tmp_path, files)
    one.learn(["a", "b"], files.keys())
    other.learn(["c"], files.keys())
    assert one.bearing(numbers(9)) == {"a", "b"}
    later = opened(tmp_path, files)
    assert later.bearing(numbers(9)) == later.covered == {"c"}
