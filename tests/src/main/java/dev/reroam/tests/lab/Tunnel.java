package dev.reroam.tests.lab;

import static dev.reroam.tests.lab.Template.fill;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import java.time.Duration;
import java.util.List;

/**
 * A WireGuard tunnel between the router and the far peer. The router is told the far peer's endpoint; the far peer learns
 * the router's from what it receives. Where the plan says so, the host behind the router is in its place. Used by one thread.
 */
public final class Tunnel {

    /** The first tunnel's, at both ends. */
    static final int PORT = 51820;

    private static final Duration HANDSHAKE = Duration.ofSeconds(10);

    private final Topology net;
    private final int number;
    private final int mtu;
    private final Endpoint farEndpoint;
    private final WireGuardDevice farDevice;
    private WireGuardKeys farKeys;
    private WireGuardDevice routerDevice;
    private WireGuardKeys routerKeys;

    private Tunnel(Topology net, int number, String farAddress, int mtu, List<WireGuardKeys> keys) {
        var plan = net.plan();
        this.net = net;
        this.mtu = mtu;
        this.number = number;
        this.farEndpoint = new Endpoint(IpAddress.parse(farAddress), PORT + number);
        this.farKeys = keys.get(0);
        this.routerKeys = keys.get(1);
        this.farDevice =
                new WireGuardDevice(net.far(), net.belongings().unique("w", "f" + number), plan.wireguard(), 0);
        this.routerDevice = newRouterDevice();
    }

    /**
     * Makes both ends and brings them up.
     *
     * @param number 0 for the first tunnel, 1 for the next
     * @param farAddress where the router finds the far peer
     */
    static Tunnel make(Topology net, int number, String farAddress, int mtu) {
        var tunnel = new Tunnel(net, number, farAddress, mtu, WireGuardKeys.generate(2));
        // The far peer first: who shakes hands with nobody tries again only after 5 s.
        tunnel.farDevice.awaitReady();
        tunnel.configureFar();
        tunnel.farDevice.bringUp(
                mtu, tunnel.farInner(), tunnel.farInnerV6(), tunnel.routerInner(), tunnel.routerInnerV6());
        tunnel.bringRouterUp();
        return tunnel;
    }

    /** The router's WireGuard interface. */
    public String device() {
        return routerDevice.name();
    }

    /** The far peer's WireGuard interface. */
    public String farDevice() {
        return farDevice.name();
    }

    /** Where the router sends the tunnel's packets. */
    public Endpoint farEndpoint() {
        return farEndpoint;
    }

    /** The UDP port that the router's device listens on. */
    public int routerPort() {
        return PORT + number;
    }

    /** The router's address inside the tunnel. */
    public String routerInner() {
        return fill("10.9.%d.1", number);
    }

    /** The far peer's address inside the tunnel. */
    public String farInner() {
        return fill("10.9.%d.9", number);
    }

    /** The router's IPv6 address inside the tunnel. */
    public String routerInnerV6() {
        return fill("fd99:%d::1", number);
    }

    /** The far peer's IPv6 address inside the tunnel. */
    public String farInnerV6() {
        return fill("fd99:%d::9", number);
    }

    /** What a repair may not change for good: the router's port, mark and keepalive. */
    Settings settings() {
        var words = net.near()
                .script(fill(
                        "wg show %1$s listen-port; wg show %1$s fwmark; wg show %1$s persistent-keepalive", device()))
                .split("\\s+", -1);
        return new Settings(words[0], words[1], words[3]);
    }

    /** What {@code wg show} says of a device with one peer: {@code off} where there is none. */
    public record Settings(String listenPort, String mark, String keepalive) {}

    /** What wg-quick reads to make the router's device as it is, and writes anew when it takes it down. */
    String quickConfiguration() {
        return configuration()
                .replace(
                        "[Peer]",
                        fill(
                                "Address=%s/32,%s/128\nMTU=%d\nSaveConfig=true\n[Peer]",
                                routerInner(), routerInnerV6(), mtu));
    }

    /** How both ends see it, for people. */
    String diagnosis() {
        return net.far().run("wg", "show", farDevice.name())
                + net.near()
                        .script("wg show " + device()
                                + "; ip rule; ip route; ip -6 route; ip neigh; conntrack -L -p udp");
    }

    /** How the router's device knows the far peer. */
    String farPublicKey() {
        return farKeys.publicKey();
    }

    /** All keys of the tunnel. */
    List<WireGuardKeys> keys() {
        return List.of(farKeys, routerKeys);
    }

    /** Deletes the router's interface and makes it anew, under another index. */
    void recreate() {
        routerDevice.delete();
        routerDevice = newRouterDevice();
        bringRouterUp();
    }

    /** As {@link #recreate()}, and both sides have other keys. */
    void rekey() {
        routerDevice.delete();
        var keys = WireGuardKeys.generate(2);
        farKeys = keys.get(0);
        routerKeys = keys.get(1);
        configureFar();
        routerDevice = newRouterDevice();
        bringRouterUp();
    }

    /** The router's allowed IPs are the subnets of both inner addresses from now on: they name nobody who could be asked. */
    public void allowOnlySubnets() {
        var subnets = fill("10.9.%1$d.0/24,fd99:%1$d::/64", number);
        net.near().run("wg", "set", device(), "peer", farPublicKey(), "allowed-ips", subnets);
    }

    /** Waits until the router has shaken hands with the far peer. */
    public void awaitHandshake() {
        boolean done = Pause.until(
                HANDSHAKE,
                () -> !net.near()
                        .run("wg", "show", device(), "latest-handshakes")
                        .strip()
                        .endsWith("\t0"));
        if (!done) {
            throw new IllegalStateException("no handshake in " + HANDSHAKE.toSeconds() + " s");
        }
    }

    private void configureFar() {
        farDevice.configure(fill(
                "[Interface]\nPrivateKey=%s\nListenPort=%d\n[Peer]\nPublicKey=%s\nAllowedIPs=%s/32,%s/128\n",
                farKeys.privateKey(), farEndpoint.port(), routerKeys.publicKey(), routerInner(), routerInnerV6()));
    }

    private WireGuardDevice newRouterDevice() {
        var plan = net.plan();
        var name = net.belongings().unique("w", "r" + number);
        return new WireGuardDevice(net.near(), name, plan.wireguard(), plan.daemonUid());
    }

    private void bringRouterUp() {
        routerDevice.awaitReady();
        routerDevice.configure(configuration());
        routerDevice.bringUp(mtu, routerInner(), routerInnerV6(), farInner(), farInnerV6());
    }

    private String configuration() {
        var plan = net.plan();
        return fill(
                """
                [Interface]
                PrivateKey=%s
                ListenPort=%d
                FwMark=%d
                [Peer]
                PublicKey=%s
                Endpoint=%s
                AllowedIPs=%s/32,%s/128
                PersistentKeepalive=%d
                """,
                routerKeys.privateKey(),
                routerPort(),
                plan.mark(),
                farKeys.publicKey(),
                farEndpoint,
                farInner(),
                farInnerV6(),
                plan.keepalive());
    }
}
