#!/usr/bin/env bash
# Copies the account, from where the database in this folder stands.
set -o pipefail

tap-exactsales --config tap.json --state <(target-sqlite state --config target.json) |
  target-sqlite --config target.json &

# A container is stopped by a signal to this shell alone: the tap ends by it, the target with its input.
trap 'kill -TERM "$(jobs -p %1)"' TERM INT

# A signal ends the waiting, not what is waited for.
wait %1
code=$?
while kill -0 $! 2>/dev/null; do
  wait %1
  code=$?
done
exit "$code"
