"""Asks Lighthouse about every public page, as on a phone, and compares its scores with the bar.

`bin/lighthouse` runs it. It is no test, because its scores depend on what else the machine does.
"""

import argparse
import json
import os
import re
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from app.config import ROOT
from tests.pages.every_page import PAGES, Page
from tests.pages.site import Site, running_sites
from tests.support.browser import IN_A_CONTAINER, QUIET

FOLDER = ROOT / "var/lighthouse"
SCRIPT = ROOT / "tests/tools/lighthouse/node_modules/lighthouse/cli/index.js"
LEAST = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
# In milliseconds, but for the one that has no unit.
MOST = {
    "largest-contentful-paint": 1600,
    "cumulative-layout-shift": 0.02,
    "total-blocking-time": 100,
}
FOR_DESIGNERS = {"styleguide"}  # everything at once, and no search engine may list it
# Of several runs the one in the middle counts, because no two are alike.
RUNS = 3
COLUMNS = ("page", "perf", "a11y", "best", "seo", "LCP", "CLS", "TBT", "")
ROW = "{:24} {:>5} {:>5} {:>5} {:>5} {:>7} {:>6} {:>6}  {}"


def main() -> None:
    asked = argparse.ArgumentParser(description="Lighthouse's scores of every public page.")
    asked.add_argument("word", nargs="*", help="only pages with these words in their names")
    options = asked.parse_args()
    # One state of each page that visitors come to: the first of the list.
    public = {
        page.kind: page
        for page in reversed(PAGES)
        if page.is_public and page.kind not in FOR_DESIGNERS
    }.values()
    pages = [page for page in public if all(word in page.name for word in options.word)]
    FOLDER.mkdir(parents=True, exist_ok=True)
    print(ROW.format(*COLUMNS))
    with running_sites() as sites:
        misses = [_show(page, _report(page, sites[page.site])) for page in reversed(pages)]
    if any(misses):
        raise SystemExit(f"{sum(misses)} pages miss the bar: see the reports in {FOLDER}")


def _report(page: Page, site: Site) -> dict[str, Any]:
    """What Lighthouse says, in the middle of several runs. Each is also kept as a file."""
    reports = [_run(page, site, number) for number in range(1, RUNS + 1)]
    reports.sort(key=lambda report: report["audits"]["total-blocking-time"]["numericValue"])
    return reports[RUNS // 2]


def _run(page: Page, site: Site, number: int) -> dict[str, Any]:
    file = FOLDER / f"{re.sub(r'[, ]+', '-', page.name)}-{number}.json"
    address = site.url + page.path.format(**site.names)
    flags = " ".join(["--headless=new", *QUIET, *IN_A_CONTAINER])
    subprocess.run(
        [
            Path(sysconfig.get_path("scripts"), "node"),
            SCRIPT,
            address,
            "--quiet",
            "--output=json",
            f"--output-path={file}",
            f"--only-categories={','.join(LEAST)}",
            f"--chrome-flags={flags}",
        ],
        env=os.environ | {"CHROME_PATH": os.environ["CHROMIUM"]},
        check=True,
        timeout=300,
    )
    return json.loads(file.read_text())  # type: ignore[no-any-return]


def _show(page: Page, report: dict[str, Any]) -> bool:
    """One row of the table. Whether the page misses the bar."""
    categories, audits = report["categories"], report["audits"]
    scores = {name: round(100 * categories[name]["score"]) for name in LEAST}
    values = {name: audits[name]["numericValue"] for name in MOST}
    low = [name for name in LEAST if scores[name] < LEAST[name]]
    missed = low + [name for name in MOST if values[name] > MOST[name]]
    failed = sorted(
        {
            reference["id"]
            for name in low
            if name != "performance"
            for reference in categories[name]["auditRefs"]
            if reference["weight"] and audits[reference["id"]]["score"] not in (None, 1)
        }
    )
    paint, shift, blocking = values.values()
    print(
        ROW.format(
            page.name,
            *scores.values(),
            f"{paint / 1000:.2f} s",
            f"{shift:.3f}",
            f"{blocking:.0f} ms",
            " ".join(missed + failed),
        )
    )
    return bool(missed)


if __name__ == "__main__":
    main()
