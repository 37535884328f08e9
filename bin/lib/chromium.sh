# Sourced by bin/test: a Chromium for the browser tests.

# Exports CHROMIUM. False, with a sentence, if none is here and none can be installed.
prepare_chromium() {
  # Playwright's driver needs a library that a slim Debian lacks.
  if ! playwright_starts && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing libatomic1, which Playwright needs, with apt-get"
    { apt-get update -qq && apt-get install -y -qq libatomic1; } >/dev/null
  fi
  if ! playwright_starts; then
    echo "Playwright does not start: the browser tests need it (as root: apt-get install libatomic1)." >&2
    return 1
  fi
  CHROMIUM=${CHROMIUM:-$(installed_chromium)}
  if [ -z "$CHROMIUM" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing Chromium with apt-get"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; } >/dev/null
    CHROMIUM=$(installed_chromium)
  fi
  if [ -z "$CHROMIUM" ]; then
    echo "installing Chromium with Playwright"
    .venv/bin/python -m playwright install chromium >/dev/null
    CHROMIUM=$(installed_chromium)
  fi
  # Playwright's own comes without the system libraries it needs, so being there proves nothing.
  if ! "$CHROMIUM" --version >/dev/null 2>&1; then
    echo "No Chromium that starts: the browser tests need one. Install it (as root: apt-get install chromium)," \
      "or name one as in CHROMIUM=/path/to/chrome." >&2
    return 1
  fi
  export CHROMIUM
}

playwright_starts() {
  .venv/bin/python -m playwright --version >/dev/null 2>&1
}

installed_chromium() {
  command -v chromium || command -v chromium-browser || command -v google-chrome || command -v google-chrome-stable ||
    .venv/bin/python - <<'PYTHON'
from pathlib import Path

from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    path = playwright.chromium.executable_path
    if Path(path).exists():
        print(path)
PYTHON
}
