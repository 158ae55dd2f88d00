package dev.reroam.flow;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.nft.Nft;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.random.RandomGenerator;

/**
 * Packets of ours that leave from another UDP port than the one of their socket: one nft rule for each peer, in a chain of
 * ours. So a NAT in front makes a new entry for them, and the socket, and whoever sends to it, knows nothing of it. Confined to
 * the agent's loop; nft runs on the slow lane.
 *
 * <p>The rule names the way, the source and the peer, so it does nothing to packets that go another way. It bears on new flows
 * only: have those that are there forgotten.
 */
public final class SourcePorts {

    private static final String NAME = "source_port";
    private static final String CHAIN = Nft.TABLE + " " + NAME;
    // linux/netfilter_ipv4.h NF_IP_PRI_NAT_SRC is 100: the first chain that translates a flow does so for good.
    private static final int PRIORITY = 90;
    // Where Linux takes its own from (ip_local_port_range), bar the ends.
    private static final int LOWEST = 33_000;
    private static final int HIGHEST = 60_000;
    // Ours: a hub whose peers are all in trouble has another one than this.
    private static final int MOST = 64;

    private final Executor slowLane;
    private final Nft nft;
    private final RandomGenerator random;
    private final Map<Packets, Integer> ports = new LinkedHashMap<>();

    /**
     * Which packets.
     *
     * @param source our address and the socket's port
     */
    public record Packets(String interfaceName, Endpoint source, Endpoint peer) {}

    /** @param slowLane runs one task after another off the loop */
    public SourcePorts(Executor slowLane, Nft nft, RandomGenerator random) {
        this.slowLane = slowLane;
        this.nft = nft;
        this.random = random;
    }

    /**
     * Gives these packets another port each.
     *
     * @return complete on the slow lane when the rules stand; with an {@link IOException} where they do not, and nothing is
     *     changed
     */
    public CompletableFuture<Void> rewrite(List<Packets> packets) {
        packets.forEach(one -> ports.put(one, random.nextInt(LOWEST, HIGHEST)));
        if (ports.size() > MOST) {
            packets.forEach(ports::remove);
            return CompletableFuture.failedFuture(new IOException("more than " + MOST + " ports are rewritten"));
        }
        return apply();
    }

    /** Takes it back for these. */
    public CompletableFuture<Void> restore(List<Packets> packets) {
        boolean any = false;
        for (var one : packets) {
            any |= ports.remove(one) != null;
        }
        return any ? apply() : CompletableFuture.completedFuture(null);
    }

    /** Takes back what a crashed agent has left; to be called once, before anything is rewritten. */
    public CompletableFuture<Void> sweep() {
        return slowly(() -> {
            if (nft.hasChain(NAME)) {
                nft.removeChain(NAME);
            }
        });
    }

    /** Takes everything back. */
    public CompletableFuture<Void> restoreAll() {
        return restore(List.copyOf(ports.keySet()));
    }

    /** From which port these leave; the socket's own where nothing is rewritten. */
    public int port(Packets packets) {
        return ports.getOrDefault(packets, packets.source().port());
    }

    private CompletableFuture<Void> apply() {
        var text = rules(ports);
        boolean none = ports.isEmpty();
        return slowly(() -> {
            if (none) {
                nft.removeChain(NAME);
            } else {
                nft.apply(text);
            }
        });
    }

    static String rules(Map<Packets, Integer> ports) {
        var lines = new ArrayList<String>();
        lines.add("add table " + Nft.TABLE);
        lines.add("add chain " + CHAIN + " { type nat hook postrouting priority " + PRIORITY + "; policy accept; }");
        lines.add("flush chain " + CHAIN);
        ports.forEach((packets, port) -> lines.add("add rule " + CHAIN + " oifname \"" + packets.interfaceName() + "\" "
                + ip(packets) + " saddr " + packets.source().address() + " " + ip(packets) + " daddr "
                + packets.peer().address() + " udp sport " + packets.source().port() + " udp dport "
                + packets.peer().port() + " counter snat " + ip(packets) + " to "
                + bracketed(packets.source().address()) + ":" + port));
        return String.join("\n", lines) + "\n";
    }

    private static String ip(Packets packets) {
        return packets.peer().address().family() == IpFamily.V4 ? "ip" : "ip6";
    }

    private static String bracketed(IpAddress address) {
        return address.family() == IpFamily.V4 ? address.toString() : "[" + address + "]";
    }

    /** What may fail on the slow lane. */
    @FunctionalInterface
    private interface Task {
        void run() throws IOException;
    }

    private CompletableFuture<Void> slowly(Task task) {
        var done = new CompletableFuture<Void>();
        try {
            slowLane.execute(() -> {
                try {
                    task.run();
                    done.complete(null);
                } catch (IOException e) {
                    done.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(new IOException(String.valueOf(e.getMessage()), e));
        }
        return done;
    }
}
