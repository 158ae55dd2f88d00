package dev.reroam.tests.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the command line asks for beyond a bench's name. Immutable.
 *
 * @param names which benches, in the order given; empty is all
 * @param samples instead of the bench's own number of samples
 * @param seconds instead of the bench's own length
 * @param faults which faults; empty is all
 * @param parallel instead of the bench's own number of networks at a time
 */
public record Options(
        List<String> names,
        boolean json,
        OptionalInt samples,
        OptionalInt seconds,
        List<String> faults,
        OptionalInt parallel) {

    static final String USAGE =
            "usage: reroam bench [NAME...] [--json] [--n N] [--seconds N] [--parallel N]" + " [--faults NAME,NAME...]";

    public Options {
        names = List.copyOf(names);
        faults = List.copyOf(faults);
    }

    /** Nothing asked for. */
    public static Options none() {
        return new Options(List.of(), false, OptionalInt.empty(), OptionalInt.empty(), List.of(), OptionalInt.empty());
    }

    /** Reads the words after {@code bench}; empty where they make no sense. */
    static Optional<Options> parse(List<String> words) {
        var names = new ArrayList<String>();
        var options = none();
        for (int i = 0; i < words.size(); i++) {
            var word = words.get(i);
            if (word.equals("--json")) {
                options = new Options(
                        List.of(), true, options.samples, options.seconds, options.faults, options.parallel);
            } else if (!word.startsWith("--")) {
                names.add(word);
            } else if (i + 1 < words.size()) {
                var next = options.with(word, words.get(++i));
                if (next.isEmpty()) {
                    return Optional.empty();
                }
                options = next.get();
            } else {
                return Optional.empty();
            }
        }
        return Optional.of(
                new Options(names, options.json, options.samples, options.seconds, options.faults, options.parallel));
    }

    private Optional<Options> with(String option, String value) {
        if (option.equals("--faults")) {
            return Optional.of(new Options(names, json, samples, seconds, List.of(value.split(",")), parallel));
        }
        if (!value.matches("[1-9][0-9]{0,5}")) {
            return Optional.empty();
        }
        var number = OptionalInt.of(Integer.parseInt(value));
        return switch (option) {
            case "--n" -> Optional.of(new Options(names, json, number, seconds, faults, parallel));
            case "--seconds" -> Optional.of(new Options(names, json, samples, number, faults, parallel));
            case "--parallel" -> Optional.of(new Options(names, json, samples, seconds, faults, number));
            default -> Optional.empty();
        };
    }
}
