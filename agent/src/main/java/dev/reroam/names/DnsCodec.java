package dev.reroam.names;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Questions for the addresses of a name, and the answers to them (RFC 1035 section 4; RFC 3596 for AAAA). Pure, total, and
 * bounded by the packet.
 */
public final class DnsCodec {

    // RFC 1035 section 4.1.1: id, flags, and the number of questions, answers, authorities and additions.
    private static final int HEADER = 12;
    private static final int RESPONSE = 0x8000;
    private static final int OPCODE = 0x7800;
    private static final int RECURSION_DESIRED = 0x0100;
    private static final int RESPONSE_CODE = 0x000f;
    private static final int NAME_ERROR = 3;
    // RFC 1035 section 3.2.2 and 3.2.4; RFC 3596 section 2.1
    private static final int TYPE_A = 1;
    private static final int TYPE_AAAA = 28;
    private static final int CLASS_IN = 1;
    // RFC 1035 section 2.3.4: 255 octets on the wire are 253 characters.
    private static final int LONGEST_NAME = 253;
    private static final int LONGEST_LABEL = 63;
    // RFC 1035 section 4.1.4: two bits say that the rest of the name is elsewhere.
    private static final int POINTER = 0xc0;
    /** A record after its name: type, class, time to live, length. */
    private static final int FIXED_PART = 10;

    /** Ours: more addresses of one name say nothing more. */
    public static final int MOST_ADDRESSES = 4;

    private static final int MOST_RECORDS = 64;

    private DnsCodec() {}

    /** Whether this can be asked for at all: letters, digits, hyphens and underscores between dots. */
    static boolean isName(String name) {
        if (name.isEmpty() || name.length() > LONGEST_NAME) {
            return false;
        }
        for (String label : name.split("\\.", -1)) {
            if (label.length() > LONGEST_LABEL || !label.matches("[A-Za-z0-9_-]+")) {
                return false;
            }
        }
        return true;
    }

    /**
     * A recursive question.
     *
     * @param id 16 bits
     * @param name see {@link #isName}
     */
    public static ByteBuffer question(int id, String name, IpFamily family) {
        var out = ByteBuffer.allocate(HEADER + name.length() + 2 + 4).order(ByteOrder.BIG_ENDIAN);
        out.putShort((short) id).putShort((short) RECURSION_DESIRED).putShort((short) 1);
        out.position(HEADER);
        for (String label : name.toLowerCase(Locale.ROOT).split("\\.", -1)) {
            out.put((byte) label.length()).put(label.getBytes(StandardCharsets.US_ASCII));
        }
        out.put((byte) 0).putShort((short) type(family)).putShort((short) CLASS_IN);
        return out.flip();
    }

    /** The answer to exactly this question; empty for anything else. */
    public static Optional<NameAnswer> answer(ByteBuffer packet, int id, String name, IpFamily family) {
        var in = packet.slice().order(ByteOrder.BIG_ENDIAN);
        var question = question(id, name, family).position(HEADER);
        if (in.remaining() < HEADER + question.remaining()) {
            return Optional.empty();
        }
        int gotId = unsigned(in);
        int flags = unsigned(in);
        int questions = unsigned(in);
        int records = unsigned(in);
        in.position(HEADER);
        if (gotId != id || (flags & (RESPONSE | OPCODE)) != RESPONSE || questions != 1 || !same(in, question)) {
            return Optional.empty();
        }
        int code = flags & RESPONSE_CODE;
        return Optional.of(
                code == 0
                        ? new NameAnswer.Found(addresses(in, records, family))
                        : new NameAnswer.None(code == NAME_ERROR ? "no such name" : "response code " + code));
    }

    /** RFC 1035 section 2.3.3: letters count as the same in either case; lengths and types are below them all. */
    private static boolean same(ByteBuffer in, ByteBuffer question) {
        boolean same = true;
        while (question.hasRemaining()) {
            same &= fold(in.get()) == fold(question.get());
        }
        return same;
    }

    private static int fold(byte octet) {
        return octet >= 'A' && octet <= 'Z' ? octet + ('a' - 'A') : octet;
    }

    /** All addresses of the answer section: whatever leads to them, the server followed it for us. */
    private static List<IpAddress> addresses(ByteBuffer in, int records, IpFamily family) {
        var found = new ArrayList<IpAddress>();
        for (int i = 0; i < Math.min(records, MOST_RECORDS); i++) {
            if (!skipName(in) || in.remaining() < FIXED_PART) {
                break;
            }
            int type = unsigned(in);
            int recordClass = unsigned(in);
            in.getInt();
            int length = unsigned(in);
            if (in.remaining() < length) {
                break;
            }
            byte[] data = new byte[length];
            in.get(data);
            boolean isAddress = type == type(family) && recordClass == CLASS_IN && length == family.bytes();
            if (isAddress && found.size() < MOST_ADDRESSES) {
                IpAddress address = IpAddress.of(data);
                if (address.family() == family && !address.isAny() && !found.contains(address)) {
                    found.add(address);
                }
            }
        }
        return found;
    }

    private static boolean skipName(ByteBuffer in) {
        while (in.hasRemaining()) {
            int length = in.get() & 0xff;
            if (length == 0) {
                return true;
            }
            if ((length & POINTER) == POINTER) {
                if (!in.hasRemaining()) {
                    return false;
                }
                in.get();
                return true;
            }
            if ((length & POINTER) != 0 || in.remaining() < length) {
                return false;
            }
            in.position(in.position() + length);
        }
        return false;
    }

    private static int unsigned(ByteBuffer in) {
        return in.getShort() & 0xffff;
    }

    private static int type(IpFamily family) {
        return family == IpFamily.V4 ? TYPE_A : TYPE_AAAA;
    }
}
