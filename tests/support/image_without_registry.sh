#!/usr/bin/env bash
# Builds and tries the Containerfile where no registry of images is reached: on a base of Debian's packages that stands in for
# python:3.11-slim. Needs root, and: apt-get install debootstrap podman buildah crun
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
name=legacygrid-tried-$$

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

cleanup() { "${storage[@]}" rm -f -t 5 "$name" >/dev/null 2>&1 || true; }
trap cleanup EXIT
# podman times health checks by systemd, which may not be here: the command itself is asked below.
began=$SECONDS
"${storage[@]}" run -d --name "$name" --network none --read-only --read-only-tmpfs=false --tmpfs /tmp --cap-drop all \
    --security-opt no-new-privileges --cgroups disabled --ulimit host --no-healthcheck -e LEGACYGRID_DEMO=1 -e LEGACYGRID_TLS=1 localhost/legacygrid >/dev/null
inside() { "${storage[@]}" exec "$name" "$@"; }
inside legacygrid health --wait 60
echo "ready after $((SECONDS - began)) s"
inside python -c '
import os, urllib.request as u
assert os.getuid() == 10001, os.getuid()
try: open("/opt/x", "w")
except OSError as error: print("the root:", error.strerror)
form = b"api_user=demo&api_key=demo-password&task=get"
print("first call:", u.urlopen("http://127.0.0.1:8026/apiv2/customer.profile.json", form).read(20).decode())
'
inside legacygrid ca | head -1
inside sh -c 'ls -l /state; id'
"${storage[@]}" inspect --type image localhost/legacygrid --format '{{.Size}} bytes, user {{.User}}, {{.Config.StopSignal}}, {{.Config.Labels}}'
began=$SECONDS
"${storage[@]}" stop -t 20 "$name" >/dev/null
echo "stopped by SIGTERM in $((SECONDS - began)) s, exit status $("${storage[@]}" inspect "$name" --format '{{.State.ExitCode}}')"
