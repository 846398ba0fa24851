#!/bin/sh
# Asks a person before it does something that can't be taken back. The answer is given in the toolbar.
#
#     sh examples/ask.sh
#
# The exit code of "agentlight ask" is the answer: 0 is the first choice, 1 the second.
set -eu

code=0
npm run -s agentlight -- ask 'Deploy to live?' --choices yes,no --timeout 10m \
  --details 'version 1.4.2, with 3 migrations' || code=$?

case $code in
  0) echo 'Deploying …' ;;
  1) echo 'Not deployed: somebody said no.' >&2 && exit 1 ;;
  75) echo 'Not deployed: nobody answered in time.' >&2 && exit 1 ;;
  *) echo 'Not deployed: the question could not be asked.' >&2 && exit 1 ;;
esac
