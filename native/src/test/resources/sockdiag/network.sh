# Loopback, and a link with nobody behind it.
ip link set lo up
ip link add va type veth peer name vb
ip addr add 192.0.2.1/24 dev va
ip link set va up
ip link set vb up
nft add table inet t
nft 'add chain inet t in { type filter hook input priority 0; }'
