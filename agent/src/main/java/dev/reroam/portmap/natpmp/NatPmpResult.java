package dev.reroam.portmap.natpmp;

import dev.reroam.portmap.gateway.Refusal;

/** A result code (RFC 6886 section 3.5); unknown ones are kept. */
public record NatPmpResult(int code) {

    public static final NatPmpResult SUCCESS = new NatPmpResult(0);
    public static final NatPmpResult UNSUPPORTED_VERSION = new NatPmpResult(1);
    public static final NatPmpResult NOT_AUTHORIZED = new NatPmpResult(2);
    public static final NatPmpResult NETWORK_FAILURE = new NatPmpResult(3);
    public static final NatPmpResult OUT_OF_RESOURCES = new NatPmpResult(4);
    public static final NatPmpResult UNSUPPORTED_OPCODE = new NatPmpResult(5);

    public NatPmpResult {
        if (code < 0 || code > 0xffff) {
            throw new IllegalArgumentException("result " + code);
        }
    }

    /** Whether it was done. */
    public boolean isSuccess() {
        return code == 0;
    }

    /** What it means to us; {@link Refusal#OTHER} for success, which is none. */
    public Refusal refusal() {
        return switch (code) {
            case 1, 5 -> Refusal.UNSUPPORTED;
            case 2 -> Refusal.NOT_AUTHORISED;
            case 3 -> Refusal.NETWORK_FAILURE;
            case 4 -> Refusal.NO_RESOURCES;
            default -> Refusal.OTHER;
        };
    }

    @Override
    public String toString() {
        return switch (code) {
            case 0 -> "success";
            case 1 -> "unsupported version";
            case 2 -> "not authorized";
            case 3 -> "network failure";
            case 4 -> "out of resources";
            case 5 -> "unsupported opcode";
            default -> "result " + code;
        };
    }
}
