package dev.reroam.tests.bench;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a JVM's {@code -Xlog:gc} tells of its heap. Immutable; mebibytes, as the JVM prints them.
 *
 * @param collections how often it collected
 * @param mostUsed before any collection
 * @param mostKept after any collection
 * @param largest what it had taken for the heap at most
 */
record HeapLog(int collections, double mostUsed, double mostKept, double largest) {

    // [1.234s][info][gc] GC(12) Pause Young (Allocation Failure) 3M->2M(6M) 1.234ms
    private static final Pattern COLLECTION = Pattern.compile("(\\d+)([KMG])->(\\d+)([KMG])\\((\\d+)([KMG])\\)");

    static HeapLog parse(String text) {
        return new HeapLog((int) found(text).count(), most(text, 1), most(text, 3), most(text, 5));
    }

    private static Stream<MatchResult> found(String text) {
        return COLLECTION.matcher(text).results();
    }

    private static double most(String text, int group) {
        return found(text)
                .mapToDouble(match -> Long.parseLong(match.group(group))
                        * switch (match.group(group + 1)) {
                            case "K" -> 1.0 / 1024;
                            case "M" -> 1;
                            default -> 1024;
                        })
                .max()
                .orElse(Double.NaN);
    }
}
