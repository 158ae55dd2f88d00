package dev.reroam.portmap.natpmp;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.gateway.Octets;
import dev.reroam.portmap.gateway.Transport;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * NAT-PMP's messages as bytes (RFC 6886 section 3). Pure and total.
 *
 * <pre>
 *  0               8               16                              31
 * |  version = 0  |    opcode     |  reserved (asked), or result    |
 * |  seconds since the start of the epoch (answered)                |
 * |  address; or internal port, external port; then lifetime        |
 * </pre>
 */
public final class NatPmpCodec {

    // RFC 6886 section 3: version 0; responses have 128 added to the opcode.
    private static final int VERSION = 0;
    private static final int RESPONSE = 128;
    private static final int EXTERNAL_ADDRESS = 0;
    private static final int MAP_UDP = 1;
    private static final int MAP_TCP = 2;
    private static final int HEADER_LENGTH = 8;
    private static final int ADDRESS_LENGTH = 12;
    private static final int MAPPED_LENGTH = 16;

    private NatPmpCodec() {}

    /** The request as bytes. */
    public static Octets encode(NatPmpRequest request) {
        return Octets.of(
                switch (request) {
                    case NatPmpRequest.ExternalAddress asked -> new byte[] {VERSION, EXTERNAL_ADDRESS};
                    case NatPmpRequest.Map map ->
                        ByteBuffer.allocate(12)
                                .put((byte) VERSION)
                                .put((byte) opcode(map.transport()))
                                .putShort((short) 0)
                                .putShort((short) map.internalPort())
                                .putShort((short) map.suggestedPort())
                                .putInt((int) map.lifetimeSeconds())
                                .array();
                });
    }

    /** The response as bytes: what gateways of tests send, and the other half of the round trip. */
    public static Octets encode(NatPmpResponse response) {
        return Octets.of(
                switch (response) {
                    case NatPmpResponse.ExternalAddress told ->
                        header(ADDRESS_LENGTH, EXTERNAL_ADDRESS, NatPmpResult.SUCCESS, told.epochSeconds())
                                .put(told.address().bytes())
                                .array();
                    case NatPmpResponse.Mapped mapped ->
                        header(MAPPED_LENGTH, opcode(mapped.transport()), NatPmpResult.SUCCESS, mapped.epochSeconds())
                                .putShort((short) mapped.internalPort())
                                .putShort((short) mapped.externalPort())
                                .putInt((int) mapped.lifetimeSeconds())
                                .array();
                    case NatPmpResponse.Failed failed ->
                        header(HEADER_LENGTH, failed.opcode(), failed.result(), failed.epochSeconds())
                                .array();
                    case NatPmpResponse.OtherVersion other -> new byte[] {(byte) other.version(), (byte) RESPONSE};
                });
    }

    /** What a gateway sent; empty when it is no response. Bytes beyond the message are ignored. */
    public static Optional<NatPmpResponse> response(Octets octets) {
        var bytes = ByteBuffer.wrap(octets.bytes());
        if (bytes.remaining() < 2 || (bytes.get(1) & RESPONSE) == 0) {
            return Optional.empty();
        }
        int version = bytes.get() & 0xff;
        int opcode = bytes.get() & ~RESPONSE & 0xff;
        if (version != VERSION) {
            return Optional.of(new NatPmpResponse.OtherVersion(version));
        }
        if (octets.length() < HEADER_LENGTH) {
            return Optional.empty();
        }
        var result = new NatPmpResult(bytes.getShort() & 0xffff);
        long epoch = Integer.toUnsignedLong(bytes.getInt());
        if (!result.isSuccess()) {
            // The fields after the epoch are undefined then, and some gateways leave them out.
            return Optional.of(new NatPmpResponse.Failed(epoch, opcode, result));
        }
        return switch (opcode) {
            case EXTERNAL_ADDRESS -> externalAddress(bytes, epoch);
            case MAP_UDP -> mapped(bytes, epoch, Transport.UDP);
            case MAP_TCP -> mapped(bytes, epoch, Transport.TCP);
            default -> Optional.empty();
        };
    }

    /** What a client asked; empty when it is no request. For gateways of tests. */
    public static Optional<NatPmpRequest> request(Octets octets) {
        var bytes = ByteBuffer.wrap(octets.bytes());
        if (bytes.remaining() < 2 || bytes.get() != VERSION) {
            return Optional.empty();
        }
        int opcode = bytes.get();
        if (opcode == EXTERNAL_ADDRESS) {
            return Optional.of(new NatPmpRequest.ExternalAddress());
        }
        if ((opcode != MAP_UDP && opcode != MAP_TCP) || octets.length() < 12) {
            return Optional.empty();
        }
        bytes.getShort();
        return Optional.of(new NatPmpRequest.Map(
                opcode == MAP_UDP ? Transport.UDP : Transport.TCP,
                bytes.getShort() & 0xffff,
                bytes.getShort() & 0xffff,
                Integer.toUnsignedLong(bytes.getInt())));
    }

    static int opcode(Transport transport) {
        return transport == Transport.UDP ? MAP_UDP : MAP_TCP;
    }

    private static Optional<NatPmpResponse> externalAddress(ByteBuffer bytes, long epoch) {
        if (bytes.remaining() < 4) {
            return Optional.empty();
        }
        byte[] address = new byte[4];
        bytes.get(address);
        return Optional.of(new NatPmpResponse.ExternalAddress(epoch, IpAddress.of(address)));
    }

    private static Optional<NatPmpResponse> mapped(ByteBuffer bytes, long epoch, Transport transport) {
        if (bytes.remaining() < MAPPED_LENGTH - HEADER_LENGTH) {
            return Optional.empty();
        }
        return Optional.of(new NatPmpResponse.Mapped(
                epoch,
                transport,
                bytes.getShort() & 0xffff,
                bytes.getShort() & 0xffff,
                Integer.toUnsignedLong(bytes.getInt())));
    }

    private static ByteBuffer header(int length, int opcode, NatPmpResult result, long epoch) {
        return ByteBuffer.allocate(length)
                .put((byte) VERSION)
                .put((byte) (RESPONSE | opcode))
                .putShort((short) result.code())
                .putInt((int) epoch);
    }
}
