package dev.reroam.tests.lab;

import static dev.reroam.tests.lab.Template.fill;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * More peers on the router's device, as a server has them: one that answers, one that lets in only what it sent to (an
 * address-dependent filter, RFC 4787 section 5), and some that are away. Used by one thread.
 *
 * @param answering public key of a second peer that answers
 * @param filtered public key of the peer behind the filter
 * @param away public keys of the peers that are not there
 */
public record Hub(String answering, String filtered, List<String> away) {

    private static final int ANSWERING_PORT = 51831;
    private static final int FILTERED_PORT = 51832;
    /** Nobody listens on it. */
    private static final int NOBODY = 51999;

    /** Adds them, with keepalive off everywhere but on the router's side of the two that are there. */
    public static Hub make(Topology net, int away) {
        var keys = WireGuardKeys.generate(2 + away);
        var answering = peer(net, keys.get(0), 1, ANSWERING_PORT);
        var filtered = peer(net, keys.get(1), 2, FILTERED_PORT);
        net.far()
                .script((net.isV4() ? "iptables" : "ip6tables") + " -A INPUT -p udp --dport " + FILTERED_PORT
                        + " -m conntrack --ctstate NEW -j DROP");
        var absent = new ArrayList<String>();
        for (int i = 0; i < away; i++) {
            var key = keys.get(2 + i).publicKey();
            setPeer(net, key, NOBODY, fill("10.9.200.%d/32", i + 1), 0);
            absent.add(key);
        }
        return new Hub(answering, filtered, absent);
    }

    /** Brings a far device up whose first packet opens its own filter, and tells the router of it. */
    private static String peer(Topology net, WireGuardKeys keys, int number, int port) {
        var device = new WireGuardDevice(
                net.far(),
                net.belongings().unique("w", "h" + number),
                net.plan().wireguard(),
                0);
        device.awaitReady();
        var routerKey = net.router()
                .run("wg", "show", net.tunnel().device(), "public-key")
                .strip();
        var own = fill("10.9.10%d.9", number);
        var router = fill("10.9.10%d.1", number);
        device.configure(fill(
                "[Interface]\nPrivateKey=%s\nListenPort=%d\n[Peer]\nPublicKey=%s\nAllowedIPs=%s/32\n",
                keys.privateKey(), port, routerKey, router));
        device.bringUp(1420, own, fill("fd99:10%d::9", number), router, fill("fd99:10%d::1", number));
        setPeer(net, keys.publicKey(), port, own + "/32", 0);
        net.router()
                .script(fill(
                        "ip address add %s/32 dev %s; ip route add %s/32 dev %s src %s",
                        router, net.tunnel().device(), own, net.tunnel().device(), router));
        // Before the filter: both sides shake hands, and the filter's memory of the flow begins.
        net.router().run("ping", "-c", "3", "-i", "0.2", "-W", "5", own);
        // And it ends with an empty packet of ours: a side whose last word was data that nobody answered begins a
        // handshake
        // 15 s later by itself, and opens the filter in the middle of the experiment.
        net.router().run("wg", "set", net.tunnel().device(), "peer", keys.publicKey(), "persistent-keepalive", "25");
        return keys.publicKey();
    }

    private static void setPeer(Topology net, String key, int port, String allowed, int keepalive) {
        net.router()
                .run(
                        "wg",
                        "set",
                        net.tunnel().device(),
                        "peer",
                        key,
                        "endpoint",
                        new Endpoint(IpAddress.parse(net.farAddress()), port).toString(),
                        "allowed-ips",
                        allowed,
                        "persistent-keepalive",
                        Integer.toString(keepalive));
    }
}
