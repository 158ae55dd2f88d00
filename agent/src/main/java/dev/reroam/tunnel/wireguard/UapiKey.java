package dev.reroam.tunnel.wireguard;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** The keys of the userspace protocol that we read. */
enum UapiKey {
    PRIVATE_KEY(false, -1),
    /** boringtun only, instead of the private key. */
    OWN_PUBLIC_KEY(false, -1),
    LISTEN_PORT(false, 0xffff),
    FWMARK(false, 0xffff_ffffL),
    PUBLIC_KEY(false, -1),
    PRESHARED_KEY(true, -1),
    ENDPOINT(true, -1),
    LAST_HANDSHAKE_TIME_SEC(true, Long.MAX_VALUE),
    LAST_HANDSHAKE_TIME_NSEC(true, 999_999_999),
    TX_BYTES(true, Long.MAX_VALUE),
    RX_BYTES(true, Long.MAX_VALUE),
    PERSISTENT_KEEPALIVE_INTERVAL(true, 0xffff),
    ALLOWED_IP(true, -1),
    ERRNO(false, -1),
    UNKNOWN(false, -1);

    private static final UapiKey[] ALL = values();

    private final boolean ofPeer;
    private final long max;
    private final String text;
    private final byte[] bytes;

    /** @param max of a value that is an unsigned decimal number; -1 when it is something else */
    UapiKey(boolean ofPeer, long max) {
        this.ofPeer = ofPeer;
        this.max = max;
        this.text = name().toLowerCase(Locale.ROOT);
        this.bytes = text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The key that fills the first {@code length} bytes. */
    static UapiKey of(byte[] text, int length) {
        for (var key : ALL) {
            if (key.bytes.length == length
                    && key.bytes[0] == text[0]
                    && Arrays.equals(text, 0, length, key.bytes, 0, length)) {
                return key;
            }
        }
        return UNKNOWN;
    }

    /** Whether it belongs to the peer named last. */
    boolean ofPeer() {
        return ofPeer;
    }

    /** Whether its value is an unsigned decimal number up to {@link #max}. */
    boolean isNumber() {
        return max >= 0;
    }

    /** The largest value allowed. */
    long max() {
        return max;
    }

    /** As the protocol spells it. */
    String text() {
        return text;
    }
}
