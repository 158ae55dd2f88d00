package dev.reroam.stun;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.stun.StunAttribute.ErrorCode;
import dev.reroam.stun.StunAttribute.MappedAddress;
import dev.reroam.stun.StunAttribute.XorMappedAddress;
import java.util.List;
import java.util.Optional;

/**
 * A STUN message (RFC 8489 section 5). Immutable.
 *
 * <pre>
 *  0                   1                   2                   3
 * |0 0|     type: class and method    |         message length        |
 * |                     magic cookie  0x2112A442                      |
 * |                     transaction id (96 bits)                      |
 * |                     attributes ...                                |
 * </pre>
 *
 * @param method 0 to 0xfff; {@link #BINDING} is the only one used here
 * @param attributes in the order of the message, without those that RFC 8489 section 14.5 has ignored: what follows
 *     MESSAGE-INTEGRITY
 * @param fingerprint whether it has a FINGERPRINT at its end; it was right when the message was read
 */
public record StunMessage(
        MessageClass messageClass, int method, TransactionId id, List<StunAttribute> attributes, boolean fingerprint) {

    /** RFC 8489 section 18.2 */
    public static final int BINDING = 0x001;

    public StunMessage {
        if (method < 0 || method > 0xfff) {
            throw new IllegalArgumentException("method " + method);
        }
        attributes = List.copyOf(attributes);
    }

    /** A Binding request with a fingerprint, which tells it apart from whatever else comes to the server's port. */
    public static StunMessage request(TransactionId id, StunAttribute... attributes) {
        return new StunMessage(MessageClass.REQUEST, BINDING, id, List.of(attributes), true);
    }

    /** The first attribute of a kind; RFC 8489 section 14: the others "MAY be ignored". */
    public <A extends StunAttribute> Optional<A> first(Class<A> kind) {
        for (StunAttribute attribute : attributes) {
            if (kind.isInstance(attribute)) {
                return Optional.of(kind.cast(attribute));
            }
        }
        return Optional.empty();
    }

    /** The client as the server saw it: the XORed address, else the clear one. */
    public Optional<Endpoint> mapped() {
        Optional<Endpoint> hidden = first(XorMappedAddress.class).map(XorMappedAddress::endpoint);
        return hidden.isPresent() ? hidden : first(MappedAddress.class).map(MappedAddress::endpoint);
    }

    /** Why it was refused; in an error response. */
    public Optional<ErrorCode> error() {
        return first(ErrorCode.class);
    }

    /** The attributes without which the message must not be used, and that are unknown here. */
    public List<AttributeType> notUnderstood() {
        return attributes.stream()
                .map(StunAttribute::type)
                .filter(type -> type.isComprehensionRequired() && !type.isUnderstood())
                .distinct()
                .toList();
    }
}
