package dev.reroam.tests.integration;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Looks for keys in the whole memory of a process, in every form in which somebody could have kept them. */
final class ProcessMemory {

    private static final int CHUNK = 1 << 20;
    // Longer than every form of half a key.
    private static final int OVERLAP = 256;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final Map<String, byte[]> forms = new LinkedHashMap<>();

    /** Their names by their first byte, which most positions lack. */
    private final List<List<String>> beginnings = new ArrayList<>();

    /** @param keys by what the findings shall call them; in base64 */
    ProcessMemory(Map<String, String> keys) {
        for (int first = 0; first < 256; first++) {
            beginnings.add(new ArrayList<>());
        }
        keys.forEach((name, key) -> {
            byte[] raw = Base64.getDecoder().decode(key);
            // Half a key is a secret too, and is what is left where the other half was overwritten.
            for (int from = 0; from < raw.length; from += 16) {
                var half = Arrays.copyOfRange(raw, from, from + 16);
                var what = name + (from == 0 ? ", first" : ", second") + " half, ";
                var hex = HexFormat.of().formatHex(half);
                form(what + "raw", half);
                form(what + "as longs", swapped(half));
                text(what + "hexadecimal", hex);
                text(what + "hexadecimal capitals", hex.toUpperCase(Locale.ROOT));
            }
            text(name + ", base64", key.substring(0, 20));
            text(name + ", end of base64", key.substring(20, 42));
        });
    }

    private void text(String what, String text) {
        form(what, text.getBytes(StandardCharsets.ISO_8859_1));
        form(what + " in UTF-16", text.getBytes(StandardCharsets.UTF_16LE));
    }

    private void form(String what, byte[] bytes) {
        forms.put(what, bytes);
        beginnings.get(Byte.toUnsignedInt(bytes[0])).add(what);
    }

    private static byte[] swapped(byte[] bytes) {
        var in = ByteBuffer.wrap(bytes);
        var out = ByteBuffer.allocate(bytes.length).order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            out.putLong(in.getLong());
        }
        return out.array();
    }

    /** The forms that are in the text of a file or an answer. */
    Set<String> in(byte[] content, String where) {
        return in(content, content.length, where);
    }

    private Set<String> in(byte[] content, int length, String where) {
        var found = new TreeSet<String>();
        boolean zerosCount = !beginnings.getFirst().isEmpty();
        int at = 0;
        while (at < length) {
            if (!zerosCount && at + Long.BYTES <= length && (long) LONG.get(content, at) == 0) {
                // Most memory is zeros.
                at += Long.BYTES;
                continue;
            }
            for (var what : beginnings.get(Byte.toUnsignedInt(content[at]))) {
                byte[] form = forms.getOrDefault(what, new byte[0]);
                int end = at + form.length;
                if (end <= length && Arrays.equals(content, at, end, form, 0, form.length)) {
                    found.add(what + " in " + where);
                }
            }
            at++;
        }
        return found;
    }

    /** The forms that are anywhere in the readable memory of a process, each with the mapping. */
    Set<String> in(long process) throws IOException {
        var found = new TreeSet<String>();
        long read = 0;
        try (var memory = new RandomAccessFile("/proc/" + process + "/mem", "r")) {
            for (var line : Files.readAllLines(Path.of("/proc/" + process + "/maps"), StandardCharsets.ISO_8859_1)) {
                if (mayHold(line)) {
                    var ends = line.split(" ", 2)[0].split("-", -1);
                    long from = Long.parseUnsignedLong(ends[0], 16);
                    long to = Long.parseUnsignedLong(ends[1], 16);
                    read += search(memory, from, to, line, found);
                }
            }
        }
        if (read < 10 * CHUNK) {
            throw new IOException("only " + read + " bytes of process " + process + " could be read");
        }
        return found;
    }

    /** What is read from a file and cannot be written holds what the file holds. */
    private static boolean mayHold(String mapping) {
        var fields = mapping.split("\\s+", 6);
        boolean readable = fields[1].startsWith("r");
        boolean fileOnly = !fields[1].contains("w") && !fields[4].equals("0");
        // vvar and vsyscall belong to the kernel, which refuses them.
        return readable && !fileOnly && !mapping.contains("[v");
    }

    private long search(RandomAccessFile memory, long from, long to, String mapping, Set<String> found)
            throws IOException {
        var chunk = new byte[CHUNK + OVERLAP];
        long done = 0;
        for (long at = from; at < to; at += CHUNK) {
            int length = (int) Math.min(chunk.length, to - at);
            memory.seek(at);
            try {
                memory.readFully(chunk, 0, length);
            } catch (IOException gone) {
                // Why it is safe: a page beyond the end of a mapped file, or a mapping that is gone, holds nothing.
                continue;
            }
            done += length;
            found.addAll(in(chunk, length, mapping));
        }
        return done;
    }
}
