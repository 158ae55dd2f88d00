package dev.reroam.linux.netlink;

import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.LinuxException;
import java.nio.ByteBuffer;

/** The kernel that runs the tests, and something that a test does between two datagrams of its answers. */
public final class WatchedKernel implements NetlinkTransport {

    /** What is done when a datagram was received and before the next is asked for. */
    @FunctionalInterface
    public interface Between {
        /**
         * @param request 1 in the answer to the first request
         * @param datagram 1 after the first datagram of that answer
         */
        void after(int request, int datagram);
    }

    private final NetlinkTransport kernel;
    private final Between between;
    private int requests;
    private int datagrams;

    /** In the network namespace of this thread. */
    public WatchedKernel(NetlinkProtocol protocol, Between between) throws LinuxException {
        this.kernel = KernelTransport.open(protocol);
        this.between = between;
    }

    /** How many requests were sent. */
    public int requests() {
        return requests;
    }

    @Override
    public int send(ByteBuffer message) {
        requests++;
        datagrams = 0;
        return kernel.send(message);
    }

    @Override
    public int receive(ByteBuffer into, boolean peek) {
        int length = kernel.receive(into, peek);
        if (!peek && length > 0) {
            datagrams++;
            between.after(requests, datagrams);
        }
        return length;
    }

    @Override
    public int sender() {
        return kernel.sender();
    }

    @Override
    public int await(int timeoutMillis) {
        return kernel.await(timeoutMillis);
    }

    @Override
    public int portId() {
        return kernel.portId();
    }

    @Override
    public int join(int group) {
        return kernel.join(group);
    }

    @Override
    public int leave(int group) {
        return kernel.leave(group);
    }

    @Override
    public void listen(DescriptorLoop loop, Runnable onReadable) throws LinuxException {
        kernel.listen(loop, onReadable);
    }

    @Override
    public void close() {
        kernel.close();
    }
}
