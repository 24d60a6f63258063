#!/bin/sh
# Pushes Promregator to the targeted organization and space: lays the package of a release into app/, keeps the user-provided
# service with the credentials up to date, pushes with no moment without a replica, opens the way to internal routes.
# `cf login` and `cf target` come before. Works again at any time: that is an upgrade.
set -eu

usage() {
  cat <<'TEXT'
CF_USERNAME=… CF_PASSWORD_FILE=… ./push.sh [--package=FILE] [--vars=FILE] [--container] [--vendored] [--policy=APP …] [--dry-run]

  CF_USERNAME          user that asks the API, for the user-provided service; without it the service has to be there
  CF_PASSWORD_FILE     file with its password, of one line; or CF_PASSWORD
  --package=FILE       package of a release; else the one promregator-*.tgz beside this script
  --vars=FILE          values of the manifest; vars.yml beside this script unless said
  --container          pushes the image of manifest-container.yml
  --vendored           installs the packages here, for foundations that reach no registry while they stage
  --policy=APP         lets Promregator reach the application on its internal route, port 8080; repeatable
  --dry-run            shows the commands
TEXT
}

fail() {
  echo "push.sh: $*" >&2
  exit 64
}

here=$(cd "$(dirname "$0")" && pwd)
package=
vars=$here/vars.yml
manifest=manifest.yml
vendored=
policies=
run=

for argument; do
  case $argument in
    --package=*) package=${argument#*=} ;;
    --vars=*) vars=${argument#*=} ;;
    --container) manifest='manifest-container.yml' ;;
    --vendored) vendored=yes ;;
    --policy=*)
      case ${argument#*=} in
        '' | *[!A-Za-z0-9_.-]*) fail "'${argument#*=}' is no name of an application that fits --policy" ;;
      esac
      policies="$policies ${argument#*=}"
      ;;
    --dry-run) run='echo' ;;
    --help) usage && exit ;;
    *) usage >&2 && fail "there is no option $argument" ;;
  esac
done

# A value of the file of variables, which is flat.
value() {
  sed -n "s/^$1:[[:space:]]*\([^[:space:]#]*\).*/\1/p" "$vars" | head -n 1 | tr -d "\"'"
}

[ -f "$vars" ] || fail "there is no $vars: copy vars.example.yml, or name another file by --vars"
name=$(value name)
service=$(value service)
if [ -z "$name" ] || [ -z "$service" ]; then fail "$vars says no name or no service"; fi

lay_package() {
  if [ -z "$package" ]; then
    set -- "$here"/promregator-*.tgz
    [ -f "$1" ] || fail "there is no promregator-VERSION.tgz beside this script: name it by --package"
    [ $# -eq 1 ] || fail "there are several packages beside this script: name one by --package"
    package=$1
  fi
  [ -f "$package" ] || fail "there is no package $package"
  # What npm has written down is of the package before.
  rm -rf "$here/app/node_modules" "$here/app/package-lock.json"
  cp "$package" "$here/app/promregator.tgz"
  if [ -n "$vendored" ]; then (cd "$here/app" && npm install --omit=dev --no-fund --no-audit); fi
}

# As a file, since arguments are seen by all users of this machine.
keep_credentials() {
  [ -n "${CF_USERNAME:-}" ] || return 0
  [ -n "${CF_PASSWORD_FILE:-}${CF_PASSWORD:-}" ] || fail 'CF_USERNAME is set, and neither CF_PASSWORD_FILE nor CF_PASSWORD'
  credentials=$(mktemp)
  trap 'rm -f "$credentials"' EXIT
  if [ -n "${CF_PASSWORD_FILE:-}" ]; then password=$(cat "$CF_PASSWORD_FILE"); else password=$CF_PASSWORD; fi
  printf '{"username":"%s","password":"%s"}\n' "$(json_text "$CF_USERNAME")" "$(json_text "$password")" >"$credentials"
  if cf service "$service" >/dev/null 2>&1; then
    $run cf update-user-provided-service "$service" -p "$credentials"
  else
    $run cf create-user-provided-service "$service" -p "$credentials"
  fi
}

# A text between the quotes of JSON.
json_text() {
  printf %s "$1" | sed 's/[\\"]/\\&/g'
}

if [ "$manifest" = manifest.yml ]; then lay_package; fi
keep_credentials
$run cf push -f "$here/$manifest" --vars-file "$vars" --strategy rolling
for app in $policies; do
  $run cf add-network-policy "$name" "$app" --protocol tcp --port 8080
done
