# 20,000 routes in one process: more than 4 MiB of announcements.
i=0
while [ $i -lt 20000 ]; do
  echo "route add 10.$((i / 250)).$((i % 250)).0/24 via 192.0.2.1"
  i=$((i + 1))
done | ip -batch -
