#!/bin/sh
# Keeps the newest picture of a stream in a file: waits for each next one, with nothing but curl.
#
#   ./watch.sh label key [file] [times]
set -eu
label=${1:?usage: watch.sh label key [file] [times]}
key=${2:?usage: watch.sh label key [file] [times]}
file=${3:-newest.jpg}
times=${4:-0} # 0: for ever
url=${BELVEDERE_URL:-http://127.0.0.1:8000}

i=0
while [ "$times" -eq 0 ] || [ "$i" -lt "$times" ]; do
  # Answers as soon as there is a new frame; 504 says that none came in 30 s, and we ask again.
  status=$(curl --silent --show-error --output "$file.new" --write-out '%{http_code}' \
    ${BELVEDERE_TOKEN:+-H "Authorization: Bearer $BELVEDERE_TOKEN"} "$url/streams/$label/$key/snapshot?wait=30")
  if [ "$status" = 200 ]; then
    mv "$file.new" "$file"
    i=$((i + 1))
    echo "$(date +%T) $file"
  else
    cat "$file.new" && rm -f "$file.new" && echo
    [ "$status" = 504 ] || exit 1
  fi
done
