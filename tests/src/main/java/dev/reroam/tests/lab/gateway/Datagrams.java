package dev.reroam.tests.lab.gateway;

import dev.reroam.tests.lab.gateway.Heard.Question;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * What a gateway answers at port 5351: NAT-PMP (RFC 6886 section 3) and PCP (RFC 6887 sections 7 and 11), told apart by the
 * first byte. Confined to the gateway's thread.
 */
final class Datagrams {

    private static final int PCP_VERSION = 2;
    private static final int RESPONSE = 0x80;
    private static final int UNSUPPORTED_VERSION = 1;
    // RFC 6887 section 7.4
    private static final int UNSUPPORTED_OPCODE = 4;
    private static final int ADDRESS_MISMATCH = 12;
    private static final int PCP_HEADER = 24;
    private static final int PCP_MAP = 60;
    // Offsets of RFC 6887 section 11.1, from the start of the message.
    private static final int AT_LIFETIME = 4;
    private static final int AT_CLIENT = 8;
    private static final int AT_PROTOCOL = 36;
    private static final int AT_INTERNAL = 40;
    private static final int AT_EXTERNAL = 42;
    private static final int AT_ADDRESS = 44;
    private static final int UDP = 17;
    private static final int TCP = 6;

    private final Ways ways;
    private final PortTable table;
    private final BiConsumer<Question, String> hears;

    Datagrams(Ways ways, PortTable table, BiConsumer<Question, String> hears) {
        this.ways = ways;
        this.table = table;
        this.hears = hears;
    }

    /** The answer; empty for what is not heard or not understood. */
    Optional<byte[]> answer(byte[] asked, InetAddress client) {
        if (asked.length < 2 || (asked[1] & RESPONSE) != 0) {
            return Optional.empty();
        }
        return asked[0] == PCP_VERSION ? pcp(asked, client) : natPmp(asked, client.getHostAddress());
    }

    private Optional<byte[]> natPmp(byte[] asked, String client) {
        boolean map = asked[1] == 1 || asked[1] == 2;
        var in = ByteBuffer.wrap(asked);
        if (asked[0] != 0 || (map && asked.length < 12)) {
            return Optional.empty();
        }
        long lifetime = map ? Integer.toUnsignedLong(in.getInt(8)) : 0;
        hears.accept(
                map ? lifetime == 0 ? Question.NAT_PMP_DELETE : Question.NAT_PMP_MAP : Question.NAT_PMP_ADDRESS,
                client);
        if (!ways.speaks.contains(Speech.NAT_PMP)) {
            return otherVersion(
                    Speech.PCP,
                    pcpHeader(PCP_HEADER, asked[1], UNSUPPORTED_VERSION, 0).array());
        }
        if (!map) {
            return Optional.of(natPmpHeader(12, 0).put(address()).array());
        }
        int protocol = asked[1] == 1 ? UDP : TCP;
        int internal = in.getShort(4) & 0xffff;
        if (lifetime == 0) {
            table.to(protocol, client, internal).ifPresent(entry -> table.remove(entry.external()));
            return Optional.of(
                    natPmpHeader(16, asked[1]).putShort((short) internal).array());
        }
        long lease = ways.leaseSeconds == 0 ? lifetime : ways.leaseSeconds;
        int external = table.add(Speech.NAT_PMP, protocol, in.getShort(6) & 0xffff, client, internal, lease, "");
        return Optional.of(natPmpHeader(16, asked[1])
                .putShort((short) internal)
                .putShort((short) external)
                .putInt((int) lease)
                .array());
    }

    private Optional<byte[]> pcp(byte[] asked, InetAddress client) {
        boolean map = asked[1] == 1 && asked.length >= PCP_MAP;
        if (asked.length < PCP_HEADER) {
            return Optional.empty();
        }
        var in = ByteBuffer.wrap(asked);
        long lifetime = Integer.toUnsignedLong(in.getInt(AT_LIFETIME));
        hears.accept(
                map ? lifetime == 0 ? Question.PCP_DELETE : Question.PCP_MAP : Question.PCP_ANNOUNCE,
                client.getHostAddress());
        if (!ways.speaks.contains(Speech.PCP)) {
            return otherVersion(
                    Speech.NAT_PMP,
                    natPmpHeader(8, asked[1])
                            .putShort(2, (short) UNSUPPORTED_VERSION)
                            .array());
        }
        if (!map) {
            int result = asked[1] == 0 ? 0 : UNSUPPORTED_OPCODE;
            return Optional.of(pcpHeader(PCP_HEADER, asked[1], result, 0).array());
        }
        byte[] claimed = new byte[16];
        in.get(AT_CLIENT, claimed);
        if (!same(claimed, client)) {
            return Optional.of(pcpMap(asked, ADDRESS_MISMATCH, 1800, in.getShort(AT_EXTERNAL))
                    .array());
        }
        int protocol = asked[AT_PROTOCOL] & 0xff;
        int internal = in.getShort(AT_INTERNAL) & 0xffff;
        String host = client.getHostAddress();
        if (lifetime == 0) {
            table.to(protocol, host, internal).ifPresent(entry -> table.remove(entry.external()));
            return Optional.of(pcpMap(asked, 0, 0, in.getShort(AT_EXTERNAL)).array());
        }
        long lease = ways.leaseSeconds == 0 ? lifetime : ways.leaseSeconds;
        int external = table.add(Speech.PCP, protocol, in.getShort(AT_EXTERNAL) & 0xffff, host, internal, lease, "");
        return Optional.of(pcpMap(asked, 0, lease, (short) external).array());
    }

    /** What says that only the other one of the two is spoken. */
    private Optional<byte[]> otherVersion(Speech other, byte[] says) {
        return ways.speaks.contains(other) && !ways.ignoresOtherVersions ? Optional.of(says) : Optional.empty();
    }

    /** NAT-PMP's word of the outer address, answered or announced (RFC 6886 section 3.2.1). */
    byte[] natPmpAnnouncement() {
        return natPmpHeader(12, 0).put(address()).array();
    }

    /** RFC 6887 section 14.1.1. */
    byte[] pcpAnnouncement() {
        return pcpHeader(PCP_HEADER, 0, 0, 0).array();
    }

    private ByteBuffer natPmpHeader(int length, int opcode) {
        return ByteBuffer.allocate(length)
                .put((byte) 0)
                .put((byte) (RESPONSE | opcode))
                .putShort((short) 0)
                .putInt(table.epoch());
    }

    private ByteBuffer pcpHeader(int length, int opcode, int result, long lifetime) {
        return ByteBuffer.allocate(length)
                .put((byte) PCP_VERSION)
                .put((byte) (RESPONSE | opcode))
                .put((byte) 0)
                .put((byte) result)
                .putInt((int) lifetime)
                .putInt(table.epoch())
                .position(PCP_HEADER);
    }

    /** Nonce, protocol and internal port come back as they were asked. */
    private ByteBuffer pcpMap(byte[] asked, int result, long lifetime, short external) {
        var out = pcpHeader(PCP_MAP, 1, result, lifetime);
        out.put(asked, PCP_HEADER, AT_EXTERNAL - PCP_HEADER).putShort(external);
        if (ways.wrongNonce) {
            out.put(PCP_HEADER, (byte) ~asked[PCP_HEADER]);
        }
        return out.position(AT_ADDRESS + 10).putShort((short) 0xffff).put(address());
    }

    private byte[] address() {
        try {
            return InetAddress.getByName(ways.external).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("no address: " + ways.external, e);
        }
    }

    private static boolean same(byte[] claimed, InetAddress client) {
        byte[] address = client.getAddress();
        int skipped = claimed.length - address.length;
        for (int i = 0; i < address.length; i++) {
            if (claimed[skipped + i] != address[i]) {
                return false;
            }
        }
        return true;
    }
}
