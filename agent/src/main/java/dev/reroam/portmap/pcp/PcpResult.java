package dev.reroam.portmap.pcp;

import dev.reroam.portmap.gateway.Refusal;

/** A result code (RFC 6887 section 7.4); unknown ones are kept. */
public record PcpResult(int code) {

    public static final PcpResult SUCCESS = new PcpResult(0);
    public static final PcpResult UNSUPP_VERSION = new PcpResult(1);
    public static final PcpResult NOT_AUTHORIZED = new PcpResult(2);
    public static final PcpResult MALFORMED_REQUEST = new PcpResult(3);
    public static final PcpResult UNSUPP_OPCODE = new PcpResult(4);
    public static final PcpResult UNSUPP_OPTION = new PcpResult(5);
    public static final PcpResult MALFORMED_OPTION = new PcpResult(6);
    public static final PcpResult NETWORK_FAILURE = new PcpResult(7);
    public static final PcpResult NO_RESOURCES = new PcpResult(8);
    public static final PcpResult UNSUPP_PROTOCOL = new PcpResult(9);
    public static final PcpResult USER_EX_QUOTA = new PcpResult(10);
    public static final PcpResult CANNOT_PROVIDE_EXTERNAL = new PcpResult(11);
    public static final PcpResult ADDRESS_MISMATCH = new PcpResult(12);
    public static final PcpResult EXCESSIVE_REMOTE_PEERS = new PcpResult(13);

    public PcpResult {
        if (code < 0 || code > 0xff) {
            throw new IllegalArgumentException("result " + code);
        }
    }

    /** Whether it was done. */
    public boolean isSuccess() {
        return code == 0;
    }

    /** Whether the RFC calls it a short lifetime error: something that may pass. */
    public boolean isPassing() {
        return code == 7 || code == 8 || code == 10 || code == 11;
    }

    /** What it means to us; {@link Refusal#OTHER} for success, which is none. */
    public Refusal refusal() {
        return switch (code) {
            case 1, 4, 5, 9 -> Refusal.UNSUPPORTED;
            case 2 -> Refusal.NOT_AUTHORISED;
            case 3, 6 -> Refusal.MALFORMED;
            case 7 -> Refusal.NETWORK_FAILURE;
            case 8, 10, 13 -> Refusal.NO_RESOURCES;
            case 11 -> Refusal.CONFLICT;
            case 12 -> Refusal.ADDRESS_MISMATCH;
            default -> Refusal.OTHER;
        };
    }

    @Override
    public String toString() {
        return switch (code) {
            case 0 -> "SUCCESS";
            case 1 -> "UNSUPP_VERSION";
            case 2 -> "NOT_AUTHORIZED";
            case 3 -> "MALFORMED_REQUEST";
            case 4 -> "UNSUPP_OPCODE";
            case 5 -> "UNSUPP_OPTION";
            case 6 -> "MALFORMED_OPTION";
            case 7 -> "NETWORK_FAILURE";
            case 8 -> "NO_RESOURCES";
            case 9 -> "UNSUPP_PROTOCOL";
            case 10 -> "USER_EX_QUOTA";
            case 11 -> "CANNOT_PROVIDE_EXTERNAL";
            case 12 -> "ADDRESS_MISMATCH";
            case 13 -> "EXCESSIVE_REMOTE_PEERS";
            default -> "result " + code;
        };
    }
}
