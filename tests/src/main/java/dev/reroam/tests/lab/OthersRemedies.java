package dev.reroam.tests.lab;

import static dev.reroam.tests.lab.Template.fill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What people run today to bring a tunnel back. Our own words for it, and the real wg-quick. */
public final class OthersRemedies {

    /** How often the restart looks: the fastest of the loops commonly found; from cron it is a minute. */
    public static final Duration RESTART_CADENCE = Duration.ofSeconds(15);

    /** How often OpenWrt's manual has cron run the watchdog. */
    public static final Duration WATCHDOG_CADENCE = Duration.ofMinutes(1);

    /** mwan3's default interval between two pings. */
    public static final Duration PING_RULE_CADENCE = Duration.ofSeconds(10);

    // A ping without an answer takes 10 s (iputils, the default of -W for one packet). The words of the recipe.
    private static final String RESTART = """
            ping -c 1 "$1" >/dev/null && return
            say "the ping is not answered: wg-quick down and up"
            export WG_QUICK_USERSPACE_IMPLEMENTATION=$3
            wg-quick down "$2"; wg-quick up "$2" && say "wg-quick has brought it up"
            """;

    // What OpenWrt's wireguard_watchdog (package wireguard-tools) does for a peer with a keepalive and a named
    // endpoint:
    // where the last handshake is 150 s old or more, the name is resolved again and set. A peer whose endpoint is an
    // address is passed over.
    private static final String WATCHDOG = """
            shaken=$(wg show "$1" latest-handshakes | cut -f 2)
            [ $(($(date +%s) - ${shaken:-0})) -ge 150 ] || return
            say "the last handshake is old: resolving $3"
            wg set "$1" peer "$2" endpoint "$3"
            """;

    // What mwan3's tracker does by default: a ping over the uplink, 4 s for its answer; the fifth failure in a row
    // takes
    // the uplink out of service.
    private static final String PING_RULE = """
            failed=$(cat "$1" 2>/dev/null || echo 0)
            if ping -c 1 -W 4 -I wan1 "$2" >/dev/null; then failed=0; else failed=$((failed + 1)); fi
            echo "$failed" >"$1"
            [ "$failed" -eq 5 ] || return
            say "the fifth ping in a row was not answered: the second uplink is used"
            shift 2
            ip route replace "$@"
            """;

    private OthersRemedies() {}

    /** mwan3's rule for a dead uplink, with its defaults: five pings in a row, 10 s apart, that nobody answers. */
    public static Remedy pingRule(Duration firstLook) {
        return new CadenceRemedy(firstLook, PING_RULE_CADENCE, OthersRemedies::pinged, PING_RULE);
    }

    private static List<String> pinged(Topology net, Tunnel tunnel) {
        var counter = net.belongings().scratchFolder("ping-rule").resolve("failed");
        var words = new ArrayList<>(List.of(counter.toString(), net.farAddress()));
        words.addAll(List.of(net.defaultRoute(2).split(" ")));
        return words;
    }

    /** A ping through the tunnel every 15 s; {@code wg-quick down; wg-quick up} where it is not answered. */
    public static Remedy restart(Duration firstLook) {
        return new CadenceRemedy(firstLook, RESTART_CADENCE, OthersRemedies::quick, RESTART);
    }

    /** OpenWrt's wireguard_watchdog, written from what it does, with an endpoint that has a name. */
    public static Remedy watchdog(Duration firstLook) {
        return new CadenceRemedy(firstLook, WATCHDOG_CADENCE, OthersRemedies::named, WATCHDOG);
    }

    private static List<String> quick(Topology net, Tunnel tunnel) {
        var folder = net.belongings().scratchFolder("quick" + net.tunnels().indexOf(tunnel));
        var configuration = folder.resolve(tunnel.device() + ".conf");
        write(configuration, tunnel.quickConfiguration(), "rw-------");
        int uid = net.plan().daemonUid();
        if (uid == 0) {
            return List.of(tunnel.farInner(), configuration.toString(), "wireguard-go");
        }
        // A daemon that is another user's comes back as that user's.
        var daemon = folder.resolve("wireguard-go");
        write(
                daemon,
                "#!/bin/sh\nexec " + String.join(" ", WireGuardDevice.asUser(uid)) + " wireguard-go \"$@\"\n",
                "rwxr-xr-x");
        return List.of(tunnel.farInner(), configuration.toString(), daemon.toString());
    }

    private static List<String> named(Topology net, Tunnel tunnel) {
        // ip netns exec shows its programs the files of this folder in place of those in /etc.
        var folder = Path.of("/etc/netns", net.router().name());
        net.belongings().folder(folder);
        var hosts = net.tunnels().stream()
                .map(one -> one.farEndpoint().address() + " " + name(net, one) + "\n")
                .collect(Collectors.joining());
        write(folder.resolve("hosts"), hosts, "rw-r--r--");
        return List.of(
                tunnel.device(),
                tunnel.farPublicKey(),
                name(net, tunnel) + ":" + tunnel.farEndpoint().port());
    }

    private static String name(Topology net, Tunnel tunnel) {
        return fill("far%d.example", net.tunnels().indexOf(tunnel));
    }

    private static void write(Path path, String text, String permissions) {
        try {
            Files.createDirectories(path.getParent());
            Files.writeString(path, text);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
