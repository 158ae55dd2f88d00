package dev.reroam.tests.lab;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a program of the lab printed. */
record LogFile(Path path) {

    private static final int TAIL = 2000;

    /** Where the program is to print to. */
    Redirect redirect() {
        return Redirect.to(path.toFile());
    }

    /** All of it; nothing where it cannot be read. */
    String all() {
        try {
            return Files.readString(path);
        } catch (IOException notYet) {
            return "";
        }
    }

    /** The last of it, for people; says so where it cannot be read. */
    String text() {
        try {
            var text = Files.readString(path).strip();
            return text.substring(Math.max(0, text.length() - TAIL));
        } catch (IOException e) {
            return "no log: " + e.getMessage();
        }
    }
}
