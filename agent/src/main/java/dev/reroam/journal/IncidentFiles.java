package dev.reroam.journal;

import dev.reroam.record.DurableFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files {@code STATE/incidents/NUMBER.jsonl.gz}, of which the highest 16 numbers are kept: numbers, because on a router
 * without a battery the clock of an incident may be years behind. Immutable; every call blocks.
 */
public final class IncidentFiles {

    // Ours: half a megabyte of flash at most.
    static final int KEPT = 16;

    private static final Pattern NAME = Pattern.compile("([1-9]\\d{0,17})\\.jsonl\\.gz");
    private static final Pattern DRAFT = Pattern.compile("\\.\\d{1,18}\\.jsonl\\.gz\\.new");

    private final Path directory;

    /** Those below the state directory, which need not exist. */
    public IncidentFiles(Path state) {
        directory = state.resolve("incidents");
    }

    /** The number that the next incident should have, so that none is written over; 1 when there is no file yet. */
    public long next() {
        try {
            return numbers().stream().max(Comparator.naturalOrder()).orElse(0L) + 1;
        } catch (IOException e) {
            // Safe: where nothing can be listed nothing can be written either, and each incident will say so.
            return 1;
        }
    }

    /**
     * The file that somebody means.
     *
     * @param incident a number, or the name of a file
     */
    public Path named(String incident) {
        Path byNumber = directory.resolve(incident + ".jsonl.gz");
        return NAME.matcher(incident + ".jsonl.gz").matches() ? byNumber : Path.of(incident);
    }

    /** The numbers of the files that are there, ascending. */
    public List<Long> numbers() throws IOException {
        return names().stream()
                .map(NAME::matcher)
                .filter(Matcher::matches)
                .map(name -> Long.valueOf(name.group(1)))
                .sorted()
                .toList();
    }

    /** Writes one file, whole or not at all, then removes those beyond the newest 16. */
    void write(long number, byte[] bytes) throws IOException {
        new DurableFile(directory.resolve(number + ".jsonl.gz")).replace(bytes);
        List<Long> numbers = numbers();
        for (long old : numbers.subList(0, Math.max(0, numbers.size() - KEPT))) {
            if (old != number) {
                Files.deleteIfExists(directory.resolve(old + ".jsonl.gz"));
            }
        }
        for (String name : names()) {
            // What a crash left half written; there is one writer, and it is here.
            if (DRAFT.matcher(name).matches()) {
                Files.deleteIfExists(directory.resolve(name));
            }
        }
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
