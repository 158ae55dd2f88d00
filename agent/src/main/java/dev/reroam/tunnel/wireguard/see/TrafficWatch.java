package dev.reroam.tunnel.wireguard.see;

import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.route.LinkTraffic;
import dev.reroam.loop.Alarm;
import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * Reads the counters of the devices' interfaces: once a second, and ten times a second while there is traffic, since only then
 * its end says something, and a box that forwards packets is awake anyway. Confined to the agent's loop.
 */
public final class TrafficWatch implements AutoCloseable {

    /** Given: one message a second. */
    private static final long SLOW = TimeUnit.SECONDS.toNanos(1);
    /** Given: ten. */
    private static final long FAST = TimeUnit.MILLISECONDS.toNanos(100);
    /** Ours: fewer packets in a second are keepalives and their like, and no traffic. */
    private static final long TRAFFIC = 4;

    /** Asks the kernel; empty when there is no such interface. */
    public interface Counters {
        /** {@code RouteSocket.traffic}. */
        Optional<LinkTraffic> of(int interfaceIndex) throws LinuxException, MalformedMessageException;
    }

    private final Clock clock;
    private final Counters counters;
    private final BiConsumer<String, LinkTraffic> told;
    private final Alarm next;
    private final Map<String, Counted> devices = new HashMap<>();

    /** One device: the number of its interface, its counters a second ago and now, and when they are read next. */
    private static final class Counted {
        final int interfaceIndex;
        LinkTraffic base = new LinkTraffic(0, 0, 0, 0);
        long baseAt;
        boolean fast;
        long nextAt;

        Counted(int interfaceIndex, long now) {
            this.interfaceIndex = interfaceIndex;
            baseAt = now;
            nextAt = now;
        }
    }

    /** @param told is told of each reading, by the device's name, on the loop */
    public TrafficWatch(EventLoop loop, Clock clock, Counters counters, BiConsumer<String, LinkTraffic> told) {
        this.clock = clock;
        this.counters = counters;
        this.told = told;
        this.next = new Alarm(loop, clock, this::read);
    }

    /** The devices, all of them: the number of the interface by its name. */
    public void follow(Map<String, Integer> interfaces) {
        long now = clock.monotonicNanos();
        devices.entrySet()
                .removeIf(known ->
                        !Integer.valueOf(known.getValue().interfaceIndex).equals(interfaces.get(known.getKey())));
        interfaces.forEach((name, index) -> devices.computeIfAbsent(name, key -> new Counted(index, now)));
        arm();
    }

    private void read() {
        long now = clock.monotonicNanos();
        for (var entry : Map.copyOf(devices).entrySet()) {
            if (entry.getValue().nextAt <= now) {
                read(entry.getKey(), entry.getValue(), now);
            }
        }
        arm();
    }

    private void read(String name, Counted counted, long now) {
        counted.nextAt = now + SLOW;
        Optional<LinkTraffic> traffic;
        try {
            traffic = counters.of(counted.interfaceIndex);
        } catch (LinuxException | MalformedMessageException e) {
            // Without its counters a tunnel is seen by its device's readings; the next second asks again.
            return;
        }
        traffic.ifPresent(is -> {
            pace(counted, is, now);
            told.accept(name, is);
        });
    }

    private static void pace(Counted counted, LinkTraffic is, long now) {
        long packets =
                is.receivedPackets() - counted.base.receivedPackets() + is.sentPackets() - counted.base.sentPackets();
        if (!counted.fast || now - counted.baseAt >= SLOW) {
            counted.fast = packets >= TRAFFIC;
            counted.base = is;
            counted.baseAt = now;
        }
        counted.nextAt = now + (counted.fast ? FAST : SLOW);
    }

    private void arm() {
        devices.values().stream().mapToLong(counted -> counted.nextAt).min().ifPresentOrElse(next::setAt, next::cancel);
    }

    @Override
    public void close() {
        next.close();
        devices.clear();
    }
}
