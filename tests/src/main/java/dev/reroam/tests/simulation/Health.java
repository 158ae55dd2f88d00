package dev.reroam.tests.simulation;

import dev.reroam.recovery.TunnelId;
import dev.reroam.tests.simulation.world.Reach;
import dev.reroam.tests.simulation.world.VirtualTime;
import dev.reroam.tests.simulation.world.WgPeer;
import dev.reroam.tests.simulation.world.World;
import java.util.HashMap;
import java.util.Map;

/**
 * The truth about each tunnel: since when packets have passed both ways, without a gap. Looked at in equal steps, when something
 * is done to the world, and whenever somebody asks. Confined to its run's thread.
 */
final class Health {

    static final long SESSION = 180 * VirtualTime.SECOND;

    private final World world;
    private final Reach reach;
    private final long every;
    private final Map<TunnelId, World.Link> links = new HashMap<>();
    private final Map<TunnelId, Long> since = new HashMap<>();

    /** @param every between two looks, nanoseconds */
    Health(World world, long every) {
        this.world = world;
        this.every = every;
        reach = new Reach(world);
        world.links().forEach(link -> links.put(id(link), link));
        world.time().in(every, this::watch);
    }

    static TunnelId id(World.Link link) {
        return new TunnelId(link.near().device().name(), link.near().key());
    }

    private void watch() {
        look();
        world.time().in(every, this::watch);
    }

    void look() {
        for (World.Link link : world.links()) {
            if (!awake(link) || !reach.carries(link)) {
                since.remove(id(link));
            } else {
                since.putIfAbsent(id(link), world.time().now());
            }
        }
    }

    /** Whether it heard the far end within the life of a session. */
    boolean awake(World.Link link) {
        long heard = link.near().receivedAt();
        return heard != WgPeer.NEVER && world.time().now() - heard < SESSION;
    }

    /** How long it has carried by now, nanoseconds; 0 where it does not. */
    long carriesFor(TunnelId id) {
        World.Link link = links.get(id);
        Long from = since.get(id);
        return link == null || from == null || !reach.carries(link)
                ? 0
                : world.time().now() - from;
    }

    /** How long ago the box heard the far end last, nanoseconds. */
    long unheardFor(TunnelId id) {
        long heard = link(id).near().receivedAt();
        return heard == WgPeer.NEVER ? Long.MAX_VALUE : world.time().now() - heard;
    }

    World.Link link(TunnelId id) {
        World.Link link = links.get(id);
        if (link == null) {
            throw new IllegalStateException("no tunnel " + id);
        }
        return link;
    }

    Reach reach() {
        return reach;
    }
}
