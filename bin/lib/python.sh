# Sourced by bin/dev, bin/test and bin/lock: one .venv with exactly what a lock file names.

# Makes .venv hold the packages of the given lock file, and of every other that was asked for before.
# Takes a fraction of a second when they are there already.
prepare_python() {
  local lock=$1 python
  if ! .venv/bin/python -c '' 2>/dev/null; then
    python=$(suitable_python) || exit 1
    echo "making .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv || exit 1
  fi
  cmp -s "$lock" ".venv/installed-$lock" && return
  echo "installing the packages of $lock"
  if ! .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r "$lock"; then
    echo "The packages of $lock could not be installed: see above, then run this again." >&2
    exit 1
  fi
  cp "$lock" ".venv/installed-$lock"
}

# The name of a Python that is new enough and can make virtual environments.
suitable_python() {
  local candidate found="" without=""
  for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    "$candidate" -c '' 2>/dev/null || continue
    found=${found:-$("$candidate" --version)}
    "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || continue
    "$candidate" -c 'import venv, ensurepip' 2>/dev/null && echo "$candidate" && return
    without=${without:-$("$candidate" --version)}
  done
  if [ -n "$without" ]; then
    echo "$without here lacks venv: install it, on Debian and Ubuntu with \"apt install python3-venv\", and run this again." >&2
  else
    echo "ticketbay needs Python 3.11 or newer, but found ${found:-no Python}: install one, or name one as in PYTHON=/path/to/python3.13." >&2
  fi
  return 1
}
