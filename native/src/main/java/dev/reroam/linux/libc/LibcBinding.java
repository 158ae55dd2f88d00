package dev.reroam.linux.libc;

import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;
import jnr.ffi.types.u_int32_t;

/**
 * The C functions as jnr-ffi binds them. Memory is passed as the address of a direct buffer, sized {@code size_t} so that it
 * is right on 32 and 64 bits; everything else is an int. Only {@link Libc} calls it; it is
 * public because jnr-ffi implements it in a class loader of its own where its class generation is on.
 *
 * <p>open, fcntl and ioctl are variadic in C; on x86 and ARM Linux their integer arguments travel as in a fixed list.
 */
public interface LibcBinding {

    int socket(int domain, int type, int protocol);

    int bind(int fd, @size_t long address, @u_int32_t long length);

    int connect(int fd, @size_t long address, @u_int32_t long length);

    int close(int fd);

    @ssize_t
    long sendto(
            int fd,
            @size_t long data,
            @size_t long length,
            int flags,
            @size_t long address,
            @u_int32_t long addressLength);

    @ssize_t
    long recvfrom(
            int fd,
            @size_t long data,
            @size_t long length,
            int flags,
            @size_t long address,
            @size_t long addressLength);

    int getsockopt(int fd, int level, int option, @size_t long value, @size_t long length);

    int setsockopt(int fd, int level, int option, @size_t long value, @u_int32_t long length);

    int getsockname(int fd, @size_t long address, @size_t long length);

    int poll(@size_t long descriptors, @size_t long count, int timeoutMillis);

    int eventfd(int initial, int flags);

    int timerfd_create(int clock, int flags);

    int timerfd_settime(int fd, int flags, @size_t long setting, @size_t long before);

    int clock_gettime(int clock, @size_t long timespec);

    @ssize_t
    long read(int fd, @size_t long data, @size_t long length);

    @ssize_t
    long write(int fd, @size_t long data, @size_t long length);

    int open(String path, int flags, @u_int32_t long mode);

    int flock(int fd, int operation);

    int fsync(int fd);

    int ftruncate(int fd, @size_t long length);

    int mkfifo(String path, @u_int32_t long mode);

    int inotify_init1(int flags);

    int inotify_add_watch(int fd, String path, int mask);

    int inotify_rm_watch(int fd, int watch);

    int setns(int fd, int kind);

    // A Java long without annotation is a C long to jnr-ffi: 32 bits on 32-bit machines.
    int ioctl(int fd, long request, @size_t long argument);

    int getpid();
}
