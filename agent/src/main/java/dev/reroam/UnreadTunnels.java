package dev.reroam;

import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.route.LinkTraffic;
import dev.reroam.tunnel.wireguard.see.DeviceWatch.Note;
import dev.reroam.tunnel.wireguard.see.TrafficWatch;
import dev.reroam.web.StatusReport;
import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;
import java.util.function.ToIntFunction;

/**
 * Devices that are there and cannot be read: the counters of their interfaces need no privilege, and are all that is known of
 * their tunnels. Confined to the agent's loop.
 */
final class UnreadTunnels implements AutoCloseable {

    private final Clock clock;
    private final TrafficWatch watch;
    private Map<String, Note> notes = Map.of();
    private final Map<String, Counted> counted = new HashMap<>();

    /**
     * What was read of one interface.
     *
     * @param changedAt monotonic nanoseconds when its received packets were last seen to have become more; empty when never
     * @param firstAt when it was read first
     */
    private record Counted(LinkTraffic traffic, OptionalLong changedAt, long firstAt) {

        Counted then(LinkTraffic now, long at) {
            if (now.receivedPackets() < traffic.receivedPackets()) {
                // Another interface of that name.
                return new Counted(now, OptionalLong.empty(), at);
            }
            boolean more = now.receivedPackets() > traffic.receivedPackets();
            return new Counted(now, more ? OptionalLong.of(at) : changedAt, firstAt);
        }
    }

    UnreadTunnels(EventLoop loop, Clock clock, TrafficWatch.Counters counters) {
        this.clock = clock;
        this.watch = new TrafficWatch(loop, clock, counters, this::onTraffic);
    }

    /**
     * These, and no others.
     *
     * @param notes why they cannot be read, by the device's name
     * @param index of a name's interface; 0 where there is none
     */
    void follow(Map<String, Note> notes, ToIntFunction<String> index) {
        this.notes = Map.copyOf(notes);
        counted.keySet().retainAll(notes.keySet());
        var interfaces = new HashMap<String, Integer>();
        notes.keySet().forEach(name -> interfaces.put(name, index.applyAsInt(name)));
        interfaces.values().removeIf(number -> number == 0);
        watch.follow(interfaces);
    }

    private void onTraffic(String name, LinkTraffic traffic) {
        long now = clock.monotonicNanos();
        counted.merge(
                name, new Counted(traffic, OptionalLong.empty(), now), (before, first) -> before.then(traffic, now));
    }

    /**
     * One row each, sorted.
     *
     * @param wallMillis the wall clock of a moment of the monotonic one
     */
    List<StatusReport.Tunnel> report(LongUnaryOperator wallMillis) {
        return new TreeMap<>(notes)
                .entrySet().stream()
                        .map(noted -> row(noted.getKey(), noted.getValue(), wallMillis))
                        .toList();
    }

    private StatusReport.Tunnel row(String name, Note note, LongUnaryOperator wallMillis) {
        var known = Optional.ofNullable(counted.get(name));
        return StatusReport.Tunnel.unread(
                name,
                StatusReport.TunnelState.CANNOT_BE_READ,
                wallMillis.applyAsLong(note.since()),
                Optional.of(note.why() + known.map(this::words).orElse("")),
                known.map(one -> one.traffic().receivedBytes()).orElse(0L),
                known.map(one -> one.traffic().sentBytes()).orElse(0L));
    }

    private String words(Counted one) {
        long now = clock.monotonicNanos();
        if (one.changedAt().isPresent()) {
            return "; its interface last received something "
                    + seconds(now - one.changedAt().getAsLong()) + " s ago";
        }
        return "; its interface has received nothing for " + seconds(now - one.firstAt()) + " s";
    }

    private static long seconds(long nanos) {
        return TimeUnit.NANOSECONDS.toSeconds(nanos);
    }

    @Override
    public void close() {
        watch.close();
    }
}
