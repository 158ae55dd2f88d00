package dev.reroam.tests.lab;

/** A shell script that makes a network in one go: a process per namespace instead of one per command. */
final class SetupScript {

    private static final String END = "END_OF_LAB_INPUT";

    private final StringBuilder text = new StringBuilder();

    /** Makes the namespaces, with loopback up and the sysctls that later interfaces inherit. */
    SetupScript namespaces(Iterable<Namespace> namespaces, String sysctls) {
        for (var namespace : namespaces) {
            text.append("ip netns add ").append(namespace).append('\n');
            inside(namespace, sysctls + "ip link set lo up\n");
        }
        return this;
    }

    /** Lines for {@code ip -batch} in this machine's own namespace: only to make cables between the lab's. */
    SetupScript cables(String lines) {
        return input("ip -batch -", lines);
    }

    /** Lines for {@code ip -batch} inside. */
    SetupScript ip(Namespace namespace, String lines) {
        return input("ip -n " + namespace + " -batch -", lines);
    }

    /** Shell commands inside. */
    SetupScript inside(Namespace namespace, String commands) {
        return input("ip netns exec " + namespace + " sh -e", commands);
    }

    /** Rules for IPv4 and for IPv6, as iptables-restore reads them. */
    SetupScript firewall(Namespace namespace, String rulesV4, String rulesV6) {
        return input("ip netns exec " + namespace + " iptables-restore", rulesV4)
                .input("ip netns exec " + namespace + " ip6tables-restore", rulesV6);
    }

    /** Rules as nft reads them. */
    SetupScript nft(Namespace namespace, String rules) {
        return input("ip netns exec " + namespace + " nft -f -", rules);
    }

    void run() {
        Command.script(text.toString()).run();
    }

    private SetupScript input(String command, String lines) {
        text.append(command).append(" <<'").append(END).append("'\n");
        text.append(lines.strip()).append('\n').append(END).append('\n');
        return this;
    }
}
