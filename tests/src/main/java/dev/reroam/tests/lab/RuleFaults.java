package dev.reroam.tests.lab;

import static dev.reroam.tests.lab.Topology.Direction.BOTH;
import static dev.reroam.tests.lab.Topology.Direction.UPSTREAM;

import java.util.List;
import java.util.function.Function;

/**
 * Faults of policy routing: a rule sends the tunnel's packets to the table of the second uplink, while the main table never
 * changes. Before it come, as with mwan3, the rules that keep each uplink's address in its own table: a packet that has a
 * source already stays where it was. (Without them the kernel's WireGuard over IPv4 sees that its source's interface is no
 * longer the route's, and heals at once.)
 *
 * <p>Where the old uplink swallows what is sent and still delivers, WireGuard goes on hearing the far side there, keeps that
 * source and never heals; where it is dead both ways, WireGuard gives up its source after 15 s.
 */
final class RuleFaults {

    private static final int MARK = 0x51;
    private static final int DAEMON_UID = 4242;

    static final Fault POLICY_RULE = rule(
            "policy-rule",
            "a rule moves the tunnel's traffic to another table; the old uplink still delivers, but swallows what is sent",
            UPSTREAM,
            net -> "to " + net.farAddress());

    static final Fault RULE_BY_MARK = rule(
                    "rule-by-mark",
                    "a rule moves the tunnel's mark to another table; the old uplink is dead",
                    BOTH,
                    net -> "fwmark " + net.plan().mark())
            .planned(plan -> plan.withMark(MARK));

    static final Fault RULE_BY_PORT = rule(
            "rule-by-port",
            "a rule moves UDP to the far peer's port to another table; the old uplink still delivers, but swallows what is"
                    + " sent",
            UPSTREAM,
            net -> "ipproto udp dport " + net.tunnel().farEndpoint().port());

    static final Fault RULE_BY_UID = rule(
                    "rule-by-uid",
                    "a rule moves the packets of WireGuard's user to another table; the old uplink is dead",
                    BOTH,
                    // The kernel's WireGuard is root, whose are the answers to the far side's echoes, too.
                    net -> "ipproto udp uidrange " + net.plan().daemonUid() + "-"
                            + net.plan().daemonUid())
            .planned(plan -> plan.wireguard() == WireGuardKind.USERSPACE ? plan.withDaemonUid(DAEMON_UID) : plan);

    static final List<Fault> ALL = List.of(POLICY_RULE, RULE_BY_MARK, RULE_BY_PORT, RULE_BY_UID);

    private RuleFaults() {}

    private static Fault rule(
            String name, String about, Topology.Direction swallowed, Function<Topology, String> selector) {
        return Fault.of(name, about, net -> {
                    long cut = net.swallow(1, swallowed);
                    return Moments.of(
                            cut, net.ip().request("rule add preference 2001 " + selector.apply(net) + " lookup 102"));
                })
                .prepared(UplinkFaults::tableBySource);
    }
}
