package dev.reroam.linux.netlink;

import static dev.reroam.linux.netlink.MessageHeader.NLMSG_DONE;
import static dev.reroam.linux.netlink.MessageHeader.NLMSG_ERROR;
import static dev.reroam.linux.netlink.MessageHeader.NLMSG_MIN_TYPE;
import static dev.reroam.linux.netlink.MessageHeader.NLMSG_OVERRUN;

import dev.reroam.linux.libc.Errno;

/** One request and its answer, from the first datagram to the last. One thread. */
final class Exchange {

    /** What ends the answer. */
    enum Kind {
        /** An acknowledgement. */
        CHANGE(MessageHeader.ACK),
        /** The first message that is not one of several; an error. */
        QUESTION(0),
        /** NLMSG_DONE; an error. */
        DUMP(MessageHeader.DUMP);

        private final int flags;

        Kind(int flags) {
            this.flags = flags;
        }

        /** The header flags that ask for it. */
        int flags() {
            return flags;
        }
    }

    // Ours: answers come within microseconds; this only bounds a kernel that does not keep that promise.
    static final int TIMEOUT_MILLIS = 1000;
    // Ours: so many datagrams that are not the answer are a flood, not a left-over.
    static final int MAX_STRAY = 10_000;

    private final NetlinkTransport transport;
    private final Inbox inbox;
    private final Kind kind;
    private final String operation;
    private final String summary;
    private final int sequence;
    private final MessageConsumer consumer;
    private boolean done;
    private boolean interrupted;
    private int stray;
    private long stale;

    Exchange(
            NetlinkTransport transport,
            Inbox inbox,
            Kind kind,
            Request request,
            int sequence,
            MessageConsumer consumer) {
        this.transport = transport;
        this.inbox = inbox;
        this.kind = kind;
        this.operation = request.operation();
        this.summary = request.summary();
        this.sequence = sequence;
        this.consumer = consumer;
    }

    /** Whether the kernel has said its last word. */
    boolean done() {
        return done;
    }

    /** Messages that belonged to other requests. */
    long stale() {
        return stale;
    }

    /** How the dump went as far as it was read. */
    DumpOutcome outcome() {
        return interrupted ? DumpOutcome.INTERRUPTED : DumpOutcome.COMPLETE;
    }

    /** Reads on: at most so many datagrams, or up to the end. */
    void advance(int datagrams) throws NetlinkException, MalformedMessageException {
        for (int i = 0; i < datagrams && !done; i++) {
            if (!receive() || !readDatagram()) {
                stray++;
            }
            if (stray > MAX_STRAY) {
                throw refusal(Errno.EPROTO);
            }
        }
    }

    private boolean receive() throws NetlinkException {
        int result = inbox.receiveWhole();
        if (result == -Errno.EAGAIN.number()) {
            int ready = transport.await(TIMEOUT_MILLIS);
            if (ready == 0) {
                throw refusal(Errno.ETIMEDOUT);
            }
            result = Math.min(ready, 0);
        }
        if (result < 0) {
            throw refusal(new Errno(-result));
        }
        return result > 0;
    }

    /** False when nothing in it belonged to this request. */
    private boolean readDatagram() throws NetlinkException, MalformedMessageException {
        boolean ours = false;
        for (var header = inbox.next(); header != null; header = inbox.next()) {
            if (done || header.sequence() != sequence || header.portId() != transport.portId()) {
                stale++;
                continue;
            }
            ours = true;
            onMessage(header);
        }
        return ours;
    }

    private void onMessage(MessageHeader header) throws NetlinkException, MalformedMessageException {
        interrupted |= (header.flags() & MessageHeader.DUMP_INTERRUPTED) != 0;
        if (header.type() >= NLMSG_MIN_TYPE) {
            // Of a question, a message that does not announce others is the whole answer.
            done = kind == Kind.QUESTION && (header.flags() & MessageHeader.MULTI) == 0;
            consumer.onMessage(header, inbox.payload());
        } else if (header.type() == NLMSG_ERROR || header.type() == NLMSG_DONE) {
            done = true;
            var said = Acknowledgement.read(header, inbox.payload());
            if (!said.errno().equals(Errno.NONE)) {
                throw NetlinkException.explained(operation, said.errno(), said.text(), said.offset(), summary);
            }
        } else if (header.type() == NLMSG_OVERRUN) {
            throw refusal(Errno.ENOBUFS);
        }
        // NLMSG_NOOP and the types that netlink may yet define below NLMSG_MIN_TYPE carry nothing for us.
    }

    private NetlinkException refusal(Errno errno) {
        return NetlinkException.plain(operation, errno, summary);
    }
}
