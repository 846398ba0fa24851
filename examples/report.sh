#!/usr/bin/env bash
# Reports a job from a shell: registers an agent, then tells that a run of it starts, gets on and ends.
#
#     export AGENTLIGHT_URL=http://127.0.0.1:4747
#     export AGENTLIGHT_TOKEN=$(npm run -s agentlight -- token create --user me --scope report | tail -1)
#     bash examples/report.sh
#
# Needs curl. docs/protocol.md lists all types of events.
set -euo pipefail

post() { # method, path, JSON
  curl --fail-with-body --silent --show-error --output /dev/null --request "$1" "$AGENTLIGHT_URL$2" \
    --header "Authorization: Bearer $AGENTLIGHT_TOKEN" --header 'Content-Type: application/json' \
    --data "$3"
}

# a UUID of your own for each run
run=$(node -p 'crypto.randomUUID()')

report() { # type, data
  post POST /v1/events \
    "{\"events\": [{\"type\": \"$1\", \"agent\": \"nightly-backup\", \"run\": \"$run\", \"data\": $2}]}"
}

post PUT /v1/agents/nightly-backup '{"name": "Nightly backup", "kind": "job"}'

report run.started '{"command": "backup.sh"}'
for percent in 25 50 75; do
  sleep 0.5
  report run.progress "{\"value\": 0.$percent, \"message\": \"$percent %\"}"
done
report run.succeeded '{"message": "4 disks, 812 GB"}'
