package dev.reroam;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.packet.Outlet;
import dev.reroam.names.NameAnswer;
import dev.reroam.names.NameClient;
import dev.reroam.names.ResolvConf;
import dev.reroam.netcheck.Names;
import dev.reroam.uplink.Uplink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.tinylog.Logger;

/**
 * Names, asked of this machine's name servers over the uplink that wants to know. Confined to the loop.
 *
 * <p>All servers are asked at once, since a report does not wait for one after the other. A server that cannot be reached by
 * the uplink - on this very host, of the other family, in a tunnel's network - is asked as the routes have it: what it says of
 * public names is good enough to send them a question by the uplink.
 */
final class NameServers implements Names {

    /** resolv.conf(5). */
    static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");

    /**
     * What the uplinks' own servers are where a resolver of this host stands before them: systemd-resolved(8), netifd, and
     * tailscaled, which keeps the file that was there before its own (net/dns/direct.go {@code backupConf}): what it asks itself may
     * be behind a tunnel that is dead.
     */
    private static final List<Path> BEHIND = List.of(
            Path.of("/run/systemd/resolve/resolv.conf"),
            Path.of("/tmp/resolv.conf.d/resolv.conf.auto"),
            Path.of("/etc/resolv.pre-tailscale-backup.conf"));

    private static final long LARGEST_FILE = 64 * 1024;

    /** RFC 1035 section 4.2.1 */
    static final int PORT = 53;

    private final NameClient client;
    private final KernelWays ways;
    private final List<IpAddress> servers;

    /**
     * @param servers see {@link #read}
     */
    NameServers(NameClient client, KernelWays ways, List<IpAddress> servers) {
        this.client = client;
        this.ways = ways;
        this.servers = servers;
    }

    /** This machine's name servers, now; blocks for a small file. */
    static List<IpAddress> read() {
        return read(RESOLV_CONF);
    }

    /** Those, and the ones behind them. */
    static List<IpAddress> readAll() {
        var all = new LinkedHashSet<>(read());
        BEHIND.stream().filter(Files::exists).forEach(file -> all.addAll(read(file)));
        return List.copyOf(all);
    }

    private static List<IpAddress> read(Path file) {
        try {
            return Files.size(file) > LARGEST_FILE ? List.of() : ResolvConf.servers(Files.readString(file));
        } catch (IOException e) {
            Logger.debug("no name servers: {}", e.getMessage());
            return List.of();
        }
    }

    @Override
    public Supplier<Optional<Resolved>> lookup(Uplink uplink, String host, Consumer<Resolved> then) {
        if (servers.isEmpty()) {
            then.accept(new Resolved.None("no name server is known"));
        }
        var asking = new Asking(servers.size(), then);
        for (IpAddress address : servers) {
            var server = new Endpoint(address, PORT);
            client.ask(outlet(uplink, server), server, host, uplink.family(), () -> {}, asking::onAnswer);
        }
        return asking::soFar;
    }

    private Outlet outlet(Uplink uplink, Endpoint server) {
        return ways.leavesBy(uplink, server)
                ? new Outlet(uplink.source(), uplink.interfaceName(), uplink.interfaceIndex(), 0)
                : Outlet.any(server.address().family());
    }

    /** One name, and several servers that may know it: the first to know an address is believed. */
    private static final class Asking {

        private final Consumer<Resolved> then;
        private int open;
        private boolean isTold;
        private boolean isThere;
        private Optional<String> why = Optional.empty();

        Asking(int servers, Consumer<Resolved> then) {
            this.open = servers;
            this.then = then;
        }

        void onAnswer(NameAnswer answer) {
            open--;
            switch (answer) {
                case NameAnswer.Found found -> {
                    isThere = true;
                    if (!found.addresses().isEmpty()) {
                        tell(new Resolved.Found(found.addresses()));
                    }
                }
                case NameAnswer.None none -> why = why.or(() -> Optional.of(none.why()));
            }
            if (open == 0) {
                soFar().ifPresent(this::tell);
            }
        }

        /** What those who have spoken leave it at, where none of them knows an address. */
        Optional<Resolved> soFar() {
            return isThere ? Optional.of(new Resolved.Found(List.of())) : why.map(Resolved.None::new);
        }

        private void tell(Resolved resolved) {
            if (!isTold) {
                isTold = true;
                then.accept(resolved);
            }
        }
    }
}
