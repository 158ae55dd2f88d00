package dev.reroam.ledger;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** The changes that stand, in the order in which they were first made. Immutable. */
record Book(List<Line.Remember> standing) {

    static final Book EMPTY = new Book(List.of());

    Book {
        standing = List.copyOf(standing);
    }

    /** What the line leaves standing; the same book when it says nothing new. */
    Book with(Line line) {
        return switch (line) {
            case Line.Remember remember -> remembering(remember);
            case Line.Forget forget -> forgetting(forget.entry());
        };
    }

    private Book remembering(Line.Remember line) {
        var next = new ArrayList<>(standing);
        OptionalInt at = indexOf(line.entry());
        if (at.isEmpty()) {
            next.add(line);
            return new Book(next);
        }
        Line.Remember earlier = standing.get(at.getAsInt());
        // A change of another boot is gone, with its former value.
        Entry entry = earlier.boot().equals(line.boot()) ? line.entry().atop(earlier.entry()) : line.entry();
        var merged = new Line.Remember(entry, line.boot());
        if (merged.equals(earlier)) {
            return this;
        }
        next.set(at.getAsInt(), merged);
        return new Book(next);
    }

    private Book forgetting(Entry entry) {
        OptionalInt at = indexOf(entry);
        if (at.isEmpty()) {
            return this;
        }
        var next = new ArrayList<>(standing);
        next.remove(at.getAsInt());
        return new Book(next);
    }

    /** The change made in this boot; an empty id says that it is not known, and is of every boot. */
    Book ofBoot(String boot) {
        return new Book(standing.stream()
                .filter(line -> line.entry().outlivesBoot()
                        || boot.isEmpty()
                        || line.boot().isEmpty()
                        || line.boot().equals(boot))
                .toList());
    }

    List<Entry> entries() {
        return standing.stream().map(Line.Remember::entry).toList();
    }

    /** The shortest file that says the same. */
    byte[] bytes() {
        var bytes = new ByteArrayOutputStream();
        standing.forEach(line -> bytes.writeBytes(line.bytes()));
        return bytes.toByteArray();
    }

    private OptionalInt indexOf(Entry entry) {
        for (int i = 0; i < standing.size(); i++) {
            if (standing.get(i).entry().sameChange(entry)) {
                return OptionalInt.of(i);
            }
        }
        return OptionalInt.empty();
    }
}
