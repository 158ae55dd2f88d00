package dev.reroam.linux.netlink;

import java.nio.ByteBuffer;

/** Gets the messages of a reply or a dump, one by one, on the thread that asked. */
@FunctionalInterface
public interface MessageConsumer {

    /**
     * One message.
     *
     * @param payload what follows the header, between position and limit, in the machine's byte order; valid only during
     *     the call
     * @throws MalformedMessageException when the payload is not what it should be; it ends the request
     */
    void onMessage(MessageHeader header, ByteBuffer payload) throws MalformedMessageException;
}
