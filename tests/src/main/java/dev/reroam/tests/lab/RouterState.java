package dev.reroam.tests.lab;

import static dev.reroam.tests.lab.Template.fill;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What of a router, or of what is in its place behind it, somebody could have changed and nobody may but its owner: each tunnel's port, mark and keepalives; rules
 * and routes of all tables, addresses, and the packet filter, of both families. Immutable. Two networks of one plan have the
 * same, for what differs by chance is left out: the names of tunnel interfaces, keys, the link's own addresses, and what
 * carrier does to a route by itself.
 *
 * @param lines sorted; the same line may be there more than once
 */
public record RouterState(List<String> lines) {

    // nft's own file is read by iptables-save, too; counters and comments say when, not what.
    private static final String READ = """
            for device in %s; do
              echo "device $device port $(wg show $device listen-port) mark $(wg show $device fwmark)"
              wg show $device persistent-keepalive | sed "s/^[^\t]*\t/device $device keepalive /"
            done
            ip -4 rule | sed 's/^/rule 4 /'
            ip -6 rule | sed 's/^/rule 6 /'
            ip -4 route show table all | sed 's/^/route 4 /'
            ip -6 route show table all | sed 's/^/route 6 /'
            ip -o address show | sed 's/^[0-9]*: /address /'
            iptables-save | grep -e '^-' -e '^\\*' | sed 's/^/filter 4 /'
            ip6tables-save | grep -e '^-' -e '^\\*' | sed 's/^/filter 6 /'
            """;
    private static final Pattern BY_CHANCE =
            Pattern.compile(" (linkdown|dead|expires \\d+sec|valid_lft .*|pref medium)|\\\\");

    public RouterState {
        lines = lines.stream().sorted().toList();
    }

    static RouterState of(Topology net) {
        var devices = net.tunnels().stream().map(Tunnel::device).toList();
        var read = new ArrayList<String>();
        for (var line :
                net.near().script(fill(READ, String.join(" ", devices))).lines().toList()) {
            // A link's own address is made of its random hardware address.
            if (line.contains("fe80::") || line.contains("ff00::")) {
                continue;
            }
            var common = BY_CHANCE
                    .matcher(line)
                    .replaceAll("")
                    .replaceAll("\\s+", " ")
                    .strip();
            for (int i = 0; i < devices.size(); i++) {
                common = common.replace(devices.get(i), "tunnel" + i);
            }
            read.add(common);
        }
        return new RouterState(read);
    }

    /** What is here and not there, with {@code +}, and what is there and not here, with {@code -}. */
    public List<String> differencesFrom(RouterState other) {
        var count = new TreeMap<String, Integer>();
        lines.forEach(line -> count.merge(line, 1, Integer::sum));
        other.lines.forEach(line -> count.merge(line, -1, Integer::sum));
        var differences = new ArrayList<String>();
        count.forEach((line, more) -> {
            for (int i = 0; i < Math.abs(more); i++) {
                differences.add((more > 0 ? "+ " : "- ") + line);
            }
        });
        return differences;
    }
}
