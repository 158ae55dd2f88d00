package dev.reroam.tests.bench;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.route.RouteAnswer;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.regex.Pattern;

/**
 * A path as {@code ip route get} prints it. Immutable.
 *
 * @param device the interface's name
 */
record Way(String device, Optional<IpAddress> gateway, Optional<IpAddress> source) {

    private static final Pattern FAILED = Pattern.compile("Command failed .*:(\\d+)");

    /** Our answer; empty where a packet would get none. */
    static Optional<Way> of(RouteAnswer answer, IntFunction<String> name) {
        return switch (answer) {
            case RouteAnswer.Reachable way -> Optional.of(new Way(name.apply(way.link()), way.gateway(), way.source()));
            case RouteAnswer.Refused refused -> Optional.empty();
        };
    }

    /** A line of {@code ip -oneline route get}. */
    static Way parse(String line) {
        var words = List.of(line.strip().split("\\s+"));
        return new Way(
                after(words, "dev").orElseThrow(() -> new IllegalStateException("no device in '" + line + "'")),
                after(words, "via").map(IpAddress::parse),
                after(words, "src").map(IpAddress::parse));
    }

    /**
     * The answers of {@code ip -force -oneline -batch} to so many lines of {@code route get}, in their order: an empty one
     * where it complained of the line instead.
     */
    static List<Optional<Way>> parseAll(String printed, String complaints, int questions) {
        var answers = new TreeMap<Integer, Optional<Way>>();
        FAILED.matcher(complaints)
                .results()
                .forEach(failed -> answers.put(Integer.parseInt(failed.group(1)), Optional.empty()));
        int number = 1;
        for (var line : printed.lines().toList()) {
            while (answers.containsKey(number)) {
                number++;
            }
            answers.put(number, Optional.of(parse(line)));
        }
        if (answers.size() != questions || answers.lastKey() != questions) {
            throw new IllegalStateException(answers.size() + " answers of ip to " + questions + " questions");
        }
        return List.copyOf(answers.values());
    }

    private static Optional<String> after(List<String> words, String key) {
        int at = words.indexOf(key);
        return at < 0 || at + 1 == words.size() ? Optional.empty() : Optional.of(words.get(at + 1));
    }
}
