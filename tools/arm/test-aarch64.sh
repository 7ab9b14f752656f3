#!/bin/bash
# Builds a SwiftPM package for 64-bit Arm Linux on an x86-64 Debian machine and runs its tests under qemu,
# with the Swift 6.0.3 of Debian 13 (trixie): Foundation, XCTest and Swift Testing included.
#   test-aarch64.sh setup                  compiler tree, Arm sysroot and Swift SDK   (~3 min, ~2.5 GB, once)
#   test-aarch64.sh PACKAGE_DIR COMMAND…   run COMMAND (e.g. swift test …) there; default: all tests, in release
# Tests find CONDENSENET_EMULATED=1 in their environment: exhaustive ones take a sample, and what only holds of a process
# that is not an emulator's is left out.
# ARM_CACHE names the folder that keeps the toolchain and builds, one for each package folder (a later --scratch-path in
# COMMAND wins). Needs root, mmdebstrap, and Linux 6.7 or newer (private binfmt_misc). Everything is mounted in a private
# namespace: nothing leaks into the machine.
set -euo pipefail
cache=${ARM_CACHE:-$HOME/.cache/swift-aarch64}; mkdir -p "$cache"
suite=trixie
host=$cache/host                                       # x86-64 Debian 13 with the compiler and qemu
sdk=$cache/sdks/debian-arm64.artifactbundle
sysroot=$sdk/debian-arm64/sysroot                      # Arm C library, Swift runtime, and the -dev packages below
host_packages=(base-files bash coreutils dash grep sed findutils gawk git ca-certificates gcc libc6-dev libstdc++-14-dev
               swiftlang qemu-user
               util-linux gzip dataset-fashion-mnist)  # what tests run and read
arm_packages=(libc6 libc6-dev libgcc-s1 libgcc-14-dev libstdc++6 libstdc++-14-dev linux-libc-dev libcrypt1
              swiftlang libswiftlang
              zlib1g zlib1g-dev libpng16-16t64 libpng-dev libjpeg62-turbo libjpeg62-turbo-dev libwebp7 libwebp-dev
              libsharpyuv0 libsharpyuv-dev ${ARM_PACKAGES:-})
ready=$cache/.ready-$suite                             # holds what was installed last
mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | sed -n '/\/debian$/{p;q}')}
[ -n "$mirror" ] || { echo "no mirror of Debian is known here: name one in DEBIAN_MIRROR" >&2; exit 1; }
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
# where packages are, if not at GitHub itself
packages=$({ git config --get-regexp '^url\..*\.insteadof$' 'github\.com' || true; } | sed -n 's/^url\.\(.*\)\.insteadof .*/\1/p;T;q')

make_host() {
  local drop=() p
  for p in '/usr/share/doc/*' '/usr/share/man/*' '/usr/share/locale/*' '/usr/libexec/swift/bin/*lldb*' \
           '/usr/libexec/swift/bin/sourcekit-lsp' '/usr/libexec/swift/bin/clangd' '/usr/libexec/swift/bin/swift-format' \
           '/usr/libexec/swift/bin/docc' '/usr/libexec/swift/lib/liblldb*' '/usr/libexec/swift/lib/libsourcekit*' \
           '/usr/libexec/swift/lib/swift_static/*' '/usr/libexec/swift/lib/libLTO*'; do
    drop+=("--dpkgopt=path-exclude=$p")
  done
  rm -rf "$host"
  mmdebstrap --quiet --mode=root --variant=extract --architectures=amd64 "${drop[@]}" \
    --include="$(IFS=,; echo "${host_packages[*]}")" "$suite" "$host" "$mirror"
  local l
  for l in bin sbin lib lib64; do [ -e "$host/$l" ] || ln -s "usr/$l" "$host/$l"; done
}

make_sysroot() {
  local apt=$cache/apt deb
  rm -rf "$apt" "$sdk"
  mkdir -p "$apt"/etc/apt/{preferences.d,apt.conf.d,sources.list.d} "$apt"/var/lib/apt/lists/partial \
           "$apt"/var/cache/apt/archives/partial "$apt/debs" "$sysroot/usr/lib"
  : > "$apt/status"
  echo "deb [signed-by=$keyring arch=arm64] $mirror $suite main" > "$apt/etc/apt/sources.list"
  cat > "$apt/apt.conf" <<C
Dir "$apt"; Dir::State::status "$apt/status"; Dir::Etc::trustedparts "/etc/apt/trusted.gpg.d";
APT::Architecture "arm64"; APT::Architectures {"arm64";}; APT::Sandbox::User "root";
C
  (export APT_CONFIG=$apt/apt.conf; apt-get -qq update; cd "$apt/debs"; apt-get -qq download "${arm_packages[@]}")
  ln -sfn usr/lib "$sysroot/lib"
  for deb in "$apt"/debs/*.deb; do
    dpkg-deb --show --showformat '${Package} ${source:Package} ${source:Version}\n' "$deb" >> "$sysroot/packages"
    dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$sysroot" --wildcards './usr/share/doc/*/copyright' 2>/dev/null || true
    case ${deb##*/} in
      swiftlang_*) dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$sysroot/usr/lib" --strip-components=5 --exclude='*/swift/host*' \
          --exclude='*/embedded*' --exclude='*/migrator*' --exclude='*/pm/*' --exclude='*/FrameworkABIBaseline*' \
          --wildcards './usr/libexec/swift/lib/swift/*' './usr/libexec/swift/lib/swift_static/*' ;;
      libswiftlang_*) dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$sysroot/usr/lib" --strip-components=5 \
          --wildcards './usr/libexec/swift/lib/swift/linux/*' ;;
      *) dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$sysroot" --keep-directory-symlink --exclude='./usr/share/*' ;;
    esac
  done
  rm -rf "$apt/debs"
  local k
  for k in swift swift_static; do ln -sfn /usr/libexec/swift/lib/clang/17 "$sysroot/usr/lib/$k/clang"; done
  # a fully static executable needs no ICU in 6.0, yet Debian's list names it
  local list=$sysroot/usr/lib/swift_static/linux/static-executable-args.lnk
  grep -v icu "$list" > "$list.new" && mv "$list.new" "$list"
}

make_sdk() {
  cat > "$sdk/info.json" <<C
{"schemaVersion":"1.0","artifacts":{"debian-arm64":{"type":"swiftSDK","version":"6.0.3","variants":[{"path":"debian-arm64",
 "supportedTriples":["x86_64-unknown-linux-gnu","x86_64-pc-linux-gnu"]}]}}}
C
  cat > "$sdk/debian-arm64/swift-sdk.json" <<C
{"schemaVersion":"4.0","targetTriples":{"aarch64-unknown-linux-gnu":{"sdkRootPath":"sysroot","swiftResourcesPath":"sysroot/usr/lib/swift",
 "swiftStaticResourcesPath":"sysroot/usr/lib/swift_static","toolsetPaths":["toolset.json"]}}}
C
  echo '{"schemaVersion":"1.0","rootPath":"/usr/bin","swiftCompiler":{"extraCLIOptions":["-use-ld=lld"]}}' > "$sdk/debian-arm64/toolset.json"
}

enter() {  # PACKAGE_DIR COMMAND…
  local package=$1; shift
  exec unshare -U --map-root-user -m bash -ec '
    host=$1 package=$2 cache=$3 packages=$4 sysroot=$5; shift 5
    mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
    echo ":qemu-aarch64:M::\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00:\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:$host/usr/bin/qemu-aarch64:F" \
      > /proc/sys/fs/binfmt_misc/register
    for d in /proc /dev "$cache" "$package" ${packages:+"$packages"}; do mkdir -p "$host$d"; mount --rbind "$d" "$host$d"; done
    mkdir -p "$host/tmp" "$host/root"
    config=(GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory "GIT_CONFIG_VALUE_0=*")
    [ -z "$packages" ] || config=(GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=safe.directory "GIT_CONFIG_VALUE_0=*"
      "GIT_CONFIG_KEY_1=url.$packages.insteadOf" GIT_CONFIG_VALUE_1=https://github.com/)
    exec chroot "$host" /usr/bin/env -i HOME=/root LANG=C.UTF-8 PATH=/usr/libexec/swift/bin:/usr/bin:/bin "${config[@]}" \
      QEMU_LD_PREFIX="$sysroot" AARCH64_BUILD=1 CONDENSENET_EMULATED=1 bash -ec "cd \"\$0\"; exec \"\$@\"" "$package" "$@"' \
    _ "$host" "$package" "$cache" "$packages" "$sysroot" "$@"
}

wanted="2 ${host_packages[*]} ${arm_packages[*]}"              # the number is the layout's
if [ "$(cat "$ready" 2>/dev/null)" != "$wanted" ]; then
  rm -f "$ready"
  make_host; make_sysroot; make_sdk
  echo "$wanted" > "$ready"
fi
[ "${1:-setup}" != setup ] || exit 0
package=$(realpath "$1"); shift
if [ $# -eq 0 ]; then
  # The programs first, since tests run them.
  "$0" "$package" swift build -c release -Xswiftc -enable-testing
  set -- swift test -c release -Xswiftc -enable-testing
fi
# swift commands get the SDK; anything else runs as it stands (Arm executables start under qemu by themselves)
if [ "$1" = swift ]; then
  scratch=$cache/build-$(printf %s "$package" | cksum | cut -d ' ' -f 1)
  set -- "$1" "$2" --disable-sandbox --scratch-path "$scratch" --swift-sdks-path "$cache/sdks" --swift-sdk debian-arm64 "${@:3}"
fi
enter "$package" "$@"
