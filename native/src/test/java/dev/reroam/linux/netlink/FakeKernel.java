package dev.reroam.linux.netlink;

import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A kernel that is a function from a request to what it queues in answer. Datagrams and errors are delivered in order;
 * requests are kept for the test to look at.
 */
public final class FakeKernel implements NetlinkTransport {

    /** What a read returns. */
    public sealed interface Delivery {}

    /** A datagram; {@code sender} 0 is the kernel. */
    public record Datagram(byte[] bytes, int sender) implements Delivery {}

    /** A failed read. */
    public record Failure(Errno errno) implements Delivery {}

    public static final int PORT_ID = 4711;

    private final ByteOrder order;
    private final Function<ByteBuffer, List<Delivery>> answer;
    private final Deque<Delivery> queue = new ArrayDeque<>();
    private final List<byte[]> requests = new ArrayList<>();
    private final List<Integer> groups = new ArrayList<>();
    private final Set<ByteBuffer> buffers = Collections.newSetFromMap(new IdentityHashMap<>());
    private int sender;
    private boolean closed;

    public FakeKernel(ByteOrder order, Function<ByteBuffer, List<Delivery>> answer) {
        this.order = order;
        this.answer = answer;
    }

    /** A kernel of this machine's byte order. */
    public static FakeKernel answering(Function<ByteBuffer, List<Delivery>> answer) {
        return new FakeKernel(ByteOrder.nativeOrder(), answer);
    }

    /** A request socket above this kernel. */
    public NetlinkSocket socket() {
        return new NetlinkSocket(this, order);
    }

    /** Every request so far, as sent. */
    public List<byte[]> requests() {
        return requests;
    }

    /** Groups joined. */
    public List<Integer> groups() {
        return groups;
    }

    /** Every buffer that was received into. */
    public Set<ByteBuffer> buffers() {
        return buffers;
    }

    public boolean closed() {
        return closed;
    }

    /** Queues something that was not asked for. */
    public void announce(Delivery delivery) {
        queue.add(delivery);
    }

    /** A datagram of messages from the kernel. */
    public static Delivery datagram(byte[]... messages) {
        var all = ByteBuffer.allocate(List.of(messages).stream()
                .mapToInt(message -> MessageHeader.align4(message.length))
                .sum());
        for (byte[] message : messages) {
            all.put(message).position(MessageHeader.align4(all.position()));
        }
        return new Datagram(all.array(), 0);
    }

    /** A message that answers {@code request}. */
    public static byte[] reply(ByteBuffer request, int type, int flags, Consumer<AttributeWriter> body) {
        return message(request.order(), type, flags, request.getInt(8), PORT_ID, body);
    }

    public static byte[] message(
            ByteOrder order, int type, int flags, int sequence, int portId, Consumer<AttributeWriter> body) {
        var buffer = ByteBuffer.allocate(128 * 1024).order(order).position(MessageHeader.LENGTH);
        body.accept(new AttributeWriter(buffer));
        int length = buffer.position();
        buffer.putInt(0, length).putShort(4, (short) type).putShort(6, (short) flags);
        buffer.putInt(8, sequence).putInt(12, portId);
        byte[] bytes = new byte[length];
        buffer.get(0, bytes);
        return bytes;
    }

    /** An acknowledgement as kernels with NETLINK_CAP_ACK and NETLINK_EXT_ACK write it. */
    public static byte[] acknowledgement(ByteBuffer request, Errno errno, String text, int offset) {
        int flags = MessageHeader.CAPPED | (text.isEmpty() && offset < 0 ? 0 : MessageHeader.ACK_TLVS);
        return reply(request, MessageHeader.NLMSG_ERROR, flags, body -> {
            body.fixed32(-errno.number());
            byte[] header = new byte[MessageHeader.LENGTH];
            request.get(0, header);
            body.fixed(header);
            if (!text.isEmpty()) {
                body.string(1, text);
            }
            if (offset >= 0) {
                body.u32(2, offset);
            }
        });
    }

    public static byte[] done(ByteBuffer request) {
        return done(request, Errno.NONE);
    }

    public static byte[] done(ByteBuffer request, Errno errno) {
        return reply(request, MessageHeader.NLMSG_DONE, MessageHeader.MULTI, body -> body.fixed32(-errno.number()));
    }

    @Override
    public int send(ByteBuffer message) {
        byte[] bytes = new byte[message.remaining()];
        message.get(message.position(), bytes);
        requests.add(bytes);
        queue.addAll(answer.apply(ByteBuffer.wrap(bytes).order(order)));
        return bytes.length;
    }

    @Override
    public int receive(ByteBuffer into, boolean peek) {
        buffers.add(into);
        var delivery = peek ? queue.peek() : queue.poll();
        return switch (delivery) {
            case null -> -Errno.EAGAIN.number();
            case Failure failure -> {
                queue.remove(failure);
                yield -failure.errno().number();
            }
            case Datagram datagram -> {
                int fits = Math.min(into.remaining(), datagram.bytes().length);
                into.put(into.position(), datagram.bytes(), 0, fits);
                sender = datagram.sender();
                yield datagram.bytes().length;
            }
        };
    }

    @Override
    public int sender() {
        return sender;
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
        groups.add(group);
        return 0;
    }

    @Override
    public int leave(int group) {
        return groups.remove((Integer) group) ? 0 : -Errno.EINVAL.number();
    }

    @Override
    public void listen(DescriptorLoop loop, Runnable onReadable) {}

    @Override
    public void close() {
        closed = true;
    }
}
