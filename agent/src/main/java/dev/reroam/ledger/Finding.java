package dev.reroam.ledger;

import java.nio.file.Path;

/** What was found wrong or odd when the ledger was opened. Immutable; {@code toString} is for people. */
public sealed interface Finding {

    /** The last line was cut short: a power cut or a kill while it was written, so before the change that it announces. */
    record TornTail(Path file, int line, int bytes) implements Finding {
        @Override
        public String toString() {
            return file + ":" + line + ": ignored " + bytes + " bytes of a line that was never finished";
        }
    }

    /**
     * A line cannot be read; the others are used.
     *
     * @param kept where the file as it was found is kept for a person to read
     */
    record Damaged(Path file, int line, String why, Path kept) implements Finding {
        @Override
        public String toString() {
            return file + ":" + line + ": cannot be read (" + why + "); the file is kept as " + kept;
        }
    }

    /** Changes of an earlier boot, which the reboot undid. */
    record FormerBoot(int entries) implements Finding {
        @Override
        public String toString() {
            return "dropped " + entries + " changes that a reboot has undone";
        }
    }

    /** The file is there and cannot be read: nothing of it can be undone, and nothing is written over it. */
    record Unreadable(Path file, String why) implements Finding {
        @Override
        public String toString() {
            return file + ": cannot be read: " + why + "; repairs that must be undone are not done";
        }
    }

    /** The file cannot be written now. It is tried again with each repair that needs it. */
    record NotWritable(Path file, String why) implements Finding {
        @Override
        public String toString() {
            return why + "; repairs that must be undone are not done while this lasts";
        }
    }
}
