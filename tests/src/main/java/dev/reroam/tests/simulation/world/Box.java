package dev.reroam.tests.simulation.world;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.tests.simulation.world.Message.Inner;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The machine that the agent runs on: its routes, its own connection tracking, its devices and sockets. One thread's. */
public final class Box implements Host {

    /**
     * How its kernel sends.
     *
     * @param rulesBySource {@code from ADDRESS lookup TABLE} for each uplink, as everybody with two of them has
     * @param masquerades its own packets too, so that the first after a change of uplink is eaten
     */
    public record Routing(boolean rulesBySource, boolean masquerades) {}

    /** Who is told what came through a tunnel. */
    public interface People {
        void arrived(WgPeer peer, Inner inner);
    }

    private final Routing routing;
    private final List<Wan> wans = new ArrayList<>();
    private final Map<String, WgDevice> devices = new LinkedHashMap<>();
    // A socket that is bound to an uplink, by its port.
    private final Map<Integer, Consumer<Packet>> sockets = new HashMap<>();
    private final Map<Flow, Integer> lastLeftBy = new HashMap<>();
    private final Set<Integer> stuckPorts = new HashSet<>();
    // By which interface what leaves for an endpoint goes, where a rule says so.
    private final Map<Endpoint, Integer> rules =
            new TreeMap<>(Comparator.comparing(Endpoint::address).thenComparingInt(Endpoint::port));
    // From which port what a device sends leaves instead of from its own, where a rule says so.
    private final Map<Rewrite, Integer> rewrites = new LinkedHashMap<>();
    private People people = (peer, inner) -> {};

    /** Which packets leave from another port: a device's, by one interface, to one place. */
    public record Rewrite(int interfaceIndex, int port, Endpoint to) {}

    Box(Routing routing) {
        this.routing = routing;
    }

    void add(Wan wan) {
        wans.add(wan);
    }

    void add(WgDevice device) {
        devices.put(device.name(), device);
    }

    public void people(People who) {
        people = who;
    }

    public List<Wan> wans() {
        return wans;
    }

    /** In the order in which they were made. */
    public List<WgDevice> devices() {
        return List.copyOf(devices.values());
    }

    @Nullable
    public WgDevice device(String name) {
        return devices.get(name);
    }

    /** Where a fresh packet would go, dead cable or not, as the kernel has it. */
    public Optional<Wan> way() {
        return wans.stream().filter(Wan::routed).min(Comparator.comparingInt(Wan::metric));
    }

    /** Where a fresh packet to there would go: a rule counts as long as its uplink is there. */
    public Optional<Wan> way(Endpoint to) {
        Integer index = rules.get(to);
        return wans.stream()
                .filter(wan -> index != null && wan.index() == index && wan.routed())
                .findFirst()
                .or(this::way);
    }

    /** From now on what leaves for there goes by this interface. */
    public void steer(Endpoint to, int interfaceIndex) {
        rules.put(to, interfaceIndex);
    }

    public void unsteer(Endpoint to) {
        rules.remove(to);
    }

    public void unsteerAll() {
        rules.clear();
    }

    /** What is steered, in order. */
    public List<Endpoint> steered() {
        return List.copyOf(rules.keySet());
    }

    /** From now on these packets leave from another port, and their answers come back to it. */
    public void rewrite(Rewrite packets, int port) {
        rewrites.put(packets, port);
    }

    public void restore(Rewrite packets) {
        rewrites.remove(packets);
    }

    public void restoreAll() {
        rewrites.clear();
    }

    /** What leaves from another port. */
    public Set<Rewrite> rewritten() {
        return Set.copyOf(rewrites.keySet());
    }

    /** What connection tracking knows one by. */
    private record Flow(int port, Endpoint to) {}

    /** Where a device's packet goes, and from where; the source may be given up on the way. */
    record Egress(Optional<Wan> wan, @Nullable Sticky sticky) {}

    Egress egress(WgDevice device, @Nullable Sticky sticky, Endpoint to) {
        Wan kept = sticky == null ? null : keeping(sticky);
        if (kept == null) {
            return fresh(to);
        }
        if (!device.kernel()) {
            // IP_PKTINFO names the interface: any default route by it will do.
            return kept.routed() || routing.rulesBySource() ? new Egress(Optional.of(kept), sticky) : fresh(to);
        }
        Optional<Wan> with = routing.rulesBySource() ? Optional.of(kept) : way();
        // The kernel looks again where the answer leaves by another interface than the one that was remembered.
        return with.filter(way -> way == kept).isPresent() ? new Egress(with, sticky) : fresh(to);
    }

    private Egress fresh(Endpoint to) {
        return new Egress(way(to), null);
    }

    private @Nullable Wan keeping(Sticky sticky) {
        for (Wan wan : wans) {
            if (wan.present()
                    && wan.index() == sticky.interfaceIndex()
                    && wan.address().equals(sticky.source())) {
                return wan;
            }
        }
        return null;
    }

    @Override
    public Optional<Sticky> send(WgDevice device, @Nullable Sticky sticky, Endpoint to, Message message) {
        Egress egress = egress(device, sticky, to);
        egress.wan().ifPresent(wan -> {
            if (!isEaten(new Flow(device.port(), to), wan) && !stuckPorts.contains(device.port())) {
                wan.send(new Packet(leavesFrom(wan, device, to), to, message));
            }
        });
        return Optional.ofNullable(egress.sticky());
    }

    /** From where a device's packet leaves by this uplink. */
    Endpoint leavesFrom(Wan wan, WgDevice device, Endpoint to) {
        int port = rewrites.getOrDefault(new Rewrite(wan.index(), device.port(), to), device.port());
        return new Endpoint(wan.address(), port);
    }

    /** Whose port a packet that comes in by this uplink is for. */
    int portOf(Endpoint from, Endpoint to, Wan by) {
        return rewrites.entrySet().stream()
                .filter(one -> one.getValue() == to.port()
                        && one.getKey().interfaceIndex() == by.index()
                        && one.getKey().to().equals(from))
                .map(one -> one.getKey().port())
                .findFirst()
                .orElse(to.port());
    }

    private boolean isEaten(Flow flow, Wan wan) {
        if (!routing.masquerades()) {
            return false;
        }
        Integer before = lastLeftBy.put(flow, wan.index());
        return before != null && before != wan.index();
    }

    /** Connection tracking has a wrong entry for this port, which every packet keeps alive. */
    void stuck(int port) {
        stuckPorts.add(port);
    }

    void unstuck() {
        stuckPorts.clear();
    }

    /** Connection tracking forgets what it has of this port; false where that is nothing wrong. */
    public boolean forget(int port) {
        return stuckPorts.remove(port);
    }

    boolean isStuck(int port) {
        return stuckPorts.contains(port);
    }

    @Override
    public void inner(WgPeer peer, Inner inner) {
        people.arrived(peer, inner);
    }

    void arrive(Packet packet, Wan by) {
        var socket = sockets.get(packet.to().port());
        if (socket != null) {
            socket.accept(packet);
            return;
        }
        int port = portOf(packet.from(), packet.to(), by);
        for (WgDevice device : devices.values()) {
            if (device.port() == port) {
                device.arrive(packet, new Sticky(packet.to().address(), by.index()));
            }
        }
    }

    /** A socket that is bound to an uplink. */
    public void open(int port, Consumer<Packet> heard) {
        sockets.put(port, heard);
    }

    public void close(int port) {
        sockets.remove(port);
    }

    /** Sends from such a socket; false where that uplink is not there. */
    public boolean sendBy(int interfaceIndex, int port, Endpoint to, Message message) {
        for (Wan wan : wans) {
            if (wan.index() == interfaceIndex && wan.routed()) {
                wan.send(new Packet(new Endpoint(wan.address(), port), to, message));
                return true;
            }
        }
        return false;
    }
}
