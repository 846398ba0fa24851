#!/bin/sh
# A build that shows its steps in the toolbar. Wrap it, or any command as it is:
#
#     npm run -s agentlight -- run --name "Example build" -- sh examples/build.sh
#
# It runs the same without Agentlight, and its output and exit code stay what they are.
set -eu

# a build does not fail because nobody watches it
tell() { npm run -s agentlight -- emit "$@" || true; }

tell step start compile --name Compile
echo 'Compiling 12 files …'
sleep 0.5
tell step done compile
tell progress 0.5 '1 of 2 steps'

tell step start test --name Test
echo 'Running 34 tests …'
sleep 0.5
tell step done test
tell metric duration 1 --unit s

echo 'Built.'
