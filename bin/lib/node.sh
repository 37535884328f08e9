# Sourced by bin/test and bin/lighthouse: what runs on Node. The product needs none of it.

# Makes the folder's node_modules hold exactly what its lock file names. False, with a sentence, if
# that cannot be. Takes a fraction of a second when it is so already.
prepare_node_tools() {
  local folder=$1
  cmp -s "$folder/package-lock.json" "$folder/node_modules/installed-lock.json" && return
  echo "installing the tools of $folder with npm"
  if ! PUPPETEER_SKIP_DOWNLOAD=1 .venv/bin/npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error; then
    echo "The tools of $folder could not be installed: see above." >&2
    return 1
  fi
  cp "$folder/package-lock.json" "$folder/node_modules/installed-lock.json"
}
