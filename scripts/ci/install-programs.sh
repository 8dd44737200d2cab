# Installs the programs that the tests drive and that this Debian machine lacks. A failure is only reported here: the tests
# that need the program fail by name.

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

install_programs() {
  local missing=()
  PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" command -v sshd >/dev/null || missing+=(openssh-server)
  PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" command -v haproxy >/dev/null || missing+=(haproxy)
  PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" command -v keepalived >/dev/null || missing+=(keepalived)
  PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" command -v mosquitto >/dev/null || missing+=(mosquitto)
  PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" command -v dnsmasq >/dev/null || missing+=(dnsmasq-base)
  PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" command -v ip >/dev/null || missing+=(iproute2)
  PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" command -v nft >/dev/null || missing+=(nftables)
  PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" command -v iptables >/dev/null || missing+=(iptables)
  command -v systemd-analyze >/dev/null || missing+=(systemd)
  command -v python3 >/dev/null || missing+=(python3-minimal)
  command -v unshare >/dev/null || missing+=(util-linux)
  local program
  for program in sudo chromium perl unzip openssl; do
    command -v "$program" >/dev/null || missing+=("$program")
  done
  [ "${#missing[@]}" = 0 ] && return
  echo "== programs: ${missing[*]}"
  if ! command -v apt-get >/dev/null; then
    echo "No apt-get here: install ${missing[*]} by hand."
    return
  fi
  # The tests start their own servers; the packages must not start any.
  local policy=/usr/sbin/policy-rc.d own_policy=
  [ -e "$policy" ] || { own_policy=yes && printf '#!/bin/sh\nexit 101\n' | as_root install -m 755 /dev/stdin "$policy"; }
  as_root apt-get update -q || echo 'apt-get update failed.'
  as_root apt-get install -q -y --no-install-recommends "${missing[@]}" || echo "Could not install ${missing[*]}."
  [ -z "$own_policy" ] || as_root rm -f "$policy"
}
