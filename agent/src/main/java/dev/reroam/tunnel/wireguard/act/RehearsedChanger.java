package dev.reroam.tunnel.wireguard.act;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.wireguard.WireGuardDevice;
import dev.reroam.linux.wireguard.WireGuardKey;
import dev.reroam.linux.wireguard.WireGuardNudge;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/** Reads a device, and changes nothing of it: in place of a refresh it goes the way of one. Confined to the agent loop. */
final class RehearsedChanger implements DeviceChanger {

    private final DeviceChanger real;
    private final RandomGenerator random;

    RehearsedChanger(DeviceChanger real, RandomGenerator random) {
        this.real = real;
        this.random = random;
    }

    @Override
    public CompletableFuture<WireGuardDevice> read() {
        return real.read();
    }

    @Override
    public CompletableFuture<Void> refresh(WireGuardDevice now, List<WireGuardNudge> peers) {
        return real.rehearse(random);
    }

    @Override
    public CompletableFuture<Void> rehearse(RandomGenerator names) {
        return real.rehearse(names);
    }

    @Override
    public CompletableFuture<Void> listenPort(int port) {
        throw new IllegalStateException("a rehearsal sets no port");
    }

    @Override
    public CompletableFuture<Void> keepalive(WireGuardDevice now, WireGuardKey peer, int seconds) {
        throw new IllegalStateException("a rehearsal sets no keepalive");
    }

    @Override
    public CompletableFuture<Void> endpoint(WireGuardKey peer, Endpoint endpoint) {
        throw new IllegalStateException("a rehearsal sets no endpoint");
    }

    @Override
    public boolean samePortReopens() {
        return real.samePortReopens();
    }

    @Override
    public boolean clearsAllSources() {
        return real.clearsAllSources();
    }
}
