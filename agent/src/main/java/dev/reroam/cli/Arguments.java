package dev.reroam.cli;

import dev.reroam.config.Nearest;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A command line, understood or not. Immutable. */
sealed interface Arguments {

    /**
     * Something to do.
     *
     * @param options with their values, empty for those that take none
     */
    record Invocation(Command command, Optional<String> argument, Map<Option, String> options) implements Arguments {
        public Invocation {
            options = Map.copyOf(options);
        }

        Optional<String> option(Option option) {
            return Optional.ofNullable(options.get(option));
        }
    }

    /** {@code --help}, of one command or of all. */
    record Help(Optional<Command> command) implements Arguments {}

    /** {@code --version}. */
    record Version() implements Arguments {}

    /**
     * Nothing that can be done.
     *
     * @param usage what would have been right
     */
    record Wrong(String message, String usage) implements Arguments {}

    /** Understands a command line. */
    static Arguments parse(List<String> words) {
        if (words.isEmpty()) {
            return new Wrong("no command", Command.overview());
        }
        String first = words.get(0);
        switch (first) {
            case "--help", "-h", "help" -> {
                return new Help(Optional.empty());
            }
            case "--version" -> {
                return new Version();
            }
            default -> {
                return Command.of(first)
                        .map(command -> parse(command, words.subList(1, words.size())))
                        .orElseGet(() -> unknown(first));
            }
        }
    }

    private static Arguments unknown(String word) {
        if (Command.ofTheCheckout(word)) {
            return new Wrong(
                    "'" + word + "' belongs to the launcher of a checkout of the sources: ./reroam " + word,
                    Command.overview());
        }
        String kind = word.startsWith("-") ? "option" : "command";
        return new Wrong("unknown " + kind + " '" + word + "'" + hint(word, Command.words()), Command.overview());
    }

    private static Arguments parse(Command command, List<String> words) {
        String usage = "usage: " + command.usage();
        Map<Option, String> options = new EnumMap<>(Option.class);
        Optional<String> argument = Optional.empty();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (!word.startsWith("-")) {
                if (!command.takesArgument() || argument.isPresent()) {
                    return new Wrong("'" + command.word() + "' takes no '" + word + "'", usage);
                }
                argument = Optional.of(word);
                continue;
            }
            int equals = word.indexOf('=');
            String flag = equals < 0 ? word : word.substring(0, equals);
            if (flag.equals(Option.HELP.flag()) || flag.equals("-h")) {
                return new Help(Optional.of(command));
            }
            Optional<Option> option = command.options().stream()
                    .filter(o -> o.flag().equals(flag))
                    .findFirst();
            if (option.isEmpty()) {
                List<String> known =
                        command.options().stream().map(Option::flag).toList();
                return new Wrong("'" + command.word() + "' has no option '" + flag + "'" + hint(flag, known), usage);
            }
            boolean valueNext = option.get().takesValue() && equals < 0;
            if (options.containsKey(option.get())) {
                return new Wrong("'" + flag + "' is there twice", usage);
            } else if (valueNext && i + 1 == words.size()) {
                return new Wrong("'" + flag + "' needs a value", usage);
            } else if (!option.get().takesValue() && equals >= 0) {
                return new Wrong("'" + flag + "' takes no value", usage);
            }
            options.put(option.get(), valueNext ? words.get(++i) : equals < 0 ? "" : word.substring(equals + 1));
        }
        if (command.needsArgument() && argument.isEmpty()) {
            return new Wrong("'" + command.word() + "' needs to know what", usage);
        }
        return new Invocation(command, argument, options);
    }

    private static String hint(String word, List<String> known) {
        return Nearest.to(word, known)
                .map(near -> ", did you mean '" + near + "'?")
                .orElse("");
    }
}
