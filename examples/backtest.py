"""Sweep a moving-average crossover over eight years of daily prices, and never compute a case twice.

    python -m pip install ".[examples]" && python examples/backtest.py

The strategy and the cached sweep are the first half of this file: that is all a program of your own needs.
The second half plays the sweep four times, each in a fresh process: with an empty cache; again; from a copy
of this file whose commission has changed; and from a copy in which the same is only written differently.
"""

from __future__ import annotations

import argparse
import inspect
import json
import math
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from memo import Cache

if TYPE_CHECKING:
    import pandas as pd

# --- The strategy ---------------------------------------------------------------------------------

CAPITAL = 10_000.0
TRADING_DAYS = 252
WARM_UP = 250  # The longest average. Every pair trades the same days, or the pairs could not be compared.
PAIRS = [(fast, slow) for fast in range(5, 45, 2) for slow in range(60, WARM_UP + 1, 10)]


@dataclass(frozen=True)
class Outcome:
    """What one pair of averages would have earned."""

    equity: float
    sharpe: float
    drawdown: float
    orders: int
    commission: float


def commission(shares: int, price: float) -> float:
    """Return the broker's fee for one order: ten basis points of its value, at least one dollar."""
    return max(1.0, 0.001 * shares * price)


def affordable(cash: float, price: float) -> int:
    """Return how many whole shares the cash buys, fee included."""
    shares = int(cash // price)
    while shares and shares * price + commission(shares, price) > cash:
        shares -= 1
    return shares


def average(closes: list[float], day: int, length: int) -> float:
    """Return the mean close of the days before this one, which is all that is known when it opens."""
    return sum(closes[day - length : day]) / length


def backtest(prices: pd.DataFrame, fast: int, slow: int) -> Outcome:
    """Hold the stock while the fast average is above the slow one; trade at the open, value at the close."""
    opens: list[float] = prices["Open"].tolist()
    closes: list[float] = prices["Close"].tolist()
    cash, shares, orders, paid = CAPITAL, 0, 0, 0.0
    equity = peak = CAPITAL
    drawdown = 0.0
    returns: list[float] = []
    for day in range(WARM_UP, len(closes)):
        price = opens[day]
        rising = average(closes, day, fast) > average(closes, day, slow)
        if rising and not shares:
            shares = affordable(cash, price)
            fee = commission(shares, price)
            cash -= shares * price + fee
            orders, paid = orders + 1, paid + fee
        elif shares and not rising:
            fee = commission(shares, price)
            cash += shares * price - fee
            shares, orders, paid = 0, orders + 1, paid + fee
        before, equity = equity, cash + shares * closes[day]
        returns.append(equity / before - 1)
        peak = max(peak, equity)
        drawdown = max(drawdown, 1 - equity / peak)
    risk = statistics.pstdev(returns)
    sharpe = math.sqrt(TRADING_DAYS) * statistics.fmean(returns) / risk if risk else 0.0
    return Outcome(equity, sharpe, drawdown, orders, paid)


# --- The sweep ------------------------------------------------------------------------------------


def sweep(directory: Path, report: Path) -> None:
    """Run every pair through the cache in `directory` and write down what happened."""
    # Here, because it takes a second and only the sweep needs it.
    from backtesting.test import GOOG

    cache = Cache(directory)
    run = cache.cached(backtest)  # The same as `@cache.cached` above `def backtest`.

    started = time.perf_counter()
    outcomes = [run(GOOG, fast, slow) for fast, slow in track(PAIRS, description=f"{len(PAIRS)} pairs")]
    seconds = time.perf_counter() - started

    sweep_report = {
        "seconds": seconds,
        "computed": run.stats().misses,
        "bytes": cache.stats().bytes,
        "outcomes": [asdict(outcome) for outcome in outcomes],
    }
    report.write_text(json.dumps(sweep_report), encoding="utf-8")


# --- The demonstration ----------------------------------------------------------------------------

DEARER = '''\
def commission(shares: int, price: float) -> float:
    """Return the broker's fee for one order: fifteen basis points of its value, at least one dollar."""
    return max(1.0, 0.0015 * shares * price)
'''

REFORMATTED = '''\
# A different hand, the same fee.
def commission(shares,
               price):
    """Ten basis points, and never less than a dollar."""

    return max( 1.0, 1e-3*shares*price )   # In dollars.
'''

RENAMED = {"rising": "uptrend", "before": "yesterday"}


def in_fresh_process(script: Path, directory: Path) -> dict[str, Any]:
    """Run the sweep of `script` in an interpreter of its own and return its report."""
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch, "report.json")
        subprocess.run([sys.executable, str(script), "--sweep", str(directory), str(report)], check=True)
        sweep_report: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return sweep_report


def main(*, keep: bool) -> int:
    """Play the four sweeps, print what they show, and return 0 if it is what memo promises."""
    console = Console()
    directory = Path(tempfile.mkdtemp(prefix="memo-backtest-"))
    original = Path(__file__).read_text(encoding="utf-8")
    try:
        with tempfile.TemporaryDirectory() as scratch:
            edited, reformatted = Path(scratch, "edited.py"), Path(scratch, "reformatted.py")
            edited.write_text(original.replace(inspect.getsource(commission), DEARER), encoding="utf-8")
            reformatted.write_text(as_written_by_another(original), encoding="utf-8")
            reports = {}
            for title, script in {
                "first run": Path(__file__),
                "second run, new process": Path(__file__),
                "commission changed": edited,
                "only written differently": reformatted,
            }.items():
                console.print(f"\n[bold]{title}[/bold]")
                reports[title] = in_fresh_process(script, directory)
    finally:
        if keep:
            console.print(f"\nThe cache is kept in {directory}")
        else:
            shutil.rmtree(directory)

    cold, warm, changed, cosmetic = reports.values()
    table = Table(title=f"{len(PAIRS)} backtests of GOOG, 2005 to 2013")
    table.add_column("sweep")
    for heading in ("computed", "seconds", "speed-up", "results", "on disk"):
        table.add_column(heading, justify="right")
    for title, report in reports.items():
        table.add_row(
            title,
            str(report["computed"]),
            f"{report['seconds']:.3f}",
            f"{cold['seconds'] / report['seconds']:.1f} x",
            "same" if report["outcomes"] == cold["outcomes"] else "other",
            f"{report['bytes'] / 1000:.0f} kB",
        )
    console.print("\n", table)
    (fast, slow), best = max(zip(PAIRS, cold["outcomes"], strict=True), key=lambda case: case[1]["sharpe"])
    console.print(
        f"Best pair by Sharpe ratio: {fast} and {slow} days, {best['sharpe']:.2f}; "
        f"${CAPITAL:,.0f} became ${best['equity']:,.0f} in {best['orders']} orders."
    )

    as_promised = (
        [report["computed"] for report in reports.values()] == [len(PAIRS), 0, len(PAIRS), 0]
        and warm["outcomes"] == cosmetic["outcomes"] == cold["outcomes"]
        and changed["outcomes"] != cold["outcomes"]
    )
    if not as_promised:
        console.print("[bold red]This is not what memo promises: please report it.[/bold red]")
    return 0 if as_promised else 1


def as_written_by_another(source: str) -> str:
    """Return the same program with another layout, other comments and other names for local variables."""
    strategy = inspect.getsource(backtest)
    rewritten = strategy.replace("    for day in", "\n    # One pass, day by day.\n    for day in")
    for name, other in RENAMED.items():
        rewritten = rewritten.replace(name, other)
    return source.replace(strategy, rewritten).replace(inspect.getsource(commission), REFORMATTED)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", action="store_true", help="keep the cache directory")
    parser.add_argument("--sweep", nargs=2, type=Path, metavar=("DIRECTORY", "REPORT"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.sweep:
        sweep(*arguments.sweep)
    else:
        sys.exit(main(keep=arguments.keep))
