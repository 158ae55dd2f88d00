package dev.reroam.stun;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.libc.Errno;
import dev.reroam.stun.StunAttribute.OtherAddress;
import java.util.List;
import java.util.Optional;

/** What came of a question to a STUN server. Immutable. */
public sealed interface Outcome {

    /**
     * The server said what it saw.
     *
     * @param mapped our public address and port towards this server
     * @param from where the answer came from: the server, or its other address where that was asked for
     * @param roundTripNanos from the first request to the answer
     * @param requests sent until then; if more than one, the round trip may be of a later one and so be shorter
     */
    record Answered(Endpoint mapped, Endpoint from, StunMessage message, long roundTripNanos, int requests)
            implements Outcome {

        /** The server's other address and port (RFC 5780 section 7.4); empty for an ordinary server. */
        public Optional<Endpoint> otherAddress() {
            return message.first(OtherAddress.class).map(OtherAddress::endpoint);
        }
    }

    /** The server answered from the asked address although another was asked for: it cannot do otherwise. */
    record Unmoved(Endpoint from) implements Outcome {}

    /**
     * Our own request came back from the NAT.
     *
     * @param from whom it seemed to be from
     */
    record Looped(Endpoint from) implements Outcome {}

    /**
     * The server refused (RFC 8489 section 14.8).
     *
     * @param unknown the attributes that it did not understand, with code 420
     */
    record Refused(int code, String reason, List<AttributeType> unknown) implements Outcome {
        public Refused {
            unknown = List.copyOf(unknown);
        }
    }

    /**
     * The server's answer must not be used (RFC 8489 sections 6.3.3 and 6.3.4).
     *
     * @param notUnderstood the attributes that stand in the way; empty when there is no mapped address or error code
     */
    record Unusable(List<AttributeType> notUnderstood) implements Outcome {
        public Unusable {
            notUnderstood = List.copyOf(notUnderstood);
        }
    }

    /**
     * Nobody answered. Says nothing about why.
     *
     * @param requests sent
     */
    record Silent(int requests) implements Outcome {}

    /** The kernel did not send it. */
    record Unsent(Errno why) implements Outcome {}
}
