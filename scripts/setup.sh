#!/usr/bin/env bash
# Installs the Debian packages that building and testing need, when some are missing. Says nothing when all are there.
set -euo pipefail

packages=(
  build-essential ca-certificates ccache cmake ninja-build pkg-config
  libabsl-dev libflatbuffers-dev flatbuffers-compiler libxsimd-dev libprotozero-dev nlohmann-json3-dev libcli11-dev
  zlib1g-dev catch2 libbenchmark-dev pybind11-dev
  python3 python3-dev python3-pip python3-venv
  chromium chromium-driver
)
# Commands that other packages than Debian's may bring: NodeSource's nodejs has npm in it and refuses Debian's.
command -v node >/dev/null || packages+=(nodejs)
command -v npm >/dev/null || packages+=(npm)

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "setup: this is not Debian; install what these packages hold with your own package manager:" >&2
  echo "  ${packages[*]}" >&2
  exit 0
fi

missing=()
for package in "${packages[@]}"; do
  # pkg-config may be provided by pkgconf, so a package counts as present when its own record says installed.
  case "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)" in
    *"ok installed") ;;
    *) missing+=("$package") ;;
  esac
done
[ ${#missing[@]} -eq 0 ] && exit 0

root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "setup: these packages are missing and neither root nor sudo is at hand; ask an administrator to run" >&2
    echo "  apt-get install ${missing[*]}" >&2
    exit 1
  fi
  root=(sudo)
fi

echo "setup: installing ${missing[*]}"
apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0)
"${apt[@]}" update </dev/null || echo "setup: the package lists could not be renewed; trying those at hand" >&2
"${apt[@]}" install -y --no-install-recommends "${missing[@]}" </dev/null >/dev/null
