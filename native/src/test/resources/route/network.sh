# One of everything that a dump or a look-up must read. Run with sh -e inside a namespace of its own.
sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0
ip link set lo up
ip link add up0 type veth peer name up1
ip link add dn0 type veth peer name dn1
ip link add br0 type bridge
# It stays down: its carrier, and IPv6's routes with it, would come in the middle of a comparison.
ip link add mac0 link up0 type macvlan
ip tuntap add tun0 mode tun
ip link set up1 master br0
for i in up0 up1 dn0 dn1; do ip link set $i up; done
ip link set up0 mtu 1400
ip addr add 192.0.2.2/24 dev up0
ip addr add 198.51.100.2/24 dev dn0
ip addr add 198.51.100.3/24 dev dn0
ip addr add 10.255.0.1 peer 10.255.0.2/32 dev tun0
ip addr add 2001:db8:1::2/64 dev up0 nodad
ip addr add 2001:db8:2::2/64 dev dn0 nodad
ip addr add 2001:db8:3::2/64 dev dn0 nodad preferred_lft 0
ip route add default via 192.0.2.1 dev up0 metric 100
ip route add default via 198.51.100.1 dev dn0 metric 4294967294
ip route add default via 198.51.100.1 table 100
ip route add default via 198.51.100.1 table 70000 proto 77
ip route add 203.0.113.0/24 nexthop via 192.0.2.1 weight 3 nexthop via 198.51.100.1
ip route add 10.9.0.0/16 via inet6 fe80::1 dev up0
ip route add blackhole 10.1.0.0/16
ip route add unreachable 10.2.0.0/16
ip route add prohibit 10.3.0.0/16
ip route add throw 10.4.0.0/16 table 100
ip nexthop add id 10 via 192.0.2.1 dev up0
ip nexthop add id 11 via 198.51.100.1 dev dn0 proto static
ip nexthop add id 12 via 2001:db8:1::1 dev up0
ip nexthop add id 20 group 10,3/11
ip nexthop add id 30 blackhole
ip route add 10.5.0.0/16 nhid 20
ip route add 10.6.0.0/16 nhid 10
ip route add 10.7.0.0/16 via 198.51.100.1 src 198.51.100.3 mtu 1300
ip route add 10.8.0.0/16 dev dn0 scope link tos 0x10
ip route add 203.0.113.200/32 via 198.51.100.1 dev dn0 proto static metric 7
ip -6 route add default via 2001:db8:1::1 dev up0 metric 100
ip -6 route add default via fe80::1 dev dn0 table 100
ip -6 route add 2001:db8:40::/48 nexthop via 2001:db8:1::1 weight 3 nexthop via 2001:db8:2::1
ip -6 route add unreachable 2001:db8:41::/48
ip -6 route add blackhole 2001:db8:42::/48
ip -6 route add prohibit 2001:db8:43::/48
ip -6 route add 2001:db8:44::/48 from 2001:db8:1::/64 via 2001:db8:2::1
ip -6 route add 2001:db8:45::/48 nhid 12
ip -6 route add 2001:db8:46::/48 via 2001:db8:2::1 src 2001:db8:2::2 mtu 1300
ip -6 route add 2001:db8:46::9/128 via 2001:db8:1::1 dev up0 proto static
for f in -4 -6; do
  ip $f rule add pref 700 fwmark 0x1/0xff lookup 100
  ip $f rule add pref 701 ipproto udp dport 51820 lookup 100
  ip $f rule add pref 702 ipproto tcp sport 1000-2000 lookup 100
  ip $f rule add pref 703 uidrange 1000-1999 lookup 100
  ip $f rule add pref 704 suppress_prefixlength 0 lookup main
  ip $f rule add pref 705 iif lo oif dn0 lookup 100 proto 77
  ip $f rule add pref 706 fwmark 0x700 goto 32766
  ip $f rule add pref 707 fwmark 0x701 prohibit
  ip $f rule add pref 708 fwmark 0x702 unreachable
  ip $f rule add pref 709 fwmark 0x703 blackhole
  ip $f rule add pref 710 not fwmark 0 lookup 101
done
ip rule add pref 711 from 198.51.100.0/24 to 10.0.0.0/8 tos 0x10 lookup 70000
ip rule add pref 712 from 198.51.100.3 lookup 70000
ip -6 rule add pref 711 from 2001:db8:2::/64 to 2001:db8:99::/48 lookup 100
ip neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev up0 nud permanent
ip -6 neigh add 2001:db8:1::1 lladdr 02:00:00:00:00:02 dev up0 nud stale router
