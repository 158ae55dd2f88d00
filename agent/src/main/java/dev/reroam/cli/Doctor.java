package dev.reroam.cli;

import dev.reroam.config.BadConfigException;
import dev.reroam.config.ConfigFile;
import dev.reroam.host.Capabilities;
import dev.reroam.host.Capability;
import dev.reroam.host.NetworkNamespace;
import dev.reroam.host.Places;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What this machine offers an agent, and what is missing. Changes nothing. */
final class Doctor {

    /** Programs that people find useful beside the agent, which itself needs none of them. */
    private static final List<String> PROGRAMS =
            List.of("ip", "wg", "wireguard-go", "nft", "iptables", "conntrack", "tailscale");

    private final Path root;
    private final Arguments.Invocation invocation;
    private final PrintStream out;
    private final Table table = new Table("", "WHAT", "FOUND");
    private boolean sick;

    /**
     * @param root of the file system; another one in tests
     */
    Doctor(Path root, Arguments.Invocation invocation, PrintStream out) {
        this.root = root;
        this.invocation = invocation;
        this.out = out;
    }

    /** {@return 0 when an agent can do all its work here, else 1} */
    int examine() throws IOException {
        kernel();
        privileges();
        configuration();
        namespaceAndAgent();
        wireguard();
        netfilter();
        programs();
        out.print(table.text());
        return sick ? Cli.FAILED : Cli.DONE;
    }

    private void well(String what, String found) {
        table.row("ok", what, found);
    }

    private void note(String what, String found) {
        table.row("note", what, found);
    }

    private void bad(String what, String found) {
        sick = true;
        table.row("BAD", what, found);
    }

    private void kernel() {
        well("kernel", firstLine("proc/sys/kernel/osrelease").orElse("unknown") + ", " + System.getProperty("os.arch"));
        well("java", System.getProperty("java.vm.version") + ", " + System.getProperty("java.home"));
        well("ipv6", exists("proc/net/if_inet6") ? "there" : "the kernel has none");
        firstLine("proc/sys/net/ipv4/conf/all/ignore_routes_with_linkdown")
                .filter(value -> value.equals("0"))
                .ifPresent(value -> note(
                        "linkdown",
                        "routes outlive a lost carrier (ignore_routes_with_linkdown is 0); links are watched"));
        firstLine("proc/sys/net/ipv4/conf/all/rp_filter")
                .filter(value -> value.equals("1"))
                .ifPresent(value -> note("rp_filter", "strict: answers that come in another way are dropped"));
    }

    private void privileges() throws IOException {
        List<Capability> missing = Capabilities.current().missing();
        if (missing.isEmpty()) {
            well("privileges", "all that the agent uses");
        }
        missing.forEach(c -> bad(c.name(), "missing: " + c.costs()));
    }

    private void configuration() {
        Optional<Path> named = invocation.option(Option.CONFIG).map(Path::of);
        Path file = named.orElse(ConfigFile.USUAL);
        try {
            ConfigFile.load(named);
            well("configuration", named.isEmpty() && !Files.exists(file) ? "defaults: no " + file : file.toString());
        } catch (BadConfigException e) {
            e.lines().forEach(line -> bad("configuration", View.printable(line)));
        }
    }

    private void namespaceAndAgent() throws IOException {
        var namespace = NetworkNamespace.current();
        String whose = namespace.whose().name().toLowerCase(Locale.ROOT);
        well("namespace", "net:[" + namespace.inode() + "], " + whose);
        Optional<String> doubt =
                Places.of(namespace, Optional.empty(), Optional.empty()).doubt();
        doubt.ifPresent(text -> note("namespace", text));
        List<Path> sockets = invocation
                .option(Option.SOCKET)
                .map(named -> List.of(Path.of(named)))
                .orElseGet(() -> Places.sockets(namespace));
        Optional<Path> socket = sockets.stream().filter(Files::exists).findFirst();
        if (socket.isEmpty()) {
            note("agent", "none is running here");
            return;
        }
        try {
            var reply = new AgentClient(socket.get()).ask("GET", "/api/v1/status");
            well("agent", "process " + View.parse(reply.body()).word("pid") + " answers on " + socket.get());
        } catch (IOException e) {
            bad("agent", socket.get() + ": " + View.printable(String.valueOf(e.getMessage())));
        }
    }

    private void wireguard() {
        if (exists("sys/module/wireguard")) {
            well("wireguard", "in the kernel");
        } else {
            note("wireguard", "not loaded in the kernel; userspace WireGuard needs no module");
        }
        well("tun", exists("dev/net/tun") ? "there" : "no /dev/net/tun: no userspace WireGuard");
        for (String folder : List.of("var/run/wireguard", "var/run/amneziawg")) {
            List<String> sockets =
                    names(folder).filter(n -> n.endsWith(".sock")).sorted().toList();
            if (!sockets.isEmpty()) {
                well("userspace", "/" + folder + ": " + View.printable(String.join(", ", sockets)));
            }
        }
    }

    private void netfilter() {
        if (exists("proc/sys/net/netfilter/nf_conntrack_count")) {
            well("conntrack", "the kernel remembers flows");
        } else {
            note("conntrack", "not loaded: nothing here translates addresses");
        }
    }

    private void programs() {
        List<String> found = new ArrayList<>();
        for (String program : PROGRAMS) {
            // The folders of a root shell, whatever this one's PATH is.
            if (Stream.of(
                            "usr/sbin",
                            "usr/bin",
                            "sbin",
                            "bin",
                            "usr/local/sbin",
                            "usr/local/bin",
                            "opt/bin",
                            "opt/sbin")
                    .anyMatch(folder -> Files.isExecutable(root.resolve(folder).resolve(program)))) {
                found.add(program);
            }
        }
        well("programs", (found.isEmpty() ? "none" : String.join(", ", found)) + " (the agent needs none)");
    }

    private boolean exists(String path) {
        return Files.exists(root.resolve(path));
    }

    private Optional<String> firstLine(String path) {
        try (var lines = Files.lines(root.resolve(path), StandardCharsets.UTF_8)) {
            return lines.findFirst();
        } catch (IOException | java.io.UncheckedIOException e) {
            // What cannot be read is unknown, and is said so.
            return Optional.empty();
        }
    }

    private Stream<String> names(String folder) {
        String[] names = root.resolve(folder).toFile().list();
        return names == null ? Stream.empty() : Arrays.stream(names);
    }
}
