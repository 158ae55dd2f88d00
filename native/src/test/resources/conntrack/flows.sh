# One of everything that a table can hold, all of it made up: nothing is sent.
ip link set lo up
# A state match is what makes a namespace track at all.
iptables -A INPUT -m conntrack --ctstate ESTABLISHED
ip6tables -A INPUT -m conntrack --ctstate ESTABLISHED
flow() { conntrack -I --timeout 1000 "$@"; }
v4="-s 192.0.2.1 -d 198.51.100.9"
v6="-s 2001:db8::1 -d 2001:db8::9"
# The one that is asked for; then what differs from it in one thing each.
flow -p udp $v4 --sport 51820 --dport 51821 --mark 7
flow -p udp $v4 --sport 51820 --dport 51822 --status SEEN_REPLY
flow -p udp $v4 --sport 51820 --dport 51823 --status SEEN_REPLY,ASSURED
flow -p udp $v4 --sport 51820 --dport 51824 --src-nat 203.0.113.5
flow -p udp $v4 --sport 51820 --dport 51825 --src-nat 203.0.113.5:4000
flow -p udp $v4 --sport 51820 --dport 51826 --dst-nat 203.0.113.6:53
flow -p udp $v4 --sport 51820 --dport 51821 --zone 5
flow -p udp $v4 --sport 51820 --dport 51827 --orig-zone 6
flow -p udp $v4 --sport 51820 --dport 51828 --reply-zone 7
flow -p udp -s 192.0.2.2 -d 198.51.100.9 --sport 51820 --dport 51821
flow -p udp -s 192.0.2.1 -d 198.51.100.8 --sport 51820 --dport 51821
flow -p udp $v4 --sport 51821 --dport 51820
flow -p udp -s 198.51.100.9 -d 192.0.2.3 --sport 51821 --dport 51820
flow -p tcp $v4 --sport 51820 --dport 51821 --state ESTABLISHED
flow -p udp $v6 --sport 51820 --dport 51821 --mark 9
flow -p udp $v6 --sport 51820 --dport 51822 --status SEEN_REPLY,ASSURED
flow -p tcp $v6 --sport 51820 --dport 51821 --state ESTABLISHED
