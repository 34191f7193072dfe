"""How long the demo takes: the whole month and each step, from a started program to the written page.

The first run starts the server and makes its data folder, the following ones are warm; the best warm one counts.
Run: ``python -m benchmarks.demo [--runs N] [--json FILE]``.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from refleqt_adapters.postgres.embedded_server import EmbeddedServer

COMMAND = (sys.executable, "-c", "from refleqt_cli.main import run; run()", "demo", "--json")


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=3, help="warm runs")
    options.add_argument("--json", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="refleqt-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o711)
        try:
            first, *warm = [month(home) for _ in range(1 + given.runs)]
        finally:
            EmbeddedServer(home / "demo").destroy()
    best = min(warm, key=lambda each: each["total"])
    print(f"first run {first['total']:.1f} s, best of {given.runs} warm ones {best['total']:.1f} s, of which")
    for step, seconds in best.items():
        if step != "total":
            print(f"  {step:<26} {seconds:6.2f} s")
    if given.json:
        given.json.write_text(json.dumps({"first": first, "warm": warm}, indent=2))


def month(home: Path) -> dict[str, float]:
    """Seconds of one run by step; ``total`` counts from the start of the program to its end."""
    began = time.perf_counter()
    environment = {**os.environ, "REFLEQT_HOME": str(home)}
    command = [*COMMAND, "--out", str(home / "out")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    total = time.perf_counter() - began
    return {**json.loads(done.stdout)["seconds"], "total": total}


if __name__ == "__main__":
    main()
