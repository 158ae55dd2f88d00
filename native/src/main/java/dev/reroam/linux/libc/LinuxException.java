package dev.reroam.linux.libc;

import java.io.IOException;

/** The kernel refused an operation: which one, and why as a value. */
public class LinuxException extends IOException {

    private static final long serialVersionUID = 1;

    private final String operation;
    private final int number;

    /**
     * @param operation what was asked, in words that a person reads: {@code bind netlink socket}
     */
    public LinuxException(String operation, Errno errno) {
        this(operation, errno, "");
    }

    /**
     * @param detail what else is known, appended to the message; may be empty
     */
    protected LinuxException(String operation, Errno errno, String detail) {
        super(operation + ": " + errno.symbol() + (detail.isEmpty() ? "" : ": " + detail));
        this.operation = operation;
        this.number = errno.number();
    }

    /** What was asked. */
    public String operation() {
        return operation;
    }

    /** Why it was refused. */
    public Errno errno() {
        return new Errno(number);
    }
}
