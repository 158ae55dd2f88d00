package dev.reroam.tests.lab;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * The kernel inside a compressed boot image. The emulated processor takes 3 s to decompress it, this machine's own a
 * quarter of one, and once only; QEMU starts a plain kernel by its PVH entry. The image's fields are those of the
 * kernel's {@code Documentation/arch/x86/boot.rst}.
 */
final class KernelImage {

    static final HostProgram XZ = new HostProgram("xz", "xz-utils");

    private static final int SETUP_SECTORS = 0x1f1;
    private static final int SECTOR = 512;
    private static final int MAGIC = 0x202;
    private static final int HEADER_MAGIC = 0x53726448; // "HdrS"
    private static final int PAYLOAD_OFFSET = 0x248;
    private static final int PAYLOAD_LENGTH = 0x24c;
    private static final int HEADER_END = 0x250;
    /** The image's build appends the plain kernel's size to the compressed bytes. */
    private static final int SIZE_TRAILER = 4;

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private KernelImage() {}

    /** Leaves the plain kernel, or the boot image as it is where it cannot be used otherwise, in a new file. */
    static void plain(Path image, Path config, Path plain) throws IOException, InterruptedException {
        var payload = plain.resolveSibling("payload.xz");
        if (!Files.readString(config).contains("\nCONFIG_PVH=y\n") || !cutPayload(image, payload)) {
            Files.copy(image, plain);
            return;
        }
        XZ.runInto(plain, Path.of("/"), LIMIT, "-dc", payload.toString());
        Files.delete(payload);
    }

    /** Whether the image holds a payload that xz can read; only then is there a file afterwards. */
    private static boolean cutPayload(Path image, Path payload) throws IOException {
        try (var in = FileChannel.open(image)) {
            var header = ByteBuffer.allocate(HEADER_END).order(ByteOrder.LITTLE_ENDIAN);
            if (in.read(header) < HEADER_END || header.getInt(MAGIC) != HEADER_MAGIC) {
                throw new IOException("no Linux boot image: " + image);
            }
            var sectors = Byte.toUnsignedLong(header.get(SETUP_SECTORS)) + 1;
            var start = sectors * SECTOR + Integer.toUnsignedLong(header.getInt(PAYLOAD_OFFSET));
            var length = Integer.toUnsignedLong(header.getInt(PAYLOAD_LENGTH)) - SIZE_TRAILER;
            var magic = ByteBuffer.allocate(Long.BYTES);
            in.read(magic, start);
            if (magic.getLong(0) >>> 16 != 0xfd377a585a00L) {
                return false;
            }
            try (var out = FileChannel.open(payload, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                var copied = 0L;
                while (copied < length) {
                    var step = in.transferTo(start + copied, length - copied, out);
                    if (step <= 0) {
                        throw new IOException("the boot image ends inside its payload: " + image);
                    }
                    copied += step;
                }
            }
            return true;
        }
    }
}
