package dev.reroam;

import dev.reroam.config.PortmapConfig;
import dev.reroam.ledger.Entry;
import dev.reroam.ledger.Ledger;
import dev.reroam.linux.libc.Clock;
import dev.reroam.loop.Alarm;
import dev.reroam.portmap.News;
import dev.reroam.portmap.PermanentMapping;
import dev.reroam.portmap.PortMapper;
import dev.reroam.portmap.PortMappers;
import dev.reroam.portmap.UplinkMapper;
import dev.reroam.portmap.gateway.Transport;
import dev.reroam.portmap.gateway.Wanted;
import dev.reroam.portmap.pcp.PcpNonce;
import dev.reroam.uplink.Uplink;
import io.netty.channel.EventLoop;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * What shall be mapped at which gateway, and who is listened to, wired: the mappers, the ledger, the nonce. Confined to the agent's loop.
 *
 * <p>Nothing is opened or read before there is an uplink.
 */
final class WaysIn implements AutoCloseable {

    /** Ours: whatever fills the slow lane or keeps a file from being read takes seconds, or a person. */
    static final long AGAIN_FIRST = TimeUnit.SECONDS.toNanos(2);

    static final long AGAIN_MOST = TimeUnit.MINUTES.toNanos(5);

    private final PortmapConfig config;
    private final boolean observes;
    private final Ledger ledger;
    private final Supplier<Long> wallMillis;
    private final Executor slowLane;
    private final EventLoop loop;
    private final Alarm again;
    private final Supplier<PcpNonce> nonce;
    private final Function<PcpNonce, PortMapper.Sockets> sockets;
    private final Opener opener;
    private Map<Uplink, Set<Wanted>> wishes = Map.of();
    private boolean opening;
    private int failures;
    private boolean over;
    // Null until the first uplink.
    private @Nullable PortMappers mappers;
    private final BiConsumer<Uplink, News> listener;

    /** Makes the mappers; another one in tests. */
    interface Opener {
        PortMappers open(PortMapper.Sockets sockets, PortMappers.Book book, BiConsumer<Uplink, News> listener);
    }

    /**
     * @param observes whether nothing may be mapped or taken back; the gateways are listened to all the same
     * @param nonce reads it; on the slow lane
     * @param listener is told what the gateways' mappers have to say
     */
    WaysIn(
            PortmapConfig config,
            boolean observes,
            Ledger ledger,
            Supplier<Long> wallMillis,
            Executor slowLane,
            EventLoop loop,
            Clock clock,
            Supplier<PcpNonce> nonce,
            Function<PcpNonce, PortMapper.Sockets> sockets,
            Opener opener,
            BiConsumer<Uplink, News> listener) {
        this.config = config;
        this.observes = observes;
        this.ledger = ledger;
        this.wallMillis = wallMillis;
        this.slowLane = slowLane;
        this.loop = loop;
        again = new Alarm(loop, clock, this::open);
        this.nonce = nonce;
        this.sockets = sockets;
        this.opener = opener;
        this.listener = listener;
    }

    /**
     * What is there now.
     *
     * @param uplinks all of them
     * @param open those behind which nothing translates: nothing needs to be mapped there
     * @param devicePorts listen ports of the devices, UDP
     */
    void follow(List<Uplink> uplinks, Set<Uplink> open, Set<Integer> devicePorts) {
        var wanted = new TreeSet<Wanted>();
        if (config.enabled() && !observes) {
            devicePorts.forEach(port -> wanted.add(Wanted.udp(port)));
            config.ports().forEach(port -> wanted.add(Wanted.udp(port)));
        }
        var now = new TreeMap<Uplink, Set<Wanted>>();
        // One at which nothing is to be mapped is listened to.
        uplinks.forEach(uplink -> now.put(uplink, open.contains(uplink) ? Set.of() : Set.copyOf(wanted)));
        if (now.equals(wishes)) {
            return;
        }
        wishes = now;
        if (mappers != null) {
            mappers.follow(wishes);
        } else if (!again.isSet()) {
            open();
        }
    }

    private void open() {
        if (opening || over) {
            return;
        }
        opening = true;
        try {
            slowLane.execute(this::readNonce);
        } catch (RejectedExecutionException e) {
            failed("the slow lane is full");
        }
    }

    /** On the slow lane. */
    private void readNonce() {
        try {
            PcpNonce kept = nonce.get();
            loop.execute(() -> opened(kept));
        } catch (RuntimeException e) {
            loop.execute(() -> failed("the nonce cannot be read: " + e));
        }
    }

    private void failed(String why) {
        opening = false;
        long wait = Math.min(AGAIN_MOST, AGAIN_FIRST << Math.min(failures, 10));
        failures++;
        Logger.warn("nothing is mapped for the next {} s: {}", TimeUnit.NANOSECONDS.toSeconds(wait), why);
        if (!over) {
            again.setWithin(wait);
        }
    }

    private void opened(PcpNonce kept) {
        if (!over) {
            mappers = opener.open(sockets.apply(kept), new Noted(), listener);
            mappers.follow(wishes);
        }
    }

    /** Something changed at these uplinks: their gateways are asked for everything again. */
    void checkAll(Collection<Uplink> changed, String why) {
        if (mappers != null) {
            mappers.checkAll(changed, why);
        }
    }

    /** What is known of the gateway of an uplink; empty where there is none. */
    Optional<UplinkMapper> state(Uplink uplink) {
        return Optional.ofNullable(mappers).flatMap(all -> all.state(uplink));
    }

    /** Takes everything back; complete within some 2 s. */
    CompletableFuture<Void> stop() {
        over = true;
        again.cancel();
        return mappers == null ? CompletableFuture.completedFuture(null) : mappers.stop();
    }

    private List<PermanentMapping> standing() {
        if (observes) {
            return List.of();
        }
        return ledger.entries().stream()
                .filter(Entry.PermanentMapping.class::isInstance)
                .map(Entry.PermanentMapping.class::cast)
                .map(entry -> new PermanentMapping(
                        entry.gateway(),
                        entry.local(),
                        new Wanted(entry.tcp() ? Transport.TCP : Transport.UDP, entry.internalPort()),
                        entry.externalPort()))
                .toList();
    }

    /** The ledger, as the mappers know it. */
    private final class Noted implements PortMappers.Book {

        @Override
        public CompletionStage<Void> before(PermanentMapping mapping) {
            return ledger.remember(entry(mapping));
        }

        @Override
        public void gone(PermanentMapping mapping) {
            var unused = ledger.forget(entry(mapping)).whenComplete((done, problem) -> {
                if (problem != null) {
                    // Why it is safe: it is looked for once more at the next start, and not found.
                    Logger.warn("{} stays in the ledger: {}", mapping, problem.getMessage());
                }
            });
        }

        @Override
        public List<PermanentMapping> standing() {
            return WaysIn.this.standing();
        }

        private Entry entry(PermanentMapping mapping) {
            return new Entry.PermanentMapping(
                    mapping.gateway(),
                    mapping.local(),
                    mapping.wanted().transport() == Transport.TCP,
                    mapping.wanted().internalPort(),
                    mapping.externalPort(),
                    wallMillis.get());
        }
    }

    @Override
    public void close() {
        over = true;
        again.close();
        if (mappers != null) {
            mappers.close();
        }
    }
}
