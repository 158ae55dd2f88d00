package dev.reroam.ledger;

import dev.reroam.record.RecordJson;
import dev.reroam.record.RecordMismatch;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32;

/** One line of the file: eight hex digits of the CRC-32 of what follows, a space, a JSON object. Immutable. */
sealed interface Line {

    /** From here on the entry stands, in place of an earlier one for the same change. */
    record Remember(Entry entry, String boot) implements Line {}

    /** From here on no entry for this change stands. */
    record Forget(Entry entry) implements Line {}

    RecordJson<Line> CODEC = RecordJson.of(Line.class);

    /** Hex digits and the space. */
    int JSON_AT = 9;

    /** The line with its end. */
    default byte[] bytes() {
        String json = CODEC.text(this);
        return (checksum(json) + " " + json + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Reads a line without its end. */
    static Line parse(String line) throws RecordMismatch, WrongChecksum {
        String json = line.length() < JSON_AT ? "" : line.substring(JSON_AT);
        if (!line.equals(checksum(json) + " " + json)) {
            throw new WrongChecksum();
        }
        return CODEC.parse(json);
    }

    /** The line is not what was written. */
    final class WrongChecksum extends Exception {
        WrongChecksum() {
            super("wrong checksum");
        }
    }

    private static String checksum(String json) {
        var crc = new CRC32();
        crc.update(json.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }
}
