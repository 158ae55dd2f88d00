package dev.reroam;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.route.Link;
import dev.reroam.lookout.Lookout;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.Observation;
import dev.reroam.uplink.Uplink;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.tinylog.Logger;

/** Whether a tunnel's largest packets fit the uplink that it has come to. Confined to the agent's loop. */
final class OuterSizes {

    /** Ours: a thousand tunnels come to an uplink together, and a flapping one comes back. */
    private static final long EVERY = TimeUnit.MINUTES.toNanos(1);

    // UDP (8), WireGuard's header and tag (32), drivers/net/wireguard/messages.h MESSAGE_MINIMUM_LENGTH, and IP.
    private static final int OVER_V4 = 8 + 32 + 20;
    private static final int OVER_V6 = 8 + 32 + 40;

    private final Lookout lookout;
    private final Clock clock;
    private final IntFunction<Optional<Link>> links;
    private final Consumer<Observation> brain;
    private final Map<Uplink, Long> asked = new HashMap<>();

    /** @param links by the kernel's number, now */
    OuterSizes(Lookout lookout, Clock clock, IntFunction<Optional<Link>> links, Consumer<Observation> brain) {
        this.lookout = lookout;
        this.clock = clock;
        this.links = links;
        this.brain = brain;
    }

    void perform(Action.MeasureMtu wish) {
        var way = wish.way();
        var uplink = new Uplink(way.interfaceIndex(), way.interfaceName(), way.gateway(), way.source());
        var device = links.apply(wish.interfaceIndex());
        var link = links.apply(way.interfaceIndex());
        long now = clock.monotonicNanos();
        asked.values().removeIf(at -> now - at >= EVERY);
        if (device.isEmpty() || link.isEmpty() || asked.putIfAbsent(uplink, now) != null) {
            return;
        }
        int largest = device.get().mtu() + (uplink.family() == IpFamily.V4 ? OVER_V4 : OVER_V6);
        try {
            lookout.measureMtu(
                    uplink,
                    Math.min(largest, link.get().mtu()),
                    found -> found.passed().ifPresent(passes -> {
                        // Sizes are tried in steps; what is smaller by less than one was not tried.
                        boolean fits = found.lost().isEmpty() && link.get().mtu() >= largest;
                        if (!fits) {
                            brain.accept(new Observation.MtuSeen(
                                    wish.tunnel(), wish.incident(), way.interfaceName(), largest, passes));
                        }
                    }));
        } catch (LinuxException e) {
            Logger.debug("how large packets over {} may be is not known: {}", uplink, e.getMessage());
        }
    }
}
