package dev.reroam.tests.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The guest's first files: busybox, the modules and the script that is its first process. Kept in the cache under a name
 * made of its content. Immutable.
 *
 * @param archive an uncompressed cpio archive: unpacking it is the emulated processor's work
 */
record Initramfs(Path archive) {

    private static final HostProgram BUSYBOX = new HostProgram("busybox", "busybox-static");
    private static final String SCRIPT = "guest-init";
    private static final int EXECUTABLE = 0755;
    private static final int READABLE = 0644;

    static Initramfs build(GuestKernel kernel, LabCache cache) throws IOException, InterruptedException {
        var busybox = Files.readAllBytes(BUSYBOX.find());
        if (needsLoader(busybox)) {
            throw new IOException(
                    "busybox needs shared libraries; on Debian: apt-get install " + BUSYBOX.debianPackage());
        }
        var script = script();
        // The modules' directory is itself named after the kernel's version and their list.
        var key = Digests.shortSha256(busybox, script, kernel.image().toString().getBytes(UTF_8));
        var home = cache.entry(
                "initramfs_" + key, directory -> write(directory.resolve("archive"), busybox, script, kernel));
        return new Initramfs(home.resolve("archive"));
    }

    private static void write(Path file, byte[] busybox, byte[] script, GuestKernel kernel) throws IOException {
        try (var archive = new CpioArchive(new BufferedOutputStream(Files.newOutputStream(file)))) {
            for (var directory : new String[] {"bin", "dev", "proc", "sys", "modules"}) {
                archive.directory(directory);
            }
            archive.file("bin/busybox", EXECUTABLE, busybox);
            archive.file("init", EXECUTABLE, script);
            var order = new StringBuilder();
            for (var module : kernel.modules()) {
                archive.file("modules/" + module.getFileName(), READABLE, module);
                order.append(module.getFileName()).append('\n');
            }
            archive.file("modules/order", READABLE, order.toString().getBytes(UTF_8));
        }
    }

    private static byte[] script() throws IOException {
        try (var in = Initramfs.class.getResourceAsStream(SCRIPT)) {
            if (in == null) {
                throw new IOException("the class path lacks the resource " + SCRIPT);
            }
            return in.readAllBytes();
        }
    }

    /** Whether a 64-bit ELF program names a loader (elf.h: PT_INTERP), which is not in the archive. */
    private static boolean needsLoader(byte[] elf) {
        var file = ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN);
        var headers = (int) file.getLong(0x20);
        var size = file.getShort(0x36);
        var count = file.getShort(0x38);
        for (var i = 0; i < count; i++) {
            if (file.getInt(headers + i * size) == 3) {
                return true;
            }
        }
        return false;
    }
}
