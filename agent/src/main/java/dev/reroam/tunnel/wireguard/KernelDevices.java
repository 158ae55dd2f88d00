package dev.reroam.tunnel.wireguard;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.wireguard.KernelWireGuard;
import dev.reroam.linux.wireguard.WireGuardDevice;
import dev.reroam.linux.wireguard.WireGuardKey;
import dev.reroam.linux.wireguard.WireGuardNudge;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Kernel WireGuard as {@code see} and {@code act} use it: {@link KernelWireGuard}, or a fake in tests. Confined to the agent
 * loop; every call has its effect before it returns.
 */
public interface KernelDevices {

    /** {@link KernelWireGuard#read}; empty also while this kernel has no WireGuard. */
    Optional<WireGuardDevice> read(int interfaceIndex) throws LinuxException, MalformedMessageException;

    /** {@link KernelWireGuard#refresh}. */
    void refresh(int interfaceIndex, int mark, List<WireGuardNudge> peers)
            throws LinuxException, MalformedMessageException;

    /** {@link KernelWireGuard#rehearse}. */
    void rehearse(int interfaceIndex, RandomGenerator random) throws LinuxException, MalformedMessageException;

    /** {@link KernelWireGuard#setPort}. */
    void setPort(int interfaceIndex, int port) throws LinuxException, MalformedMessageException;

    /** {@link KernelWireGuard#setEndpoint}. */
    void setEndpoint(int interfaceIndex, WireGuardKey peer, Endpoint endpoint)
            throws LinuxException, MalformedMessageException;

    /** {@link KernelWireGuard#forget}. */
    void forget(int interfaceIndex);
}
