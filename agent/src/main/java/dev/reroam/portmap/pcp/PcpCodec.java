package dev.reroam.portmap.pcp;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.portmap.gateway.Octets;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * PCP's messages as bytes (RFC 6887 sections 7.1, 7.2, 11.1). Pure and total.
 *
 * <pre>
 *  0               8               16              24              31
 * |  version = 2  |R|   opcode    |   reserved    | reserved/result |
 * |                         lifetime, seconds                       |
 * |  the client's address, 128 bits   | or epoch and 96 bits unused |
 * |                    MAP: mapping nonce, 96 bits                  |
 * |   protocol    |          reserved, 24 bits                      |
 * |        internal port          |         external port           |
 * |                 external address, 128 bits                      |
 * |  option code  |   reserved    |        option length            | and its data, padded to 4
 * </pre>
 */
public final class PcpCodec {

    // RFC 6887 section 7: at most 1100 octets, a multiple of 4.
    private static final int MOST_BYTES = 1100;
    private static final int VERSION = 2;
    private static final int RESPONSE = 0x80;
    private static final int ANNOUNCE = 0;
    private static final int MAP = 1;
    private static final int HEADER_LENGTH = 24;
    private static final int MAP_LENGTH = 36;
    private static final int ADDRESS_LENGTH = 16;
    private static final int THIRD_PARTY = 1;
    private static final int PREFER_FAILURE = 2;
    private static final int FILTER = 3;
    private static final int FILTER_LENGTH = 20;
    // ::ffff:0:0/96, RFC 6887 section 5: how IPv4 addresses are written.
    private static final long MAPPED = 0xffff_0000_0000L;

    private PcpCodec() {}

    /**
     * The message as bytes.
     *
     * @throws IllegalArgumentException when the options make it too long
     */
    public static Octets encode(PcpMessage message) {
        var out = ByteBuffer.allocate(MOST_BYTES);
        try {
            switch (message) {
                case PcpMessage.AnnounceRequest asked -> requestHeader(out, ANNOUNCE, 0, asked.client());
                case PcpMessage.MapRequest asked -> {
                    requestHeader(out, MAP, asked.lifetimeSeconds(), asked.client());
                    map(out, asked.map(), asked.options());
                }
                case PcpMessage.AnnounceResponse told ->
                    responseHeader(out, ANNOUNCE, told.result(), told.lifetimeSeconds(), told.epochSeconds());
                case PcpMessage.MapResponse told -> {
                    responseHeader(out, MAP, told.result(), told.lifetimeSeconds(), told.epochSeconds());
                    map(out, told.map(), told.options());
                }
                case PcpMessage.ErrorResponse told ->
                    responseHeader(out, told.opcode(), told.result(), told.lifetimeSeconds(), told.epochSeconds());
                case PcpMessage.OtherVersion told ->
                    out.put((byte) told.version()).put((byte) RESPONSE).putShort((short) 1);
            }
        } catch (java.nio.BufferOverflowException e) {
            throw new IllegalArgumentException("longer than " + MOST_BYTES + " bytes: " + message, e);
        }
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return Octets.of(bytes);
    }

    /** What was sent; empty when it cannot be read. */
    public static Optional<PcpMessage> decode(Octets octets) {
        var in = ByteBuffer.wrap(octets.bytes());
        if (in.remaining() < 2) {
            return Optional.empty();
        }
        int version = in.get() & 0xff;
        int second = in.get() & 0xff;
        boolean response = (second & RESPONSE) != 0;
        int opcode = second & ~RESPONSE;
        if (version != VERSION) {
            // Only an answer tells that a server speaks something else; NAT-PMP's has 8 bytes.
            return response ? Optional.of(new PcpMessage.OtherVersion(version)) : Optional.empty();
        }
        if (octets.length() < HEADER_LENGTH || octets.length() > MOST_BYTES || octets.length() % 4 != 0) {
            return Optional.empty();
        }
        in.get();
        var result = new PcpResult(in.get() & 0xff);
        long lifetime = Integer.toUnsignedLong(in.getInt());
        return response ? response(in, opcode, result, lifetime) : request(in, opcode, lifetime);
    }

    private static Optional<PcpMessage> request(ByteBuffer in, int opcode, long lifetime) {
        var client = address(in);
        if (opcode == ANNOUNCE) {
            return Optional.of(new PcpMessage.AnnounceRequest(client));
        }
        if (opcode != MAP || in.remaining() < MAP_LENGTH) {
            return Optional.empty();
        }
        var map = map(in);
        return options(in).map(options -> new PcpMessage.MapRequest(lifetime, client, map, options));
    }

    private static Optional<PcpMessage> response(ByteBuffer in, int opcode, PcpResult result, long lifetime) {
        long epoch = Integer.toUnsignedLong(in.getInt());
        in.position(HEADER_LENGTH);
        if (opcode == ANNOUNCE) {
            return Optional.of(new PcpMessage.AnnounceResponse(result, lifetime, epoch));
        }
        if (opcode == MAP && in.remaining() >= MAP_LENGTH) {
            var map = map(in);
            return options(in).map(options -> new PcpMessage.MapResponse(result, lifetime, epoch, map, options));
        }
        return result.isSuccess()
                ? Optional.empty()
                : Optional.of(new PcpMessage.ErrorResponse(opcode, result, lifetime, epoch));
    }

    private static PcpMessage.Map map(ByteBuffer in) {
        var nonce = new PcpNonce(in.getInt(), in.getLong());
        int protocol = in.get() & 0xff;
        in.get();
        in.getShort();
        int internal = in.getShort() & 0xffff;
        int external = in.getShort() & 0xffff;
        return new PcpMessage.Map(nonce, protocol, internal, new Endpoint(address(in), external));
    }

    /** Empty when an option reaches beyond the message or has the wrong length for what it is. */
    private static Optional<List<PcpOption>> options(ByteBuffer in) {
        List<PcpOption> options = new ArrayList<>();
        while (in.remaining() >= 4) {
            int code = in.get() & 0xff;
            in.get();
            int length = in.getShort() & 0xffff;
            int padded = (length + 3) & ~3;
            if (padded > in.remaining()) {
                return Optional.empty();
            }
            var option = option(code, in.slice(in.position(), length));
            if (option.isEmpty()) {
                return Optional.empty();
            }
            options.add(option.get());
            in.position(in.position() + padded);
        }
        return Optional.of(options);
    }

    private static Optional<PcpOption> option(int code, ByteBuffer data) {
        return switch (code) {
            case THIRD_PARTY ->
                data.remaining() == ADDRESS_LENGTH
                        ? Optional.of(new PcpOption.ThirdParty(address(data)))
                        : Optional.empty();
            case PREFER_FAILURE -> data.hasRemaining() ? Optional.empty() : Optional.of(new PcpOption.PreferFailure());
            case FILTER -> filter(data);
            default -> {
                byte[] bytes = new byte[data.remaining()];
                data.get(bytes);
                yield Optional.of(new PcpOption.Unknown(code, Octets.of(bytes)));
            }
        };
    }

    private static Optional<PcpOption> filter(ByteBuffer data) {
        if (data.remaining() != FILTER_LENGTH) {
            return Optional.empty();
        }
        data.get();
        int prefixLength = data.get() & 0xff;
        int port = data.getShort() & 0xffff;
        return prefixLength > 128
                ? Optional.empty()
                : Optional.of(new PcpOption.Filter(prefixLength, port, address(data)));
    }

    private static void requestHeader(ByteBuffer out, int opcode, long lifetime, IpAddress client) {
        out.put((byte) VERSION).put((byte) opcode).putShort((short) 0).putInt((int) lifetime);
        address(out, client);
    }

    private static void responseHeader(ByteBuffer out, int opcode, PcpResult result, long lifetime, long epoch) {
        out.put((byte) VERSION).put((byte) (RESPONSE | opcode)).put((byte) 0).put((byte) result.code());
        out.putInt((int) lifetime).putInt((int) epoch).putLong(0).putInt(0);
    }

    private static void map(ByteBuffer out, PcpMessage.Map map, List<PcpOption> options) {
        out.putInt(map.nonce().high()).putLong(map.nonce().low());
        out.putInt(map.protocol() << 24);
        out.putShort((short) map.internalPort()).putShort((short) map.external().port());
        address(out, map.external().address());
        for (PcpOption option : options) {
            switch (option) {
                case PcpOption.ThirdParty third -> {
                    optionHeader(out, THIRD_PARTY, ADDRESS_LENGTH);
                    address(out, third.internal());
                }
                case PcpOption.PreferFailure failure -> optionHeader(out, PREFER_FAILURE, 0);
                case PcpOption.Filter filter -> {
                    optionHeader(out, FILTER, FILTER_LENGTH);
                    out.put((byte) 0).put((byte) filter.prefixLength()).putShort((short) filter.remotePort());
                    address(out, filter.remote());
                }
                case PcpOption.Unknown unknown -> {
                    int length = unknown.data().length();
                    optionHeader(out, unknown.code(), length);
                    out.put(unknown.data().bytes()).put(new byte[-length & 3]);
                }
            }
        }
    }

    private static void optionHeader(ByteBuffer out, int code, int length) {
        out.put((byte) code).put((byte) 0).putShort((short) length);
    }

    private static IpAddress address(ByteBuffer in) {
        long high = in.getLong();
        long low = in.getLong();
        return high == 0 && low >>> 32 == MAPPED >>> 32
                ? new IpAddress(IpFamily.V4, 0, low & 0xffff_ffffL)
                : new IpAddress(IpFamily.V6, high, low);
    }

    private static void address(ByteBuffer out, IpAddress address) {
        boolean v4 = address.family() == IpFamily.V4;
        out.putLong(address.high()).putLong(v4 ? MAPPED | address.low() : address.low());
    }
}
