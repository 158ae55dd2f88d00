package dev.reroam.linux.libc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LibcTest {

    private static final ByteBuffer NOTHING = direct(0);

    private static ByteBuffer direct(int length) {
        return ByteBuffer.allocateDirect(length).order(ByteOrder.nativeOrder());
    }

    private static ByteBuffer bytes(String text) {
        return direct(text.length())
                .put(text.getBytes(StandardCharsets.US_ASCII))
                .flip();
    }

    @Test
    void runsWithoutGeneratedClassesAsShipped() {
        assertEquals("false", System.getProperty("jnr.ffi.asm.enabled"));
    }

    @Test
    void theBootClockIsTheOneThatUptimeTells() throws Exception {
        long before = Libc.clock(Libc.CLOCK_BOOTTIME);
        String uptime = Files.readString(Path.of("/proc/uptime"));
        long after = Libc.clock(Libc.CLOCK_BOOTTIME);
        long told = (long) (Double.parseDouble(uptime.split(" ")[0]) * 1e9);
        // Hundredths of a second are told.
        assertTrue(before - 20_000_000 <= told && told <= after, before + " " + told + " " + after);
    }

    @Test
    void aTimerThatIsCancelledByASetClockCanBeHad() throws LinuxException {
        try (var timer = Descriptor.own("timer", Libc.timerfd(Libc.CLOCK_REALTIME, Libc.TFD_NONBLOCK))) {
            int flags = Libc.TFD_TIMER_ABSTIME | Libc.TFD_TIMER_CANCEL_ON_SET;
            assertEquals(0, Libc.setTimer(timer.fd(), flags, Integer.MAX_VALUE));
            assertEquals(-Errno.EAGAIN.number(), Libc.read(timer.fd(), direct(Long.BYTES)));
            // In 1970: it fires at once, so the words are where the kernel looks for them.
            assertEquals(0, Libc.setTimer(timer.fd(), flags, 1));
            assertEquals(Long.BYTES, Libc.read(timer.fd(), direct(Long.BYTES)));
        }
    }

    /** Somebody who starts the agent by hand does not pass the shipped flags. */
    @Test
    void runsWithGeneratedClassesToo() throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var child = new ProcessBuilder(
                        java,
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OneCall.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(output.contains("close: " + -Errno.EBADF.number()), output);
    }

    /** Makes one call that fails and prints its result. */
    static final class OneCall {
        private OneCall() {}

        public static void main(String[] arguments) {
            System.out.println("close: " + Libc.close(-1));
        }
    }

    @Test
    void returnsMinusErrnoOfTheCallThatFailed() {
        assertEquals(-Errno.EBADF.number(), Libc.close(-1));
        assertEquals(-Errno.ENOENT.number(), Libc.open("/nonexistent/file", Libc.O_RDONLY, 0));
        assertEquals(-Errno.EAFNOSUPPORT.number(), Libc.socket(255, Libc.SOCK_DGRAM, 0));
        assertEquals(-Errno.EBADF.number(), Libc.read(-1, direct(8)));
    }

    @Test
    void refusalNamesTheOperationAndTheReason() {
        var refusal = assertThrows(
                LinuxException.class, () -> Descriptor.own("lock file", Libc.open("/nonexistent/x", Libc.O_RDWR, 0)));
        assertEquals(Errno.ENOENT, refusal.errno());
        assertEquals("open lock file: ENOENT", refusal.getMessage());
    }

    @Test
    void unknownErrorNumbersAreKept() {
        assertEquals("errno 4095", new Errno(4095).toString());
        assertThrows(IllegalArgumentException.class, () -> new Errno(-1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:0", "[::1]:0"})
    void datagramsTravelBetweenSocketsOfBothFamilies(String text) throws Exception {
        var local = Endpoint.parse(text);
        int domain = local.address().family().number();
        try (var receiver = Descriptor.socket("receiver", domain, Libc.SOCK_DGRAM, 0);
                var sender = Descriptor.socket("sender", domain, Libc.SOCK_DGRAM, 0)) {
            receiver.bind(SocketAddress.internet(local, 0));
            sender.bind(SocketAddress.internet(local, 0));
            var receiverAt = nameOf(receiver);
            assertEquals(4, Libc.sendTo(sender.fd(), bytes("ping"), 0, SocketAddress.internet(receiverAt, 0)));
            var from = direct(SocketAddress.MAX_LENGTH);
            var length = direct(4);
            var into = direct(2);
            int received = Libc.receiveFrom(receiver.fd(), into, Libc.MSG_TRUNC | Libc.MSG_DONTWAIT, from, length);
            assertEquals(4, received, "MSG_TRUNC tells the real length");
            assertEquals('p', into.get(0));
            assertEquals(Optional.of(nameOf(sender)), SocketAddress.endpoint(from, length.getInt(0)));
            assertEquals(-Errno.EAGAIN.number(), Libc.receive(receiver.fd(), into, Libc.MSG_DONTWAIT));
        }
    }

    private static Endpoint nameOf(Descriptor socket) throws LinuxException {
        var address = direct(SocketAddress.MAX_LENGTH);
        var length = direct(4);
        Libc.check("name", Libc.socketName(socket.fd(), address, length));
        return SocketAddress.endpoint(address, length.getInt(0)).orElseThrow();
    }

    @Test
    void useAfterCloseIsAnException() throws Exception {
        var descriptor = Descriptor.socket("test socket", Libc.AF_INET, Libc.SOCK_DGRAM, 0);
        assertTrue(descriptor.isOpen());
        descriptor.close();
        descriptor.close();
        assertFalse(descriptor.isOpen());
        assertThrows(IllegalStateException.class, descriptor::fd);
        assertThrows(IllegalStateException.class, () -> descriptor.setOption(Libc.SOL_SOCKET, Libc.SO_RCVBUF, 4096));
    }

    @Test
    void heapBuffersAreRefusedBecauseTheyMove() {
        assertThrows(IllegalArgumentException.class, () -> Libc.read(0, ByteBuffer.allocate(8)));
    }

    @Test
    void buffersAreUsedFromTheirPosition(@TempDir Path folder) throws Exception {
        String path = folder.resolve("file").toString();
        try (var file = Descriptor.own("file", Libc.open(path, Libc.O_RDWR | Libc.O_CREAT | Libc.O_CLOEXEC, 0600))) {
            assertEquals(2, Libc.write(file.fd(), bytes("abcd").position(1).limit(3)));
            assertEquals(0, Libc.fsync(file.fd()));
        }
        assertEquals("bc", java.nio.file.Files.readString(Path.of(path)));
    }

    @Test
    void aSecondExclusiveLockIsRefused(@TempDir Path folder) throws Exception {
        String path = folder.resolve("lock").toString();
        int flags = Libc.O_RDWR | Libc.O_CREAT | Libc.O_CLOEXEC;
        try (var first = Descriptor.own("lock", Libc.open(path, flags, 0600));
                var second = Descriptor.own("lock", Libc.open(path, flags, 0600))) {
            assertEquals(0, Libc.flock(first.fd(), Libc.LOCK_EX | Libc.LOCK_NB));
            assertEquals(-Errno.EAGAIN.number(), Libc.flock(second.fd(), Libc.LOCK_EX | Libc.LOCK_NB));
        }
    }

    @Test
    void inotifyTellsOfANewFile(@TempDir Path folder) throws Exception {
        try (var watch = Descriptor.own("inotify", Libc.inotifyInit(Libc.IN_NONBLOCK | Libc.IN_CLOEXEC))) {
            assertTrue(Libc.inotifyAddWatch(watch.fd(), folder.toString(), Libc.IN_CREATE) > 0);
            assertEquals(0, Libc.mkfifo(folder.resolve("events").toString(), 0600));
            var event = direct(256);
            assertTrue(Libc.read(watch.fd(), event) > 16);
            assertEquals(Libc.IN_CREATE, event.getInt(4));
        }
    }

    @Test
    void socketAddressesAreLaidOutAsTheKernelWantsThem() {
        var v6 = SocketAddress.internet(new Endpoint(IpAddress.parse("fe80::1"), 0x1234), 7);
        assertEquals(28, v6.remaining());
        assertEquals(Libc.AF_INET6, v6.getShort(0));
        assertEquals(0x12, v6.get(2));
        assertEquals(0x34, v6.get(3));
        assertEquals(7, v6.getInt(24));
        var packet = SocketAddress.packet(3, 0x0800);
        assertEquals(20, packet.remaining());
        assertEquals(Libc.AF_PACKET, packet.getShort(0));
        assertEquals(8, packet.get(2));
        assertEquals(3, packet.getInt(4));
        var unix = SocketAddress.unix("/run/x");
        assertEquals(9, unix.remaining());
        assertEquals(Optional.empty(), SocketAddress.endpoint(unix, unix.remaining()));
        assertThrows(IllegalArgumentException.class, () -> SocketAddress.unix("/" + "x".repeat(107)));
        assertEquals(12, SocketAddress.netlink(0, 0).remaining());
    }

    /**
     * Else the kernel writes its answer into memory that is somebody else's by then. Only compiled code lets go of what it does
     * not need any more.
     */
    @Test
    void aBufferLivesAsLongAsTheCallThatUsesIt() throws Exception {
        for (int i = 0; i < 50_000; i++) {
            Libc.poll(NOTHING, 0);
        }
        try (var event = Descriptor.own("eventfd", Libc.eventfd(0, Libc.EFD_CLOEXEC))) {
            var buffer = new AtomicReference<>(ByteBuffer.allocateDirect(8)
                    .order(ByteOrder.nativeOrder())
                    .putInt(0, event.fd())
                    .putShort(4, (short) Libc.POLLIN));
            var seen = new WeakReference<>(buffer.get());
            var waiting = new FutureTask<>(() -> Libc.poll(buffer.getAndSet(null), -1));
            Thread.ofPlatform().daemon().start(waiting);
            while (buffer.get() != null) {
                Thread.onSpinWait();
            }
            for (int i = 0; i < 20 && seen.get() != null; i++) {
                System.gc();
            }
            boolean lives = seen.get() != null;
            Libc.check(
                    "write",
                    Libc.write(
                            event.fd(),
                            ByteBuffer.allocateDirect(8)
                                    .order(ByteOrder.nativeOrder())
                                    .putLong(0, 1)));
            assertEquals(1, waiting.get(20, TimeUnit.SECONDS));
            assertTrue(lives, "its memory was given back while the kernel waited to write to it");
        }
    }
}
