package dev.reroam.tests.lab;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;

/**
 * A program that searches all writable memory of another process for keys, in every form in which a program might keep
 * them: raw, as four longs, in base64, in hexadecimal. The searched process must never have been told the keys by other
 * ways, so this one is a process of its own. Needs root.
 */
public final class MemorySearch {

    private static final int CHUNK = 1 << 20;
    private static final int KEY_BYTES = 32;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /** A key as it may lie in memory. */
    private static final class Form {
        final String name;
        final byte[] bytes;

        Form(String name, byte[] bytes) {
            this.name = name;
            this.bytes = bytes;
        }
    }

    /** By the first byte, which most positions lack. */
    private final Form[][] forms = new Form[256][0];

    private final Set<String> found = new TreeSet<>();
    private long searched;

    private MemorySearch() {}

    /**
     * Arguments: the process, then files with a key in base64 each, as {@code wg} writes them. Prints a line {@code FILE
     * FORM} for each that was found, and at last how many bytes were searched.
     */
    public static void main(String[] arguments) throws IOException {
        var search = new MemorySearch();
        for (var file : arguments) {
            if (!file.equals(arguments[0])) {
                search.add(Path.of(file));
            }
        }
        search.search(Path.of("/proc", arguments[0]));
        search.found.forEach(System.out::println);
        System.out.println("searched " + search.searched);
    }

    private void add(Path file) throws IOException {
        byte[] key = Base64.getDecoder().decode(Files.readString(file).strip());
        if (key.length != KEY_BYTES) {
            throw new IOException(file + " holds no key");
        }
        var longs = ByteBuffer.allocate(KEY_BYTES);
        for (var from = ByteBuffer.wrap(key); from.hasRemaining(); ) {
            longs.putLong(Long.reverseBytes(from.getLong()));
        }
        var digits = HexFormat.of().formatHex(key);
        add(file + " raw", key);
        add(file + " longs", longs.array());
        add(file + " base64", Base64.getEncoder().encode(key));
        add(file + " hex", digits.getBytes(ISO_8859_1));
        add(file + " HEX", HexFormat.of().withUpperCase().formatHex(key).getBytes(ISO_8859_1));
    }

    private void add(String name, byte[] bytes) {
        int first = Byte.toUnsignedInt(bytes[0]);
        forms[first] = Arrays.copyOf(forms[first], forms[first].length + 1);
        forms[first][forms[first].length - 1] = new Form(name, bytes);
    }

    private void search(Path process) throws IOException {
        var maps = Files.readAllLines(process.resolve("maps"));
        try (var memory = FileChannel.open(process.resolve("mem"))) {
            for (var line : maps) {
                var fields = line.split("[ -]+", 4);
                if (fields[2].startsWith("rw")) {
                    region(memory, Long.parseLong(fields[0], 16), Long.parseLong(fields[1], 16));
                }
            }
        }
    }

    /** In pieces that overlap by more than the longest form. */
    private void region(FileChannel memory, long from, long to) throws IOException {
        byte[] bytes = new byte[CHUNK];
        int kept = 0;
        for (long at = from; at < to; ) {
            int wanted = (int) Math.min(CHUNK - kept, to - at);
            int read = memory.read(ByteBuffer.wrap(bytes, kept, wanted), at);
            if (read <= 0) {
                return;
            }
            search(bytes, kept + read);
            at += read;
            searched += read;
            int keep = Math.min(kept + read, 4 * KEY_BYTES);
            System.arraycopy(bytes, kept + read - keep, bytes, 0, keep);
            kept = keep;
        }
    }

    private void search(byte[] bytes, int length) {
        boolean mayBeginWithZero = forms[0].length > 0;
        int i = 0;
        while (i < length) {
            if (!mayBeginWithZero && i + Long.BYTES <= length && (long) LONG.get(bytes, i) == 0) {
                // Most memory is zeros.
                i += Long.BYTES;
                continue;
            }
            for (var form : forms[Byte.toUnsignedInt(bytes[i])]) {
                int end = i + form.bytes.length;
                if (end <= length && Arrays.equals(bytes, i, end, form.bytes, 0, form.bytes.length)) {
                    found.add(form.name);
                }
            }
            i++;
        }
    }
}
