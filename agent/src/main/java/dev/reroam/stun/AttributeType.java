package dev.reroam.stun;

import java.util.Locale;
import java.util.Map;

/**
 * The number of an attribute; whatever the wire says, known here or not. Immutable.
 *
 * @param number 0 to 0xffff
 */
public record AttributeType(int number) {

    // RFC 8489 section 18.3
    static final AttributeType MAPPED_ADDRESS = new AttributeType(0x0001);
    static final AttributeType MESSAGE_INTEGRITY = new AttributeType(0x0008);
    static final AttributeType ERROR_CODE = new AttributeType(0x0009);
    static final AttributeType UNKNOWN_ATTRIBUTES = new AttributeType(0x000a);
    static final AttributeType MESSAGE_INTEGRITY_SHA256 = new AttributeType(0x001c);
    static final AttributeType XOR_MAPPED_ADDRESS = new AttributeType(0x0020);
    static final AttributeType SOFTWARE = new AttributeType(0x8022);
    static final AttributeType FINGERPRINT = new AttributeType(0x8028);
    // RFC 5780 section 9.1
    static final AttributeType CHANGE_REQUEST = new AttributeType(0x0003);
    static final AttributeType PADDING = new AttributeType(0x0026);
    static final AttributeType RESPONSE_PORT = new AttributeType(0x0027);
    static final AttributeType CACHE_TIMEOUT = new AttributeType(0x8027);
    static final AttributeType RESPONSE_ORIGIN = new AttributeType(0x802b);
    static final AttributeType OTHER_ADDRESS = new AttributeType(0x802c);

    // RFC 8489 section 14: 0x0000-0x7fff is comprehension-required.
    private static final int FIRST_OPTIONAL = 0x8000;

    // Names for messages, and by being here a required attribute counts as understood. The last three are of RFC 3489,
    // and reserved since. Deviation: they count as understood although RFC 8489 knows them no more, because servers
    // that
    // serve both old and new clients send them along with what we need.
    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(0x0001, "MAPPED-ADDRESS"),
            Map.entry(0x0003, "CHANGE-REQUEST"),
            Map.entry(0x0006, "USERNAME"),
            Map.entry(0x0008, "MESSAGE-INTEGRITY"),
            Map.entry(0x0009, "ERROR-CODE"),
            Map.entry(0x000a, "UNKNOWN-ATTRIBUTES"),
            Map.entry(0x0014, "REALM"),
            Map.entry(0x0015, "NONCE"),
            Map.entry(0x001c, "MESSAGE-INTEGRITY-SHA256"),
            Map.entry(0x001d, "PASSWORD-ALGORITHM"),
            Map.entry(0x001e, "USERHASH"),
            Map.entry(0x0020, "XOR-MAPPED-ADDRESS"),
            Map.entry(0x0026, "PADDING"),
            Map.entry(0x0027, "RESPONSE-PORT"),
            Map.entry(0x8002, "PASSWORD-ALGORITHMS"),
            Map.entry(0x8003, "ALTERNATE-DOMAIN"),
            Map.entry(0x8022, "SOFTWARE"),
            Map.entry(0x8023, "ALTERNATE-SERVER"),
            Map.entry(0x8027, "CACHE-TIMEOUT"),
            Map.entry(0x8028, "FINGERPRINT"),
            Map.entry(0x802b, "RESPONSE-ORIGIN"),
            Map.entry(0x802c, "OTHER-ADDRESS"),
            Map.entry(0x0004, "SOURCE-ADDRESS"),
            Map.entry(0x0005, "CHANGED-ADDRESS"),
            Map.entry(0x000b, "REFLECTED-FROM"));

    public AttributeType {
        if (number < 0 || number > 0xffff) {
            throw new IllegalArgumentException("attribute type " + number);
        }
    }

    /** Whether a message that has it must not be used by those who do not understand it. */
    public boolean isComprehensionRequired() {
        return number < FIRST_OPTIONAL;
    }

    /** Whether its meaning is known here. */
    public boolean isUnderstood() {
        return NAMES.containsKey(number);
    }

    @Override
    public String toString() {
        return NAMES.getOrDefault(number, String.format(Locale.ROOT, "attribute 0x%04x", number));
    }
}
