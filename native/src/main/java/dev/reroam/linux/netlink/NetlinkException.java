package dev.reroam.linux.netlink;

import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.LinuxException;
import java.util.OptionalInt;

/** The kernel refused a request, or did not answer it: why, in numbers and in the kernel's own words. */
public final class NetlinkException extends LinuxException {

    private static final long serialVersionUID = 1;

    private final String kernelText;
    private final int offset;
    private final String request;

    private NetlinkException(String operation, Errno errno, String kernelText, int offset, String request) {
        super(operation, errno, detail(kernelText, offset, request));
        this.kernelText = kernelText;
        this.offset = offset;
        this.request = request;
    }

    /** A refusal without extended acknowledgement. */
    static NetlinkException plain(String operation, Errno errno, String request) {
        return new NetlinkException(operation, errno, "", -1, request);
    }

    /**
     * A refusal with what the kernel said about it (linux/netlink.h {@code NLMSGERR_ATTR_*}).
     *
     * @param kernelText may be empty
     * @param offset of the offending attribute in the request; -1 when not said
     */
    static NetlinkException explained(String operation, Errno errno, String kernelText, int offset, String request) {
        return new NetlinkException(operation, errno, kernelText, offset, request);
    }

    /** A dump that never showed one moment, because something changed during each attempt: EINTR. */
    public static NetlinkException interrupted(String operation, int attempts) {
        return new NetlinkException(
                operation, Errno.EINTR, "", -1, "changed by others during each of " + attempts + " attempts");
    }

    private static String detail(String kernelText, int offset, String request) {
        String at = offset < 0 ? "" : "at byte " + offset + " of ";
        return (kernelText.isEmpty() ? "" : kernelText + " ") + "(" + at + request + ")";
    }

    /** The kernel's extended error text; empty when it gave none. */
    public String kernelText() {
        return kernelText;
    }

    /** Offset in the request of the attribute that the kernel objects to; empty when not said. */
    public OptionalInt offset() {
        return offset < 0 ? OptionalInt.empty() : OptionalInt.of(offset);
    }

    /** Type, flags and length of the request; never its content, which may hold keys. */
    public String request() {
        return request;
    }
}
