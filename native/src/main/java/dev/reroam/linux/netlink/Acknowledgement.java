package dev.reroam.linux.netlink;

import dev.reroam.linux.libc.Errno;
import java.nio.ByteBuffer;

/**
 * What the kernel says of a request: NLMSG_ERROR or NLMSG_DONE (linux/netlink.h {@code nlmsgerr}).
 *
 * <pre>
 * 0  minus errno, 0 for success   s32
 * 4  header of the request        16 bytes, NLMSG_ERROR only; then its payload unless NLM_F_CAPPED
 *    attributes                   when NLM_F_ACK_TLVS: the extended error text and the offset in the request
 * </pre>
 *
 * @param errno {@link Errno#NONE} for success
 * @param text may be empty
 * @param offset -1 when not said
 */
record Acknowledgement(Errno errno, String text, int offset) {

    private static final AttributeNames NAMES =
            AttributeNames.of("NLMSGERR_ATTR", "UNUSED", "MSG", "OFFS", "COOKIE", "POLICY", "MISS_TYPE", "MISS_NEST");
    private static final int MSG = 1;
    private static final int OFFS = 2;

    static Acknowledgement read(MessageHeader header, ByteBuffer payload) throws MalformedMessageException {
        boolean error = header.type() == MessageHeader.NLMSG_ERROR;
        String message = error ? "acknowledgement" : "end of dump";
        // The number in NLMSG_DONE is not promised anywhere; without one it is a success.
        if (!error && payload.remaining() < Integer.BYTES) {
            return new Acknowledgement(Errno.NONE, "", -1);
        }
        int fixed = error ? Integer.BYTES + MessageHeader.LENGTH : Integer.BYTES;
        var attributes = AttributeReader.after(fixed, payload, message, NAMES);
        int number = payload.getInt(payload.position());
        if (number > 0 || number == Integer.MIN_VALUE) {
            throw new MalformedMessageException(message, "error number " + number);
        }
        var errno = new Errno(-number);
        if ((header.flags() & MessageHeader.ACK_TLVS) == 0) {
            return new Acknowledgement(errno, "", -1);
        }
        if (error && (header.flags() & MessageHeader.CAPPED) == 0) {
            int echoed = payload.getInt(payload.position() + Integer.BYTES);
            if (echoed < MessageHeader.LENGTH || echoed > payload.remaining() - Integer.BYTES) {
                throw new MalformedMessageException(message, "echo of a request of " + echoed + " bytes");
            }
            attributes = AttributeReader.after(Integer.BYTES + echoed, payload, message, NAMES);
        }
        String text = "";
        int offset = -1;
        while (attributes.next()) {
            switch (attributes.type()) {
                case MSG -> text = attributes.string();
                case OFFS -> offset = attributes.u32();
                default -> {
                    // COOKIE, POLICY and what later kernels add: for programs that generate requests.
                }
            }
        }
        attributes.check();
        return new Acknowledgement(errno, text, offset);
    }
}
