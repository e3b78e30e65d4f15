"""Processes that work on one directory at once. Run in a process of its own: it forks.

python crowd.py storm <directory> <seconds> <compression>
python crowd.py kills <directory> <rounds> <compression>
python crowd.py together <directory> <processes> <rounds>
"""

# ruff: noqa: T201 - what it prints is what a test reads.

from __future__ import annotations

import os
import random
import re
import signal
import sys
import time
import traceback
import warnings
from collections import Counter

from blobs.disk import Disk
from blobs.scene import Scene, heard, is_right, numbers

XS = (1, 2)
WORKERS = 6
HEX = re.compile("[0-9a-f-]{8,}")


def change(scene, chance):
    """Do one thing at random to one of few results."""
    name, x = chance.choice(list(scene.functions)), chance.choice(XS)
    function = scene.functions[name]
    scene.supply.turn = chance.randrange(3)
    what = chance.random()
    if what < 0.35:
        scene.ask(name, x)
    elif what < 0.5:
        function.refresh(x)
    elif what < 0.65:
        function.forget(x)
    elif what < 0.75:
        function.put(scene.supply.make(name, x, scene.supply.turn), x)
    elif what < 0.85:
        function.clear()
    elif what < 0.9:
        function.is_cached(x)
    elif what < 0.95:
        scene.cache.stats(), list(scene.cache.entries())
    else:
        scene.later(0)
        scene.ask(name, x)


def read(scene, chance):
    """Ask for one of few results."""
    scene.ask(chance.choice(list(scene.functions)), chance.choice(XS))


def spoil(scene, chance):
    """Clear everything now and then."""
    change(scene, chance)
    if chance.random() < 0.02:
        scene.cache.clear()


def start(work):
    """Start a process that does something; the status of its end tells whether it failed."""
    child = os.fork()
    if child:
        return child
    try:
        work()
    except BaseException:  # noqa: BLE001 - a fork must not go on as its parent
        traceback.print_exc(file=sys.stdout)
        sys.stdout.flush()
        os._exit(1)
    os._exit(0)


def ends(children):
    """Wait for processes; return how they ended."""
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def warm(directory, **options):
    """Import and fingerprint everything once, in the parent of all."""
    scene = Scene(directory, **options)
    for name in scene.functions:
        for _ in range(2):
            scene.ask(name, 1)
    scene.forget_all()


def storm(directory, seconds, compression):
    """Let processes change few results for some seconds; then forget all, and look what is left."""
    seconds, options = float(seconds), {"compression": compression}
    warm(directory, **options)

    def work(number, do):
        scene, chance = Scene(directory, **options), random.Random(number)
        until, heard_of = time.monotonic() + seconds, Counter()
        while time.monotonic() < until:
            with heard() as said:
                do(scene, chance)
            heard_of.update(HEX.sub("..", text.replace(str(directory), ""))[:160] for text in said)
        stats = scene.cache.stats()
        if heard_of or stats.corrupt or stats.unstored:
            print(stats, dict(heard_of), flush=True)

    do = {"change": change, "spoil": spoil}[os.environ.get("BLOBS_DO", "change")]
    children = [start(lambda n=n: work(n, do if n < WORKERS - 2 else read)) for n in range(WORKERS)]
    print("ended", set(ends(children)))
    disk = Disk(directory)
    print("litter", disk.problems(raced=True))
    scene = Scene(directory, **options)
    for name in scene.functions:
        for x in XS:
            scene.ask(name, x)
            assert not scene.ask(name, x)
    scene.forget_all()
    left = Disk(directory)
    print("left", [str(path) for path in [*left.published, *left.others]])


def kills(directory, rounds, compression):
    """Kill a process at random moments, again and again; then look, sweep, and look again."""
    options = {"compression": compression}
    warm(directory, **options)
    chance = random.Random(0)
    scene = Scene(directory, **options)

    def work(number):
        mine, inner = Scene(directory, **options), random.Random(number)
        while True:
            change(mine, inner)

    for number in range(int(rounds)):
        child = start(lambda number=number: work(number))
        time.sleep(chance.random() * 0.02)  # not to wait for anything: to kill at some moment
        os.kill(child, signal.SIGKILL)
        assert ends([child]) == [-signal.SIGKILL], "the child failed before it was killed"
        if number % 5 == 0:
            for name in scene.functions:
                for x in XS:
                    scene.ask(name, x)
    stats = scene.cache.stats()
    print("stats", stats.corrupt, stats.unstored)
    swept = Scene(directory, **options)
    swept.later()
    swept.ask("third", 5)
    print("litter", Disk(directory).problems(raced=True))
    for name in swept.functions:
        for x in XS:
            swept.ask(name, x)
            assert not swept.ask(name, x)
    swept.forget_all()
    left = Disk(directory)
    print("left", [str(path) for path in [*left.published, *left.others]])


def together(directory, processes, rounds):
    """Let processes store the same content at the same moment, each under a key of its own."""
    warm(directory)
    for turn in range(int(rounds)):
        ready, go = os.pipe(), os.pipe()

        def work(number, turn=turn, ready=ready, go=go):
            scene = Scene(directory)
            scene.supply.make = lambda name, x, _: [numbers(turn).copy(), numbers(turn + 1000).copy()]
            scene.left.key(number)
            os.write(ready[1], b"x")
            os.close(go[1])
            os.read(go[0], 1)
            expected = scene.supply.make("left", number, 0)
            assert is_right(scene.left(number), expected)
            assert is_right(scene.left(number), expected)
            assert scene.left.stats().hits == 1

        children = [start(lambda number=number: work(number)) for number in range(int(processes))]
        waiting = len(children)
        while waiting:
            waiting -= len(os.read(ready[0], waiting))
        for end in go:
            os.close(end)
        assert set(ends(children)) == {0}
        for end in ready:
            os.close(end)
        disk = Disk(directory)
        print(len(disk.entries), sorted(path.stat().st_nlink for path in disk.blobs.values()), disk.problems())
        Scene(directory).cache.clear()


if __name__ == "__main__":
    warnings.simplefilter("error")
    {"storm": storm, "kills": kills, "together": together}[sys.argv[1]](*sys.argv[2:])
