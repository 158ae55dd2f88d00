package dev.reroam.linux.netlink;

import dev.reroam.linux.libc.Errno;
import java.nio.ByteBuffer;

/** Gets what the kernel announces, on the agent loop. */
public interface MulticastConsumer {

    /**
     * One announcement.
     *
     * @param payload as in {@link MessageConsumer#onMessage}
     * @throws MalformedMessageException when it is not what it should be; it comes back in {@link #onMalformed} and the next
     *     announcement is read
     */
    void onMessage(MessageHeader header, ByteBuffer payload) throws MalformedMessageException;

    /** An announcement could not be read and was dropped. */
    void onMalformed(MalformedMessageException reason);

    /**
     * Announcements were lost: whatever was learned from them must be read again by a dump.
     *
     * @param reason ENOBUFS when they came faster than they were read; EMSGSIZE when one was larger than the buffer
     */
    void onLost(Errno reason);

    /** The announcements that had come so far are all delivered, or a turn's worth of them: time to act on them. */
    default void onBatchEnd() {}
}
