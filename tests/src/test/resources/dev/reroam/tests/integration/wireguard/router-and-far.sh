# A router with two uplinks, and far, which both reach. Made with other people's programs.
set -eu
umask 077
for n in router far; do ip netns add $n; ip -n $n link set lo up; done
for i in 1 2; do
  ip link add r$i netns router type veth peer name f$i netns far
  ip -n router addr add 10.$i.0.2/24 dev r$i
  ip -n router addr add fd0$i::2/64 dev r$i nodad
  ip -n far addr add 10.$i.0.1/24 dev f$i
  ip -n far addr add fd0$i::1/64 dev f$i nodad
  ip -n router link set r$i up
  ip -n far link set f$i up
  # What holds kernel WireGuard to a source: packets that have it go the way they came.
  ip -n router route add default via 10.$i.0.1 table 10$i
  ip -n router -6 route add default via fd0$i::1 table 10$i
  ip -n router rule add from 10.$i.0.2 lookup 10$i
  ip -n router -6 rule add from fd0$i::2 lookup 10$i
done
ip -n far addr add 198.51.100.2/32 dev lo
ip -n far addr add 2001:db8::2/128 dev lo nodad
ip -n router route add default via 10.1.0.1
ip -n router -6 route add default via fd01::1

# wg0 of the router, and on far a device for each of its peers: 1 and 2 off and every 25 s, over IPv4 and IPv6; 3 is
# left alone; 4 is deleted. A device sends from the namespace in which it was made.
ip -n router link add wg0 type wireguard
wg genkey >/run/router.key
ip netns exec router wg set wg0 private-key /run/router.key listen-port 51820 fwmark 0x51
router=$(ip netns exec router wg show wg0 public-key)
peer() {
  i=$1 at=$2 keepalive=$3
  wg genkey >/run/far$i.key
  wg genpsk >/run/far$i.psk
  ip -n far link add wg$i type wireguard
  ip netns exec far wg set wg$i private-key /run/far$i.key listen-port 5200$i \
    peer "$router" preshared-key /run/far$i.psk allowed-ips 10.9.$i.1/32
  ip -n far addr add 10.9.$i.2/24 dev wg$i
  ip -n far link set wg$i up
  ip netns exec router wg set wg0 peer "$(ip netns exec far wg show wg$i public-key)" preshared-key /run/far$i.psk \
    endpoint "$at:5200$i" persistent-keepalive "$keepalive" allowed-ips 10.9.$i.2/32,fd09:$i::/64
  ip -n router addr add 10.9.$i.1/24 dev wg0
}
peer 1 198.51.100.2 off
peer 2 '[2001:db8::2]' 25
peer 3 198.51.100.2 25
peer 4 198.51.100.2 off
ip -n router link set wg0 up
