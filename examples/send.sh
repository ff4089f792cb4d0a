#!/bin/sh
# Publishes a picture, again and again if it keeps changing on disk, with nothing but curl.
#
#   BELVEDERE_PUBLISH_KEY=… ./send.sh photo.jpg [label] [key] [times]
set -eu
picture=${1:?which picture? usage: send.sh photo.jpg [label] [key] [times]}
label=${2:-site}
key=${3:-camera}
times=${4:-1}
url=${BELVEDERE_URL:-http://127.0.0.1:8000}
token=${BELVEDERE_PUBLISH_KEY:-$(cat "$(dirname "$0")/../data/publish.key")}

# A name may hold what curl reads as its own: @ and < in front, commas and semicolons, quotes.
quoted=$(printf '%s.' "$picture" | sed 's/[\\"]/\\&/g')
quoted=${quoted%.}

i=0
while [ "$i" -lt "$times" ]; do
  curl --silent --show-error --fail-with-body -H "Authorization: Bearer $token" \
    --form-string "label=$label" --form-string "key=$key" -F "file=@\"$quoted\"" \
    --form-string 'warnings_json={"warning_no_hardhat":{"count":1}}' "$url/frames"
  echo
  i=$((i + 1))
done
