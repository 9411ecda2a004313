#!/bin/sh
# Creates Temporal's two databases and brings their schemas up to the version of this image. It may run again at any
# time: what exists stays. Runs in the temporalio/admin-tools image.
#
#   POSTGRES_HOST      host of PostgreSQL (required)
#   POSTGRES_PORT      default 5432
#   POSTGRES_USER      may create databases (required)
#   POSTGRES_PASSWORD  (required)
#   MAX_TRIES          how often the first connection is tried, default 30
#   RETRY_SECONDS      between two tries, default 2
set -eu

: "${POSTGRES_HOST:?set it to the host of PostgreSQL}"
: "${POSTGRES_USER:?set it to a user that may create databases}"
: "${POSTGRES_PASSWORD:?set it to the password of POSTGRES_USER}"
max_tries=${MAX_TRIES:-30}
retry_seconds=${RETRY_SECONDS:-2}

# The tool reads these, so that no password stands on a command line.
export SQL_PLUGIN=postgres12
export SQL_HOST="$POSTGRES_HOST"
export SQL_PORT="${POSTGRES_PORT:-5432}"
export SQL_USER="$POSTGRES_USER"
export SQL_PASSWORD="$POSTGRES_PASSWORD"

create_database() {
  try=1
  until temporal-sql-tool --db "$1" create; do
    if [ "$try" -ge "$max_tries" ]; then
      echo "setup-schema: database $1 could not be created at $SQL_HOST:$SQL_PORT in $max_tries tries." >&2
      echo "setup-schema: check that PostgreSQL runs, and POSTGRES_USER and POSTGRES_PASSWORD. A password given" >&2
      echo "setup-schema: after the data volume was made does not change the one inside it." >&2
      exit 1
    fi
    echo "setup-schema: PostgreSQL does not answer yet, try $try of $max_tries"
    try=$((try + 1))
    sleep "$retry_seconds"
  done
}

for name in temporal visibility; do
  case $name in
    temporal) database=temporal ;;
    visibility) database=temporal_visibility ;;
  esac
  create_database "$database"
  temporal-sql-tool --db "$database" setup-schema --version 0.0
  temporal-sql-tool --db "$database" update-schema --schema-name "postgresql/v12/$name"
  echo "setup-schema: $database is ready"
done
