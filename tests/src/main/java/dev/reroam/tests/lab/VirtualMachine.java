package dev.reroam.tests.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Bed 2: Debian's own kernel in an emulated machine, which runs one command on this machine's files and powers off. Needs
 * no privilege on this machine. Immutable; each run is a machine of its own.
 *
 * <p>Inside, the command is root on a kernel with WireGuard, netem, NAT for both address families, vrf, vlan and ppp. It
 * sees this machine's files; what it writes goes to a throw-away layer, but for the share, which it finds under the same
 * path. There is no network to the outside, and a file that changes outside meanwhile may be seen as it was.
 *
 * <p>Software emulation only, also where /dev/kvm exists: on nested machines that opens and then hangs. The guest's clock
 * counts a nanosecond for each instruction executed, and goes with this machine's while there is none to execute. So to the
 * guest its processor is always equally fast, whatever else this machine does: a measurement in it can be repeated, and
 * what it does in time it always does in time. How long it takes outside depends on that all the same: on an idle machine
 * two to four times as long while it computes.
 */
public final class VirtualMachine {

    private static final HostProgram QEMU = new HostProgram("qemu-system-x86_64", "qemu-system-x86");
    private static final HostProgram SETPRIV = new HostProgram("setpriv", "util-linux");

    /** Counting instructions takes one processor. sleep=off, which skips idle time, makes hours of it. */
    private static final String HARDWARE = """
            -M q35 -accel tcg,thread=single -icount shift=0,sleep=on -cpu max -smp 1 -m 2048
            -display none -monitor none -nodefaults -no-user-config -no-reboot
            """;

    /**
     * tsc=reliable: the time stamp counter is the clock; the other choice, the HPET, costs an exit to the emulator each
     * time somebody reads the clock. The middle three save half a second of self-tests and waiting.
     */
    private static final String KERNEL_COMMAND_LINE = "console=ttyS0 quiet panic=-1 mitigations=off nokaslr"
            + " cryptomgr.notests no_timer_check random.trust_cpu=on tsc=reliable";

    /** Enough to reach from a panic's last line back to its reason. */
    private static final int LAST_LINES = 60;

    private static final List<String> YIELDING = List.of("nice", "-n", "10");

    private final GuestKernel kernel;
    private final Initramfs initramfs;
    private final List<String> prefix;

    private VirtualMachine(GuestKernel kernel, Initramfs initramfs, List<String> prefix) {
        this.kernel = kernel;
        this.initramfs = initramfs;
        this.prefix = prefix;
    }

    /**
     * What the command left.
     *
     * @param exit its exit status, as the shell counts
     * @param output what it wrote to standard output and standard error, in the order written
     */
    public record Result(int exit, String output) {}

    /**
     * The machine, with its kernel fetched where the cache lacks it.
     *
     * @throws IOException where a program is missing (naming its Debian package) or the kernel cannot be had
     */
    public static VirtualMachine prepare() throws IOException, InterruptedException {
        QEMU.find();
        var cache = LabCache.ofUser();
        var kernel = GuestKernel.obtain(cache);
        return new VirtualMachine(kernel, Initramfs.build(kernel, cache), List.of());
    }

    /** The same, which takes what other programs leave of this machine's processors. */
    public VirtualMachine yielding() {
        return new VirtualMachine(kernel, initramfs, YIELDING);
    }

    /**
     * Boots, runs the command in the share's directory, and powers off. Blocks until then. The calling thread is a
     * platform thread: where it ends, the machine ends.
     *
     * @param share an existing directory, writable from both sides; the machine's own files lie below {@code guest} in
     *     it: the command's {@code output} while it runs, the {@code console}
     * @param limit for all of it, the boot included
     * @throws IOException where the guest ended without the command's exit status, or the limit was reached
     */
    public Result run(List<String> command, Path share, Duration limit) throws IOException, InterruptedException {
        var files = new GuestFiles(share.toRealPath().resolve("guest"));
        files.write(share.toRealPath(), command);
        var process = new ProcessBuilder(commandLine(share.toRealPath(), files))
                .redirectErrorStream(true)
                .redirectOutput(files.emulator().toFile())
                .start();
        try {
            process.getOutputStream().close();
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(
                        "the guest was stopped after " + limit.toSeconds() + " s; " + files.lastWords(LAST_LINES));
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        var exit = files.exit();
        if (exit.isEmpty()) {
            throw new IOException("the guest ended without an exit status; " + files.lastWords(LAST_LINES));
        }
        return new Result(exit.getAsInt(), Files.readString(files.output()));
    }

    /** The same, with a share that nobody else needs. */
    public Result run(List<String> command, Duration limit) throws IOException, InterruptedException {
        var share = Files.createTempDirectory("reroam-guest-");
        try {
            return run(command, share, limit);
        } finally {
            LabCache.delete(share);
        }
    }

    private List<String> commandLine(Path share, GuestFiles files) throws IOException {
        var line = new ArrayList<>(prefix);
        // The kernel kills the machine when the thread that started it ends, however this JVM ends.
        Collections.addAll(line, SETPRIV.find().toString(), "--pdeathsig", "KILL", "--");
        line.add(QEMU.find().toString());
        Collections.addAll(line, HARDWARE.strip().split("\\s+", -1));
        Collections.addAll(line, "-serial", "file:" + files.console());
        Collections.addAll(line, "-kernel", kernel.image().toString());
        Collections.addAll(line, "-initrd", initramfs.archive().toString());
        Collections.addAll(line, "-append", KERNEL_COMMAND_LINE);
        Collections.addAll(line, "-virtfs", sharing(Path.of("/"), "host") + ",readonly=on");
        Collections.addAll(line, "-virtfs", sharing(share, "share"));
        return line;
    }

    private static String sharing(Path directory, String tag) {
        // In QEMU's option lists a comma is written twice. remap: the directory may span file systems.
        var path = directory.toString().replace(",", ",,");
        return "local,path=" + path + ",mount_tag=" + tag + ",security_model=none,multidevs=remap";
    }
}
