package dev.reroam.tunnel.wireguard;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.wireguard.KernelWireGuard;
import dev.reroam.linux.wireguard.WireGuardDevice;
import dev.reroam.linux.wireguard.WireGuardKey;
import dev.reroam.linux.wireguard.WireGuardNudge;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The connection to kernel WireGuard, opened by the first use that finds it: its module may be loaded later, and a box without
 * it pays nothing. Confined to the agent loop.
 */
public final class KernelConnection implements KernelDevices, AutoCloseable {

    // Null while there is none.
    private @Nullable KernelWireGuard open;

    @Override
    public Optional<WireGuardDevice> read(int interfaceIndex) throws LinuxException, MalformedMessageException {
        if (open == null) {
            open = KernelWireGuard.open().orElse(null);
        }
        return open == null ? Optional.empty() : open.read(interfaceIndex);
    }

    @Override
    public void refresh(int interfaceIndex, int mark, List<WireGuardNudge> peers)
            throws LinuxException, MalformedMessageException {
        kernel().refresh(interfaceIndex, mark, peers);
    }

    @Override
    public void rehearse(int interfaceIndex, RandomGenerator random) throws LinuxException, MalformedMessageException {
        kernel().rehearse(interfaceIndex, random);
    }

    @Override
    public void setPort(int interfaceIndex, int port) throws LinuxException, MalformedMessageException {
        kernel().setPort(interfaceIndex, port);
    }

    @Override
    public void setEndpoint(int interfaceIndex, WireGuardKey peer, Endpoint endpoint)
            throws LinuxException, MalformedMessageException {
        kernel().setEndpoint(interfaceIndex, peer, endpoint);
    }

    @Override
    public void forget(int interfaceIndex) {
        if (open != null) {
            open.forget(interfaceIndex);
        }
    }

    /** Closes the connection; idempotent. */
    @Override
    public void close() {
        if (open != null) {
            open.close();
            open = null;
        }
    }

    /** A change follows a reading, so it is there, or there is no device either. */
    private KernelWireGuard kernel() throws LinuxException {
        if (open == null) {
            throw new LinuxException("find kernel WireGuard", Errno.ENODEV);
        }
        return open;
    }
}
