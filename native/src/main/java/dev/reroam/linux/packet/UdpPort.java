package dev.reroam.linux.packet;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.libc.LinuxException;
import java.nio.ByteBuffer;

/** A UDP port that we can send from and hear at. Confined to the agent's loop. */
public interface UdpPort extends AutoCloseable {

    /** Gets what arrives. */
    @FunctionalInterface
    interface Receiver {
        /**
         * A datagram arrived. The port may be used and closed in this call.
         *
         * @param payload good until this call returns
         */
        void onDatagram(Endpoint from, ByteBuffer payload);
    }

    /** The address and port that packets are sent from, as they leave this machine's sockets; before any NAT, ours too. */
    Endpoint local();

    /**
     * Sends a datagram.
     *
     * @throws LinuxException when the kernel refuses: no route, interface down, a firewall's EPERM
     */
    void send(ByteBuffer payload, Endpoint to) throws LinuxException;

    /** Whether {@link #close} was not called yet. */
    boolean isOpen();

    /** Stops hearing; idempotent. */
    @Override
    void close();
}
