package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.libc.Clock;
import dev.reroam.portmap.Known;
import dev.reroam.portmap.Mapping;
import dev.reroam.portmap.News;
import dev.reroam.portmap.PortMapper;
import dev.reroam.portmap.Presence;
import dev.reroam.portmap.UplinkFacts;
import dev.reroam.portmap.UplinkMapper;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.portmap.gateway.Wanted;
import dev.reroam.portmap.pcp.PcpNonce;
import dev.reroam.tests.lab.Namespace;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The agent's port mapper in a box of the lab, over real sockets, and what it tells. Used by one thread. */
final class MapperInside {

    static final int PORT = 51_820;

    private static final String OURS = "192.168.77.2";
    private static final String GATEWAY = "192.168.77.1";

    private final LoopInside inside;
    private final LinkedBlockingQueue<News> told = new LinkedBlockingQueue<>();
    private final List<News> heard = new ArrayList<>();
    private final PortMapper mapper;

    private MapperInside(LoopInside inside, UplinkFacts uplink, PcpNonce nonce) throws Exception {
        this.inside = inside;
        mapper = inside.on(() -> new PortMapper(
                inside.loop(),
                inside.descriptors(),
                Clock.system(),
                new SecureRandom(),
                uplink,
                nonce,
                Known.NOTHING,
                told::add));
    }

    /** Opens its sockets in the box; nothing is asked yet. */
    static MapperInside open(Namespace box) throws Exception {
        return open(box, GATEWAY, OURS);
    }

    /** Towards this gateway, from this address. */
    static MapperInside open(Namespace box, String gateway, String ours) throws Exception {
        int index = Integer.parseInt(
                box.run("ip", "-oneline", "link", "show", "dev", "lan").split(":", 2)[0]);
        return new MapperInside(
                LoopInside.enter(box),
                new UplinkFacts(index, "lan", IpAddress.parse(gateway), IpAddress.parse(ours)),
                new PcpNonce(0x1234, 0x5678));
    }

    /** Wants these UDP ports, and no others. */
    void want(int... ports) throws Exception {
        var wanted = Arrays.stream(ports).mapToObj(Wanted::udp).collect(Collectors.toSet());
        inside.run(() -> mapper.want(wanted));
    }

    /** Everything shall be asked for again. */
    void checkAll() throws Exception {
        inside.run(() -> mapper.checkAll("test"));
    }

    /** The ledger has it. */
    void note(Wanted wanted) throws Exception {
        inside.run(() -> mapper.permanentNoted(wanted));
    }

    /** Takes everything back; what is left. */
    Set<Wanted> stop() throws Exception {
        inside.run(mapper::stop);
        return await(News.Ended.class, ended -> true, Duration.ofSeconds(5)).left();
    }

    /** The next news of a kind that is so, of those not awaited yet. */
    <N extends News> N await(Class<N> kind, Predicate<N> wanted, Duration limit) throws Exception {
        var clock = Clock.system();
        long deadline = clock.monotonicNanos() + limit.toNanos();
        while (true) {
            var news = told.poll(deadline - clock.monotonicNanos(), TimeUnit.NANOSECONDS);
            assertTrue(
                    news != null,
                    () -> "no such " + kind.getSimpleName() + " within " + limit + ", but " + heard + ", "
                            + describe());
            heard.add(news);
            if (kind.isInstance(news) && wanted.test(kind.cast(news))) {
                return kind.cast(news);
            }
        }
    }

    /** Waits for the first mapping of a port. */
    Mapping awaitMapping(int port, Duration limit) throws Exception {
        return await(News.Mapped.class, mapped -> mapped.mapping().wanted().equals(Wanted.udp(port)), limit)
                .mapping();
    }

    /** What it believes to be mapped now. */
    List<Mapping> mappings() {
        return state(UplinkMapper::mappings);
    }

    /** What is known of a protocol. */
    Presence presence(Protocol protocol) {
        return state(state -> state.presence().get(protocol));
    }

    /** How many datagrams did not count. */
    long dropped() {
        return state(state -> state.counts().dropped());
    }

    private <T> T state(Function<UplinkMapper, T> part) {
        try {
            return inside.on(() -> part.apply(mapper.state()));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** All that it has told so far. */
    List<News> news() {
        told.drainTo(heard);
        return List.copyOf(heard);
    }

    private String describe() {
        return state(state -> state.presence() + " " + state.ports());
    }

    /** Closes its sockets and leaves everything in the gateway as it is. */
    void close() throws Exception {
        inside.run(mapper::close);
        inside.close();
    }
}
