package dev.reroam.tunnel.wireguard.see;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Which lines of a configuration file become text: those that hold a wanted word and no secret. Stateless. */
final class PlainLines {

    private static final List<byte[]> SECRET = words("private", "preshared", "psk", "secret", "passw", "passphrase");
    private static final int LONGEST_LINE = 4096;

    private PlainLines() {}

    /** Is handed a line and its number, from 1. */
    interface Reader {
        void onLine(int number, String line);
    }

    /** The words of {@link #each}, which are lower case. */
    static List<byte[]> words(String... words) {
        var all = new ArrayList<byte[]>();
        for (var word : words) {
            all.add(word.getBytes(StandardCharsets.US_ASCII));
        }
        return List.copyOf(all);
    }

    /** Hands over the lines between position and limit that hold a wanted word, in whatever case. */
    static void each(ByteBuffer content, List<byte[]> wanted, Reader reader) {
        int line = 0;
        int from = content.position();
        for (int at = from; at <= content.limit(); at++) {
            if (at == content.limit() || content.get(at) == '\n') {
                line++;
                if (at > from && at - from <= LONGEST_LINE && isPlain(content, from, at, wanted)) {
                    byte[] bytes = new byte[at - from];
                    content.get(from, bytes);
                    reader.onLine(line, new String(bytes, StandardCharsets.UTF_8));
                }
                from = at + 1;
            }
        }
    }

    /** Decided on the bytes, before any text is made of them. */
    private static boolean isPlain(ByteBuffer content, int from, int to, List<byte[]> wanted) {
        return containsAny(content, from, to, wanted) && !containsAny(content, from, to, SECRET);
    }

    private static boolean containsAny(ByteBuffer content, int from, int to, List<byte[]> words) {
        for (int at = from; at < to; at++) {
            for (byte[] word : words) {
                if (word.length <= to - at && isAt(content, at, word)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isAt(ByteBuffer content, int at, byte[] word) {
        for (int i = 0; i < word.length; i++) {
            byte letter = content.get(at + i);
            if ((letter >= 'A' && letter <= 'Z' ? letter + 32 : letter) != word[i]) {
                return false;
            }
        }
        return true;
    }
}
