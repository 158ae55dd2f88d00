package dev.reroam.tests.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * A cpio archive in the format that the kernel unpacks ("newc",
 * {@code Documentation/driver-api/early-userspace/buffer-format.rst}), written front to back. Confined to one thread.
 *
 * <p>An entry is {@code 070701}, thirteen fields of eight hexadecimal digits, the name with a zero byte, and the bytes;
 * name and bytes are each padded to four.
 */
final class CpioArchive implements Closeable {

    private static final int DIRECTORY = 0040000;
    private static final int FILE = 0100000;
    private static final int PADDING = 4;

    private final OutputStream out;
    private int entries;
    private long written;

    CpioArchive(OutputStream out) {
        this.out = out;
    }

    void directory(String name) throws IOException {
        header(name, DIRECTORY | 0755, 0);
    }

    void file(String name, int permissions, byte[] content) throws IOException {
        header(name, FILE | permissions, content.length);
        write(content);
        pad();
    }

    void file(String name, int permissions, Path content) throws IOException {
        file(name, permissions, Files.readAllBytes(content));
    }

    /** Ends the archive and closes the stream below. */
    @Override
    public void close() throws IOException {
        try (out) {
            header("TRAILER!!!", 0, 0);
        }
    }

    private void header(String name, int mode, int length) throws IOException {
        var bytes = name.getBytes(UTF_8);
        entries++;
        // c_ino, c_mode, c_uid, c_gid, c_nlink, c_mtime, c_filesize, four device numbers, c_namesize, c_check.
        // No time and no owner: the same content always makes the same archive.
        int[] fields = {entries, mode, 0, 0, 1, 0, length, 0, 0, 0, 0, bytes.length + 1, 0};
        var text = new StringBuilder("070701");
        for (var field : fields) {
            text.append(HexFormat.of().toHexDigits(field));
        }
        write(text.toString().getBytes(UTF_8));
        write(bytes);
        write(new byte[1]);
        pad();
    }

    private void pad() throws IOException {
        write(new byte[Math.floorMod(-written, PADDING)]);
    }

    private void write(byte[] bytes) throws IOException {
        out.write(bytes);
        written += bytes.length;
    }
}
