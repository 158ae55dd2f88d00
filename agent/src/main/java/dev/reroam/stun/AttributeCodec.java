package dev.reroam.stun;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.stun.MalformedStunException.Reason;
import dev.reroam.stun.StunAttribute.CacheTimeout;
import dev.reroam.stun.StunAttribute.ChangeRequest;
import dev.reroam.stun.StunAttribute.ErrorCode;
import dev.reroam.stun.StunAttribute.MappedAddress;
import dev.reroam.stun.StunAttribute.Opaque;
import dev.reroam.stun.StunAttribute.OtherAddress;
import dev.reroam.stun.StunAttribute.Padding;
import dev.reroam.stun.StunAttribute.ResponseOrigin;
import dev.reroam.stun.StunAttribute.ResponsePort;
import dev.reroam.stun.StunAttribute.Software;
import dev.reroam.stun.StunAttribute.UnknownAttributes;
import dev.reroam.stun.StunAttribute.XorMappedAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;

/** The values of attributes as bytes, without their header and padding. Pure. */
final class AttributeCodec {

    // RFC 8489 section 14.1
    private static final int FAMILY_V4 = 1;
    private static final int FAMILY_V6 = 2;
    // RFC 5780 section 7.2: bits A and B
    private static final int CHANGE_ADDRESS = 0x4;
    private static final int CHANGE_PORT = 0x2;
    private static final TransactionId NOT_HIDDEN = new TransactionId(0, 0);

    private AttributeCodec() {}

    static byte[] encode(StunAttribute attribute, TransactionId id) {
        return switch (attribute) {
            case MappedAddress(Endpoint endpoint) -> endpoint(endpoint);
            case ResponseOrigin(Endpoint endpoint) -> endpoint(endpoint);
            case OtherAddress(Endpoint endpoint) -> endpoint(endpoint);
            case XorMappedAddress(Endpoint endpoint) -> hidden(endpoint(endpoint), id);
            case ErrorCode(int code, String reason) -> {
                byte[] text = reason.getBytes(StandardCharsets.UTF_8);
                yield ByteBuffer.allocate(4 + text.length)
                        .putShort((short) 0)
                        .put((byte) (code / 100))
                        .put((byte) (code % 100))
                        .put(text)
                        .array();
            }
            case UnknownAttributes unknown -> {
                var bytes = ByteBuffer.allocate(2 * unknown.types().size());
                unknown.types().forEach(type -> bytes.putShort((short) type.number()));
                yield bytes.array();
            }
            case Software(String description) -> description.getBytes(StandardCharsets.UTF_8);
            case ChangeRequest(boolean address, boolean port) ->
                word((address ? CHANGE_ADDRESS : 0) | (port ? CHANGE_PORT : 0));
            // RFC 5780 section 7.5: 16 bits "followed by 2 bytes of padding"; all four are counted in the length, which
            // is what both those servers take that count them and those that do not.
            case ResponsePort(int port) -> word(port << 16);
            case Padding(int length) -> new byte[length];
            case CacheTimeout(long seconds) -> word((int) seconds);
            case Opaque opaque -> opaque.value().bytes();
        };
    }

    static StunAttribute decode(AttributeType type, ByteBuffer value, TransactionId id) throws MalformedStunException {
        return switch (type.number()) {
            case 0x0001 -> new MappedAddress(endpoint(type, value, NOT_HIDDEN, 0));
            case 0x802b -> new ResponseOrigin(endpoint(type, value, NOT_HIDDEN, 0));
            case 0x802c -> new OtherAddress(endpoint(type, value, NOT_HIDDEN, 0));
            case 0x0020 -> new XorMappedAddress(endpoint(type, value, id, StunCodec.MAGIC_COOKIE));
            case 0x0009 -> error(type, value);
            case 0x000a -> unknown(type, value);
            case 0x8022 -> new Software(text(value, 0));
            case 0x0003 -> {
                int flags = word(type, value);
                yield new ChangeRequest((flags & CHANGE_ADDRESS) != 0, (flags & CHANGE_PORT) != 0);
            }
            case 0x0027 -> {
                if (value.limit() != 2 && value.limit() != 4) {
                    throw bad(type, value.limit() + " bytes");
                }
                yield new ResponsePort(value.getShort(0) & 0xffff);
            }
            case 0x0026 -> new Padding(value.limit());
            case 0x8027 -> new CacheTimeout(Integer.toUnsignedLong(word(type, value)));
            default -> {
                byte[] bytes = new byte[value.limit()];
                value.get(0, bytes);
                yield new Opaque(type, Octets.of(bytes));
            }
        };
    }

    private static byte[] endpoint(Endpoint endpoint) {
        byte[] address = endpoint.address().bytes();
        return ByteBuffer.allocate(4 + address.length)
                .putShort((short) (address.length == 4 ? FAMILY_V4 : FAMILY_V6))
                .putShort((short) endpoint.port())
                .put(address)
                .array();
    }

    /** RFC 8489 section 14.2: port and address XORed with the cookie and the transaction id that follows it. */
    private static byte[] hidden(byte[] clear, TransactionId id) {
        var bytes = ByteBuffer.wrap(clear);
        bytes.putShort(2, (short) (bytes.getShort(2) ^ (StunCodec.MAGIC_COOKIE >>> 16)));
        bytes.putInt(4, bytes.getInt(4) ^ StunCodec.MAGIC_COOKIE);
        if (clear.length > 8) {
            bytes.putInt(8, bytes.getInt(8) ^ id.high());
            bytes.putLong(12, bytes.getLong(12) ^ id.low());
        }
        return clear;
    }

    /** RFC 8489 section 14.1: a zero byte "MUST be ignored", the family, the port, the address. */
    private static Endpoint endpoint(AttributeType type, ByteBuffer value, TransactionId id, int cookie)
            throws MalformedStunException {
        int family = value.limit() < 4 ? 0 : value.get(1);
        boolean v4 = family == FAMILY_V4 && value.limit() == 8;
        boolean v6 = family == FAMILY_V6 && value.limit() == 20;
        if (!v4 && !v6) {
            throw bad(type, "family " + family + " in " + value.limit() + " bytes");
        }
        int port = (value.getShort(2) & 0xffff) ^ (cookie >>> 16);
        var address = ByteBuffer.allocate(v4 ? 4 : 16).putInt(value.getInt(4) ^ cookie);
        if (v6) {
            address.putInt(value.getInt(8) ^ id.high()).putLong(value.getLong(12) ^ id.low());
        }
        return new Endpoint(IpAddress.of(address.array()), port);
    }

    /** RFC 8489 section 14.8: 21 reserved bits, "SHOULD be ignored", the hundreds (3 to 6), the rest (0 to 99), text. */
    private static ErrorCode error(AttributeType type, ByteBuffer value) throws MalformedStunException {
        int hundreds = value.limit() < 4 ? 0 : value.get(2) & 7;
        int rest = value.limit() < 4 ? 0 : value.get(3) & 0xff;
        if (hundreds < 3 || hundreds > 6 || rest > 99) {
            throw bad(type, "class " + hundreds + " number " + rest + " in " + value.limit() + " bytes");
        }
        return new ErrorCode(hundreds * 100 + rest, text(value, 4));
    }

    private static UnknownAttributes unknown(AttributeType type, ByteBuffer value) throws MalformedStunException {
        if (value.limit() % 2 != 0) {
            throw bad(type, value.limit() + " bytes");
        }
        var types = new ArrayList<AttributeType>();
        for (int at = 0; at < value.limit(); at += 2) {
            types.add(new AttributeType(value.getShort(at) & 0xffff));
        }
        return new UnknownAttributes(types);
    }

    // What is not UTF-8 is replaced: a reason phrase in another alphabet is no reason to refuse the answer.
    private static String text(ByteBuffer value, int from) {
        return StandardCharsets.UTF_8
                .decode(value.slice(from, value.limit() - from))
                .toString();
    }

    private static byte[] word(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    private static int word(AttributeType type, ByteBuffer value) throws MalformedStunException {
        if (value.limit() != 4) {
            throw bad(type, value.limit() + " bytes");
        }
        return value.getInt(0);
    }

    private static MalformedStunException bad(AttributeType type, String why) {
        return new MalformedStunException(Reason.ATTRIBUTE_VALUE, type + ": " + why);
    }
}
