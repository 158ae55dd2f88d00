package dev.reroam.linux.netlink;

import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.LinuxException;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A socket for requests. Confined to one thread, and to the network namespace that this thread was in when it opened it.
 *
 * <p>The kernel handles a request inside the call that sends it, so the answer is there when the call returns and every
 * method here is synchronous. A kernel that stays silent all the same is an ETIMEDOUT after a second. What does not answer
 * the present request (another sequence number or port id) is dropped and counted; an answer that was left half read, after
 * an error, is read away before the next request.
 */
public final class NetlinkSocket implements AutoCloseable {

    // Ours: a dump of some ten million routes; reading away ends there whatever comes.
    private static final int MAX_ABANDONED = 100_000;

    private final NetlinkTransport transport;
    private final Inbox inbox;
    private int sequence;
    private long stale;
    // Null before the first request.
    private @Nullable Exchange last;
    private boolean streaming;

    /** A socket above a transport; the byte order is the kernel's own except in tests. */
    public NetlinkSocket(NetlinkTransport transport, ByteOrder order) {
        this.transport = transport;
        this.inbox = new Inbox(transport, order);
    }

    /** A socket to the kernel. */
    public static NetlinkSocket open(NetlinkProtocol protocol) throws LinuxException {
        return new NetlinkSocket(KernelTransport.open(protocol), ByteOrder.nativeOrder());
    }

    /** Sends a change and returns when the kernel has made it. */
    public void change(Request request) throws NetlinkException, MalformedMessageException {
        finish(begin(Exchange.Kind.CHANGE, request, (header, payload) -> {}));
    }

    /**
     * Sends a question about one thing. The consumer gets the answer: one message, or several where the kernel says that
     * they belong together.
     */
    public void ask(Request request, MessageConsumer consumer) throws NetlinkException, MalformedMessageException {
        finish(begin(Exchange.Kind.QUESTION, request, consumer));
    }

    /** Sends a question about all things of a kind. The consumer gets each. */
    public DumpOutcome dump(Request request, MessageConsumer consumer)
            throws NetlinkException, MalformedMessageException {
        return finish(begin(Exchange.Kind.DUMP, request, consumer)).outcome();
    }

    /**
     * Like {@link #dump}, but read in pieces with {@link DumpStream#advance}. Until it has ended or is closed, this socket
     * takes no other request: what must go on meanwhile needs a socket of its own.
     */
    public DumpStream stream(Request request, MessageConsumer consumer) throws NetlinkException {
        var exchange = begin(Exchange.Kind.DUMP, request, consumer);
        streaming = true;
        return new DumpStream(this, exchange);
    }

    /** Messages that answered no present request, since the socket was opened. */
    public long stale() {
        return stale + (last == null ? 0 : last.stale());
    }

    /** Datagrams that did not come from the kernel, since the socket was opened. */
    public long foreign() {
        return inbox.foreign();
    }

    /** Overwrites what was received with zeros: after answers that held keys. */
    public void wipe() {
        inbox.wipe();
    }

    /** Closes the socket; idempotent. */
    @Override
    public void close() {
        transport.close();
    }

    void streamEnded() {
        streaming = false;
    }

    private Exchange begin(Exchange.Kind kind, Request request, MessageConsumer consumer) throws NetlinkException {
        if (streaming) {
            throw new IllegalStateException("a streamed dump is under way");
        }
        readAwayAbandoned();
        stale = stale();
        // 0 is what the kernel's own announcements carry.
        sequence = sequence == Integer.MAX_VALUE ? 1 : sequence + 1;
        int result = transport.send(request.seal(kind.flags(), sequence, transport.portId()));
        if (result < 0) {
            last = null;
            throw NetlinkException.plain(request.operation(), new Errno(-result), request.summary());
        }
        last = new Exchange(transport, inbox, kind, request, sequence, consumer);
        return last;
    }

    private static Exchange finish(Exchange exchange) throws NetlinkException, MalformedMessageException {
        while (!exchange.done()) {
            exchange.advance(Integer.MAX_VALUE);
        }
        return exchange;
    }

    /** A dump that was not read to its end goes on in the kernel, which refuses the next one with EBUSY. */
    private void readAwayAbandoned() {
        if (last == null || last.done()) {
            return;
        }
        for (int i = 0; i < MAX_ABANDONED && inbox.receive() != -Errno.EAGAIN.number(); i++) {
            stale++;
        }
    }
}
