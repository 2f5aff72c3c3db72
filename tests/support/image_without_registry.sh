#!/usr/bin/env bash
# Builds and tries the Containerfile where no registry of images is reached: on a base of Debian's packages that stands in for
# python:3.11-slim. Needs root, and: apt-get install bubblewrap debootstrap podman buildah crun
#
#     tests/support/image_without_registry.sh FOLDER
#
# FOLDER keeps the base, so that it is made once. The network is for what pip and debootstrap load; the container has none.
set -euo pipefail
[[ $# == 1 ]] || { echo "usage: $0 FOLDER" >&2; exit 2; }
cd "$(dirname "$0")/../.."
mkdir -p "$1"
folder=$(realpath "$1")
storage=(podman --root "$folder/storage" --runroot "$folder/run" --cgroup-manager cgroupfs)

if [[ ! -e $folder/base.made ]]; then
    debootstrap --variant=minbase --include=ca-certificates,python3,python3-venv,python3-pip bookworm "$folder/base" >"$folder/debootstrap.log"
    touch "$folder/base.made"
fi
"${storage[@]}" image exists docker.io/library/python:3.11-slim ||
    tar -C "$folder/base" -c . | "${storage[@]}" import -q - docker.io/library/python:3.11-slim >/dev/null

# The index of this machine and whom it trusts, which a build does not see.
{
    echo "[global]"
    echo "cert = /etc/ssl/certs/ca-certificates.crt"
    ! index=$(pip config get global.index-url 2>/dev/null) || echo "index-url = $index"
} >"$folder/pip.conf"
mounts=(-v "$folder/pip.conf:/etc/pip.conf:ro" -v /etc/ssl/certs:/etc/ssl/certs:ro)

began=$SECONDS
"${storage[@]}" build --pull=never --isolation chroot --network host --format docker "${mounts[@]}" \
    --build-arg PYTHON=3.11 --build-arg VERSION=tried -f Containerfile -t localhost/legacygrid . >"$folder/build.log" 2>&1 ||
    { tail -30 "$folder/build.log"; exit 1; }
echo "built in $((SECONDS - began)) s"

# Runs it by bubblewrap, as engines may be forbidden to set the limits that a container of theirs has.
"${storage[@]}" inspect --type image localhost/legacygrid --format '{{.Size}} bytes, user {{.User}}, {{.Config.StopSignal}}, {{.Config.Labels}}'
root=$("${storage[@]}" image mount localhost/legacygrid)
state=$(mktemp -d)
trap '"${storage[@]}" image unmount localhost/legacygrid >/dev/null; rm -rf "$state"' EXIT
variables=()
while IFS='=' read -r key value; do
    variables+=(--setenv "$key" "$value")
done < <("${storage[@]}" inspect --type image localhost/legacygrid --format '{{range .Config.Env}}{{println .}}{{end}}' | grep '=')
# shellcheck disable=SC2016 # the shell within expands it
bwrap --unshare-all --die-with-parent --cap-drop ALL --uid 10001 --gid 10001 --ro-bind "$root" / --proc /proc --dev /dev \
    --tmpfs /tmp --bind "$state" /state --chdir /state --clearenv "${variables[@]}" \
    --setenv LEGACYGRID_DEMO 1 --setenv LEGACYGRID_TLS 1 /bin/sh -euc '
legacygrid serve --quiet >/tmp/log 2>&1 & server=$!
date +%s.%N >/tmp/began
legacygrid health --wait 60 || { cat /tmp/log; exit 1; }
echo "ready $(date +%s.%N) after $(cat /tmp/began)"
python -c "
import os, urllib.request as u
assert os.getuid() == 10001, os.getuid()
try: open(\"/opt/x\", \"w\")
except OSError as error: print(\"the root:\", error.strerror)
form = b\"api_user=demo&api_key=demo-password&task=get\"
print(\"first call:\", u.urlopen(\"http://127.0.0.1:8026/apiv2/customer.profile.json\", form).read(20).decode())
"
legacygrid ca | head -1
ls /state
kill -TERM $server
status=0; wait $server || status=$?
echo "ended by SIGTERM, exit status $status"
legacygrid health || echo "and is not ready"
'
