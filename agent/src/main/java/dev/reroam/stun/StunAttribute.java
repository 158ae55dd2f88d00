package dev.reroam.stun;

import dev.reroam.linux.ip.Endpoint;
import java.util.List;

/**
 * What a message says besides its type (RFC 8489 section 14, RFC 5780 section 7). Immutable.
 *
 * <p>FINGERPRINT is none of these: it is checked on reading and computed on writing, see {@link StunMessage#fingerprint}.
 */
public sealed interface StunAttribute {

    /** RFC 8489 section 14.8: a reason phrase has fewer than 128 characters. Here of SOFTWARE too. */
    int MAX_TEXT = 127;

    /** The number on the wire. */
    AttributeType type();

    /** The client as the server sees it, in clear, which some NATs rewrite (RFC 8489 section 14.1). */
    record MappedAddress(Endpoint endpoint) implements StunAttribute {
        @Override
        public AttributeType type() {
            return AttributeType.MAPPED_ADDRESS;
        }
    }

    /** The client as the server sees it (RFC 8489 section 14.2). */
    record XorMappedAddress(Endpoint endpoint) implements StunAttribute {
        @Override
        public AttributeType type() {
            return AttributeType.XOR_MAPPED_ADDRESS;
        }
    }

    /**
     * Why a request was refused (RFC 8489 section 14.8).
     *
     * @param code 300 to 699
     * @param reason for people; control characters replaced, at most {@link #MAX_TEXT} characters
     */
    record ErrorCode(int code, String reason) implements StunAttribute {
        public ErrorCode {
            if (code < 300 || code > 699) {
                throw new IllegalArgumentException("error code " + code);
            }
            reason = OutsideText.clean(reason);
        }

        @Override
        public AttributeType type() {
            return AttributeType.ERROR_CODE;
        }
    }

    /** What the server did not understand, with error 420 (RFC 8489 section 14.9). */
    record UnknownAttributes(List<AttributeType> types) implements StunAttribute {
        public UnknownAttributes {
            types = List.copyOf(types);
        }

        @Override
        public AttributeType type() {
            return AttributeType.UNKNOWN_ATTRIBUTES;
        }
    }

    /** Who wrote the sender (RFC 8489 section 14.14); for people, cleaned as {@link ErrorCode#reason} is. */
    record Software(String description) implements StunAttribute {
        public Software {
            description = OutsideText.clean(description);
        }

        @Override
        public AttributeType type() {
            return AttributeType.SOFTWARE;
        }
    }

    /** Asks for an answer from elsewhere (RFC 5780 section 7.2). */
    record ChangeRequest(boolean changeAddress, boolean changePort) implements StunAttribute {
        @Override
        public AttributeType type() {
            return AttributeType.CHANGE_REQUEST;
        }
    }

    /** Where the answer was sent from (RFC 5780 section 7.3). */
    record ResponseOrigin(Endpoint endpoint) implements StunAttribute {
        @Override
        public AttributeType type() {
            return AttributeType.RESPONSE_ORIGIN;
        }
    }

    /** The server's other address and other port (RFC 5780 section 7.4). */
    record OtherAddress(Endpoint endpoint) implements StunAttribute {
        @Override
        public AttributeType type() {
            return AttributeType.OTHER_ADDRESS;
        }
    }

    /**
     * Asks for the answer at another port of the client's address (RFC 5780 section 7.5).
     *
     * @param port 0 to 65535
     */
    record ResponsePort(int port) implements StunAttribute {
        public ResponsePort {
            if (port < 0 || port > 0xffff) {
                throw new IllegalArgumentException("port " + port);
            }
        }

        @Override
        public AttributeType type() {
            return AttributeType.RESPONSE_PORT;
        }
    }

    /**
     * Makes the message longer (RFC 5780 section 7.6); its bytes mean nothing.
     *
     * @param length in bytes
     */
    record Padding(int length) implements StunAttribute {
        public Padding {
            if (length < 0 || length > 0xffff) {
                throw new IllegalArgumentException("padding of " + length + " bytes");
            }
        }

        @Override
        public AttributeType type() {
            return AttributeType.PADDING;
        }
    }

    /**
     * How long the server remembers the request (RFC 5780 section 7.1).
     *
     * @param seconds 0 to 2^32 - 1
     */
    record CacheTimeout(long seconds) implements StunAttribute {
        public CacheTimeout {
            if (seconds < 0 || seconds >>> 32 != 0) {
                throw new IllegalArgumentException("cache timeout of " + seconds + " s");
            }
        }

        @Override
        public AttributeType type() {
            return AttributeType.CACHE_TIMEOUT;
        }
    }

    /** Any other, kept as it came: those of authentication, and those that nobody here knows. */
    record Opaque(AttributeType type, Octets value) implements StunAttribute {}
}
