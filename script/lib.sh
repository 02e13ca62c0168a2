# Shared by the scripts here. Source it from bash; it leaves you in the project's root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH

BUILD_PACKAGES="gcc meson ninja-build pkg-config libc6-dev libclamav-dev libconfig-dev libc-ares-dev libssl-dev libseccomp-dev
    libcap-ng-dev libsystemd-dev libarchive-dev zlib1g-dev libbz2-dev liblzma-dev libzstd-dev liblz4-dev
    libmspack-dev liblhasa-dev libunarr-dev nettle-dev libpcre2-dev libxxhash-dev libyara-dev libsodium-dev libsqlite3-dev"
DEMO_PACKAGES="postfix python3"
TEST_PACKAGES="clang clang-format clang-tidy libclang-rt-14-dev postfix clamav clamav-daemon clamav-freshclam clamdscan c-icap libc-icap-mod-virus-scan dovecot-core dovecot-lmtpd python3
    python3-dkim python3-nacl swaks libnet-ssleay-perl openssl mandoc p7zip-full zip gcab xorriso arj iproute2 procps
    libgmime-3.0-dev 7zip dosfstools mtools genisoimage libarchive-tools zstd lz4 xz-utils lzip ncompress bzip2 cpio rpm binutils yara socat python3-prometheus-client"

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }

# need PACKAGE...: installs what is missing, without letting a package start its daemon.
need() {
    local missing=() package policy=/usr/sbin/policy-rc.d made=
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ]; then
        say "please install: apt-get install ${missing[*]}"
        exit 1
    fi
    say "installing ${missing[*]}"
    if [ ! -e $policy ]; then printf '#!/bin/sh\nexit 101\n' >$policy; chmod 755 $policy; made=1; fi
    echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections 2>/dev/null || :
    local log; log=$(mktemp)
    if ! { apt-get update && apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        [ -z "$made" ] || rm -f $policy
        exit 1
    fi
    [ -z "$made" ] || rm -f $policy
    rm -f "$log"
}

# need_promtool: Prometheus's checker of metrics alone, without the server and what that depends on.
need_promtool() {
    local folder
    [ -z "$(type -P promtool)" ] || return 0
    folder=$(mktemp -d)
    if ! (cd "$folder" && apt-get download prometheus && dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/promtool &&
          install -m 755 usr/bin/promtool /usr/local/bin/) >"$folder/log" 2>&1; then
        tail -n 5 "$folder/log" >&2
        say "no promtool (Debian's package prometheus): the tests of metrics will fail"
    fi
    rm -rf "$folder"
}

# build FOLDER [meson options]: sets it up once and brings it up to date.
build() {
    local folder=$1; shift
    [ -e "$folder/build.ninja" ] || meson setup "$folder" "$@" >"$folder.setup.log" 2>&1 || { tail -n 20 "$folder.setup.log" >&2; exit 1; }
    rm -f "$folder.setup.log"
    ninja -C "$folder" --quiet
}
