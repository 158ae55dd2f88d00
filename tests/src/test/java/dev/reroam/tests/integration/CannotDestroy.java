package dev.reroam.tests.integration;

import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.netlink.NetlinkSocket;
import dev.reroam.linux.netlink.NetlinkTransport;
import dev.reroam.linux.sockdiag.DiagSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;

/** A kernel without CONFIG_INET_DIAG_DESTROY, such as OpenWrt's: it says EOPNOTSUPP to each request. */
final class CannotDestroy implements NetlinkTransport {

    private static final int PORT_ID = 4711;
    private static final int NLMSG_ERROR = 2;
    private static final int LENGTH = 36;

    private final Deque<ByteBuffer> answers = new ArrayDeque<>();

    private CannotDestroy() {}

    static DiagSocket open() {
        return new DiagSocket(new NetlinkSocket(new CannotDestroy(), ByteOrder.nativeOrder()));
    }

    @Override
    public int send(ByteBuffer message) {
        int at = message.position();
        answers.add(ByteBuffer.allocate(LENGTH)
                .order(message.order())
                .putInt(LENGTH)
                .putShort((short) NLMSG_ERROR)
                .putShort((short) 0)
                .putInt(message.getInt(at + 8))
                .putInt(PORT_ID)
                .putInt(-Errno.EOPNOTSUPP.number())
                .put(20, message, at, 16)
                .position(0));
        return message.remaining();
    }

    @Override
    public int receive(ByteBuffer into, boolean peek) {
        var answer = peek ? answers.peek() : answers.poll();
        if (answer == null) {
            return -Errno.EAGAIN.number();
        }
        into.put(into.position(), answer, 0, Math.min(LENGTH, into.remaining()));
        return LENGTH;
    }

    @Override
    public int sender() {
        return 0;
    }

    @Override
    public int await(int timeoutMillis) {
        return answers.isEmpty() ? 0 : 1;
    }

    @Override
    public int portId() {
        return PORT_ID;
    }

    @Override
    public int join(int group) {
        return 0;
    }

    @Override
    public int leave(int group) {
        return 0;
    }

    @Override
    public void listen(DescriptorLoop loop, Runnable onReadable) {}

    @Override
    public void close() {}
}
