package dev.reroam.tcp;

import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.netlink.NetlinkTransport;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A kernel that answers every request with the same errno. */
final class AnsweringKernel implements NetlinkTransport {

    private static final int PORT_ID = 4711;
    private static final int NLMSG_ERROR = 2;
    private static final int LENGTH = 36;

    private final Deque<ByteBuffer> queue = new ArrayDeque<>();
    private final List<Integer> types = new ArrayList<>();
    private Errno errno;

    AnsweringKernel(Errno errno) {
        this.errno = errno;
    }

    void answer(Errno other) {
        errno = other;
    }

    /** Of the requests so far, their message types. */
    List<Integer> types() {
        return types;
    }

    @Override
    public int send(ByteBuffer message) {
        int at = message.position();
        types.add((int) message.getShort(at + 4));
        var answer = ByteBuffer.allocate(LENGTH).order(message.order());
        answer.putInt(LENGTH).putShort((short) NLMSG_ERROR).putShort((short) 0);
        answer.putInt(message.getInt(at + 8)).putInt(PORT_ID).putInt(-errno.number());
        answer.put(answer.position(), message, at, 16).position(0);
        queue.add(answer);
        return message.remaining();
    }

    @Override
    public int receive(ByteBuffer into, boolean peek) {
        var answer = peek ? queue.peek() : queue.poll();
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
        return queue.isEmpty() ? 0 : 1;
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
