package dev.reroam.tests.lab;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Debian's own kernel, ready to boot, and the modules to load into it. Immutable.
 *
 * @param image what QEMU is given
 * @param modules plain module files, in the order of loading
 */
record GuestKernel(Path image, List<Path> modules) {

    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final byte[] SIGNATURE_MAGIC = "~Module signature appended~\n".getBytes(US_ASCII);
    /** linux/module_signature.h: struct module_signature, which ends with the signature's length. */
    private static final int SIGNATURE_DESCRIPTION = 12;

    GuestKernel {
        modules = List.copyOf(modules);
    }

    /** The newest kernel that apt offers; downloaded on the first call for it, from the cache ever after. */
    static GuestKernel obtain(LabCache cache) throws IOException, InterruptedException {
        var newest = KernelPackage.newest();
        // Which modules are kept is part of the key: a longer list is another entry.
        var key =
                newest.name() + "_" + newest.version() + "_" + Digests.shortSha256(GuestModules.NEEDED.getBytes(UTF_8));
        var home = cache.entry(key, directory -> fill(directory, newest));
        var modules = new ArrayList<Path>();
        for (var name : Files.readAllLines(home.resolve("order"))) {
            modules.add(home.resolve(name));
        }
        return new GuestKernel(home.resolve("kernel"), modules);
    }

    private static void fill(Path home, KernelPackage source) throws IOException, InterruptedException {
        var unpacked = Files.createDirectory(home.resolve("unpacked"));
        var tree = source.unpackInto(unpacked);
        var boot = unpacked.resolve("boot");
        KernelImage.plain(
                boot.resolve("vmlinuz-" + source.release()),
                boot.resolve("config-" + source.release()),
                home.resolve("kernel"));
        var order = new ArrayList<String>();
        for (var file : GuestModules.loadOrder(
                GuestModules.NEEDED,
                Files.readAllLines(tree.resolve("modules.dep")),
                Files.readAllLines(tree.resolve("modules.builtin")))) {
            var module = tree.resolve(file);
            var name = module.getFileName().toString().replaceFirst("\\.xz$", "");
            Files.write(home.resolve(name), unsigned(plainModule(module)));
            order.add(name);
        }
        Files.write(home.resolve("order"), order);
        LabCache.delete(unpacked);
    }

    private static byte[] plainModule(Path file) throws IOException, InterruptedException {
        if (!file.toString().endsWith(".xz")) {
            return Files.readAllBytes(file);
        }
        var plain = file.resolveSibling(file.getFileName() + ".plain");
        KernelImage.XZ.runInto(plain, Path.of("/"), LIMIT, "-dc", file.toString());
        return Files.readAllBytes(plain);
    }

    /** The module without its signature, which nobody demands and the emulated processor takes long to verify. */
    static byte[] unsigned(byte[] module) {
        var magicAt = module.length - SIGNATURE_MAGIC.length;
        if (magicAt < SIGNATURE_DESCRIPTION
                || !Arrays.equals(module, magicAt, module.length, SIGNATURE_MAGIC, 0, SIGNATURE_MAGIC.length)) {
            return module;
        }
        // Big endian, whatever the machine.
        var length = ByteBuffer.wrap(module).getInt(magicAt - Integer.BYTES);
        var end = magicAt - SIGNATURE_DESCRIPTION - length;
        return length < 0 || end < 0 ? module : Arrays.copyOf(module, end);
    }
}
