package dev.reroam.tests.lab;

import com.google.gson.JsonParser;
import dev.reroam.linux.libc.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A fault on a router whose one device has a thousand peers, nearly all of them dead, with an agent that knows nothing of
 * them but what it finds. Blocks until it is over, and leaves nothing behind.
 */
public final class CrowdRun {

    /** Peers that answer. */
    public static final int LIVING = 10;
    /** Dead peers whose keepalive is off. */
    public static final int SILENT = 950;
    /** Dead peers that WireGuard itself goes on calling. */
    public static final int KEPT_ALIVE = 40;

    /** How long is watched before the fault and from the fault on: twice what WireGuard waits between two handshakes. */
    public static final Duration WATCHED = Duration.ofSeconds(10);

    // By the clock of a machine that may be emulated.
    private static final Duration FOUND = Duration.ofSeconds(60);
    private static final Duration CARRIES = Duration.ofSeconds(20);
    private static final long MILLIS_PER_TICK = 10;
    private static final Pattern HEAP = Pattern.compile(" (\\d+)M->");

    private CrowdRun() {}

    /**
     * What came of it. Times are milliseconds.
     *
     * @param found from the agent's start until it knew a path for each peer
     * @param healed for each that answers, from the first instant at which a fresh packet could pass to its first
     *     answered echo; -1 where nothing came while watched
     * @param states how many peers were in which state in the end
     * @param statesOfLiving the states of those that answer
     * @param silentBefore packets to the dead without a keepalive, from when the peers were added until the fault
     * @param silentAfter packets to them from the fault on
     * @param keptAliveBefore packets to the dead with a keepalive while nothing happened
     * @param keptAliveAfter packets to them while as much time passed from the fault on
     * @param settings how many settings were compared: what no repair may change
     * @param changedSettings those that were not the same at the end
     * @param processorStarting what the agent computed until it knew all paths
     * @param processorBefore what the agent computed while nothing happened
     * @param processorAfter what it computed while as much time passed from the fault on
     * @param heapMegabytes the most that the agent's heap held when it was collected
     * @param memory the agent's memory in the end, as the kernel has it
     * @param steps what the agent did and saw, in words
     * @param alive whether the agent still ran in the end; it ends where its heap does not suffice
     * @param log the last that the agent said
     */
    public record Report(
            long found,
            List<Long> healed,
            Map<String, Long> states,
            List<String> statesOfLiving,
            long silentBefore,
            long silentAfter,
            long keptAliveBefore,
            long keptAliveAfter,
            int settings,
            List<String> changedSettings,
            long processorStarting,
            long processorBefore,
            long processorAfter,
            int heapMegabytes,
            List<String> memory,
            List<String> steps,
            boolean alive,
            String log) {}

    /**
     * Runs it.
     *
     * @param agentFlags for the agent's JVM, separated by blanks
     */
    public static Report run(Plan plan, Fault fault, String agentFlags) {
        try (var belongings = Belongings.open();
                var net = Topology.make(fault.planned().apply(plan), belongings)) {
            fault.prepare().accept(net);
            return new Watched(net, fault, agentFlags).run();
        }
    }

    /** One run. */
    private static final class Watched {

        private final Clock clock = Clock.system();
        private final Topology net;
        private final Fault fault;
        private final Crowd crowd;
        private final Path collections;
        private final AgentHome home;

        Watched(Topology net, Fault fault, String agentFlags) {
            this.net = net;
            this.fault = fault;
            this.crowd = Crowd.make(net, LIVING, SILENT, KEPT_ALIVE);
            this.collections = net.belongings().scratch("collections");
            var agent = AgentRemedy.find(agentFlags + " -XX:+ExitOnOutOfMemoryError -Xlog:gc:file=" + collections)
                    .orElseThrow(() -> new IllegalStateException("this class path has no agent"));
            this.home = new AgentHome(net, net.router(), "crowd", agent);
        }

        Report run() {
            long startedAt = clock.monotonicNanos();
            var agent = home.start();
            home.awaitStatus(FOUND, status -> paths(status) == LIVING + SILENT + KEPT_ALIVE);
            long found = (clock.monotonicNanos() - startedAt) / 1_000_000;
            long starting = processor(agent);
            var streams = crowd.echoes(clock);
            try {
                for (var stream : streams) {
                    if (stream.await(echo -> true, CARRIES).isEmpty()) {
                        throw new IllegalStateException("a peer does not carry before the fault: " + home.log());
                    }
                }
                var settings = crowd.settings();
                long settled = processor(agent);
                var sentEarlier = crowd.sent();
                Pause.of(WATCHED);
                var sent = crowd.sent();
                long quiet = processor(agent);
                var moments = fault.inject().apply(net);
                Pause.of(WATCHED);
                var sentAfter = crowd.sent();
                long after = processor(agent);
                var states = states(home.status());
                return new Report(
                        found,
                        streams.stream().map(stream -> healed(stream, moments)).toList(),
                        states.values().stream()
                                .collect(Collectors.groupingBy(state -> state, TreeMap::new, Collectors.counting())),
                        crowd.living().stream()
                                .map(key -> states.getOrDefault(key, "unknown"))
                                .toList(),
                        sent.silent(),
                        sentAfter.silent() - sent.silent(),
                        sent.keptAlive() - sentEarlier.keptAlive(),
                        sentAfter.keptAlive() - sent.keptAlive(),
                        settings.size(),
                        changed(settings, crowd.settings()),
                        starting,
                        quiet - settled,
                        after - quiet,
                        heap(lines(collections)),
                        memory(agent),
                        new ControlClient(home.socket())
                                .timeline(moments.shownAt()).stream()
                                        .map(entry -> entry.at().toMillis() + " ms: " + entry.what())
                                        .toList(),
                        agent.isAlive(),
                        home.log());
            } finally {
                streams.forEach(EchoStream::close);
            }
        }

        private long healed(EchoStream stream, Moments moments) {
            return Outage.of(stream.stop(), moments, clock.realtimeNanos())
                    .healedAfter()
                    .map(Duration::toMillis)
                    .orElse(-1L);
        }
    }

    private static int paths(String status) {
        return status.split("\"path\":\\{\"interface\"", -1).length - 1;
    }

    private static Map<String, String> states(String status) {
        var body = status.substring(status.indexOf("\r\n\r\n"));
        var states = new TreeMap<String, String>();
        for (var element : JsonParser.parseString(body).getAsJsonObject().getAsJsonArray("tunnels")) {
            var tunnel = element.getAsJsonObject();
            states.put(tunnel.get("peer").getAsString(), tunnel.get("state").getAsString());
        }
        return states;
    }

    /** Milliseconds of processor that a process has had: fields 14 and 15 of its stat, in hundredths of a second. */
    private static long processor(Process process) {
        var stat = String.join(" ", lines(Path.of("/proc/" + process.pid() + "/stat")));
        var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MILLIS_PER_TICK;
    }

    /** The most of {@code Pause Young (Allocation Failure) 9M->7M(12M)} before the arrow. */
    private static int heap(List<String> collections) {
        return collections.stream()
                .map(HEAP::matcher)
                .filter(Matcher::find)
                .mapToInt(found -> Integer.parseInt(found.group(1)))
                .max()
                .orElse(0);
    }

    private static List<String> changed(List<String> before, List<String> after) {
        var changed = new ArrayList<>(before);
        changed.removeAll(new HashSet<>(after));
        if (changed.isEmpty() && before.size() != after.size()) {
            changed.add(before.size() + " settings became " + after.size());
        }
        return changed;
    }

    private static List<String> memory(Process process) {
        var wanted = new ArrayList<>(lines(Path.of("/proc/" + process.pid() + "/status")));
        wanted.removeIf(line -> !line.startsWith("VmRSS") && !line.startsWith("RssAnon") && !line.startsWith("VmHWM"));
        return wanted;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
