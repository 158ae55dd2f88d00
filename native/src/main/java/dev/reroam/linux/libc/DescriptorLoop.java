package dev.reroam.linux.libc;

/**
 * Tells on the agent loop when a file descriptor is readable. Confined to the agent loop.
 *
 * <p>Readiness is level-triggered: as long as unread input (or a pending socket error such as ENOBUFS) remains after the
 * callback returned, it is called again. The two drivers are {@link EpollDescriptorDriver} and {@link PollDescriptorDriver};
 * owners of a descriptor call {@link Descriptor#onReadable}.
 */
public interface DescriptorLoop {

    /**
     * Starts calling {@code onReadable}.
     *
     * @throws LinuxException when the kernel cannot wait for this descriptor, such as a regular file
     */
    Registration register(int fd, Runnable onReadable) throws LinuxException;

    /** A descriptor being waited for. After {@link #cancel} returned, its callback is not called again. */
    interface Registration {
        /** Stops waiting; idempotent; must precede the closing of the descriptor. */
        void cancel();
    }
}
