# Facts of bed 2, one name=value a line on standard output. Everything here is made with other people's programs.
set -eu
ns() { name=$1; shift; ip netns exec "$name" "$@"; }
fact() { printf '%s=%s\n' "$1" "$2"; }
same() { if [ "$1" = "$2" ]; then echo yes; else echo no; fi; }
fact kernel "$(uname -r)"

# home -- nat -- far: one translated hop for both address families; what far sends takes 40 ms.
for n in home nat far; do ip netns add $n; ip -n $n link set lo up; done
ip link add h0 netns home type veth peer name n0 netns nat
ip link add n1 netns nat type veth peer name f0 netns far
join() { ip -n "$1" addr add "$3" dev "$2"; ip -n "$1" addr add "$4" dev "$2" nodad; ip -n "$1" link set "$2" up; }
join home h0 10.0.0.2/24 fd00::2/64
join nat n0 10.0.0.1/24 fd00::1/64
join nat n1 198.51.100.1/24 2001:db8::1/64
join far f0 198.51.100.2/24 2001:db8::2/64
ip -n home route add default via 10.0.0.1
ip -n home -6 route add default via fd00::1
ns nat sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ns nat iptables -t nat -A POSTROUTING -o n1 -j MASQUERADE
ns nat ip6tables -t nat -A POSTROUTING -o n1 -j MASQUERADE
round_trip() { ns home ping -c 3 -i 0.2 -q 198.51.100.2 | sed -n 's|^rtt.* = \([0-9.]*\)/.*|\1|p'; }
ns home ping -c 1 -W 5 -q 198.51.100.2 >/dev/null
fact delay_before_ms "$(round_trip)"
ns far tc qdisc add dev f0 root netem delay 40ms
fact delay_after_ms "$(round_trip)"

# Kernel WireGuard between home and far, through the translation. A device sends from the namespace in which it was
# made, so it is made inside; far is up before home shakes hands for the first time, else that costs 5 s.
umask 077
for n in home far; do
  wg genkey >/run/$n.key
  ip -n $n link add wg0 type wireguard
  ns $n wg set wg0 private-key /run/$n.key
done
home=$(ns home wg show wg0 public-key)
far=$(ns far wg show wg0 public-key)
ns far wg set wg0 listen-port 51820 peer "$home" allowed-ips 10.9.0.1/32
ns home wg set wg0 listen-port 40000 peer "$far" endpoint 198.51.100.2:51820 persistent-keepalive 25 allowed-ips 10.9.0.2/32
for n in far home; do
  [ $n = far ] && address=10.9.0.2/24 || address=10.9.0.1/24
  ip -n $n addr add $address dev wg0
  ip -n $n link set wg0 up
done
inside() { ns home ping -c 1 -W 5 -q 10.9.0.2 | sed -n 's/.* \([0-9]*\) received.*/\1/p'; }
seen() { ns far wg show wg0 endpoints | cut -f 2; }
port() { ns home wg show wg0 listen-port; }
sockets() { ns home ss -Huane "sport = :$(port)" | grep -o 'ino:[0-9]*' | sort | tr '\n' ' '; }
fact device_kind "$(ip -n home -d -j link show wg0 | sed -n 's/.*"info_kind":"\([a-z]*\)".*/\1/p')"
fact inner_answers_4 "$(inside)"
fact handshake_at "$(ns home wg show wg0 latest-handshakes | cut -f 2)"
fact seen_from_4 "$(seen)"
fact conntrack_entries "$(ns nat conntrack -L -p udp --dport 51820 2>/dev/null | wc -l)"

# What rebinds and what does not.
before=$(sockets)
fact sockets "$before"
ns home wg set wg0 listen-port 40000
fact same_port_keeps_sockets "$(same "$before" "$(sockets)")"
ns home wg set wg0 listen-port 40001
fact other_port_keeps_sockets "$(same "$before" "$(sockets)")"
inside >/dev/null
fact other_port_seen_from "$(seen)"
ns home wg set wg0 listen-port 0
first=$(port)
ns home wg set wg0 listen-port 0
fact port_0_draws_the_same "$(same "$first" "$(port)")"

ns home wg set wg0 peer "$far" endpoint '[2001:db8::2]:51820'
fact inner_answers_6 "$(inside)"
fact seen_from_6 "$(seen)"

# The devices and rules that the scenarios are made of.
try() {
  what=$1; shift
  if "$@" >/run/try 2>&1; then fact "$what" yes; else fact "$what" "no: $(tr '\n' ' ' </run/try)"; fi
}
try link_dummy ip -n nat link add t_dummy type dummy
try link_bridge ip -n nat link add t_bridge type bridge
try link_vrf ip -n nat link add t_vrf type vrf table 77
try link_macvlan ip -n nat link add t_macvlan link n0 type macvlan mode bridge
try link_vlan ip -n nat link add t_vlan link n0 type vlan id 7
try link_ifb ip -n nat link add t_ifb type ifb
try link_tun ip -n nat tuntap add t_tun mode tun
try vrf_enslaves ip -n nat link set t_dummy master t_vrf
try ppp test -c /dev/ppp
try pppoe test -e /proc/net/pppoe
rule() { what=$1 program=$2; shift 2; try "$what" ns nat "$program" "$@"; }
rule iptables_mark iptables -t mangle -A OUTPUT -m owner --uid-owner 0 -m statistic --mode random --probability 0.5 -j MARK --set-mark 7
rule iptables_conntrack iptables -A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
rule iptables_connmark iptables -t mangle -A PREROUTING -j CONNMARK --restore-mark
rule iptables_snat iptables -t nat -A POSTROUTING -o n0 -j SNAT --to-source 10.0.0.1
rule iptables_random iptables -t nat -A POSTROUTING -o n0 -j MASQUERADE --random-fully
rule iptables_dnat iptables -t nat -A PREROUTING -i n1 -p udp --dport 9 -j DNAT --to-destination 10.0.0.2:9
rule iptables_reject iptables -A FORWARD -p tcp -j REJECT --reject-with tcp-reset
rule ip6tables_conntrack ip6tables -A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
rule ip6tables_reject ip6tables -A FORWARD -p tcp -j REJECT
cat >/run/rules <<'RULES'
table inet t {
  chain c {
    type filter hook input priority 0
    ct state established counter accept
    meta l4proto icmp limit rate 5/second accept
    numgen random mod 100 < 5 drop
    iif lo reject
  }
  chain p {
    type nat hook postrouting priority 100
    oif lo masquerade
  }
}
RULES
rule nft nft -f /run/rules
try rule_uid ip -n nat rule add uidrange 0-0 ipproto udp dport 51820 lookup 77
try rule_mark6 ip -n nat -6 rule add fwmark 7 lookup 77
