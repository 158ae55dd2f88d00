package dev.reroam.linux.netlink;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Bytes that are not what the protocol says: where, why, and a sample of them. */
public final class MalformedMessageException extends IOException {

    private static final long serialVersionUID = 1;

    // Enough to recognise a message by, short enough for a log line.
    private static final int SAMPLE_BYTES = 32;

    private final String where;
    private final String why;

    /**
     * @param where the message or attribute: {@code route: RTA_OIF}
     * @param why lower case, with the offending value: {@code 3 bytes, not 4}
     */
    public MalformedMessageException(String where, String why) {
        super(where + ": " + why);
        this.where = where;
        this.why = why;
    }

    /**
     * With the first bytes from the position of {@code offending}, in hex. Never used for what may hold keys.
     */
    static MalformedMessageException sampled(String where, String why, ByteBuffer offending) {
        byte[] sample = new byte[Math.min(SAMPLE_BYTES, offending.remaining())];
        offending.get(offending.position(), sample);
        return new MalformedMessageException(where, why + " [" + HexFormat.of().formatHex(sample) + "]");
    }

    /** The message or attribute. */
    public String where() {
        return where;
    }

    /** What is wrong with it. */
    public String why() {
        return why;
    }
}
