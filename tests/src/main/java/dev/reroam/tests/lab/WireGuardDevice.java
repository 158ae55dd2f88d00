package dev.reroam.tests.lab;

import static dev.reroam.tests.lab.Template.fill;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One WireGuard interface in one namespace, of either kind; made by the constructor. Used by one thread. */
final class WireGuardDevice {

    private static final Path SOCKETS = Path.of("/var/run/wireguard");
    private static final Duration START = Duration.ofSeconds(10);
    // Another user needs net_admin for the interface and dac_override for the folder of the sockets, which is root's.
    private static final String CAPABILITIES = "+net_admin,+dac_override";

    private final Namespace namespace;
    private final String name;
    private final LogFile log;
    private final Optional<Process> daemon;

    /** @param uid the user that wireguard-go runs as */
    WireGuardDevice(Namespace namespace, String name, WireGuardKind kind, int uid) {
        this.namespace = namespace;
        this.name = name;
        this.log = namespace.log(name);
        this.daemon = switch (kind) {
            case USERSPACE -> Optional.of(startDaemon(uid));
            case KERNEL -> {
                namespace.ip().settled("link add " + name + " type wireguard");
                yield Optional.empty();
            }
        };
    }

    String name() {
        return name;
    }

    /**
     * Waits until it can be configured: until its socket answers. A socket that is bound and not listened on yet is taken
     * for a dead one by wg, which removes it.
     */
    void awaitReady() {
        daemon.ifPresent(process -> {
            if (!Pause.until(START, () -> answers() || !process.isAlive()) || !process.isAlive()) {
                throw new IllegalStateException("wireguard-go did not start in " + namespace + ": " + log.text());
            }
        });
    }

    /** Sets everything that {@code wg setconf} reads. */
    void configure(String configuration) {
        namespace
                .command("wg", "setconf", name, "/dev/stdin")
                .withInput(configuration)
                .run();
    }

    /** Gives it its own addresses and the routes to the other side's, and brings it up. */
    void bringUp(int mtu, String own, String ownV6, String other, String otherV6) {
        // A resident ip remembers the number of an earlier interface of this name.
        namespace.batch(List.of(
                fill("address add %s/32 dev %s", own, name),
                fill("address add %s/128 dev %s nodad", ownV6, name),
                fill("link set dev %s mtu %d up", name, mtu),
                fill("route add %s/32 dev %s", other, name),
                fill("route add %s/128 dev %s", otherV6, name)));
    }

    /** Deletes the interface; wireguard-go ends by itself. */
    void delete() {
        namespace.run("ip", "link", "delete", "dev", name);
        daemon.ifPresent(process -> Pause.until(START, () -> !process.isAlive()));
    }

    private boolean answers() {
        if (!Files.exists(socket())) {
            return false;
        }
        try (var probe = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
            return probe.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    private Process startDaemon(int uid) {
        namespace.leaves(socket());
        var words = new ArrayList<String>();
        if (uid != 0) {
            words.addAll(asUser(uid));
        }
        words.addAll(List.of("wireguard-go", "-f", name));
        return namespace.start(log.redirect(), words);
    }

    /** The words before a daemon that is to be another user's. */
    static List<String> asUser(int uid) {
        return List.of(
                "setpriv",
                "--reuid=" + uid,
                "--regid=" + uid,
                "--clear-groups",
                "--inh-caps=" + CAPABILITIES,
                "--ambient-caps=" + CAPABILITIES);
    }

    private Path socket() {
        return SOCKETS.resolve(name + ".sock");
    }
}
