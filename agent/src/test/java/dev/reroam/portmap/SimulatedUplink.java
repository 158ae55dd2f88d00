package dev.reroam.portmap;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.gateway.Chance;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.portmap.gateway.Stimulus;
import dev.reroam.portmap.gateway.Wanted;
import dev.reroam.portmap.natpmp.NatPmpCodec;
import dev.reroam.portmap.natpmp.NatPmpResponse;
import dev.reroam.portmap.pcp.PcpCodec;
import dev.reroam.portmap.pcp.PcpMessage;
import dev.reroam.portmap.pcp.PcpNonce;
import dev.reroam.portmap.pcp.PcpResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A mapper and a gateway on virtual time. */
final class SimulatedUplink {

    private record Timed(long at, long order, Runnable task) {}

    final SimulatedGateway gateway;
    final List<News> news = new ArrayList<>();
    long toldAt;
    /** Of the network, not of the gateway: percent of datagrams lost, either way. */
    int lossPercent;
    /** The gateway hears and does, and what it says is lost. */
    boolean answersLost;

    boolean notesPermanent = true;
    UplinkMapper mapper;
    long now = TimeUnit.HOURS.toNanos(3);
    int steps;
    private final Random random;
    private long order;
    private final PriorityQueue<Timed> queue =
            new PriorityQueue<>(Comparator.comparingLong(Timed::at).thenComparingLong(Timed::order));

    SimulatedUplink(long seed) {
        random = new Random(seed);
        gateway = new SimulatedGateway(now - TimeUnit.DAYS.toNanos(2));
        mapper = UplinkMapper.of(
                SimulatedGateway.ADDRESS,
                IpAddress.parse(SimulatedGateway.LOCAL),
                new PcpNonce(7, 8),
                true,
                new Chance(seed),
                now);
    }

    SimulatedUplink want(int... ports) {
        step(new MapperEvent.Want(
                Set.copyOf(Arrays.stream(ports).mapToObj(Wanted::udp).toList())));
        return this;
    }

    void step(MapperEvent event) {
        steps++;
        var step = mapper.step(event, now);
        mapper = step.mapper();
        for (MapperEffect effect : step.effects()) {
            switch (effect) {
                case MapperEffect.Send send -> send(send);
                case MapperEffect.Call call ->
                    in(gateway.delayNanos, () -> {
                        var answer = gateway.http(call.request(), now);
                        in(
                                answer.isPresent() ? gateway.delayNanos : TimeUnit.SECONDS.toNanos(2),
                                () -> step(new MapperEvent.Came(
                                        Protocol.UPNP,
                                        answer.isPresent()
                                                ? new Stimulus.Answered(call.call(), answer.get())
                                                : new Stimulus.CallFailed(call.call(), "timeout"))));
                    });
                case MapperEffect.Tell tell -> {
                    news.add(tell.news());
                    toldAt = now;
                    if (tell.news() instanceof News.PermanentAhead ahead && notesPermanent) {
                        in(
                                TimeUnit.MILLISECONDS.toNanos(5),
                                () -> step(new MapperEvent.PermanentNoted(ahead.wanted())));
                    }
                }
            }
        }
    }

    private void send(MapperEffect.Send send) {
        if (random.nextInt(100) < lossPercent) {
            return;
        }
        in(gateway.delayNanos, () -> {
            var answer = gateway.datagram(send.protocol(), send.to(), send.bytes(), now);
            if (answer.isPresent() && !answersLost && random.nextInt(100) >= lossPercent) {
                int port = send.protocol() == Protocol.UPNP ? 1900 : gateway.answersFrom;
                in(
                        gateway.delayNanos,
                        () -> step(new MapperEvent.Came(
                                send.protocol(),
                                new Stimulus.Datagram(new Endpoint(SimulatedGateway.ADDRESS, port), answer.get()))));
            }
        });
    }

    /** The gateway announces itself as miniupnpd does after a start: in all its protocols at once. */
    void announce() {
        var from = new Endpoint(SimulatedGateway.ADDRESS, 5351);
        if (gateway.speaks.contains(Protocol.NAT_PMP)) {
            step(new MapperEvent.Announced(
                    from,
                    NatPmpCodec.encode(new NatPmpResponse.ExternalAddress(
                            gateway.epoch(now), IpAddress.parse(gateway.external)))));
        }
        if (gateway.speaks.contains(Protocol.PCP)) {
            step(new MapperEvent.Announced(
                    from, PcpCodec.encode(new PcpMessage.AnnounceResponse(PcpResult.SUCCESS, 0, gateway.epoch(now)))));
        }
        if (gateway.speaks.contains(Protocol.UPNP)) {
            step(new MapperEvent.Came(
                    Protocol.UPNP,
                    new Stimulus.Announcement(new Endpoint(SimulatedGateway.ADDRESS, 1900), gateway.alive())));
        }
    }

    void in(long nanos, Runnable task) {
        queue.add(new Timed(now + nanos, order++, task));
    }

    /** Lets time pass. */
    SimulatedUplink pass(long amount, TimeUnit unit) {
        long end = now + unit.toNanos(amount);
        int turns = 0;
        while (true) {
            if (++turns > 2_000_000) {
                throw new AssertionError("too many turns: " + mapper);
            }
            long next = Math.min(
                    mapper.dueAt(),
                    queue.isEmpty() ? Long.MAX_VALUE : queue.peek().at());
            if (next > end) {
                now = end;
                return this;
            }
            now = Math.max(now, next);
            if (!queue.isEmpty() && queue.peek().at() <= now) {
                queue.poll().task().run();
            } else {
                step(new MapperEvent.Due());
            }
        }
    }

    /** Stops and waits for the end; what is left. */
    Set<Wanted> stop() {
        step(new MapperEvent.Stop());
        pass(10, TimeUnit.SECONDS);
        return ((News.Ended) news.getLast()).left();
    }

    Mapping only() {
        if (mapper.mappings().size() != 1) {
            throw new AssertionError("mappings: " + mapper.mappings() + ", news " + news);
        }
        return mapper.mappings().getFirst();
    }

    long count(Class<? extends News> kind) {
        return news.stream().filter(kind::isInstance).count();
    }

    /** Datagrams and HTTP requests that the gateway has heard. */
    int heard() {
        return Arrays.stream(Protocol.values()).mapToInt(gateway::heard).sum();
    }
}
