#!/usr/bin/env bash
# Copies the account, continuing from the state in the database.
set -o pipefail

tap-exactsales --config tap.json --state <(target-sqlite state --config target.json) |
  target-sqlite --config target.json &

# Stopping a container signals only this shell, so pass the signal to the tap. The target ends when
# its input ends.
trap 'kill -TERM "$(jobs -p %1)"' TERM INT

# A signal interrupts wait but not the job, so wait again until the job has ended.
wait %1
code=$?
while kill -0 $! 2>/dev/null; do
  wait %1
  code=$?
done
exit "$code"
