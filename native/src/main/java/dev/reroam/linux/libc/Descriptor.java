package dev.reroam.linux.libc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A file descriptor that we own. Confined to the agent loop once {@link #onReadable} was called; one thread before that.
 *
 * <p>Closing twice is harmless; any other use after closing is an {@link IllegalStateException}, never a call on a number
 * that the kernel may have given to somebody else.
 */
public final class Descriptor implements AutoCloseable {

    private final String name;
    private final ByteBuffer option = ByteBuffer.allocateDirect(Integer.BYTES).order(ByteOrder.nativeOrder());
    private int fd;
    // Null while nobody waits for input.
    private DescriptorLoop.@Nullable Registration registration;

    private Descriptor(String name, int fd) {
        this.name = name;
        this.fd = fd;
    }

    /**
     * Takes ownership of the result of a call that makes a descriptor.
     *
     * @param name what it is, for messages: {@code netlink route socket}
     * @param result the descriptor, or minus errno
     */
    public static Descriptor own(String name, int result) throws LinuxException {
        return new Descriptor(name, Libc.check("open " + name, result));
    }

    /** A new socket, non-blocking and closed on exec. */
    public static Descriptor socket(String name, int domain, int type, int protocol) throws LinuxException {
        return own(name, Libc.socket(domain, type | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK, protocol));
    }

    /** The number, for a call in {@link Libc}. */
    public int fd() {
        if (fd < 0) {
            throw new IllegalStateException(name + " is closed");
        }
        return fd;
    }

    /** What it is, for messages. */
    public String name() {
        return name;
    }

    /** Whether {@link #close} was not called yet. */
    public boolean isOpen() {
        return fd >= 0;
    }

    /** Binds the socket. */
    public Descriptor bind(ByteBuffer address) throws LinuxException {
        Libc.check("bind " + name, Libc.bind(fd(), address));
        return this;
    }

    /** Sets an int socket option. */
    public Descriptor setOption(int level, int optionNumber, int value) throws LinuxException {
        Libc.check(
                "set option " + level + "/" + optionNumber + " of " + name, trySetOption(level, optionNumber, value));
        return this;
    }

    /** Sets an int socket option; returns 0 or minus errno, for options that older kernels lack. */
    public int trySetOption(int level, int optionNumber, int value) {
        option.putInt(0, value);
        return Libc.setSocketOption(fd(), level, optionNumber, option);
    }

    /**
     * Has {@code callback} called on the loop whenever there is something to read, until this is closed.
     *
     * @throws IllegalStateException when a callback is set already
     */
    public void onReadable(DescriptorLoop loop, Runnable callback) throws LinuxException {
        if (registration != null) {
            throw new IllegalStateException(name + " is waited for already");
        }
        registration = loop.register(fd(), callback);
    }

    /** Stops the callback and closes the descriptor; idempotent. */
    @Override
    public void close() {
        if (fd < 0) {
            return;
        }
        if (registration != null) {
            registration.cancel();
            registration = null;
        }
        // Linux releases the number whatever close(2) returns, so there is nothing to do about an error here.
        Libc.close(fd);
        fd = -1;
    }

    @Override
    public String toString() {
        return name + (fd < 0 ? " (closed)" : " (fd " + fd + ")");
    }
}
