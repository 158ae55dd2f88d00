package dev.reroam.ledger;

import dev.reroam.record.RecordMismatch;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the bytes of a ledger say. Immutable. Any bytes give a reading; what makes no sense is in {@code torn} and
 * {@code damaged}.
 *
 * @param torn the part after the last line end
 * @param damaged whole lines that are not what was written
 */
record Reading(List<Line> lines, Optional<Torn> torn, List<Damage> damaged) {

    record Torn(int line, int bytes) {}

    record Damage(int line, String why) {}

    static Reading of(byte[] bytes) {
        var lines = new ArrayList<Line>();
        var damaged = new ArrayList<Damage>();
        int number = 1;
        int start = 0;
        for (int end = 0; end < bytes.length; end++) {
            if (bytes[end] == '\n') {
                try {
                    lines.add(Line.parse(text(bytes, start, end)));
                } catch (RecordMismatch | Line.WrongChecksum e) {
                    damaged.add(new Damage(number, String.valueOf(e.getMessage())));
                } catch (CharacterCodingException e) {
                    damaged.add(new Damage(number, "not UTF-8"));
                }
                start = end + 1;
                number++;
            }
        }
        var torn = start < bytes.length ? Optional.of(new Torn(number, bytes.length - start)) : Optional.<Torn>empty();
        return new Reading(List.copyOf(lines), torn, List.copyOf(damaged));
    }

    private static String text(byte[] bytes, int start, int end) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes, start, end - start))
                .toString();
    }
}
