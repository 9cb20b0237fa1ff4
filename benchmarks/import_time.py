"""Seconds to import, in fresh interpreters, the least of several; and what is loaded.

python benchmarks/import_time.py
"""

from __future__ import annotations

import subprocess
import sys

RUNS = 7
STATEMENTS = (
    "import crmquality",
    "import crmquality; crmquality.Pipeline",
    "import numpy, polars, narwhals, rapidfuzz",
)
HEAVY = ("pandas", "sklearn", "pyspark", "pyarrow", "duckdb", "scipy", "phonenumbers", "stdnum", "pypinyin", "opencc")


def main() -> None:
    for statement in STATEMENTS:
        program = (
            f"import sys, time\nbegin = time.perf_counter()\n{statement}\nseconds = time.perf_counter() - begin\n"
            f"print(seconds, *[m for m in {HEAVY} if m in sys.modules])"
        )
        runs = [
            subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
            for _ in range(RUNS)
        ]
        loaded = sorted({m for run in runs for m in run[1:]})
        seconds = min(float(run[0]) for run in runs)
        print(f"{seconds:7.3f} s  {statement}   heavy modules: {', '.join(loaded) or 'none'}")


if __name__ == "__main__":
    main()
