package dev.reroam.tunnel.wireguard;

import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.DescriptorLoop;
import io.netty.channel.EventLoop;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The connections to userspace daemons, by device: {@code see} says which socket answers for a device, {@code act} looks it
 * up. Confined to the agent loop.
 */
public final class UapiClients implements AutoCloseable {

    // Ours: a daemon answers within a millisecond; one with thousands of peers on a slow box within some tens.
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(2);

    private final Map<String, UapiClient> clients = new HashMap<>();
    private final Links links;

    /**
     * What all connections share.
     *
     * @param out the request being sent; nothing stays in it
     */
    record Links(
            DescriptorLoop descriptors,
            EventLoop loop,
            Clock clock,
            RandomGenerator random,
            UapiOwners owners,
            Duration answerLimit,
            ByteBuffer out) {}

    /**
     * No connection yet.
     *
     * @param random a secure source: it keys the fingerprints of private keys
     */
    public UapiClients(DescriptorLoop descriptors, EventLoop loop, Clock clock, RandomGenerator random) {
        this(descriptors, loop, clock, random, Path.of("/proc"), ANSWER_LIMIT);
    }

    UapiClients(
            DescriptorLoop descriptors,
            EventLoop loop,
            Clock clock,
            RandomGenerator random,
            Path proc,
            Duration answerLimit) {
        links = new Links(
                descriptors,
                loop,
                clock,
                random,
                new UapiOwners(proc),
                answerLimit,
                ByteBuffer.allocateDirect(UapiRequest.MAX_LENGTH));
    }

    /**
     * The connection for a device, made when there is none; opened by its first request.
     *
     * @param path of the socket; another one than before replaces the connection
     * @throws IllegalArgumentException when the path is too long for a socket
     */
    public UapiClient open(String device, String path) {
        var known = clients.get(device);
        if (known != null && known.path().equals(path)) {
            return known;
        }
        close(device);
        var client = new UapiClient(links, device, path);
        clients.put(device, client);
        return client;
    }

    /** The connection for a device; empty when it has none. */
    public Optional<UapiClient> of(String device) {
        return Optional.ofNullable(clients.get(device));
    }

    /** Ends a device's connection; requests under way end with {@link UapiAnswer.Absent}. */
    public void close(String device) {
        var client = clients.remove(device);
        if (client != null) {
            client.close();
        }
    }

    /** Ends all connections. */
    @Override
    public void close() {
        List.copyOf(clients.keySet()).forEach(this::close);
    }
}
