package dev.reroam.tests.simulation;

import dev.reroam.ledger.Entry;
import dev.reroam.tests.simulation.world.WgDevice;
import dev.reroam.tests.simulation.world.WgPeer;
import dev.reroam.tests.simulation.world.World;
import java.util.Map;
import java.util.TreeMap;

/**
 * Nothing is left behind when the agent has stopped, however often it was killed: every port is what it was, or one that is
 * written down as proved; every keepalive is what it was; and the ledger holds nothing that would still have to be done.
 */
final class LeftBehind {

    private final World world;
    private final ModelLedger ledger;
    private final Court court;
    private final Map<String, Integer> ports = new TreeMap<>();
    private final Map<WgPeer, Integer> keepalives = new java.util.LinkedHashMap<>();

    LeftBehind(World world, ModelLedger ledger, Court court) {
        this.world = world;
        this.ledger = ledger;
        this.court = court;
        for (WgDevice device : world.box().devices()) {
            ports.put(device.name(), device.port());
            device.peers().forEach(peer -> keepalives.put(peer, peer.keepalive()));
        }
    }

    /**
     * The agent has stopped.
     *
     * @param refused changes may have been refused: what could not be undone is written down, for the next start
     */
    void look(boolean refused) {
        for (WgDevice device : world.box().devices()) {
            int port = ports.getOrDefault(device.name(), 0);
            boolean writtenDown = ledger.entries().stream()
                    .anyMatch(entry -> entry instanceof Entry.PortChanged changed
                            && changed.device().equals(device.name())
                            && (changed.proved() || refused)
                            && changed.newPort().orElse(0) == device.port()
                            && changed.formerPort() == port);
            if (device.up() && device.port() != port && !writtenDown) {
                court.violation("left behind", device.name() + " listens on " + device.port() + ", was " + port);
            }
        }
        keepalives.forEach((peer, seconds) -> {
            if (peer.keepalive() != seconds) {
                court.violation("left behind", peer.key() + " has keepalive " + peer.keepalive() + ", had " + seconds);
            }
        });
        if (!world.box().steered().isEmpty()) {
            court.violation("left behind", "steered: " + world.box().steered());
        }
        if (!world.box().rewritten().isEmpty()) {
            court.violation("left behind", "rewritten: " + world.box().rewritten());
        }
        for (Entry entry : ledger.entries()) {
            boolean fine = entry instanceof Entry.IncidentOpen
                    || (entry instanceof Entry.PortChanged changed && (changed.proved() || refused));
            if (!fine) {
                court.violation("left behind", "in the ledger: " + entry);
            }
        }
    }
}
