"""The same content is stored once, by whoever and however often, and goes with the last that needs it."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import memo
from memo import Cache

COUNT = 40_000  # Of 8 bytes each: 320 kB.
RAW = {"compression": "none"}


class Held(dict):
    """What the functions take their results from. Inert: else it would change their keys."""

    __memo_inert__ = True


def noise(seed, count=COUNT):
    return np.random.default_rng(seed).random(count)


def blobs_in(directory):
    return {path.name: path.stat().st_nlink for path in Path(directory).glob("v1/blobs/*/*")}


def links_in(directory):
    """Return the entries' own links, by the entry they belong to."""
    found = {}
    for path in Path(directory).glob("v1/entries/*/*.*"):
        found.setdefault(path.name.partition(".")[0], []).append(path.name.partition(".")[2])
    return found


def bytes_in(directory):
    found = [path.stat() for path in Path(directory).rglob("*") if path.is_file()]
    return sum({status.st_ino: status.st_size for status in found}.values())


def assert_nothing_is_left_over(directory):
    """Every blob has the links of its entries, each of them is of an entry that is there, and no more."""
    links = links_in(directory)
    entries = {path.name for path in Path(directory).glob("v1/entries/*/*") if "." not in path.name}
    assert set(links) <= entries
    counts = {}
    for names in links.values():
        for name in names:
            counts[name] = counts.get(name, 0) + 1
    assert blobs_in(directory) == {name: count + 1 for name, count in counts.items()}
    assert list(Path(directory).rglob("*.tmp")) == []


# ---- how many files ------------------------------------------------------------------------------------


def test_two_functions_that_return_one_array_store_it_once(cache_dir):
    held = Held(prices=noise(1))
    cache = Cache(cache_dir, **RAW)

    @cache.cached
    def f():
        return held["prices"]

    @cache.cached
    def g(x):
        return {"prices": np.array(held["prices"]), "x": x}

    f()
    assert list(blobs_in(cache_dir).values()) == [2]
    g(1), g(2)
    assert list(blobs_in(cache_dir).values()) == [4]
    assert bytes_in(cache_dir) < noise(1).nbytes + 20_000
    assert_nothing_is_left_over(cache_dir)
    assert np.array_equal(f(), g(1)["prices"])


def test_what_is_in_one_result_twice_has_one_link(cache_dir):
    held = Held(prices=noise(1))

    @Cache(cache_dir, **RAW).cached
    def f():
        return [held["prices"], np.array(held["prices"]), held["prices"].tobytes(), held["prices"].view("u1")]

    f()
    assert list(blobs_in(cache_dir).values()) == [2]
    assert_nothing_is_left_over(cache_dir)


@pytest.mark.parametrize("compression", ["none", "auto"])
def test_a_thousand_results_that_share_an_array_take_its_room_once(cache_dir, compression):
    held = Held(prices=noise(1, 8 * COUNT).round(2))
    cache = Cache(cache_dir, compression=compression)

    @cache.cached
    def backtest(seed):
        return {"prices": held["prices"], "result": noise(seed, 20), "seed": seed}

    for seed in range(1000):
        backtest(seed)
    assert list(blobs_in(cache_dir).values()) == [1001]
    assert bytes_in(cache_dir) < held["prices"].nbytes + 1_000_000
    found = cache.stats()
    assert found.entries == 1000
    assert found.bytes < held["prices"].nbytes + 10_000_000  # blocks of the disk: at least one for each entry
    assert min(entry.bytes for entry in cache.entries()) > 20 * 8
    again = backtest(999)
    assert memo.hash(again) == memo.hash({"prices": held["prices"], "result": noise(999, 20), "seed": 999})
    assert_nothing_is_left_over(cache_dir)
    for seed in range(999):
        assert backtest.forget(seed)
    assert list(blobs_in(cache_dir).values()) == [2]
    assert np.array_equal(backtest(999)["prices"], held["prices"])
    assert backtest.forget(999)
    assert blobs_in(cache_dir) == {}
    assert links_in(cache_dir) == {}


def test_entries_tell_their_bytes_with_what_they_share_and_the_whole_counts_it_once(cache_dir):
    held = Held(prices=noise(1))
    cache = Cache(cache_dir, **RAW)

    @cache.cached
    def f(x):
        return [x, held["prices"]]

    f(1), f(2), f(3)
    assert all(entry.bytes > held["prices"].nbytes for entry in cache.entries())
    assert held["prices"].nbytes < cache.stats().bytes < 1.5 * held["prices"].nbytes


def test_small_parts_of_results_make_no_file(cache_dir):
    held = Held(small=[noise(1, 8_000), bytes(65_000), bytearray(65_000), "a" * 60_000])

    @Cache(cache_dir, **RAW).cached
    def f():
        return held["small"][:1]

    f()
    assert blobs_in(cache_dir) == {}
    assert_nothing_is_left_over(cache_dir)


@pytest.mark.parametrize(
    "result",
    [b"\1" * 100_000, bytearray(b"\2" * 100_000), "text" * 30_000, noise(1), [*range(100_000)], {"a": noise(1)}],
    ids=["bytes", "bytearray", "text", "array", "list", "dict"],
)
def test_each_large_thing_is_one_file(cache_dir, result):
    held = Held(result=result)

    @Cache(cache_dir, **RAW).cached
    def f(x):
        return held["result"]

    f(1)
    assert list(blobs_in(cache_dir).values()) == [2]
    f(2)
    assert list(blobs_in(cache_dir).values()) == [3]
    assert_nothing_is_left_over(cache_dir)


def test_raw_and_compressed_forms_of_one_content_live_beside_each_other(cache_dir):
    held = Held(prices=np.arange(COUNT))

    def f(x):
        return held["prices"]

    raw, packed = (Cache(cache_dir, compression=how).cached(f) for how in ("none", "zstd"))
    for x, function in enumerate((raw, packed, raw, packed)):
        function(x)
    assert_nothing_is_left_over(cache_dir)
    for x in range(4):
        assert np.array_equal(raw(x), held["prices"])
        assert np.array_equal(packed(x), held["prices"])
    assert raw.stats().hits == packed.stats().hits == 4
    for x in range(4):
        raw.forget(x)
        assert_nothing_is_left_over(cache_dir)
    assert blobs_in(cache_dir) == {}


# ---- removal -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("compression", ["none", "lz4"])
def test_a_refresh_keeps_what_both_need_and_drops_the_rest(cache_dir, compression):
    held = Held(parts=[noise(1), noise(2)])

    @Cache(cache_dir, compression=compression).cached
    def f():
        return list(held["parts"])

    f()
    before = set(blobs_in(cache_dir))
    loaded = f()
    held["parts"] = [noise(2), noise(3)]
    f.refresh()
    assert len(before & set(blobs_in(cache_dir))) == 1
    assert len(blobs_in(cache_dir)) == 2
    assert_nothing_is_left_over(cache_dir)
    assert [memo.hash(part) for part in f()] == [memo.hash(part) for part in held["parts"]]
    assert [memo.hash(part) for part in loaded] == [memo.hash(part) for part in [noise(1), noise(2)]]
    held["parts"] = ["small"]
    f.refresh()
    assert blobs_in(cache_dir) == {}
    assert_nothing_is_left_over(cache_dir)


def test_clearing_one_function_leaves_what_another_needs(cache_dir):
    held = Held(prices=noise(1))
    cache = Cache(cache_dir, **RAW)

    @cache.cached
    def f(x):
        return [x, held["prices"]]

    @cache.cached
    def g(x):
        return (x, held["prices"], noise(7))

    f(1), f(2), g(1)
    f.clear()
    assert sorted(blobs_in(cache_dir).values()) == [2, 2]
    assert_nothing_is_left_over(cache_dir)
    assert np.array_equal(g(1)[1], held["prices"])
    assert g.stats().hits == 1
    cache.clear(g)
    assert blobs_in(cache_dir) == {}
    f(1), g(1)
    cache.clear()
    assert [path for path in Path(cache_dir).rglob("*") if path.is_file() and "blobs" in path.parts] == []
    assert links_in(cache_dir) == {}


def test_what_is_put_counts_like_what_is_computed(cache_dir):
    @Cache(cache_dir, **RAW).cached
    def f(x):
        raise AssertionError

    f.put([noise(1)], 1)
    f.put((noise(1), 5), 2)
    assert list(blobs_in(cache_dir).values()) == [3]
    f.put([noise(2)], 1)
    assert sorted(blobs_in(cache_dir).values()) == [2, 2]
    assert np.array_equal(f(2)[0], noise(1))
    assert_nothing_is_left_over(cache_dir)


@pytest.mark.parametrize("how", ["forget", "clear"])
def test_an_entry_that_is_stored_while_the_one_before_it_is_removed_is_whole(cache_dir, monkeypatch, how):
    """Of an equal result the files have equal names: those of the new entry must not go with the old one."""

    @Cache(cache_dir, **RAW).cached
    def f():
        return noise(1)

    f()
    original = os.unlink

    def unlink(path, **options):
        original(path, **options)
        if "." not in Path(path).name:  # the entry itself; its own files follow
            monkeypatch.undo()
            f()

    monkeypatch.setattr(os, "unlink", unlink)
    getattr(f, how)()
    assert_nothing_is_left_over(cache_dir)
    assert np.array_equal(f(), noise(1))
    assert f.stats().corrupt == 0


# ---- several at once -----------------------------------------------------------------------------------

WORKER = """
    import random, sys
    import numpy as np
    from memo import Cache

    cache = Cache(sys.argv[1], compression=sys.argv[2])
    prices = np.random.default_rng(1).random(40_000).round(2)

    class Held(dict):
        __memo_inert__ = True

    held = Held(prices=prices)

    @cache.cached
    def f(x):
        return {"prices": held["prices"], "own": np.arange(20_000) + x % 5, "x": x}

    numbers = random.Random(int(sys.argv[3]))
    for _ in range(150):
        x = numbers.randrange(20)
        found = f(x)
        assert found["x"] == x and (found["own"] == np.arange(20_000) + x % 5).all()
        assert (found["prices"] == prices).all()
        if numbers.random() < 0.2:
            f.forget(numbers.randrange(20))
        if numbers.random() < 0.1:
            f.refresh(x)
    for x in range(20):
        f(x)
    print(f.stats().corrupt, f.stats().unstored)
"""


@pytest.mark.parametrize("compression", ["none", "zstd"])
def test_processes_that_store_and_forget_the_same_content_end_with_one_blob_of_each(
    run_python, cache_dir, tmp_path, compression
):
    (tmp_path / "worker.py").write_text("if True:" + WORKER)
    with ThreadPoolExecutor(3) as pool:
        ran = [pool.submit(run_python, tmp_path / "worker.py", cache_dir, compression, seed) for seed in range(3)]
        assert {done.result() for done in ran} == {"0 0\n"}
    assert_nothing_is_left_over(cache_dir)
    assert sorted(blobs_in(cache_dir).values()) == [5, 5, 5, 5, 5, 21]


@pytest.mark.parametrize("compression", ["none", "lz4", "zstd"])
def test_threads_load_and_store_at_once(cache_dir, compression):
    held = Held({n: [np.arange(COUNT) * n, noise(n).round(1), bytes(range(256)) * 1000] for n in range(6)})
    cache = Cache(cache_dir, compression=compression)
    expected = {n: memo.hash(value) for n, value in held.items()}
    gate = threading.Barrier(6)

    @cache.cached
    def f(n, _turn=0):
        return held[n]

    def use(worker):
        gate.wait()
        for turn in range(12):
            n = (worker + turn) % 6
            assert memo.hash(f(n)) == expected[n]
            if turn % 4 == worker % 4:
                f.refresh(n)
            if turn % 5 == worker % 5:
                f.forget(n)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(use, range(6)))
    for n in range(6):
        f(n)
    assert_nothing_is_left_over(cache_dir)
    assert f.stats().corrupt == f.stats().unstored == 0


FORKS = """
    import multiprocessing, sys, threading, warnings
    import numpy as np
    import memo
    from memo import Cache

    warnings.simplefilter("ignore", DeprecationWarning)  # of forking beside threads, which is what is tested

    @Cache(sys.argv[1], compression=sys.argv[2]).cached
    def f(x):
        return [np.arange(1_500_000) + x, b"abc" * 300_000]

    def use(first):
        for x in range(first, first + 4):
            found = f(x % 7)
            assert found[0][3] == 3 + x % 7 and found[1] == b"abc" * 300_000
            f.refresh(x % 7)
            found[0][:] = 0

    stop = threading.Event()

    def keep_on():
        while not stop.is_set():
            f.refresh(100)
            f(100)

    if __name__ == "__main__":
        use(0)  # whatever starts threads of its own has started them now
        threads = [threading.Thread(target=keep_on) for _ in range(2)]
        [thread.start() for thread in threads]
        context = multiprocessing.get_context("fork")
        for turn in range(3):
            children = [context.Process(target=use, args=(turn + n,)) for n in range(3)]
            [child.start() for child in children]
            use(turn)
            [child.join(60) for child in children]
            assert [child.exitcode for child in children] == [0, 0, 0]
        stop.set()
        [thread.join() for thread in threads]
        print("done")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system does not fork")
@pytest.mark.parametrize("compression", ["none", "lz4", "zstd"])
def test_forked_children_load_and_store_beside_threads_of_their_parent(run_python, cache_dir, compression):
    """Threads of a library's own do not survive a fork: a child that needs them waits for ever."""
    assert run_python(FORKS, cache_dir, compression) == "done\n"
    assert_nothing_is_left_over(cache_dir)
