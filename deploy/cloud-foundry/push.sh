#!/bin/sh
# Pushes Promregator to the targeted organization and space: lays the package of a release into app/, keeps the user-provided
# service with the credentials up to date, pushes with no moment without a replica, opens the way to internal routes.
# `cf login` and `cf target` come before. Works again at any time: that is an upgrade.
set -eu

usage() {
  cat <<'TEXT'
CF_USERNAME=… CF_PASSWORD_FILE=… ./push.sh [--package=FILE] [--vars=FILE] [--container] [--vendored] [--policy=APP …] [--dry-run | --check]

  CF_USERNAME          user that asks the API, for the user-provided service; without it the service has to be there
  CF_PASSWORD_FILE     file with its password, of one line; or CF_PASSWORD
  --package=FILE       package of a release; else the one promregator-*.tgz beside this script
  --vars=FILE          values of the manifest; vars.yml beside this script unless said
  --container          pushes the image of manifest-container.yml
  --vendored           installs the packages here, for foundations that reach no registry while they stage
  --policy=APP         lets Promregator reach the application on its internal route, port 8080; repeatable
  --dry-run            shows the commands that would change something, and changes nothing here or there; with CF_USERNAME
                       it asks `cf service` which of them is due
  --check              reads app/promregator.yml as it will be read on Cloud Foundry, and says what is wrong with it; pushes nothing.
                       Takes npm. What the platform says is made up, unless VCAP_APPLICATION and VCAP_SERVICES hold it
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
dry=
check=

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
    --dry-run) dry=yes ;;
    --check) check=yes ;;
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

find_package() {
  if [ -z "$package" ]; then
    set -- "$here"/promregator-*.tgz
    [ -f "$1" ] || fail "there is no promregator-VERSION.tgz beside this script: name it by --package"
    [ $# -eq 1 ] || fail "there are several packages beside this script: name one by --package"
    package=$1
  fi
  [ -f "$package" ] || fail "there is no package $package"
}

read_password() {
  [ -n "${CF_USERNAME:-}" ] || return 0
  if [ -n "${CF_PASSWORD_FILE:-}" ]; then
    if [ -d "$CF_PASSWORD_FILE" ] || [ ! -r "$CF_PASSWORD_FILE" ]; then
      fail "CF_PASSWORD_FILE names $CF_PASSWORD_FILE, which is no file that can be read here"
    fi
    password=$(cat "$CF_PASSWORD_FILE")
  else
    password=${CF_PASSWORD:-}
  fi
  [ -n "$password" ] || fail "CF_USERNAME is set, and neither CF_PASSWORD_FILE nor CF_PASSWORD holds its password"
  case $password in
    *[[:cntrl:]]*) fail 'the password has several lines, or an end of line of Windows: one line is expected' ;;
  esac
}

# Does it, or shows it.
run() {
  if [ -n "$dry" ]; then echo "$*"; else "$@"; fi
}

# Both name the service, and only vars.yml is read by the manifest.
compare_service_names() {
  grep -qF "vcap.services.$service." "$here/app/promregator.yml" && return
  echo "push.sh: app/promregator.yml reads nothing of the service '$service' that $vars names: it has to name the same one" >&2
}

# Says in $there whether the service is there. Whatever else `cf` has to say ends this, in its own words.
ask_for_service() {
  [ -n "${CF_USERNAME:-}" ] || return 0
  there=yes
  words=$(env LC_ALL=en_US.UTF-8 cf service "$service" 2>&1) && return
  case $words in
    *'Service instance '*"$service"*' not found'*) there= ;;
    *)
      echo "$words" >&2
      echo "push.sh: \`cf service $service\` fails, so that nothing is done" >&2
      exit 1
      ;;
  esac
}

lay_package() {
  # What npm has written down is of the package before.
  run rm -rf "$here/app/node_modules" "$here/app/package-lock.json"
  run cp "$package" "$here/app/promregator.tgz"
  if [ -n "$vendored" ]; then (run cd "$here/app" && run npm install --omit=dev --no-fund --no-audit); fi
}

# As a file, since arguments are seen by all users of this machine.
keep_credentials() {
  [ -n "${CF_USERNAME:-}" ] || return 0
  credentials='FILE_WITH_USERNAME_AND_PASSWORD'
  if [ -z "$dry" ]; then
    credentials=$(mktemp)
    trap 'rm -f "$credentials"' EXIT
    printf '{"username":"%s","password":"%s"}\n' "$(json_text "$CF_USERNAME")" "$(json_text "$password")" >"$credentials"
  fi
  if [ -n "$there" ]; then
    run cf update-user-provided-service "$service" -p "$credentials"
  else
    run cf create-user-provided-service "$service" -p "$credentials"
  fi
}

# A text between the quotes of JSON.
json_text() {
  printf %s "$1" | sed 's/[\\"]/\\&/g'
}

# By the program that would be pushed, in a folder of its own.
check_configuration() {
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  npm install --prefix "$folder" --omit=dev --no-fund --no-audit --silent "$package" >&2
  : "${VCAP_APPLICATION:=$(printf '{"cf_api":"https://api.example.com","application_name":"%s","organization_name":"our-organization","space_name":"our-space"}' "$(json_text "$name")")}"
  : "${VCAP_SERVICES:=$(printf '{"user-provided":[{"name":"%s","credentials":{"username":"collector","password":"made-up"}}]}' "$(json_text "$service")")}"
  export VCAP_APPLICATION VCAP_SERVICES
  # They are options of the program, and not there on the platform.
  unset CF_USERNAME CF_PASSWORD CF_PASSWORD_FILE
  cd "$here/app"
  node "$folder/node_modules/promregator/dist/src/main.js" check-config
}

if [ -n "$check" ]; then
  find_package
  compare_service_names
  check_configuration
  exit
fi
read_password
if [ "$manifest" = manifest.yml ]; then
  find_package
  compare_service_names
fi
ask_for_service
if [ "$manifest" = manifest.yml ]; then
  lay_package
fi
keep_credentials
run cf push -f "$here/$manifest" --vars-file "$vars" --strategy rolling
for app in $policies; do
  run cf add-network-policy "$name" "$app" --protocol tcp --port 8080
done
