package dev.reroam.netcheck;

import dev.reroam.netcheck.PortalAnswer.Garbled;
import dev.reroam.netcheck.PortalAnswer.Http;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The head of an HTTP answer (RFC 9112) that a stranger wrote. Pure, total, bounded. */
public final class PortalHead {

    /** More is not read. */
    public static final int LARGEST = 8 * 1024;

    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-9]\\d\\d)( .*)?");
    private static final int LONGEST_LOCATION = 200;

    private PortalHead() {}

    /** Whether what came so far is a whole head, or as much as is read of one. */
    public static boolean isWhole(byte[] bytes) {
        return bytes.length >= LARGEST
                || text(bytes).contains("\n\r\n")
                || text(bytes).contains("\n\n");
    }

    /** Reads the head of an answer, whole or cut off. Total. */
    public static PortalAnswer read(byte[] bytes) {
        String[] lines = text(bytes).split("\r?\n", -1);
        Matcher status = STATUS.matcher(lines[0]);
        // A status line without an end may have lost a digit.
        if (lines.length < 2 || !status.matches()) {
            return new Garbled();
        }
        Optional<String> location = Optional.empty();
        boolean saysEmpty = false;
        for (int i = 1; i < lines.length && !lines[i].isEmpty(); i++) {
            int colon = lines[i].indexOf(':');
            String name = colon < 0 ? "" : lines[i].substring(0, colon).toLowerCase(Locale.ROOT);
            String value = lines[i].substring(colon + 1).strip();
            if (name.equals("location") && location.isEmpty()) {
                location = Optional.of(printable(value));
            } else if (name.equals("content-length")) {
                saysEmpty = value.equals("0");
            }
        }
        return new Http(Integer.parseInt(status.group(1)), location, saysEmpty);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, 0, Math.min(bytes.length, LARGEST), StandardCharsets.ISO_8859_1);
    }

    private static String printable(String text) {
        return text.substring(0, Math.min(text.length(), LONGEST_LOCATION)).replaceAll("[^ -~]", "?");
    }
}
