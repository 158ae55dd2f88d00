package dev.reroam.tests.lab;

import java.util.Locale;

/** Commands and configurations with gaps, filled the same way on every machine. */
final class Template {

    private Template() {}

    /** {@link String#format(Locale, String, Object...)} without a language. */
    // The annotation is in a jar that nothing else of the lab needs.
    @SuppressWarnings("AnnotateFormatMethod")
    static String fill(String template, Object... values) {
        return String.format(Locale.ROOT, template, values);
    }
}
