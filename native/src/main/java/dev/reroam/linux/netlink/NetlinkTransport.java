package dev.reroam.linux.netlink;

import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.LinuxException;
import java.nio.ByteBuffer;

/**
 * Carries datagrams to and from a kernel: the real one ({@link KernelTransport}), or a function in tests. Confined to the
 * thread of its socket. Results are those of system calls: minus errno when negative.
 */
public interface NetlinkTransport extends AutoCloseable {

    /** Sends what is between position and limit. */
    int send(ByteBuffer message);

    /**
     * The next datagram into {@code into} from its position on, never waiting.
     *
     * @param peek whether the datagram stays queued
     * @return its real length, which may exceed the room; or minus EAGAIN when there is none, minus ENOBUFS when some
     *     were lost
     */
    int receive(ByteBuffer into, boolean peek);

    /** Port id of the sender of the datagram received last; 0 is the kernel. */
    int sender();

    /** Waits until something can be received; 0 when the time was up. */
    int await(int timeoutMillis);

    /** Our own port id. */
    int portId();

    /** Joins a multicast group. */
    int join(int group);

    /** Leaves a multicast group. */
    int leave(int group);

    /** Has {@code onReadable} called on the loop when something can be received. */
    void listen(DescriptorLoop loop, Runnable onReadable) throws LinuxException;

    @Override
    void close();
}
