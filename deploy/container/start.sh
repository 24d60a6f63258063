#!/bin/sh
# Process 1 of the image: starts promregator with our arguments, and again after the exit code of its watchdog, as the
# original's image does. Hands SIGTERM, SIGINT and SIGHUP on, buries orphans, and ends with the exit code of promregator.
set -u

WATCHDOG=161 # cf.watchdog.restartCount; 162 and 127 of the original have no counterpart
NO_SUCH_CHILD=127

program=
asked=
ending=

# A signal that comes before there is a program waits for it. It is sent once: a second SIGTERM would end at once.
hand_on() {
  if [ -n "$program" ] && [ -n "$asked" ]; then
    signal=$asked
    asked=
    kill -s "$signal" "$program" 2>/dev/null
  fi
}
interrupted=
trap 'interrupted=yes; ending=yes; asked=TERM; hand_on' TERM
trap 'interrupted=yes; ending=yes; asked=INT; hand_on' INT
# What is just starting reads its configuration anyway.
trap 'interrupted=yes; if [ -n "$program" ]; then kill -s HUP "$program" 2>/dev/null; fi' HUP

# What runs in the background has no standard input otherwise: --config.file=/dev/stdin.
if ! { true <&0; } 2>/dev/null; then exec </dev/null; fi
exec 3<&0

while :; do
  interrupted=
  promregator "$@" <&3 3<&- &
  program=$!
  hand_on
  wait "$program"
  code=$?
  # A trap ends `wait` early. When it came after the end, the code of before is the right one.
  while [ -n "$interrupted" ]; do
    interrupted=
    wait "$program"
    again=$?
    [ "$again" -eq "$NO_SUCH_CHILD" ] || code=$again
  done
  program=
  if [ "$code" -ne "$WATCHDOG" ] || [ -n "$ending" ]; then exit "$code"; fi
  echo "promregator ended with $code (watchdog), starting it again" >&2
done
