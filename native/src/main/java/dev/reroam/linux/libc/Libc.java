package dev.reroam.linux.libc;

import com.kenai.jffi.MemoryIO;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

/**
 * The C library. Every function returns what the raw system call would: the result, or minus errno; {@link #check} makes a
 * {@link LinuxException} of the latter. Stateless; any thread.
 *
 * <p>errno is read right after the call on the same thread. A call that a signal interrupted is repeated, except {@link
 * #poll} (its caller has a deadline) and {@link #close} (Linux has released the number already). Buffers must be direct; the
 * bytes between position and limit are used and neither is moved.
 */
public final class Libc {

    // linux/socket.h
    public static final int AF_UNSPEC = 0;
    public static final int AF_UNIX = 1;
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;
    public static final int AF_NETLINK = 16;
    public static final int AF_PACKET = 17;
    // linux/net.h
    public static final int SOCK_STREAM = 1;
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_RAW = 3;
    public static final int SOCK_NONBLOCK = 0x800;
    public static final int SOCK_CLOEXEC = 0x80000;
    // linux/socket.h
    public static final int MSG_PEEK = 0x2;
    public static final int MSG_TRUNC = 0x20;
    public static final int MSG_DONTWAIT = 0x40;
    public static final int MSG_NOSIGNAL = 0x4000;
    // asm-generic/socket.h
    public static final int SOL_SOCKET = 1;
    public static final int SO_ERROR = 4;
    public static final int SO_SNDBUF = 7;
    public static final int SO_RCVBUF = 8;
    public static final int SO_PASSCRED = 16;
    public static final int SO_PEERCRED = 17;
    public static final int SO_BINDTODEVICE = 25;
    public static final int SO_ATTACH_FILTER = 26;
    public static final int SO_RCVBUFFORCE = 33;
    public static final int SO_MARK = 36;
    // asm-generic/poll.h
    public static final int POLLIN = 0x1;
    public static final int POLLOUT = 0x4;
    // asm-generic/fcntl.h; only the flags that x86 and ARM number alike
    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_CREAT = 0x40;
    public static final int O_EXCL = 0x80;
    public static final int O_TRUNC = 0x200;
    public static final int O_APPEND = 0x400;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_CLOEXEC = 0x80000;
    // asm-generic/fcntl.h
    public static final int LOCK_EX = 2;
    public static final int LOCK_NB = 4;
    public static final int LOCK_UN = 8;
    // linux/eventfd.h
    public static final int EFD_CLOEXEC = 0x80000;
    public static final int EFD_NONBLOCK = 0x800;
    // linux/time.h
    public static final int CLOCK_REALTIME = 0;
    public static final int CLOCK_BOOTTIME = 7;
    // linux/timerfd.h
    public static final int TFD_TIMER_ABSTIME = 0x1;
    public static final int TFD_TIMER_CANCEL_ON_SET = 0x2;
    public static final int TFD_CLOEXEC = 0x80000;
    public static final int TFD_NONBLOCK = 0x800;
    // linux/inotify.h
    public static final int IN_CLOEXEC = 0x80000;
    public static final int IN_NONBLOCK = 0x800;
    public static final int IN_MODIFY = 0x2;
    public static final int IN_CLOSE_WRITE = 0x8;
    public static final int IN_MOVED_FROM = 0x40;
    public static final int IN_MOVED_TO = 0x80;
    public static final int IN_CREATE = 0x100;
    public static final int IN_DELETE = 0x200;
    public static final int IN_DELETE_SELF = 0x400;
    // linux/sched.h
    public static final int CLONE_NEWNET = 0x40000000;

    private static final LibcBinding C = LibraryLoader.create(LibcBinding.class).load("c");
    private static final MemoryIO MEMORY = MemoryIO.getInstance();
    private static final Runtime RUNTIME = Runtime.getSystemRuntime();
    private static final int EINTR = Errno.EINTR.number();
    private static final int EFAULT = 14;

    private Libc() {}

    /**
     * The result of a call, unless it is minus errno.
     *
     * @param operation what was asked, for the exception
     */
    public static int check(String operation, int result) throws LinuxException {
        if (result < 0) {
            throw new LinuxException(operation, new Errno(-result));
        }
        return result;
    }

    /** socket(2). */
    public static int socket(int domain, int type, int protocol) {
        return result(C.socket(domain, type, protocol));
    }

    /** bind(2) to a socket address as {@link SocketAddress} writes it. */
    public static int bind(int fd, ByteBuffer address) {
        return result(C.bind(fd, address(address), address.remaining()), address);
    }

    /** connect(2). A non-blocking connect that was interrupted goes on in the background: EALREADY. */
    public static int connect(int fd, ByteBuffer address) {
        int result;
        do {
            result = result(C.connect(fd, address(address), address.remaining()), address);
        } while (result == -EINTR);
        return result;
    }

    /** close(2). */
    public static int close(int fd) {
        return result(C.close(fd));
    }

    /** send(2) on a connected socket. */
    public static int send(int fd, ByteBuffer data, int flags) {
        int result;
        do {
            result = result(C.sendto(fd, address(data), data.remaining(), flags, 0, 0), data);
        } while (result == -EINTR);
        return result;
    }

    /** sendto(2). */
    public static int sendTo(int fd, ByteBuffer data, int flags, ByteBuffer to) {
        int result;
        do {
            result =
                    result(C.sendto(fd, address(data), data.remaining(), flags, address(to), to.remaining()), data, to);
        } while (result == -EINTR);
        return result;
    }

    /** recv(2). With MSG_TRUNC the result is the real length, which may exceed the buffer. */
    public static int receive(int fd, ByteBuffer into, int flags) {
        int result;
        do {
            result = result(C.recvfrom(fd, address(into), into.remaining(), flags, 0, 0), into);
        } while (result == -EINTR);
        return result;
    }

    /**
     * recvfrom(2).
     *
     * @param from gets the sender's socket address at its position
     * @param fromLength four bytes, native order: in the room in {@code from}, out the length of the address
     */
    public static int receiveFrom(int fd, ByteBuffer into, int flags, ByteBuffer from, ByteBuffer fromLength) {
        int result;
        do {
            fromLength.putInt(fromLength.position(), from.remaining());
            result = result(
                    C.recvfrom(fd, address(into), into.remaining(), flags, address(from), address(fromLength)),
                    into,
                    from,
                    fromLength);
        } while (result == -EINTR);
        return result;
    }

    /**
     * getsockopt(2) into {@code value}.
     *
     * @param length four bytes, native order: in the room in {@code value}, out what was written
     */
    public static int socketOption(int fd, int level, int option, ByteBuffer value, ByteBuffer length) {
        length.putInt(length.position(), value.remaining());
        return result(C.getsockopt(fd, level, option, address(value), address(length)), value, length);
    }

    /** setsockopt(2). */
    public static int setSocketOption(int fd, int level, int option, ByteBuffer value) {
        return result(C.setsockopt(fd, level, option, address(value), value.remaining()), value);
    }

    /**
     * Attaches a classic BPF program to a socket: SO_ATTACH_FILTER with linux/filter.h {@code sock_fprog}, which is the
     * number of instructions in 16 bits and, aligned, a pointer to them.
     *
     * @param program linux/filter.h {@code sock_filter}: eight bytes an instruction, native order
     */
    public static int attachFilter(int fd, ByteBuffer program) {
        int pointer = RUNTIME.addressSize();
        var fprog = ByteBuffer.allocateDirect(2 * pointer).order(ByteOrder.nativeOrder());
        fprog.putShort(0, (short) (program.remaining() / 8));
        if (pointer == Long.BYTES) {
            fprog.putLong(pointer, address(program));
        } else {
            fprog.putInt(pointer, (int) address(program));
        }
        try {
            return setSocketOption(fd, SOL_SOCKET, SO_ATTACH_FILTER, fprog);
        } finally {
            Reference.reachabilityFence(program);
        }
    }

    /**
     * getsockname(2).
     *
     * @param length four bytes, native order: in the room in {@code address}, out the length of the address
     */
    public static int socketName(int fd, ByteBuffer address, ByteBuffer length) {
        length.putInt(length.position(), address.remaining());
        return result(C.getsockname(fd, address(address), address(length)), address, length);
    }

    /**
     * poll(2); not repeated after a signal.
     *
     * @param descriptors {@code struct pollfd} of eight bytes each: fd, events, revents
     * @param timeoutMillis -1 waits for ever
     */
    public static int poll(ByteBuffer descriptors, int timeoutMillis) {
        return result(C.poll(address(descriptors), descriptors.remaining() / 8, timeoutMillis), descriptors);
    }

    /** eventfd(2). */
    public static int eventfd(int initial, int flags) {
        return result(C.eventfd(initial, flags));
    }

    /** timerfd_create(2). */
    public static int timerfd(int clock, int flags) {
        return result(C.timerfd_create(clock, flags));
    }

    /** timerfd_settime(2), once, at so many seconds of its clock. */
    public static int setTimer(int fd, int flags, long seconds) {
        ByteBuffer setting = words(0, 0, seconds, 0);
        return result(C.timerfd_settime(fd, flags, address(setting), 0), setting);
    }

    /** clock_gettime(2), nanoseconds; the clock is one that every kernel has. */
    public static long clock(int clock) {
        ByteBuffer time = words(0, 0);
        int result = result(C.clock_gettime(clock, address(time)), time);
        if (result < 0) {
            throw new IllegalStateException("clock_gettime(" + clock + "): " + new Errno(-result));
        }
        return 1_000_000_000L * word(time, 0) + word(time, 1);
    }

    /** Consecutive C longs. */
    private static ByteBuffer words(long... values) {
        var words =
                ByteBuffer.allocateDirect(values.length * RUNTIME.longSize()).order(ByteOrder.nativeOrder());
        for (long value : values) {
            if (RUNTIME.longSize() == Long.BYTES) {
                words.putLong(value);
            } else {
                words.putInt(Math.toIntExact(value));
            }
        }
        return words.flip();
    }

    private static long word(ByteBuffer words, int index) {
        int size = RUNTIME.longSize();
        return size == Long.BYTES ? words.getLong(index * size) : words.getInt(index * size);
    }

    /** read(2). */
    public static int read(int fd, ByteBuffer into) {
        int result;
        do {
            result = result(C.read(fd, address(into), into.remaining()), into);
        } while (result == -EINTR);
        return result;
    }

    /** write(2). */
    public static int write(int fd, ByteBuffer data) {
        int result;
        do {
            result = result(C.write(fd, address(data), data.remaining()), data);
        } while (result == -EINTR);
        return result;
    }

    /** open(2). */
    public static int open(String path, int flags, int mode) {
        int result;
        do {
            result = result(C.open(path, flags, mode));
        } while (result == -EINTR);
        return result;
    }

    /** flock(2). */
    public static int flock(int fd, int operation) {
        return result(C.flock(fd, operation));
    }

    /** fsync(2). Blocks: slow lane only. */
    public static int fsync(int fd) {
        return result(C.fsync(fd));
    }

    /** ftruncate(2). */
    public static int truncate(int fd, int length) {
        return result(C.ftruncate(fd, length));
    }

    /** mkfifo(3). */
    public static int mkfifo(String path, int mode) {
        return result(C.mkfifo(path, mode));
    }

    /** inotify_init1(2). */
    public static int inotifyInit(int flags) {
        return result(C.inotify_init1(flags));
    }

    /** inotify_add_watch(2). */
    public static int inotifyAddWatch(int fd, String path, int mask) {
        return result(C.inotify_add_watch(fd, path, mask));
    }

    /** inotify_rm_watch(2). */
    public static int inotifyRemoveWatch(int fd, int watch) {
        return result(C.inotify_rm_watch(fd, watch));
    }

    /** setns(2): moves the calling thread, and only it, into another namespace. */
    public static int setns(int fd, int kind) {
        return result(C.setns(fd, kind));
    }

    /** ioctl(2) with a pointer argument. */
    public static int ioctl(int fd, int request, ByteBuffer argument) {
        return result(C.ioctl(fd, Integer.toUnsignedLong(request), address(argument)), argument);
    }

    /** getpid(2). */
    public static int pid() {
        return C.getpid();
    }

    /** The same of a call that works on a buffer, whose memory is given back as soon as nobody needs it any more. */
    private static int result(long returned, ByteBuffer used) {
        try {
            return result(returned);
        } finally {
            Reference.reachabilityFence(used);
        }
    }

    private static int result(long returned, ByteBuffer used, ByteBuffer also) {
        try {
            return result(returned, used);
        } finally {
            Reference.reachabilityFence(also);
        }
    }

    private static int result(long returned, ByteBuffer used, ByteBuffer also, ByteBuffer andAlso) {
        try {
            return result(returned, used, also);
        } finally {
            Reference.reachabilityFence(andAlso);
        }
    }

    private static int result(long returned) {
        if (returned >= 0) {
            return Math.toIntExact(returned);
        }
        int errno = RUNTIME.getLastError();
        // A call that failed without saying why must not look like success.
        return errno > 0 ? -errno : -EFAULT;
    }

    private static long address(ByteBuffer buffer) {
        if (!buffer.isDirect()) {
            throw new IllegalArgumentException("a direct buffer is needed");
        }
        return MEMORY.getDirectBufferAddress(buffer) + buffer.position();
    }
}
