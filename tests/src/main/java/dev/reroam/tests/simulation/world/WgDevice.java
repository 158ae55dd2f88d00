package dev.reroam.tests.simulation.world;

import dev.reroam.linux.ip.Endpoint;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A WireGuard device, at either end. Confined to its run's thread. Its sockets, ports and sources behave as the kernel's or
 * wireguard-go's (facts: failover B2, kernel).
 */
public final class WgDevice {

    private final String name;
    private final String key;
    private final boolean kernel;
    private final Map<String, WgPeer> peers = new TreeMap<>();
    final Host host;
    final VirtualTime time;
    final Chance chance;
    private int index;
    private final int configuredPort;
    private int port;
    private int portsDrawn;
    private boolean up = true;

    WgDevice(Host host, String name, String key, boolean kernel, int index, int port, VirtualTime time, Chance chance) {
        this.host = host;
        this.name = name;
        this.key = key;
        this.kernel = kernel;
        this.index = index;
        this.port = port;
        configuredPort = port;
        this.time = time;
        this.chance = chance;
    }

    public String name() {
        return name;
    }

    /** Its public key. */
    public String key() {
        return key;
    }

    /** Else wireguard-go. */
    public boolean kernel() {
        return kernel;
    }

    public int index() {
        return index;
    }

    public int port() {
        return port;
    }

    /** False while it was taken away. */
    public boolean up() {
        return up;
    }

    /** By the order of their keys. */
    public List<WgPeer> peers() {
        return Collections.unmodifiableList(new ArrayList<>(peers.values()));
    }

    @Nullable
    public WgPeer peer(String of) {
        return peers.get(of);
    }

    WgPeer add(String of, @Nullable Endpoint endpoint, int keepalive) {
        var peer = new WgPeer(this, of, endpoint, keepalive);
        peers.put(of, peer);
        return peer;
    }

    void arrive(Packet packet, Sticky by) {
        if (!up) {
            return;
        }
        switch (packet.message()) {
            case Message.Initiation initiation -> {
                WgPeer peer = initiation.to().equals(key) ? peers.get(initiation.from()) : null;
                if (peer != null) {
                    peer.initiated(initiation, packet.from(), by);
                }
            }
            case Message.Response response -> {
                WgPeer peer = response.to().equals(key) ? peers.get(response.from()) : null;
                if (peer != null) {
                    peer.responded(response, packet.from(), by);
                }
            }
            case Message.Data data -> {
                WgPeer peer = data.to().equals(key) ? peers.get(data.from()) : null;
                if (peer != null) {
                    peer.received(data, packet.from(), by);
                }
            }
            case Message.Question question -> {}
            case Message.Answer answer -> {}
        }
    }

    /** The same mark again: the kernel forgets every cached source; wireguard-go ignores it. */
    public void sameMark() {
        if (kernel) {
            peers.values().forEach(WgPeer::clearSource);
        }
    }

    /**
     * Sets the listen port; 0 lets the kernel choose. The kernel does nothing for the port that it is already, wireguard-go
     * opens its sockets anew.
     */
    public void listen(int wanted) {
        if (kernel && wanted == port) {
            return;
        }
        port = wanted != 0 ? wanted : 32_768 + chance.below(28_232);
        portsDrawn += wanted == 0 ? 1 : 0;
        peers.values().forEach(WgPeer::clearSource);
    }

    /** How often the kernel was asked for any port. */
    public int portsDrawn() {
        return portsDrawn;
    }

    /** It is taken away: sessions and all are gone. */
    void down() {
        up = false;
        peers.values().forEach(WgPeer::forget);
    }

    /** It comes back under another number, as configured. */
    void again(int newIndex) {
        up = true;
        index = newIndex;
        port = configuredPort;
        peers.values().forEach(WgPeer::configured);
    }
}
