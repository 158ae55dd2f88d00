package dev.reroam.tunnel.wireguard;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.wireguard.WireGuardDevice;
import dev.reroam.linux.wireguard.WireGuardKey;
import dev.reroam.linux.wireguard.WireGuardNudge;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;

/** A kernel whose devices are a map; it writes down what it was told. */
public final class FakeKernelDevices implements KernelDevices {

    /** By interface index. */
    public final Map<Integer, WireGuardDevice> devices = new ConcurrentHashMap<>();

    /** How often one was asked for. */
    public int readings;

    public final List<String> log = new CopyOnWriteArrayList<>();
    /** What reading ends with instead. */
    public Optional<Errno> refusal = Optional.empty();
    /** Reading ends with an answer that is none. */
    public boolean garbled;
    /** What the next changes end with, in order; afterwards they are made. */
    public final Queue<Optional<Errno>> refusals = new ConcurrentLinkedQueue<>();

    @Override
    public Optional<WireGuardDevice> read(int interfaceIndex) throws LinuxException, MalformedMessageException {
        readings++;
        if (garbled) {
            throw new MalformedMessageException("fake", "garbled");
        }
        if (refusal.isPresent()) {
            throw new LinuxException("fake", refusal.get());
        }
        return Optional.ofNullable(devices.get(interfaceIndex));
    }

    @Override
    public void refresh(int interfaceIndex, int mark, List<WireGuardNudge> peers) throws LinuxException {
        var text = new StringBuilder("refresh " + interfaceIndex + " mark " + mark);
        peers.forEach(
                peer -> text.append(' ').append(peer.publicKey()).append(' ').append(peer.keepaliveSeconds()));
        change(text.toString());
    }

    @Override
    public void rehearse(int interfaceIndex, RandomGenerator random) throws LinuxException {
        change("rehearse " + interfaceIndex);
    }

    @Override
    public void setPort(int interfaceIndex, int port) throws LinuxException {
        change("port " + interfaceIndex + " " + port);
    }

    @Override
    public void setEndpoint(int interfaceIndex, WireGuardKey peer, Endpoint endpoint) throws LinuxException {
        change("endpoint " + interfaceIndex + " " + peer + " " + endpoint);
    }

    @Override
    public void forget(int interfaceIndex) {
        log.add("forget " + interfaceIndex);
    }

    private void change(String what) throws LinuxException {
        var answer = refusals.poll();
        if (answer != null && answer.isPresent()) {
            throw new LinuxException("fake", answer.get());
        }
        log.add(what);
    }
}
