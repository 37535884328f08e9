# Sourced by bin/test: curl, for the commands of docs/api.md.

# False, with a sentence, if there is none and none can be installed.
prepare_curl() {
  if ! command -v curl >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing curl with apt-get"
    { apt-get update -qq && apt-get install -y -qq curl; } >/dev/null
  fi
  if ! command -v curl >/dev/null; then
    echo "There is no curl: the test of docs/api.md needs it. Install it (as root: apt-get install curl)." >&2
    return 1
  fi
}
