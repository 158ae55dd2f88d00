package dev.reroam.tests.bench;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.netlink.NetlinkException;
import dev.reroam.linux.route.Link;
import dev.reroam.linux.route.PathQuestion;
import dev.reroam.linux.route.RouteSocket;
import dev.reroam.tests.lab.Inside;
import dev.reroam.tests.lab.Namespace;
import dev.reroam.tests.lab.RouteFlood;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/** Random questions which way a packet would go, asked of the kernel by our code and by {@code ip route get}. */
final class Questions {

    private static final String COMPLAINTS = "complaints:";

    private Questions() {}

    private record Question(IpAddress destination, int mark) {

        static Question random(RouteFlood flood, SplittableRandom random) {
            return new Question(
                    random.nextBoolean() ? flood.within(random) : RouteFlood.anywhere(random),
                    // One more than there are: a mark that no rule knows.
                    random.nextInt(RouteFlood.MARKS + 2));
        }

        PathQuestion ours() {
            return PathQuestion.to(destination).withMark(mark);
        }

        String line() {
            return "route get " + destination + (mark == 0 ? "" : " mark " + mark);
        }
    }

    /**
     * What came of it.
     *
     * @param differences what both said where it was not the same, for people
     * @param nowhere how many packets would have gone nowhere
     * @param nanosEach how long one question took us
     */
    record Outcome(int asked, int nowhere, List<String> differences, double nanosEach) {}

    static Outcome ask(Namespace router, RouteFlood flood, int count, long seed) {
        var random = new SplittableRandom(seed);
        var questions = new ArrayList<Question>();
        for (int i = 0; i < count; i++) {
            questions.add(Question.random(flood, random));
        }
        long began = Clock.system().monotonicNanos();
        var ours = ours(router, questions);
        long ended = Clock.system().monotonicNanos();
        var theirs = theirs(router, questions);
        var differences = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            if (!ours.get(i).equals(theirs.get(i))) {
                differences.add(questions.get(i) + ": we " + ours.get(i) + ", ip " + theirs.get(i));
            }
        }
        int nowhere = (int) theirs.stream().filter(Optional::isEmpty).count();
        return new Outcome(count, nowhere, differences, (double) (ended - began) / count);
    }

    private static List<Optional<Way>> ours(Namespace router, List<Question> questions) {
        try (var kernel = Inside.of(router, RouteSocket::open)) {
            var names = kernel.links().stream().collect(Collectors.toMap(Link::index, Link::name));
            var answers = new ArrayList<Optional<Way>>();
            for (var question : questions) {
                answers.add(Way.of(kernel.path(question.ours()), index -> names.getOrDefault(index, "#" + index)));
            }
            return answers;
        } catch (NetlinkException | MalformedMessageException e) {
            throw new IllegalStateException("a question was not answered", e);
        }
    }

    private static List<Optional<Way>> theirs(Namespace router, List<Question> questions) {
        var lines = questions.stream().map(Question::line).collect(Collectors.joining("\n", "", "\n"));
        // What leads nowhere is a complaint for ip, which names the line: first the answers, then the complaints.
        var said = router.command(
                        "sh",
                        "-c",
                        "f=$(mktemp); ip -force -oneline -batch - 2>$f || true; echo " + COMPLAINTS + "; cat $f; rm $f")
                .withInput(lines)
                .run()
                .split(COMPLAINTS + "\n", 2);
        return Way.parseAll(said[0], said[1], questions.size());
    }
}
